"""Sees what becomes of each lead on the days from one midnight on, as the funnel defines it."""

from dataclasses import dataclass

import numpy as np

from configs.funnel import Funnel
from pipelines.sources.demo.state import NEVER, Flags, Leads, Rows
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.words import ENDED, LOST, WON


def horizons(funnel: Funnel) -> dict[str, int]:
    """Days by head."""
    ahead = funnel.horizon_days
    churn = {"churn": funnel.customer.horizon_days} if funnel.customer else {}
    return {"progress": ahead, "win": funnel.win_horizon_days, "leave": ahead, **churn}


@dataclass
class Judge:
    """Notes the outcomes as configs/funnels defines them; one entry a copy, in the order of their numbers."""

    funnel: Funnel
    as_of: int
    start: Leads

    def __post_init__(self) -> None:
        self._ahead, self._won, self._left, self._gone = np.zeros((4, self.start.size), np.bool_)

    def outcomes(self) -> dict[str, Flags]:
        """Whether each copy had the outcome of each head."""
        return {"progress": self._ahead, "win": self._won, "leave": self._left, "churn": self._gone}

    def about_to_fall_silent(self, leads: Leads, day: int) -> Rows:
        """Places of open leads whose time of silence is over on this day, unless they show themselves in time."""
        silence = self.funnel.silent_after_days or NEVER
        quiet = (leads.last_inbound + silence == day) & (leads.code < WON) & (leads.lead < self.start.size)
        return np.flatnonzero(quiet)

    def see(self, leads: Leads, today: Today, quiet: Rows) -> None:
        """Judges the leads at the end of a day.

        A lead whose silence ends on a day on which it shows itself is as likely to do so before the hour as after it.
        """
        passed = today.day - self.as_of
        for move in today.moves:
            ours = np.flatnonzero(leads.lead[move.rows] < self.start.size)
            number, stage = leads.lead[move.rows[ours]], move.stage[ours]
            if passed < self.funnel.win_horizon_days:
                self._won[number[stage == WON]] = True
            if passed < self.funnel.horizon_days:
                self._ahead[number[(stage <= WON) & (stage > self.start.code[number])]] = True
                self._left[number[stage == LOST]] = True
        if passed < self.funnel.horizon_days:
            touched = leads.last_inbound[quiet] == today.day
            silent = quiet[~touched | (today.luck(len(quiet)) < 0.5)]
            self._left[leads.lead[silent]] = True
        if self.funnel.customer and passed < self.funnel.customer.horizon_days:
            ended = leads.lead[leads.code == ENDED]
            self._gone[ended[ended < self.start.size]] = True
