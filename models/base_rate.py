"""Notices that yes has become more or less frequent since a model learned, and moves its chances by as much."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import expit, logit

from models.clusters import distinct, row_worth, standard_error

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

USUAL_SHIFT = 0.5  # standard deviation of how far base rates move, in log odds
CLEARLY_OFF = 3.0  # standard errors; below, what has settled may be luck
FEWEST_LEADS = 100
FARTHEST = 5.0
LEAST = 1e-9


@dataclass(frozen=True)
class Shift:
    """What chances promised of rows that have settled since, what came, and by how much log odds move for it.

    rows, leads: how many have settled. sigmas: how many standard errors lie between came and expected. log_odds: 0 where that may be luck.
    """

    rows: int
    leads: int
    expected: float
    came: float
    sigmas: float
    log_odds: float


NOTHING_SETTLED = Shift(0, 0, 0.0, 0.0, 0.0, 0.0)


def shift_of(chances: Floats, outcomes: Floats, leads: Ints) -> Shift:
    """The shift that chances (n,) need after their outcomes (n,), 0 or 1; leads (n,): the number of each row's lead, from 0.

    Where came and expected differ by more than 3 standard errors by lead, it is the most probable one of all log odds given the outcomes
    and a normal prior N(0, 0.5), the rows of a lead weighing together as one (the prior correction of King and Zeng 2001, shrunk).
    With fewer than 100 leads nothing is moved.
    """
    if not len(chances):
        return NOTHING_SETTLED
    missed = outcomes - chances
    sigmas = float(missed.sum()) / max(standard_error(missed, leads), LEAST)
    sure = distinct(leads) >= FEWEST_LEADS and abs(sigmas) > CLEARLY_OFF
    log_odds = _most_probable(chances, outcomes, row_worth(leads)) if sure else 0.0
    return Shift(len(chances), distinct(leads), float(chances.sum()), float(outcomes.sum()), sigmas, log_odds)


def _most_probable(chances: Floats, outcomes: Floats, worth: float) -> float:
    said = logit(np.clip(chances, LEAST, 1 - LEAST))

    def pull(shift: float) -> float:
        """The slope of the log posterior; falls with the shift."""
        return float(worth * (outcomes - expit(said + shift)).sum() - shift / USUAL_SHIFT**2)

    return float(brentq(pull, -FARTHEST, FARTHEST))
