"""Foretells the outcomes of replayed leads from the chances that they met, which wavers less than to count who had them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from pipelines.sources.demo.deals import GRACE_DAYS, steps_at_least
from pipelines.sources.demo.judge import Judge, horizons
from pipelines.sources.demo.rates import AT_WORK, LATE_RENEWAL, Chances
from pipelines.sources.demo.state import Floats, Leads, Rows
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.words import LOST, WON


@dataclass(frozen=True)
class Foreseen:
    """What a day may bring to leads that had not had the outcome of a head by its midnight.

    rows: their places in the day's leads. comes, ends: the chance that today's dice bring the outcome, or rule it out. later: about how
    likely it is after a day that did neither.
    """

    rows: Rows
    comes: Floats
    ends: Floats
    later: Floats


class Foresight:
    """Sums for each copy and head what is one in expectation with having the outcome, 1 or 0, and varies less.

    Where a day's dice decide between the outcome (chance c), the end of all hope (chance e) and a day like the next, whose own chance is
    about v, the outcome counts as v instead of 1, each day before it gives (1 - v) c, and hope that ends gives v, less v e each day. The
    difference to counting has the mean 0 whatever v is, and leaves nothing to luck where v is exact (martingale control variates: Henderson
    and Glynn 2002, "Approximating martingales for variance reduction in Markov process simulation"). What no single draw decides, silence
    and the end of the days of grace, counts as 1.
    """

    def __init__(self, judge: Judge) -> None:
        self.judge = judge
        self.ahead = horizons(judge.funnel)
        self.sums = {head: np.zeros(judge.start.size) for head in self.ahead}

    def of(self, leads: Leads, chance: Chances, today: Today) -> dict[str, Foreseen]:
        """What the day may bring for each head whose horizon is not over, seen at its first midnight."""
        passed = today.day - self.judge.as_of
        left = {head: days - passed - 1 for head, days in self.ahead.items() if passed < days}
        renewals = {"churn": self._renewals(leads, chance, today.day, left["churn"])} if "churn" in left else {}
        return renewals | {
            head: self._steps(leads, chance, today.weekday, head, days)
            for head, days in left.items()
            if head != "churn"
        }

    def settle(self, foreseen: Mapping[str, Foreseen], leads: Leads, today: Today) -> None:
        """Adds what the day was worth, seen at its last midnight and after the judge saw it."""
        for head, one in foreseen.items():
            code, numbers = leads.code[one.rows], leads.lead[one.rows]
            had = self.judge.outcomes()[head][numbers]
            came, ended = {
                "leave": (code == LOST, code == WON),
                "churn": (np.zeros_like(had), leads.paid_to[one.rows] > today.day),
            }.get(head, (had, code == LOST))
            worth = one.later * (came | ended) + (1 - one.later) * one.comes - one.later * one.ends
            self.sums[head][numbers] += worth + (had & ~came)

    def _steps(self, leads: Leads, chance: Chances, weekday: int, head: str, days: int) -> Foreseen:
        rows = np.flatnonzero((leads.code < WON) & (leads.lead < self.judge.start.size))
        rows = rows[~self.judge.outcomes()[head][leads.lead[rows]]]
        code = leads.code[rows].astype(np.int64)
        least = self.judge.start.code[leads.lead[rows]] + 1 if head == "progress" else WON
        ahead, lost = chance.buy[rows] + chance.up[rows] * steps_at_least(least - code), chance.lose[rows]
        comes, ends = (lost, ahead) if head == "leave" else (ahead, lost)
        both = comes + ends
        later = np.asarray(comes / both * -np.expm1(-both * np.float32(days / AT_WORK[weekday])), np.float32)
        return Foreseen(rows, comes, ends, later)

    def _renewals(self, leads: Leads, chance: Chances, day: int, days: int) -> Foreseen:
        ours = leads.lead[chance.due] < self.judge.start.size
        rows, renews = chance.due[ours], chance.renew[ours]
        grace = leads.paid_to[rows] + GRACE_DAYS - day
        on_time = leads.paid_to[rows] == day
        later = np.where(grace <= days, (1 - np.where(on_time, LATE_RENEWAL, 1) * renews) ** grace, 0)
        return Foreseen(rows, np.zeros_like(renews), renews, later.astype(np.float32))
