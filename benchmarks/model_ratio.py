"""How long chances and reasons take, against one Booster.predict of the same rows."""

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from benchmarks.measure import Result, compare

COLUMNS, TREES, LEAVES = 125, 500, 63
REASON_SHARE = 100  # reasons of every row would take hours at full size: a hundredth of the rows, scaled up


def measure(rows: int) -> list[Result]:
    """The ratios of predicting and explaining, both still LightGBM's own."""
    values = np.random.default_rng(7).normal(size=(rows, COLUMNS)).astype(np.float32)
    booster = _model(values[: min(rows, 20_000)])
    few = values[: max(1, rows // REASON_SHARE)]
    predict = compare(
        f"predict: {rows:,} rows, {TREES} trees x {LEAVES} leaves",
        lambda: booster.predict(values),
        lambda: booster.predict(values),
        0.20,
        0.15,
    )
    reasons = compare(
        f"reasons: {len(few):,} rows, against predicting the same",
        lambda: booster.predict(few, pred_contrib=True), lambda: booster.predict(few), 2.0, 0.7,
    )  # fmt: skip
    return [predict, reasons]


def _model(values: NDArray[np.float32]) -> lgb.Booster:
    chance = 1 / (1 + np.exp(-(values[:, 0] + values[:, 1] * values[:, 2])))
    outcome = np.random.default_rng(8).random(len(values)) < chance
    settings = {"objective": "binary", "num_leaves": LEAVES, "min_data_in_leaf": 5, "verbose": -1, "seed": 7}
    return lgb.train(settings, lgb.Dataset(values, outcome.astype(int)), TREES)
