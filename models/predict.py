"""Gives every lead and customer the chance of each thing that may happen to it."""

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.bundle import Bundle, HeadModel

Values = NDArray[np.float32]
Floats = NDArray[np.float64]


def predict(bundle: Bundle, matrix: Matrix) -> pd.DataFrame:
    """The calibrated chances of the matrix' rows, a column a head, NaN where the row is not of the head's cohort.

    Raises FunnelcastError when the matrix lacks a column that a model needs.
    """
    return pd.DataFrame({name: _chances(model, matrix) for name, model in bundle.heads.items()})


def inputs(model: HeadModel, values: Values, columns: Sequence[str]) -> Values:
    """The model's own columns, in its order, out of values (rows, columns). Raises FunnelcastError when one is missing."""
    places = {name: place for place, name in enumerate(columns)}
    missing = [name for name in model.columns if name not in places]
    if missing:
        raise FunnelcastError(
            f"The model of {model.head.name} needs the feature column '{missing[0]}'; run `funnelcast train`."
        )
    return np.ascontiguousarray(values[:, [places[name] for name in model.columns]])


def margins(model: HeadModel, values: Values) -> Floats:
    """The trees' sums (rows,), in log odds before calibration, of the model's own columns (rows, len(model.columns))."""
    if not len(values):
        return np.empty(0)
    return np.asarray(_booster(model).predict(values, raw_score=True), dtype=np.float64)


def contributions(model: HeadModel, values: Values) -> Floats:
    """What each of the model's own columns adds to the margin (rows, len(model.columns) + 1), the last being the base.

    Path-dependent TreeSHAP (Lundberg et al. 2020) as LightGBM computes it; a row sums to its margin.
    """
    if not len(values):
        return np.empty((0, len(model.columns) + 1))
    return np.asarray(_booster(model).predict(values, pred_contrib=True), dtype=np.float64)


def to_chance(model: HeadModel, margins: Floats) -> Floats:
    """Calibrated chances of margins; never changes their order."""
    return model.calibrator.chances(margins)


def _chances(model: HeadModel, matrix: Matrix) -> Floats:
    chances = np.full(len(matrix.values), np.nan)
    rows = (matrix.snapshots["cohort"] == model.head.cohort).to_numpy()
    chances[rows] = to_chance(model, margins(model, inputs(model, matrix.values[rows], matrix.columns)))
    return chances


def _booster(model: HeadModel) -> lgb.Booster:
    return lgb.Booster(model_str=model.booster)
