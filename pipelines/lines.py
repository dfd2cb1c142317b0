"""Puts ranked scores into the lines of a list, some at a time: a list may skip a million leads."""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from configs.project import HeadName
from features.query import answer
from features.snapshots import midnight
from models.reasons import Explanations
from pipelines.job import Job
from pipelines.lists.day import Band, Line
from pipelines.lists.moves import move_says
from pipelines.lists.ranks import ranks_say
from pipelines.lists.words import chance_says, out_of, range_says
from pipelines.store import open_lake

ROWS_AT_ONCE = 20_000


@dataclass(frozen=True)
class Words:
    """What lines are said with.

    explanations: by the number in the column `explained`. people: display_name and company by lead_id. until: the day at whose first
    moment each head's window ends. withheld: the heads whose chances are not shown. since: the day of the list that chances moved from.
    """

    job: Job
    explanations: Explanations
    people: pd.DataFrame
    until: Mapping[HeadName, date]
    withheld: frozenset[HeadName]
    since: date | None

    @property
    def told(self) -> tuple[HeadName, ...]:
        """The heads whose chances may be shown."""
        return tuple(head for head in self.until if head not in self.withheld)


@dataclass(frozen=True)
class Lines:
    """The lines of one cohort's scores, in their order; head: the one shown first. None where the project does not have it."""

    words: Words
    scores: pd.DataFrame
    head: HeadName

    def __iter__(self) -> Iterator[Line]:
        if self.head not in self.scores:
            return
        listed = self.scores.loc[self.scores["band"] != "skip", self.head]
        size = out_of(listed.dropna())
        ranks = ranks_say(self.scores[self.head], self.words.job.voice) if self.head in self.words.withheld else None
        for start in range(0, len(self.scores), ROWS_AT_ONCE):
            rows = slice(start, start + ROWS_AT_ONCE)
            some = self._shown(self.scores.iloc[rows])
            says = ranks[rows] if ranks is not None else self._chances_say(some, size)
            for row, said in zip(some.to_dict("records"), says, strict=True):
                yield _line(self.words, row, self.head, said)

    def _shown(self, scores: pd.DataFrame) -> pd.DataFrame:
        people = self.words.people.reindex(scores["lead_id"]).set_axis(scores.index)
        return scores.join(people).astype(object).where(lambda cells: cells.notna(), None)

    def _chances_say(self, some: pd.DataFrame, size: int) -> list[str]:
        job, head, until = self.words.job, self.head, self.words.until[self.head]
        bounds = some[[f"low_{head}", f"high_{head}"]].astype("float64")
        said = [chance_says(chance, head, until, job.day, size, job.voice) for chance in some[head]]
        between = [range_says(low, high, size, job.voice) for low, high in bounds.to_numpy()]
        return [f"{one} {two}".strip() for one, two in zip(said, between, strict=True)]


def people_of(job: Job) -> pd.DataFrame:
    """Names and companies by lead_id: personal, read for the list alone."""
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        people: pd.DataFrame = answer(con, "SELECT lead_id, display_name, company FROM leads").to_pandas()
        return people.set_index("lead_id")


def _line(words: Words, row: dict[Hashable, Any], head: HeadName, says: str) -> Line:
    """The line of a row; says: its chance, or what stands in its place."""
    job, told, since = words.job, words.told, words.since
    explanation = words.explanations[row["explained"]]
    chances = {head: float(row[head]) for head in told if row[head] is not None}
    stage_words = job.project.funnel.stage_words
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
    )


def _is_worth_telling(row: dict[Hashable, Any], told: tuple[HeadName, ...]) -> bool:
    """Whether the chance that the expected value is made of may be shown."""
    made_of: HeadName = "churn" if row["cohort"] == "customer" else "win"
    return made_of in told or made_of not in row


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _number(cell: object) -> float | None:
    return None if cell is None else float(str(cell))
