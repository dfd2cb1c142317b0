"""Grows a head's trees once more from a part of its leads, to see what more leads still buy."""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from models.bundle import HeadModel
from models.fit import SETTINGS
from models.spread import Mask, Spread, learned_spread

Floats = NDArray[np.float64]


def spread_of(model: HeadModel, values: NDArray[np.float32], outcomes: Floats, leads: NDArray[np.int64]) -> Spread:
    """The spread of a model by the rows that it learned from: values (rows, its columns), outcomes 0 or 1, leads numbered from 0."""
    settings = {**SETTINGS, "num_threads": 1}

    def margins_of(learned: Mask, judged: Mask) -> Floats:
        # as in the whole model, whose trees grow in number with the square root of the rows
        trees = max(1, round(model.trees * float(np.sqrt(learned.mean()))))
        data = lgb.Dataset(values[learned], outcomes[learned], params=settings)
        booster = lgb.train(settings, data, num_boost_round=trees)
        return np.asarray(booster.predict(values[judged], raw_score=True, num_threads=1), dtype=np.float64)

    return learned_spread(margins_of, outcomes, leads)
