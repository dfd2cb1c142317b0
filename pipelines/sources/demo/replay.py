"""Lives the company on from one midnight, many times at once, and sees what becomes of each lead."""

import numpy as np
from numpy.typing import NDArray

from configs.funnel import Funnel
from pipelines.sources.demo.day import live
from pipelines.sources.demo.deals import next_return
from pipelines.sources.demo.foresight import Foresight
from pipelines.sources.demo.history import WEEK_DAYS
from pipelines.sources.demo.judge import Judge, horizons
from pipelines.sources.demo.market import REPLAY, Market, dice_for, further_leads
from pipelines.sources.demo.rates import chances
from pipelines.sources.demo.state import NEVER, Leads, join
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.words import ENDED, LOST

Sums = dict[str, NDArray[np.float64]]


def replay(market: Market, funnel: Funnel, leads: Leads, as_of: int, block: int, replicas: int) -> Sums:
    """By head, in how many of the replicas each lead has the outcome in the days from as_of on, as the days' chances foretell it.

    leads: all leads of some accounts at the midnight with which as_of begins. Every replica has its own copy of them and its own chance;
    leads who may yet come to these accounts come too.
    """
    dice = dice_for(market.company, REPLAY, as_of, block)
    last = as_of + max(horizons(funnel).values())
    copies, accounts = _copies(market, dice, leads, as_of, last, replicas)
    judge = Judge(funnel, as_of, copies.take(slice(0, leads.size * replicas)))
    foresight = Foresight(judge)
    for day in range(as_of, last):
        if (day - as_of) % WEEK_DAYS == 0:
            copies = copies.take((copies.code != ENDED) & ((copies.code != LOST) | (copies.enters < last)))
        quiet = judge.about_to_fall_silent(copies, day)
        today = Today(day, market.weekday(day), dice)
        chance = chances(copies, day, today.weekday, accounts)
        foreseen = foresight.of(copies, chance, today)
        live(copies, today, chance)
        judge.see(copies, today, quiet)
        foresight.settle(foreseen, copies, today)
    return {head: sums.reshape(replicas, leads.size).sum(axis=0) for head, sums in foresight.sums.items()}


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
