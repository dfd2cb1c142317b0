"""The one number that told most by itself so far: a list sorted by a single column."""

import numpy as np
from numpy.typing import NDArray

from features.matrix import Matrix
from models.metrics import auc
from models.rivals.rival import Rival, by_order

Floats = NDArray[np.float64]

MOST_ROWS = 20_000  # an AUC of so many rows is right to a hundredth
SEED = 7
BELOW, ABOVE = -1.0, 1.0


def best_column(learned: Matrix, outcomes: Floats, judged: Matrix) -> Rival:
    """Ranks by the column with the largest AUC on the learned rows (a sample of 20,000), in the direction that it has there.

    Unknown values rank below or above all others, whichever told more. outcomes: 0 or 1 of the learned rows.
    """
    rows = np.arange(len(outcomes))
    if len(rows) > MOST_ROWS:
        rows = np.sort(np.random.default_rng(SEED).choice(rows, MOST_ROWS, replace=False))
    sample, said = learned.values[rows].astype(np.float64), outcomes[rows]
    worth = {
        (place, side): auc(said, _filled(sample[:, place], side))
        for place in range(sample.shape[1])
        for side in (BELOW, ABOVE)
    }
    place, side = max(worth, key=lambda one: abs(worth[one] - 0.5))
    known, scores = (_filled(matrix.values[:, place].astype(np.float64), side) for matrix in (learned, judged))
    return by_order("best_column", known, outcomes, scores, increasing=worth[place, side] > 0.5)


def _filled(values: Floats, side: float) -> Floats:
    """The values, with unknown ones below or above all that 32 bits can hold."""
    return np.where(np.isnan(values), side * 1e39, values)
