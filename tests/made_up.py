"""Reads the export of a made-up company in plain Python, and tells what became of its leads by the words of the funnel."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pytest

from pipelines.sources.demo import truth

STAGES = ("New", "Contacted", "Qualified", "Demo given", "Proposal sent", "In negotiation", "Closed won")
WON, LOST = "Closed won", "Closed lost"
SILENT_AFTER, GRACE = timedelta(days=45), timedelta(days=14)
AHEAD, WIN_AHEAD, CHURN_AHEAD = timedelta(days=28), timedelta(days=56), timedelta(days=30)

Outcomes = dict[str, float | None]


@contextmanager
def little_truth() -> Iterator[None]:
    """Lets companies be made with few replicas, for tests of their history: most of the work is the truth, which leaves it as it is."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(truth, "REPLICAS", 4)
        patch.setattr(truth, "REPLICAS_AT_ONCE", 2)
        yield


@dataclass(frozen=True)
class Export:
    """The files of a company in a folder."""

    folder: Path

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The answer to SQL in which {touches} is the file of that name."""
        tables = {path.stem: f"'{path}'" for path in self.folder.glob("*.parquet")}
        with duckdb.connect() as con:
            return con.execute(sql.format(**tables)).fetchall()

    def _by_lead(self, sql: str) -> dict[str, list[tuple[Any, ...]]]:
        found: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        for lead, *rest in self.rows(sql):
            found[lead].append(tuple(rest))
        return found

    @cached_property
    def moves(self) -> dict[str, list[tuple[Any, ...]]]:
        """(entered_on, stage) by lead, in the order of time."""
        return self._by_lead("SELECT lead_no, entered_on, stage_label FROM {stage_moves} ORDER BY entered_on")

    @cached_property
    def payments(self) -> dict[str, list[tuple[Any, ...]]]:
        """(paid_on, valid_until) of the subscriptions by lead, in the order of time."""
        return self._by_lead(
            "SELECT lead_no, paid_on, valid_until FROM {purchases} WHERE valid_until IS NOT NULL ORDER BY paid_on"
        )

    @cached_property
    def words(self) -> dict[str, list[tuple[Any, ...]]]:
        """(said_on, opted_in) by lead, in the order of time."""
        return self._by_lead("SELECT lead_no, said_on, opted_in FROM {consents} ORDER BY said_on")

    @cached_property
    def signs(self) -> dict[str, list[datetime]]:
        """When each lead showed itself: created, inbound, paying."""
        found = self._by_lead("""
            SELECT lead_no, created_on AS seen FROM {leads} UNION ALL SELECT lead_no, paid_on FROM {purchases}
            UNION ALL SELECT lead_no, occurred_on FROM {touches} WHERE way = 'in' ORDER BY seen
        """)
        return {lead: [seen for (seen,) in times] for lead, times in found.items()}

    def agreed(self, lead: str, as_of: datetime) -> bool:
        """Whether the last word on consent by a moment is a yes."""
        said = [granted for at, granted in self.words[lead] if at <= as_of]
        return bool(said) and bool(said[-1])

    def stage(self, lead: str, as_of: datetime) -> str:
        """The stage in which the lead is at a moment."""
        return str([stage for at, stage in self.moves[lead] if at <= as_of][-1])

    def outcomes(self, lead: str, as_of: datetime) -> Outcomes:
        """What became of a lead that is open at as_of; leave is None for one that has been silent already."""
        rank = STAGES.index(self.stage(lead, as_of))
        ahead = [(at, stage) for at, stage in self.moves[lead] if at > as_of]
        soon = [stage for at, stage in ahead if at <= as_of + AHEAD]
        won_on = min((at for at, stage in ahead if stage == WON), default=datetime.max)
        return {
            "progress": float(any(stage != LOST and STAGES.index(stage) > rank for stage in soon)),
            "win": float(won_on <= as_of + WIN_AHEAD),
            "leave": self._leave(lead, as_of, won_on, lost=LOST in soon),
        }

    def _leave(self, lead: str, as_of: datetime, won_on: datetime, *, lost: bool) -> float | None:
        signs = self.signs[lead]
        place = bisect_right(signs, as_of)
        silent_on = signs[place - 1] + SILENT_AFTER
        if silent_on <= as_of:
            return None
        spoke_again = signs[place] if place < len(signs) else datetime.max
        silent = silent_on <= as_of + AHEAD and spoke_again > silent_on and silent_on < won_on
        return float(lost or silent)

    def covered_until(self, lead: str, as_of: datetime) -> datetime:
        """The end, with the days of grace, of the unbroken coverage that holds a moment; the earliest time when there is none."""
        until = datetime.min
        for paid_on, ends in self.payments[lead]:
            if paid_on > max(until, as_of):
                break
            until = ends + GRACE
        return until if until >= as_of else datetime.min

    def churn(self, lead: str, as_of: datetime) -> float:
        """1 when the coverage of a customer ends within the horizon."""
        return float(self.covered_until(lead, as_of) <= as_of + CHURN_AHEAD)
