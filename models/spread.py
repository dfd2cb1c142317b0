"""Says between which two values the true chance of a lead probably lies."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.calibrate import fit_platt
from models.clusters import standard_error
from models.metrics import surprise

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
MarginsOf = Callable[[Mask, Mask], Floats]

NINETY_OF_100 = 1.645  # standard deviations to either side that hold 90 of 100 values of a normal law
FEWEST, MOST = 1 / 8, 1 / 2  # of the leads, by which the learning curve is measured
PARTS = 8
# What trees still have to learn falls with the leads to this power, as the true chances of made-up companies show. Two differences of a
# learning curve are too unsure to find it anew for each head. It is for trees alone: of straight lines it is near 1.
DECAY = 0.4
WIDEST = 3.0
SMALLEST_CHANCE = 1e-9
SEED = 7


@dataclass(frozen=True)
class Spread:
    """The standard deviation of the true log odds around those that a model says; None where it is not known."""

    sd: float | None = None

    def low(self, chances: Floats) -> Floats:
        """The chance (n,) that the true one is above in 95 of 100 cases; NaN where nothing is known."""
        return self._moved(chances, -NINETY_OF_100)

    def high(self, chances: Floats) -> Floats:
        """The chance (n,) that the true one is below in 95 of 100 cases; NaN where nothing is known."""
        return self._moved(chances, NINETY_OF_100)

    def _moved(self, chances: Floats, deviations: float) -> Floats:
        if self.sd is None:
            return np.full(chances.shape, np.nan)
        said = logit(np.clip(chances, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE))
        moved: Floats = expit(said + deviations * self.sd)
        return moved


UNKNOWN = Spread()


def learned_spread(margins_of: MarginsOf, outcomes: Floats, leads: Ints) -> Spread:
    """The spread of a model made from rows with these outcomes (n,), 0 or 1; leads (n,): the number of each row's lead, from 0.

    margins_of: takes which rows to learn from and which to judge, and gives the margins of the latter by a model made like the whole one.

    How far models of different halves differ says little of a single chance and nothing of what all of them have missed. So it is asked
    what more leads still buy: the log loss on the leads of one half, by models of the other half and of eighths of the whole out of it, is
    taken for a power law (learning curves: Viering and Loog 2022) and followed to all leads and on to endless many. What is lost to
    those, in log loss, is half the chance times its counterpart times the squared error of the log odds. A drop below its own standard
    error by lead counts as large as that. Where an eighth knows one outcome alone, the spread is not known.
    """
    part = np.random.default_rng(SEED).permutation(np.arange(leads.max() + 1) % PARTS)[leads]
    drops, doubts = np.zeros(len(leads)), np.zeros(len(leads))
    for mine, other in ((part < PARTS // 2, part >= PARTS // 2), (part >= PARTS // 2, part < PARTS // 2)):
        few = [part == number for number in np.unique(part[mine])[:2]]
        if not all(0 < outcomes[some].sum() < some.sum() for some in (*few, other)):
            return UNKNOWN
        by_half = _chances(margins_of, mine, other, outcomes)
        by_few = [_chances(margins_of, some, other, outcomes) for some in few]
        known = outcomes[other]
        drops[other] = np.mean([surprise(known, chances) for chances in by_few], axis=0) - surprise(known, by_half)
        doubts[other] = by_half * (1 - by_half)
    drop = max(drops.mean(), standard_error(drops - drops.mean(), leads) / len(leads))
    still_lost = drop / (FEWEST**-DECAY - MOST**-DECAY)
    return Spread(float(min(WIDEST, np.sqrt(2 * still_lost / doubts.mean()))))


def _chances(margins_of: MarginsOf, learned: Mask, judged: Mask, outcomes: Floats) -> Floats:
    """The chances of the judged rows; each model is calibrated on them, so that only what it cannot tell apart counts as lost."""
    margins = margins_of(learned, judged)
    return fit_platt(margins, outcomes[judged]).chances(margins)
