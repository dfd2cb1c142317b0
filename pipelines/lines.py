"""Puts ranked scores into the lines of a list, some at a time: a list may skip a million leads."""

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.project import HeadName
from features.query import answer
from features.snapshots import midnight
from models.reasons import Explanations
from pipelines.feedback import verdicts_of
from pipelines.job import Job
from pipelines.lists.day import Band, Line
from pipelines.lists.moves import move_says
from pipelines.lists.ranks import ranks_say
from pipelines.lists.sends import sends_say
from pipelines.lists.words import chance_says, out_of, range_says
from pipelines.store import open_lake

ROWS_AT_ONCE = 20_000
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Words:
    """What lines are said with.

    explanations: by the number in the column `explained`. people: display_name, company, country and feedback by lead_id. until: the day
    at whose first moment each head's window ends. withheld: the heads whose chances are not shown. since: the day of the list that chances
    moved from.
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
    """The lines of one cohort's scores that are not skipped, in their order; head: the one shown first.

    There are none where the project does not have the head.
    """

    words: Words
    scores: pd.DataFrame
    head: HeadName

    def __iter__(self) -> Iterator[Line]:
        if self.head not in self.scores:
            return
        says = says_of(self.words, self.scores, self.head)
        rows = np.flatnonzero((self.scores["band"] != "skip").to_numpy())
        listed = self.scores.iloc[rows]
        people = self.words.people.reindex(listed["lead_id"]).set_axis(listed.index)
        shown = listed.join(people).astype(object).where(lambda cells: cells.notna(), None)
        for row, said in zip(shown.to_dict("records"), says(rows), strict=True):
            yield line_of(self.words, row, self.head, said)


def says_of(words: Words, scores: pd.DataFrame, head: HeadName) -> Callable[[Places], list[str]]:
    """Gives for the places of some rows what is said of the head's chance: the chance and its range, or, where it is withheld, a rank.

    A sentence is made once for all chances that are said alike.
    """
    voice = words.job.voice
    if head in words.withheld:
        ranks = ranks_say(scores[head], voice)
        return lambda rows: [ranks[row] for row in rows]
    size = out_of(scores.loc[scores["band"] != "skip", head].dropna())
    three = scores[[head, f"low_{head}", f"high_{head}"]].to_numpy(dtype=np.float64)

    def say(rows: Places) -> list[str]:
        bounds = three[rows, 1:] * size
        parts = np.where(np.round(bounds, 9) < 1, 10, 1)  # range_says has tenths below 1
        bounds = np.round(bounds * parts, 9)
        ends = np.column_stack([np.floor(bounds[:, 0]), np.ceil(bounds[:, 1])]) * (10 / parts)
        counts = np.column_stack([np.floor(three[rows, 0] * size + 0.5), ends])
        # an unknown bound is not equal to another; no count is below 0
        digits = 1 + np.nan_to_num(counts, nan=-1).astype(np.int64)
        alike, kinds = pd.factorize(digits @ np.array([(10 * size + 3) ** 2, 10 * size + 3, 1]))
        first = np.empty(len(kinds), dtype=np.intp)
        first[alike[::-1]] = np.arange(len(rows))[::-1]
        told = [_says(words, head, three[rows[place]], size) for place in first]
        return [told[number] for number in alike.tolist()]

    return say


def _says(words: Words, head: HeadName, three: Floats, size: int) -> str:
    """The chance, and the low and the high end of its range."""
    job = words.job
    chance, low, high = three.tolist()
    said = chance_says(chance, head, words.until[head], job.day, size, job.voice)
    return f"{said} {range_says(low, high, size, job.voice)}".strip()


def people_of(job: Job) -> pd.DataFrame:
    """Names, companies, what sales said and, where the project has it, country by lead_id: personal, read for the list alone."""
    country = "country" if "country" in job.project.lead_attributes else "NULL"
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        people: pd.DataFrame = answer(
            con, f"SELECT lead_id, display_name, company, {country} AS country FROM leads"
        ).to_pandas()
    return people.set_index("lead_id").join(verdicts_of(job))


def line_of(words: Words, row: dict[Hashable, Any], head: HeadName, says: str) -> Line:
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
        expected_value=_number(row["expected_value"]) if shows_value(head, row.keys(), told) else None,
        currency=_text(row["currency"]),
        fit=_number(row["fit"]),
        engagement=_number(row["engagement"]),
        reasons_for=explanation.reasons_for,
        reasons_against=explanation.reasons_against,
        moved=move_says(row["move"], since, job.day, job.voice) if since and row["move"] and head in told else "",
        letter=_text(row.get("letter")) if head in told else "",
        drawn=bool(row.get("drawn")),
        country=_text(row.get("country")),
        helps=_text(row.get("helps")),
        feedback=_text(row.get("feedback")),
        send=_send(job, _text(row["stage"])) if band == "nurture" else "",
    )


def _send(job: Job, stage: str) -> str:
    group = job.project.funnel.stage_groups.get(stage)
    return sends_say(group, job.project.list.send, job.voice) if group else ""


def shows_value(head: HeadName, columns: Collection[Hashable], told: Collection[HeadName]) -> bool:
    """Whether the chance that a cohort's expected value is made of may be shown; head: the cohort's."""
    made_of: HeadName = "churn" if head == "churn" else "win"
    return made_of in told or made_of not in columns


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


def _number(cell: object) -> float | None:
    return None if cell is None else float(str(cell))
