"""Tells whether chances kept their word on later rows; where they did not, a list shows ranks instead of chances."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from models.metrics import CALIBRATION_BINS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

TOO_FAR_OFF = 0.05  # chances may miss the share of yes by so much on average, however sure it is that they do
BY_LUCK = 0.01
FEWEST_LEADS = 100  # fewer prove nothing
DRAWS = 999
SEED = 7


@dataclass(frozen=True)
class Honesty:
    """How far chances lay from what came: their calibration error, and how likely one as large is when every chance is true (luck)."""

    error: float
    luck: float

    @property
    def holds(self) -> bool:
        """Whether the chances may be shown: they are not both far off and surely off."""
        return self.error <= TOO_FAR_OFF or self.luck > BY_LUCK


UNTRIED = Honesty(0.0, 1.0)
UNPROVEN = Honesty(1.0, 0.0)  # what has never met an outcome: its chances are not shown


def honesty_of(outcomes: Floats, chances: Floats, leads: Ints) -> Honesty:
    """The honesty of chances (n,) by their outcomes (n,), 0 or 1; leads (n,): the number of each row's lead, from 0.

    The error is the mean difference, without sign, of chance and share of yes in ten bins of equally many rows. Its luck comes from a wild
    cluster bootstrap (Cameron, Gelbach and Miller 2008): what each lead's rows miss by keeps its size and takes a sign by the toss of a
    coin, because the rows of one lead repeat each other. With fewer than 100 leads it is luck.
    """
    if not len(outcomes):
        return UNTRIED
    missed = _missed(outcomes, chances, leads)
    error = float(np.abs(missed.sum(axis=0)).sum() / len(outcomes))
    if len(missed) < FEWEST_LEADS:
        return Honesty(error, 1.0)
    signs = np.random.default_rng(SEED).choice([-1.0, 1.0], size=(DRAWS, len(missed)))
    by_luck = np.abs(signs @ missed).sum(axis=1) / len(outcomes)
    return Honesty(error, float((1 + (by_luck >= error).sum()) / (1 + DRAWS)))


def _missed(outcomes: Floats, chances: Floats, leads: Ints) -> Floats:
    """(leads, bins): the sum of outcome less chance of each lead's rows in each bin, lowest chances first."""
    whose = np.unique(leads, return_inverse=True)[1]
    bins = min(CALIBRATION_BINS, len(outcomes))
    place = np.empty(len(outcomes), dtype=np.int64)
    place[np.argsort(chances, kind="stable")] = np.arange(len(outcomes)) * bins // len(outcomes)
    cells = np.bincount(whose * bins + place, outcomes - chances, (whose.max() + 1) * bins)
    return np.asarray(cells.reshape(-1, bins), dtype=np.float64)
