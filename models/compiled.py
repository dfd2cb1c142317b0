"""Compiles what scores, explains and judges many rows, once a machine, so that nobody waits for it when the day's list is due."""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.feature import Feature, FeatureColumn, Selection
from features.tables import touches
from features.words import number
from models.explain import Telling, candidates
from models.fast import fast_contributions, fast_margins, fast_reasons, read_fast
from models.intervals import Judged, intervals
from models.rivals.rival import Rival

ROWS, COLUMNS = 4_000, 3
SHAPES = {"few leaves and bins": (7, 15), "more leaves than fit a word, and bins than a byte": (120, 1_000)}


def compile_kernels() -> None:
    """Scores and explains some rows by a small model and by a large one, and judges them, which compiles whatever is not yet on disk.

    It is kept where features.compiled keeps its own.
    """
    draw = np.random.default_rng(7)
    values = draw.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    outcomes = (draw.random(ROWS) < 1 / (1 + np.exp(-values[:, 0] * values[:, 1]))).astype(np.float64)
    for leaves, bins in SHAPES.values():
        fast = read_fast(_grown(values, outcomes, leaves, bins))
        targets = np.arange(COLUMNS)
        margins = fast_margins(fast, values)
        given = fast_contributions(fast, values, targets)
        candidates(given, values, Telling(_columns(), targets, targets >= 0), lambda margins: margins)
        fast_reasons(fast, values, targets, 2)
    leads, weeks = np.arange(ROWS) // 4, np.arange(ROWS) % 4
    days = np.datetime64("2026-01-05", "us") + weeks * np.timedelta64(7, "D")
    judged = Judged(leads, weeks // 2, outcomes, days, np.full(ROWS, np.nan))
    intervals(judged, [Rival("model", margins, 1 / (1 + np.exp(-margins)))], 10)


def _columns() -> tuple[FeatureColumn, ...]:
    made = [
        Feature(Selection(touches).count(), number, "{value}", "none", (30,), f"column_{at}") for at in range(COLUMNS)
    ]
    return tuple(column for feature in made for column in feature.columns)


def _grown(values: NDArray[np.float32], outcomes: NDArray[np.float64], leaves: int, bins: int) -> str:
    settings = {"objective": "binary", "num_leaves": leaves, "max_bin": bins, "min_data_in_leaf": 5, "verbosity": -1}
    grown = lgb.train(settings, lgb.Dataset(values, outcomes, params=settings), 20)
    text: str = grown.model_to_string()
    return text


if __name__ == "__main__":
    compile_kernels()
