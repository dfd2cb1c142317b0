"""Says between which two values the true chance of a lead probably lies."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import nnls
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
# What is still to be learned falls with the leads to this power, as the true chances of made-up companies show. Two differences of a
# learning curve are too unsure to find it anew for each head.
DECAY = 0.44
WIDEST = 3.0  # beyond 3.29 a small chance would lie outside its own range: the mean of such a law is above 95 of 100 of its values
SMALLEST_CHANCE = 1e-9
FINE = 0.1  # the log odds between two chances whose middles are worked out; those between them are read off a straight line
NODES = 31
HALVINGS = 40
SEED = 7


@dataclass(frozen=True)
class Spread:
    """How far the true log odds lie from those that a model says: a normal law whose mean chance is the chance that is said.

    sd: its standard deviation at even odds, None where it is not known. slope_sd: what each unit of log odds away from these adds, so that
    the variance is sd^2 + (slope_sd * log odds)^2: what few leads teach errs by how far apart it sets them, too.
    """

    sd: float | None = None
    slope_sd: float = 0.0

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
        places, middles, wide = _laws(self.sd, self.slope_sd)
        moved: Floats = expit(np.interp(said, places, middles + deviations * wide))
        return moved


UNKNOWN = Spread()


@lru_cache(maxsize=32)
def _laws(sd: float, slope_sd: float) -> tuple[Floats, Floats, Floats]:
    """Log odds that may be said, and for each the middle and the standard deviation of the law of the true ones.

    The mean of a chance is nearer to a half than the chance of its mean log odds (Jensen 1906), so the middle lies further out than what
    is said. It is found by halving, the mean of a law by Gauss-Hermite quadrature (Abramowitz and Stegun 1964, 25.4.46).
    """
    furthest = float(logit(1 - SMALLEST_CHANCE)) + FINE
    places = np.arange(-furthest, furthest + FINE, FINE)
    wide = np.minimum(WIDEST, np.hypot(sd, slope_sd * places))
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    low, high = places - WIDEST**2, places + WIDEST**2
    for _ in range(HALVINGS):
        middles = (low + high) / 2
        is_low = expit(middles[:, None] + wide[:, None] * nodes) @ (weights / weights.sum()) < expit(places)
        low, high = np.where(is_low, middles, low), np.where(is_low, high, middles)
    return places, (low + high) / 2, wide


def learned_spread(margins_of: MarginsOf, outcomes: Floats, leads: Ints) -> Spread:
    """The spread of a model made from rows with these outcomes (n,), 0 or 1; leads (n,): the number of each row's lead, from 0.

    margins_of: takes which rows to learn from and which to judge, and gives the margins of the latter by a model made like the whole one.

    How far models of different halves differ says little of a single chance and nothing of what all of them have missed. So it is asked
    what more leads still buy: the log loss on the leads of one half, by models of the other half and of the eighths of the whole in it, is
    taken for a power law (learning curves: Viering and Loog 2022) and followed to all leads and on to endless many. What is lost to
    those, in log loss, is half the chance times its counterpart times the squared error of the log odds. A drop below its own standard
    error by lead counts as large as that. Where an eighth knows one outcome alone, the spread is not known.
    """
    part = np.random.default_rng(SEED).permutation(np.arange(leads.max() + 1) % PARTS)[leads]
    drops, said = np.zeros(len(leads)), np.zeros(len(leads))
    for mine, other in ((part < PARTS // 2, part >= PARTS // 2), (part >= PARTS // 2, part < PARTS // 2)):
        few = [part == number for number in np.unique(part[mine])]
        if not all(0 < outcomes[some].sum() < some.sum() for some in (*few, other)):
            return UNKNOWN
        known, by_half = outcomes[other], _chances(margins_of, mine, other, outcomes)
        by_few = [_chances(margins_of, some, other, outcomes) for some in few]
        drops[other] = np.mean([surprise(known, chances) for chances in by_few], axis=0) - surprise(known, by_half)
        said[other] = by_half
    still_lost = drops / (FEWEST**-DECAY - MOST**-DECAY)
    least = standard_error(still_lost - still_lost.mean(), leads) / len(leads)
    return _fitted(np.clip(said, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE), still_lost, least)


def _fitted(said: Floats, still_lost: Floats, least: float) -> Spread:
    """The spread by which chances (n,) lose most nearly what they lose, row by row, and on the whole no less than `least` a row.

    Least squares, each row weighing as much as what it loses is sure: by the variance of its outcome.
    """
    doubts = said * (1 - said)
    rooted = np.sqrt(doubts)
    (even, slope), _ = nnls(np.column_stack([rooted, rooted * logit(said) ** 2]), 2 * still_lost / rooted)
    even = max(even, 2 * least / doubts.mean())
    return Spread(float(min(WIDEST, np.sqrt(even))), float(min(WIDEST, np.sqrt(slope))))


def _chances(margins_of: MarginsOf, learned: Mask, judged: Mask, outcomes: Floats) -> Floats:
    """The chances of the judged rows; each model is calibrated on them, so that only what it cannot tell apart counts as lost."""
    margins = margins_of(learned, judged)
    return fit_platt(margins, outcomes[judged]).chances(margins)
