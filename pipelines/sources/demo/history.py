"""The life of the company from its first to its last day."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from pipelines.sources.demo.day import live
from pipelines.sources.demo.deals import RETURNS_BEFORE_DAYS
from pipelines.sources.demo.market import HISTORY, Market, dice_for
from pipelines.sources.demo.rates import chances
from pipelines.sources.demo.state import Leads, join
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.words import ENDED, LOST

WEEK_DAYS = 7


@dataclass(frozen=True)
class Population:
    """Leads with whom something may happen this week, and lost leads who may still come back later."""

    awake: Leads
    resting: Leads


def live_through(
    market: Market,
    everybody: Leads,
    at_midnight: Callable[[int, Population], None],
    at_night: Callable[[Leads, Today], None],
) -> None:
    """Lives every day of the company, and leaves out whoever cannot act any more.

    at_midnight sees the population before each day, at_night the leads after it with what happened. everybody is sorted by the day on
    which leads come.
    """
    dice, accounts = dice_for(market.company, HISTORY), len(market.accounts.share)
    nobody = everybody.take(slice(0))
    people = Population(nobody, nobody)
    for day in range(market.days):
        if day % WEEK_DAYS == 0:
            people = _new_week(people, everybody, day)
        at_midnight(day, people)
        today = Today(day, market.weekday(day), dice)
        live(people.awake, today, chances(people.awake, day, today.weekday, accounts))
        at_night(people.awake, today)


def _new_week(people: Population, everybody: Leads, day: int) -> Population:
    first, last = np.searchsorted(everybody.enters, [day, day + WEEK_DAYS])
    known = join([people.awake, people.resting])
    lost = known.code == LOST
    soon = known.enters < day + WEEK_DAYS
    awake = known.take((known.code != ENDED) & (~lost | soon))
    resting = known.take(lost & ~soon & (day - known.since < RETURNS_BEFORE_DAYS))
    return Population(join([awake, everybody.take(slice(first, last))]), resting)
