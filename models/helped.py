"""After which of our actions leads were won more often than leads like them that went without."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.special import logit
from scipy.stats import norm

from models.clusters import distinct, standard_error

BANDS = 3
FEWEST_LEADS = 40  # on either side of a comparison
FEWEST_YES = 5
DOUBT = 0.05
NEAREST = 1e-6  # to a chance of 0 or 1

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class Tried:
    """What became of leads in the past with and without an action that was open to them, one entry a snapshot (n,).

    stages, chances: of the lead on the day, before the action. did: whether it was done in the week that followed. yes: 1.0 or 0.0, the
    outcome in the time after that week, of leads that were still open at its end. leads: the number of each row's lead, from 0.
    """

    stages: NDArray[np.object_]
    chances: Floats
    did: Flags
    yes: Floats
    leads: Ints


@dataclass(frozen=True)
class Helped:
    """An action after which leads of a stage, with a chance in [above, below), more often had the outcome.

    after, without: the shares (0 to 1) of those that had it, with the action and, of leads as likely, without. least: what their difference
    surely exceeds. leads: how many had the action.
    """

    action: str
    stage: str
    above: float
    below: float
    after: float
    without: float
    least: float
    leads: int


@dataclass(frozen=True)
class _Compared:
    """One comparison of an action among leads that are alike, one entry a row (n,).

    alone: the part of the action (0 or 1) that the chance does not tell; rest: that of the outcome (Frisch and Waugh 1933). after: the
    share of yes among those with the action; done_to: how many leads they were.
    """

    stage: str
    above: float
    below: float
    alone: Floats
    rest: Floats
    leads: Ints
    after: float
    done_to: int


def helped(tried: Mapping[str, Tried]) -> tuple[Helped, ...]:
    """Of each action by name, where it surely went with more yes.

    Leads are alike that stood in one stage with a chance in one third of that stage's. Both groups are looked at from the end of the
    week in which the action was done or not (a landmark, Anderson, Cain and Gelber 1983): a lead that was won or lost within the week could
    not be called any more, and would count for the call or against it for that alone. Within a third those with the action may still
    have been likelier before, so their chance is held equal: the difference is the coefficient of the action in a regression of the
    outcome on the action and the log odds of the chance, its error by lead (Liang and Zeger 1986). An action is spoken of only if it went
    with more yes over all comparisons together, so surely that with probability 0.95 no action would by luck alone (Bonferroni), and
    then where its own interval of 0.95 lies above zero.

    This is an association: whoever calls chooses whom, for reasons that no table may show. What became of real leads leads here, and not
    what the model says of a lead with one made-up row more. Such a row has no consequences and stands where the model has learned from
    hardly anybody; what the model makes of it is the same association, seen through more guesses, without a number of leads and
    without an interval. And no row has to be made up that must never be served or learned from.
    """
    compared = {action: list(_comparisons(rows)) for action, rows in tried.items()}
    asked = {action: found for action, found in compared.items() if found}
    return tuple(
        told
        for action, found in asked.items()
        if _least(found, DOUBT / len(asked)) > 0
        for one in found
        if (told := _told(action, one)).least > 0
    )


def best_for(found: Sequence[Helped], stage: str, chance: float, actions: frozenset[str]) -> Helped | None:
    """Of the actions that are open to a lead of a stage with a chance, the one with the largest difference; None where none is sure."""
    alike = [one for one in found if one.action in actions and one.stage == stage and one.above <= chance < one.below]
    return max(alike, key=lambda one: one.after - one.without, default=None)


def _comparisons(tried: Tried) -> Iterator[_Compared]:
    for stage in sorted(set(tried.stages)):
        here = tried.stages == stage
        edges = [0.0, *np.quantile(tried.chances[here], np.arange(1, BANDS) / BANDS).tolist(), 1.0]
        for above, below in pairwise(edges):
            rows = here & (tried.chances >= above) & (tried.chances < below)
            if _is_enough(tried, rows):
                yield _compared(str(stage), (above, below), tried, rows)


def _is_enough(tried: Tried, rows: Flags) -> bool:
    sides = (rows & tried.did, rows & ~tried.did)
    return all(distinct(tried.leads[side]) >= FEWEST_LEADS and tried.yes[side].sum() >= FEWEST_YES for side in sides)


def _compared(stage: str, band: tuple[float, float], tried: Tried, rows: Flags) -> _Compared:
    did, yes, leads = tried.did[rows].astype(np.float64), tried.yes[rows], tried.leads[rows]
    known = np.column_stack([np.ones(len(yes)), logit(np.clip(tried.chances[rows], NEAREST, 1 - NEAREST))])
    alone, rest = did - _fitted(known, did), yes - _fitted(known, yes)
    return _Compared(stage, *band, alone, rest, leads, float(yes[did > 0].mean()), distinct(leads[did > 0]))


def _told(action: str, one: _Compared) -> Helped:
    without = min(max(one.after - _rise([one]), 0.0), 1.0)
    least = _least([one], DOUBT / 2)
    return Helped(action, one.stage, one.above, one.below, one.after, without, least, one.done_to)


def _rise(compared: Sequence[_Compared]) -> float:
    """By how much more yes went with the action, over all comparisons."""
    return sum(float(one.alone @ one.rest) for one in compared) / sum(float(one.alone @ one.alone) for one in compared)


def _least(compared: Sequence[_Compared], doubt: float) -> float:
    """What the rise over all comparisons exceeds, but for a probability of `doubt`."""
    rise, size = _rise(compared), sum(float(one.alone @ one.alone) for one in compared)
    pulls = np.concatenate([one.alone * (one.rest - rise * one.alone) for one in compared])
    error = standard_error(pulls, np.concatenate([one.leads for one in compared])) / size
    return rise - float(norm.isf(doubt)) * error


def _fitted(known: Floats, target: Floats) -> Floats:
    weights = np.linalg.lstsq(known, target, rcond=None)[0]
    return np.asarray(known @ weights, dtype=np.float64)
