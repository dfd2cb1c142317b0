"""Puts the scores of a day into the words of the list that sales reads in the morning."""

from collections.abc import Mapping
from datetime import date, timedelta

import pandas as pd

from configs.project import HeadName
from models.holdout import HELD
from pipelines.job import Job
from pipelines.lines import Lines, Words, people_of
from pipelines.lists.day import Band, DayList
from pipelines.lists.words import expected_says, left_says
from pipelines.ranked import Ranked
from pipelines.skipped import Skipped


def day_list(
    job: Job, ranked: Ranked, notes: tuple[str, ...], withheld: Mapping[HeadName, str], since: date | None = None
) -> DayList:
    """The list of the job's day from ranked scores of open leads and customers; the lines of leads are made while they are read.

    withheld: the heads whose chances are not shown, with the sentence that says so: ranks stand in their place, and nothing that is
    made of them is told in figures. since: the day of the list that they moved from.
    """
    head, scores = job.project.list.head, ranked.scores
    until = {one.name: last_day(job, one.name) for one in job.heads}
    words = Words(job, ranked.explanations, people_of(job), until, frozenset(withheld), since)
    listed = scores[scores["band"] != HELD]
    leads, customers = (listed[listed["cohort"] == cohort] for cohort in ("open", "customer"))
    return DayList(
        project=job.project.name,
        funnel=job.project.funnel.name,
        as_of=job.day,
        capacity=job.project.list.capacity,
        ranked_by=ranked.says,
        lines=Lines(words, leads, head),
        customers=list(Lines(words, customers, "churn")),
        notes=(*notes, *(says for name, says in withheld.items() if name != head)),
        expected=withheld.get(head) or _expected(job, scores),
        stages=tuple(stage.says for stage in job.project.funnel.stages),
        language=job.project.list.language,
        skipped=Skipped(words, leads, head),
    )


def last_day(job: Job, head: HeadName) -> date:
    """The day at whose first moment a head's window ends."""
    horizon = next(one.horizon_days for one in job.heads if one.name == head)
    return job.day + timedelta(days=horizon)


def _expected(job: Job, ranked: pd.DataFrame) -> str:
    """What the calls of the day are expected to bring, and what the cut leaves behind; empty where nothing is gained."""
    head = job.project.list.head
    if head not in ("win", "progress") or head not in ranked:
        return ""
    calls = ranked[ranked["band"] == "call"]
    worth = calls.groupby(_currencies(calls))["expected_value"].sum() if head == "win" else pd.Series(dtype="float64")
    by_currency = {str(currency): float(value) for currency, value in worth.items() if value > 0}
    gained, until = float(calls[head].sum()), last_day(job, head)
    brought = expected_says(len(calls), gained, head, until, job.day, by_currency, job.voice)
    nurtured, skipped = (_sum_of(ranked, head, band) for band in ("nurture", "skip"))
    return f"{brought} {left_says(nurtured, skipped, head, job.voice)}".strip()


def _currencies(calls: pd.DataFrame) -> pd.Series:
    """The currency of each call; an amount without one is in that of all others, as in the receipt, or, where they differ, in none."""
    known = calls["currency"].dropna().unique()
    return calls["currency"].fillna(str(known[0]) if len(known) == 1 else "")


def _sum_of(ranked: pd.DataFrame, head: HeadName, band: Band) -> float:
    return float(ranked.loc[(ranked["band"] == band) & (ranked["cohort"] == "open"), head].sum())
