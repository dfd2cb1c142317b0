"""Puts the scores of a day into the words of the list that sales reads in the morning."""

from collections.abc import Hashable
from datetime import date, timedelta
from typing import Any

import pandas as pd

from configs.project import HeadName
from features.query import answer
from features.snapshots import midnight
from models.explain import Explanation
from pipelines.job import Job
from pipelines.lists.day import Band, DayList, Line
from pipelines.lists.moves import move_says
from pipelines.lists.words import chance_says, expected_says, out_of
from pipelines.store import open_lake


def day_list(
    job: Job, ranked: pd.DataFrame, ranked_by: str, notes: tuple[str, ...], since: date | None = None
) -> DayList:
    """The list of the job's day from ranked scores of open leads and customers; since: the day of the list that they moved from."""
    shown = ranked.merge(_people(job), on="lead_id", how="left").astype(object).where(lambda cells: cells.notna(), None)
    leads, customers = (shown[shown["cohort"] == cohort] for cohort in ("open", "customer"))
    head = job.project.list.head
    return DayList(
        project=job.project.name,
        funnel=job.project.funnel.name,
        as_of=job.day,
        capacity=job.project.list.capacity,
        ranked_by=ranked_by,
        lines=_lines(job, leads, head, since),
        customers=[line for line in _lines(job, customers, "churn", since) if line.band == "keep"],
        notes=notes,
        expected=_expected(job, ranked),
        stages=tuple(stage.says for stage in job.project.funnel.stages),
    )


def _people(job: Job) -> pd.DataFrame:
    """Names and companies: personal, read for the list alone."""
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        people: pd.DataFrame = answer(con, "SELECT lead_id, display_name, company FROM leads").to_pandas()
        return people


def _lines(job: Job, shown: pd.DataFrame, head: HeadName, since: date | None) -> list[Line]:
    if head not in shown:
        return []
    until, size = _last_day(job, head), out_of(shown[shown["band"] != "skip"][head].dropna())
    words = job.project.funnel.stage_words
    return [
        _line(job, row, words, chance_says(row[head], head, until, job.day, size), since)
        for row in shown.to_dict("records")
    ]


def _line(job: Job, row: dict[Hashable, Any], stage_words: dict[str, str], says: str, since: date | None) -> Line:
    explanation = row["explanation"]
    assert isinstance(explanation, Explanation)
    chances = {head.name: float(row[head.name]) for head in job.heads if row[head.name] is not None}
    head: HeadName = "churn" if row["cohort"] == "customer" else job.project.list.head
    band: Band = row["band"]
    return Line(
        rank=int(row["rank"]),
        lead_id=_text(row["lead_id"]),
        name=_text(row["display_name"]),
        company=_text(row["company"]),
        account_id=_text(row["account_id"]),
        owner_id=_text(row["owner_id"]),
        stage=stage_words.get(_text(row["stage"]), _text(row["stage"])),
        band=band,
        chance=chances[head],
        chance_says=says,
        chances=chances,
        expected_value=_number(row["expected_value"]),
        currency=_text(row["currency"]),
        fit=_number(row["fit"]),
        engagement=_number(row["engagement"]),
        reasons_for=explanation.reasons_for,
        reasons_against=explanation.reasons_against,
        moved=move_says(row["move"], since, job.day) if since and row["move"] else "",
    )


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _number(cell: object) -> float | None:
    return None if cell is None else float(str(cell))


def _last_day(job: Job, head: HeadName) -> date:
    """The day at whose first moment a head's window ends."""
    horizon = next(one.horizon_days for one in job.heads if one.name == head)
    return job.day + timedelta(days=horizon)


def _expected(job: Job, ranked: pd.DataFrame) -> str:
    """What the calls of the day are expected to bring; empty where the list is not about gaining anything."""
    head = job.project.list.head
    if head not in ("win", "progress"):
        return ""
    calls = ranked[ranked["band"] == "call"]
    worth = calls.groupby("currency")["expected_value"].sum() if head == "win" else pd.Series(dtype="float64")
    by_currency = {str(currency): float(value) for currency, value in worth.items() if value > 0}
    return expected_says(len(calls), float(calls[head].sum()), head, _last_day(job, head), job.day, by_currency)
