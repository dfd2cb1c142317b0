"""Lets a lead keep its place among the calls from another that is hardly better, while nothing new is known of either."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import floor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.project import SteadySetting
from models.lot import lot

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Callers = Sequence[str | None]
Pools = Sequence[str | None]


@dataclass(frozen=True)
class Standing:
    """Where leads stood on the list before.

    calls: who was called by rank, not by lot. quiet: who was open then and is now, and of whom nothing new is known. renewed: whether
    another model serves since; the calls may then change as much as it says.
    """

    calls: frozenset[str] = frozenset()
    quiet: frozenset[str] = frozenset()
    renewed: bool = False


NO_LIST_BEFORE = Standing()


@dataclass(frozen=True)
class Contest:
    """Leads (n,) in the order of rank, of which some shall be called.

    worth: what they rank by. chances: that the worth is made of. pools: the owner of each; within a pool any lead can take another's place.
    """

    leads: pd.Series
    worth: Floats
    chances: Floats
    pools: Pools


def steady_callers(
    contest: Contest,
    standing: Standing,
    setting: SteadySetting,
    seed: str,
    calls: int,
    call: Callable[[Places], Callers],
) -> Callers:
    """Who calls each lead, where those without news hold their places.

    call: who calls each lead when they are taken in the order of the given places. calls: how many there are. A quiet lead that was not
    called before counts as if the odds of its chance were less by setting.margin: so it takes no quiet lead's place whose odds are less by
    no more, and whoever is kept out by that has odds greater by no more. Where the same model serves as before, at most the share
    setting.most of the calls, rounded by lot so that it is met over many days, then goes from one quiet lead to another of its pool; the
    other quiet newcomers are taken after everybody else.
    """
    held, quiet = (contest.leads.isin(some).to_numpy(dtype=np.bool_) for some in (standing.calls, standing.quiet))
    newcomers = quiet & ~held
    order = _order(contest, newcomers, setting.margin)
    callers = call(order)
    if standing.renewed or not newcomers.any():
        return callers
    most = floor(setting.most * calls + lot(f"{seed} steady", ""))
    may = newcomers.copy()
    while len(pairs := _exchanged(order, callers, quiet & held, may, contest.pools)) > most:
        may &= np.array([caller is not None for caller in callers])
        may[pairs[most:]] = False
        barred = (newcomers & ~may)[order]
        order = np.concatenate([order[~barred], order[barred]])
        callers = call(order)
    return callers


def exchanged(was: Collection[str], now: Collection[str], quiet: Collection[str]) -> int:
    """How many places went from one quiet lead to another; a lead that takes the place of one with news is no change without news."""
    before, after, silent = set(was), set(now), set(quiet)
    return min(len((before - after) & silent), len((after - before) & silent))


def _order(contest: Contest, newcomers: NDArray[np.bool_], margin: float) -> Places:
    """The places of the leads by their worth, that of newcomers lowered; the order of rank decides between equals."""
    lowered = contest.worth / (1 + margin * (1 - contest.chances))
    return np.argsort(-np.where(newcomers, lowered, contest.worth), kind="stable")


def _exchanged(
    order: Places, callers: Callers, held: NDArray[np.bool_], newcomers: NDArray[np.bool_], pools: Pools
) -> list[int]:
    """The places of the newcomers that were called while one of their pool that held a place was not; those of them that stand first."""
    lost: dict[str | None, int] = {}
    for place in np.flatnonzero(held).tolist():
        if callers[place] is None:
            lost[pools[place]] = lost.get(pools[place], 0) + 1
    found = []
    for place in reversed(order.tolist()) if lost else ():
        if newcomers[place] and callers[place] is not None and lost.get(pools[place], 0):
            lost[pools[place]] -= 1
            found.append(place)
    return found[::-1]
