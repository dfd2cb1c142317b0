"""Makes a head's model once more from a part of its leads, to see what more leads still buy."""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.bundle import HeadModel
from models.fit import SETTINGS
from models.regression import Logistic, learn_lines
from models.spread import Mask, Spread, learned_spread

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = NDArray[np.float32]


def spread_of(model: HeadModel, values: Values, outcomes: Floats, leads: Ints) -> Spread:
    """The spread of a model by the rows that it learned from: values (rows, its columns), outcomes 0 or 1, leads numbered from 0."""

    def margins_of(learned: Mask, judged: Mask) -> Floats:
        start, line = _line(model.start, values, outcomes, leads, learned, judged)
        return line + _trees(model, values, outcomes, start, learned, judged)

    return learned_spread(margins_of, outcomes, leads)


def spread_of_regression(regression: Logistic, values: Values, outcomes: Floats, leads: Ints) -> Spread:
    """The spread of a regression alone, as spread_of gives it."""
    return learned_spread(
        lambda learned, judged: _line(regression, values, outcomes, leads, learned, judged)[1], outcomes, leads
    )


def _line(
    start: Logistic | None, values: Values, outcomes: Floats, leads: Ints, learned: Mask, judged: Mask
) -> tuple[Floats, Floats]:
    """The margins that the trees start from on the learned rows, and those that they add to on the judged ones."""
    if start is None:
        return np.zeros(int(learned.sum())), np.zeros(int(judged.sum()))
    (line,) = learn_lines(values[learned], outcomes[learned], (start.strength,))
    unseen = line.unseen(values[learned], outcomes[learned], leads[learned])
    return start.share * unseen, start.share * line.margins(values[judged])


def _trees(model: HeadModel, values: Values, outcomes: Floats, start: Floats, learned: Mask, judged: Mask) -> Floats:
    settings = {**SETTINGS, "num_threads": 1}
    # fewer than the whole model has, by the square root: so the power of the learning curve was found (models.spread.DECAY)
    trees = max(1, round(model.trees * float(np.sqrt(learned.mean()))))
    data = lgb.Dataset(values[learned], outcomes[learned], init_score=start if model.start else None, params=settings)
    booster = lgb.train(settings, data, num_boost_round=trees)
    return np.asarray(booster.predict(values[judged], raw_score=True, num_threads=1), dtype=np.float64)
