"""The quick way serves only where it agrees with LightGBM; otherwise LightGBM answers, and it is said."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

import lightgbm as lgb
import numpy as np
import pytest
from numpy.typing import NDArray

from models import predict
from models.agreement import disagreement
from models.bundle import HeadModel
from models.calibrate import Calibrator
from models.fast import FastForest, fast_contributions, fast_margins
from models.heads import Head
from models.predict import contributions, grouped_contributions, margins, reasons

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
COLUMNS = 4


@pytest.fixture(scope="module")
def values() -> Values:
    return np.random.default_rng(1).poisson(2, size=(600, COLUMNS)).astype(np.float32)


def model_of(values: Values, **more: object) -> HeadModel:
    outcome = values[:, 0] + values[:, 1] * values[:, 2] > 6
    settings = {"objective": "binary", "num_leaves": 9, "verbose": -1, "seed": 1, **more}
    text = lgb.train(settings, lgb.Dataset(values, outcome.astype(int), params=settings), 30).model_to_string()
    day = datetime(2026, 1, 5)
    columns = tuple(f"column {number}" for number in range(COLUMNS))
    return HeadModel(Head("win", "open", 14, "buy"), text, Calibrator(1.0, 0.0), columns, 30, day, day, 600, 300)


@pytest.fixture(scope="module")
def model(values: Values) -> HeadModel:
    return model_of(values)


def test_a_trained_model_agrees(model: HeadModel, values: Values) -> None:
    assert disagreement(model, values) == ""


def test_both_ways_give_the_same(model: HeadModel, values: Values, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(predict, "LEAST_TO_SCORE", 0)
    monkeypatch.setattr(predict, "LEAST_TO_EXPLAIN", 0)
    quick, targets = replace(model, is_fast=True), np.array([0, 1, 1, 2])
    np.testing.assert_array_equal(margins(quick, values), margins(model, values))
    np.testing.assert_allclose(contributions(quick, values), contributions(model, values), rtol=0, atol=1e-12)
    summed = [grouped_contributions(each, values, targets) for each in (quick, model)]
    np.testing.assert_allclose(summed[0], summed[1], rtol=0, atol=1e-12)
    strongest = [reasons(each, values, targets, 2) for each in (quick, model)]
    np.testing.assert_allclose(strongest[0][1], strongest[1][1], rtol=0, atol=1e-12)
    np.testing.assert_array_equal(strongest[0][0], strongest[1][0])


def test_no_rows_have_no_answers(model: HeadModel, values: Values) -> None:
    assert margins(model, values[:0]).shape == (0,)
    assert contributions(model, values[:0]).shape == (0, COLUMNS + 1)


@pytest.mark.parametrize("way", ["fast_margins", "fast_contributions"])
def test_a_difference_is_told_with_both_figures(
    way: str, model: HeadModel, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    right: Callable[..., Floats] = fast_margins if way == "fast_margins" else fast_contributions

    def wrong(fast: FastForest, values: Values, *more: NDArray[np.int64]) -> Floats:
        return right(fast, values, *more) + 3e-6

    monkeypatch.setattr(f"models.agreement.{way}", wrong)
    told = disagreement(model, values)
    assert "win" in told
    assert "3.0e-06" in told
    assert "in a margin" in told
    assert "in a contribution" in told


def test_a_difference_too_small_to_matter_is_not_told(
    model: HeadModel, values: Values, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.agreement.fast_margins", lambda fast, rows: fast_margins(fast, rows) + 9e-10)
    assert disagreement(model, values) == ""


def test_what_only_lightgbm_can_read_is_told(values: Values) -> None:
    assert "its leaves are linear" in disagreement(model_of(values, linear_tree=True), values)
    assert "categorical splits" in disagreement(model_of(values, categorical_feature="0", min_data_per_group=1), values)
    assert "averages" in disagreement(model_of(values, boosting="rf", bagging_fraction=0.5, bagging_freq=1), values)
