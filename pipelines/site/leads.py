"""Makes the page of each lead on the list: its reasons as a whole, what moved it, its chance over time, its history and its account."""

from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from math import isnan

import numpy as np
import pandas as pd

from configs.project import HeadName
from models.predict import contributions_of
from pipelines.lists.day import Line
from pipelines.lists.row import Row
from pipelines.lists.words import chance_says, out_of, range_says
from pipelines.site.accounts import Account
from pipelines.site.behind import Behind
from pipelines.site.drawn import Step, Trend, least_told, steps, trend
from pipelines.site.history import Known, chances_before
from pipelines.site.words import ToldDay, told_days, told_earlier
from pipelines.waterfall import Fall
from pipelines.whole import Sayings, moved_fall, whole_reasons

COHORTS = ("open", "customer")


@dataclass(frozen=True)
class LeadPage:
    """What stands on the page of a lead.

    others: the sentences of its other chances. reasons, moved: the bars of both waterfalls, empty where chances are withheld or there was
    no list before. before, after: the keys of its neighbours on the list, empty at its ends.
    """

    row: Row
    letter: str
    others: tuple[str, ...]
    reasons: Sequence[Step]
    moved: Sequence[Step]
    trend: Trend | None
    days: Sequence[ToldDay]
    earlier: Sequence[str]
    account: Account | None
    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class _Drawn:
    """The pictures of leads by lead_id."""

    reasons: dict[str, Sequence[Step]] = field(default_factory=dict)
    moved: dict[str, Sequence[Step]] = field(default_factory=dict)
    trends: dict[str, Trend | None] = field(default_factory=dict)


def lead_pages(
    behind: Behind, lines: Sequence[Line], rows: Sequence[Row], known: Known, accounts: Mapping[str, Account]
) -> list[LeadPage]:
    """One page for each line, in the order of the list; a lead that is a customer too has its page as a lead.

    rows: the lines in the words of the list. accounts: by account_id.
    """
    drawn, voice, day = _drawn(behind, lines), behind.job.voice, behind.job.day
    others = _others(behind, lines)
    pages, keys = [], [row.key for row in rows]
    for place, (line, row) in enumerate(zip(lines, rows, strict=True)):
        history = known.histories.get(line.lead_id)
        pages.append(
            LeadPage(
                row=row,
                letter=line.letter,
                others=others.get(line.lead_id, ()),
                reasons=drawn.reasons.get(line.lead_id, ()),
                moved=drawn.moved.get(line.lead_id, ()),
                trend=drawn.trends.get(line.lead_id),
                days=told_days(history, day, voice) if history else (),
                earlier=told_earlier(history.earlier, day, voice) if history else (),
                account=accounts.get(line.account_id),
                before=keys[place - 1] if place else "",
                after=keys[place + 1] if place + 1 < len(keys) else "",
            )
        )
    return pages


def _drawn(behind: Behind, lines: Sequence[Line]) -> _Drawn:
    """The pictures of all leads whose chances may be shown."""
    drawn = _Drawn()
    for cohort in COHORTS:
        head = behind.head_of(cohort)
        if head not in behind.bundle.heads or head in behind.withheld:
            continue
        rows = behind.rows_of(lines, cohort)
        if not rows.empty:
            _draw_cohort(behind, rows, cohort, head, drawn)
    return drawn


def _draw_cohort(behind: Behind, rows: pd.DataFrame, cohort: str, head: HeadName, drawn: _Drawn) -> None:
    job, voice = behind.job, behind.job.voice
    served = rows[head].to_numpy(dtype=np.float64)
    size = out_of(served)
    past = chances_before(job, list(rows["lead_id"]), cohort, head)
    for lead, fall, chance, move in zip(
        rows["lead_id"], _falls(behind, rows, head, size), served, rows["move"], strict=True
    ):
        drawn.reasons[lead] = steps(fall, size, voice)
        if behind.since and move is not None:
            moved = moved_fall(move, behind.since, job.day, float(chance), voice, least_told(size))
            drawn.moved[lead] = steps(moved, size, voice)
        drawn.trends[lead] = trend([*past.get(lead, ()), (job.day, float(chance))], job.day, size, voice)


def _falls(behind: Behind, rows: pd.DataFrame, head: HeadName, size: int) -> list[Fall]:
    job, model = behind.job, behind.bundle.heads[head]
    mask = np.zeros(len(behind.matrix.values), dtype=np.bool_)
    mask[rows["at"].to_numpy()] = True
    matrix = behind.matrix.take(mask)
    words = Sayings(job.columns, job.stage_words, job.voice, behind.plain.get(head, {}))
    served = rows[head].to_numpy(dtype=np.float64)
    return whole_reasons(words, model, matrix, contributions_of(model, matrix), served, least_told(size))


def _others(behind: Behind, lines: Sequence[Line]) -> dict[str, tuple[str, ...]]:
    """The sentences of the chances that are not shown first."""
    found: dict[str, tuple[str, ...]] = {}
    for cohort in COHORTS:
        rows = behind.rows_of(lines, cohort)
        heads = [
            head
            for head in behind.job.heads
            if head.cohort == cohort and head.name != behind.head_of(cohort) and head.name not in behind.withheld
        ]
        for head in heads:
            size = out_of(rows[head.name].dropna())
            until = behind.job.day + timedelta(days=head.horizon_days)
            for row in rows.to_dict("records"):
                says = _chance_says(row, head.name, until, size, behind)
                found[row["lead_id"]] = (*found.get(row["lead_id"], ()), *([says] if says else []))
    return found


def _chance_says(row: Mapping[Hashable, float], head: HeadName, until: date, size: int, behind: Behind) -> str:
    voice = behind.job.voice
    if isnan(row[head]):
        return ""
    between = range_says(row[f"low_{head}"], row[f"high_{head}"], size, voice)
    return f"{chance_says(row[head], head, until, behind.job.day, size, voice)} {between}".strip()
