"""Logistic regression on the same columns as the trees: each column counts in a straight line, in either direction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.calibrate import Calibrator, fit_platt
from models.heads import Head
from models.metrics import log_loss
from models.rivals.scale import Scale, scale_of
from models.split import Split, days_of, expanding_folds

Floats = NDArray[np.float64]
Values = NDArray[np.float32]

STRENGTHS = (
    0.0003,
    0.003,
    0.03,
    0.3,
)  # weak to strong, as scikit-learn's C: a small one draws all weights towards zero
MOST_ROWS = 20_000  # more rows of the same leads change the weights by less than the choice of the strength
STEPS = 30
SEED = 7


@dataclass(frozen=True)
class Logistic:
    """Log odds: the base, and for each column its weight times the scaled value, or the weight of being unknown."""

    columns: tuple[str, ...]
    scale: Scale
    weights: tuple[float, ...]
    unknown_weights: tuple[float, ...]
    base: float

    @property
    def parts(self) -> tuple[str, ...]:
        """The feature columns."""
        return self.columns

    def contributions(self, rows: Matrix) -> Floats:
        """(rows, columns + 1) in log odds; a column at its mean adds nothing, so the base is a lead that is usual in all."""
        places = [rows.columns.index(name) for name in self.columns]
        scaled, unknown = self.scale.apply(rows.values[:, places])
        added = scaled * np.array(self.weights) + unknown * np.array(self.unknown_weights)
        return np.column_stack([added, np.full(len(added), self.base)])


def learn_logistic(rows: Matrix, outcomes: Floats, head: Head) -> tuple[Logistic, Calibrator]:
    """The regression of the outcomes 0 or 1 (rows,) and the calibrator of its margins out of time.

    The strength of the ridge is the one with the least log loss on later blocks of weeks (see models.split.expanding_folds), each judged by
    weights from the weeks before it; all scales come from the rows that weights are learned from. Raises FunnelcastError when there are too
    few days to divide, or one outcome alone comes before each block.
    """
    folds = [
        fold
        for fold in expanding_folds(days_of(rows.snapshots), head)
        if 0 < outcomes[fold.earlier].sum() < fold.earlier.sum()
    ]
    if not folds:
        raise FunnelcastError(
            f"{head.name}: logistic regression has too little to learn from, because the older weeks know one outcome alone; "
            "bring an earlier past."
        )
    later = np.concatenate([outcomes[fold.later] for fold in folds])
    found = np.hstack([_margins_by_strength(rows.values, outcomes, fold) for fold in folds])
    best = int(np.argmin([log_loss(later, 1 / (1 + np.exp(-margins))) for margins in found]))
    scale, (weights,) = _learned(rows.values, outcomes, STRENGTHS[best : best + 1])
    used = len(scale.lows)
    unknown = np.zeros(used)
    unknown[list(scale.told_unknown)] = weights[used:-1]
    model = Logistic(rows.columns, scale, _plain(weights[:used]), _plain(unknown), float(weights[-1]))
    return model, fit_platt(found[best], later)


def _margins_by_strength(values: Values, outcomes: Floats, fold: Split) -> Floats:
    """(strengths, later rows): the margins of the fold's later rows by what its earlier rows teach."""
    scale, weights = _learned(values[fold.earlier], outcomes[fold.earlier], STRENGTHS)
    return weights[:, :-1] @ scale.inputs(values[fold.later]).T + weights[:, -1:]


def _learned(values: Values, outcomes: Floats, strengths: Sequence[float]) -> tuple[Scale, Floats]:
    """The scale, and for each strength the weights of its inputs with the base at the end."""
    rows = _sample(outcomes)
    scale = scale_of(values[rows])
    inputs, said = scale.inputs(values[rows]), outcomes[rows]
    regression = LogisticRegression(solver="newton-cholesky", warm_start=True, max_iter=STEPS)
    found = []
    for strength in strengths:
        regression.set_params(C=strength).fit(inputs, said)
        found.append(np.append(regression.coef_[0], regression.intercept_))
    return scale, np.array(found)


def _sample(outcomes: Floats) -> NDArray[np.intp]:
    """The rows to learn from, in their order: at most MOST_ROWS, unless one of the outcomes is too rare to be among them."""
    rows = np.arange(len(outcomes))
    if len(rows) <= MOST_ROWS:
        return rows
    drawn = np.sort(np.random.default_rng(SEED).choice(rows, MOST_ROWS, replace=False))
    return drawn if 0 < outcomes[drawn].sum() < MOST_ROWS else rows


def _plain(numbers: Floats) -> tuple[float, ...]:
    return tuple(numbers.tolist())
