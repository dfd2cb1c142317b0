"""Lives the company on from one midnight, many times at once, and counts what becomes of each lead."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configs.funnel import Funnel
from pipelines.sources.demo.day import live
from pipelines.sources.demo.deals import next_return
from pipelines.sources.demo.history import WEEK_DAYS
from pipelines.sources.demo.market import REPLAY, Market, dice_for, further_leads
from pipelines.sources.demo.state import NEVER, Flags, Leads, Rows, join
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.words import ENDED, LOST, WON

Counts = dict[str, NDArray[np.int64]]


def horizons(funnel: Funnel) -> dict[str, int]:
    """Days by head."""
    ahead = funnel.horizon_days
    churn = {"churn": funnel.customer.horizon_days} if funnel.customer else {}
    return {"progress": ahead, "win": funnel.win_horizon_days, "leave": ahead, **churn}


def replay(market: Market, funnel: Funnel, leads: Leads, as_of: int, block: int, replicas: int) -> Counts:
    """By head, in how many of the replicas each lead has the outcome in the days from as_of on.

    leads: all leads of some accounts at the midnight with which as_of begins. Every replica has its own copy of them and its own chance;
    leads who may yet come to these accounts come too.
    """
    dice = dice_for(market.company, REPLAY, as_of, block)
    last = as_of + max(horizons(funnel).values())
    copies, accounts = _copies(market, dice, leads, as_of, last, replicas)
    judge = Judge(funnel, as_of, copies.take(slice(0, leads.size * replicas)))
    for day in range(as_of, last):
        if (day - as_of) % WEEK_DAYS == 0:
            copies = copies.take((copies.code != ENDED) & ((copies.code != LOST) | (copies.enters < last)))
        quiet = judge.about_to_fall_silent(copies, day)
        today = Today(day, market.weekday(day), dice)
        live(copies, today, accounts)
        judge.see(copies, today, quiet)
    return {head: flags.reshape(replicas, leads.size).sum(axis=0) for head, flags in judge.outcomes().items()}


def _copies(
    market: Market, dice: np.random.Generator, leads: Leads, first: int, last: int, replicas: int
) -> tuple[Leads, int]:
    """The leads of every replica, numbered through (replica by replica, newcomers last), and the number of their accounts."""
    known, local = np.unique(leads.account, return_inverse=True)
    copies = leads.take(np.tile(np.arange(leads.size), replicas))
    copies.account = (np.tile(local, replicas) + np.repeat(np.arange(replicas), leads.size) * len(known)).astype(
        np.int32
    )
    gone = copies.code == LOST
    copies.enters = np.where(gone, next_return(dice, copies.since, first), NEVER).astype(np.int32)
    new, places = further_leads(market, dice, np.tile(known, replicas), first, last)
    new.account = places.astype(np.int32)
    everybody = join([copies, new])
    everybody.lead = np.arange(everybody.size, dtype=np.int32)
    return everybody, len(known) * replicas


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
