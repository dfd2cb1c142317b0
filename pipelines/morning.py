"""Puts the scores of a day into the words of the list that sales reads in the morning."""

from collections.abc import Hashable, Mapping, Sequence
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
from pipelines.lists.ranks import ranks_say
from pipelines.lists.words import chance_says, expected_says, left_says, out_of, range_says
from pipelines.store import open_lake


def day_list(
    job: Job,
    ranked: pd.DataFrame,
    ranked_by: str,
    notes: tuple[str, ...],
    withheld: Mapping[HeadName, str],
    since: date | None = None,
) -> DayList:
    """The list of the job's day from ranked scores of open leads and customers.

    withheld: the heads whose chances are not shown, with the sentence that says so: ranks stand in their place, and nothing that is
    made of them is told in figures. since: the day of the list that they moved from.
    """
    shown = ranked.merge(_people(job), on="lead_id", how="left").astype(object).where(lambda cells: cells.notna(), None)
    leads, customers = (shown[shown["cohort"] == cohort] for cohort in ("open", "customer"))
    head = job.project.list.head
    return DayList(
        project=job.project.name,
        funnel=job.project.funnel.name,
        as_of=job.day,
        capacity=job.project.list.capacity,
        ranked_by=ranked_by,
        lines=_lines(job, leads, head, withheld, since),
        customers=[line for line in _lines(job, customers, "churn", withheld, since) if line.band == "keep"],
        notes=(*notes, *(says for name, says in withheld.items() if name != head)),
        expected=withheld.get(head) or _expected(job, ranked),
        stages=tuple(stage.says for stage in job.project.funnel.stages),
        language=job.project.list.language,
    )


def _people(job: Job) -> pd.DataFrame:
    """Names and companies: personal, read for the list alone."""
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        people: pd.DataFrame = answer(con, "SELECT lead_id, display_name, company FROM leads").to_pandas()
        return people


def _lines(
    job: Job, shown: pd.DataFrame, head: HeadName, withheld: Mapping[HeadName, str], since: date | None
) -> list[Line]:
    if head not in shown:
        return []
    says = ranks_say(shown[head], job.voice) if head in withheld else _chances_say(job, shown, head)
    told = [one.name for one in job.heads if one.name not in withheld]
    return [_line(job, row, told, words, since) for row, words in zip(shown.to_dict("records"), says, strict=True)]


def _chances_say(job: Job, shown: pd.DataFrame, head: HeadName) -> list[str]:
    until, size = _last_day(job, head), out_of(shown[shown["band"] != "skip"][head].dropna())
    bounds = shown[[f"low_{head}", f"high_{head}"]].astype("float64")
    said = [chance_says(chance, head, until, job.day, size, job.voice) for chance in shown[head]]
    between = [range_says(low, high, size, job.voice) for low, high in bounds.to_numpy()]
    return [f"{one} {two}".strip() for one, two in zip(said, between, strict=True)]


def _line(job: Job, row: dict[Hashable, Any], told: Sequence[HeadName], says: str, since: date | None) -> Line:
    """The line of a row; told: the heads whose chances may be shown."""
    explanation = row["explanation"]
    assert isinstance(explanation, Explanation)
    chances = {head: float(row[head]) for head in told if row[head] is not None}
    stage_words = job.project.funnel.stage_words
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
        chance=chances.get(head, float("nan")),
        chance_says=says,
        chances=chances,
        expected_value=_number(row["expected_value"]) if _is_worth_telling(row, told) else None,
        currency=_text(row["currency"]),
        fit=_number(row["fit"]),
        engagement=_number(row["engagement"]),
        reasons_for=explanation.reasons_for,
        reasons_against=explanation.reasons_against,
        moved=move_says(row["move"], since, job.day, job.voice) if since and row["move"] and head in told else "",
        letter=_text(row.get("letter")) if head in told else "",
        drawn=bool(row.get("drawn")),
        helps=_text(row.get("helps")),
    )


def _is_worth_telling(row: dict[Hashable, Any], told: Sequence[HeadName]) -> bool:
    """Whether the chance that the expected value is made of may be shown."""
    made_of: HeadName = "churn" if row["cohort"] == "customer" else "win"
    return made_of in told or made_of not in row


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _number(cell: object) -> float | None:
    return None if cell is None else float(str(cell))


def _last_day(job: Job, head: HeadName) -> date:
    """The day at whose first moment a head's window ends."""
    horizon = next(one.horizon_days for one in job.heads if one.name == head)
    return job.day + timedelta(days=horizon)


def _expected(job: Job, ranked: pd.DataFrame) -> str:
    """What the calls of the day are expected to bring, and what the cut leaves behind; empty where nothing is gained."""
    head = job.project.list.head
    if head not in ("win", "progress"):
        return ""
    calls = ranked[ranked["band"] == "call"]
    worth = calls.groupby("currency")["expected_value"].sum() if head == "win" else pd.Series(dtype="float64")
    by_currency = {str(currency): float(value) for currency, value in worth.items() if value > 0}
    gained, until = float(calls[head].sum()), _last_day(job, head)
    brought = expected_says(len(calls), gained, head, until, job.day, by_currency, job.voice)
    nurtured, skipped = (_sum_of(ranked, head, band) for band in ("nurture", "skip"))
    return f"{brought} {left_says(nurtured, skipped, head, job.voice)}".strip()


def _sum_of(ranked: pd.DataFrame, head: HeadName, band: Band) -> float:
    return float(ranked.loc[(ranked["band"] == band) & (ranked["cohort"] == "open"), head].sum())
