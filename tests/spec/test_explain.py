"""Reasons: SHAP values summed by feature, said in words, and never more than they are worth."""

import lightgbm as lgb
import numpy as np
import pytest
import shap
from numpy.typing import NDArray
from scipy.special import expit

from features.feature import Feature, FeatureColumn, Selection
from features.tables import touches as touches_table
from features.words import times
from models.explain import MOST_AGAINST, MOST_FOR, Explanation, explain

ROWS = 400
touches = Selection(touches_table)


def feature(name: str, *windows: int) -> tuple[FeatureColumn, ...]:
    says, silent = f"{name} {{value}} in the last {{window}}", f"no {name} in the last {{window}}"
    return Feature(touches.count(), times, says, silent, windows, name).columns


COLUMNS = (*feature("calls", 7, 30), *feature("visits", 7), *feature("jobs", 30), *feature("noise", 7))


@pytest.fixture(scope="module")
def values() -> NDArray[np.float32]:
    return np.random.default_rng(1).poisson(2, size=(ROWS, len(COLUMNS))).astype(np.float32)


@pytest.fixture(scope="module")
def booster(values: NDArray[np.float32]) -> lgb.Booster:
    chance = expit(values[:, 0] + 0.5 * values[:, 1] + 0.7 * values[:, 2] - 1.5 * values[:, 3] - 1)
    outcome = (np.random.default_rng(2).random(ROWS) < chance).astype(int)
    settings = {
        "objective": "binary",
        "num_leaves": 7,
        "min_data_in_leaf": 5,
        "verbose": -1,
        "seed": 3,
        "deterministic": True,
    }
    return lgb.train(settings, lgb.Dataset(values, outcome), 60)


@pytest.fixture(scope="module")
def contributions(booster: lgb.Booster, values: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray(booster.predict(values, pred_contrib=True))


@pytest.fixture(scope="module")
def explanations(contributions: NDArray[np.float64], values: NDArray[np.float32]) -> list[Explanation]:
    return explain(contributions, values, COLUMNS, expit, {})


def test_contributions_are_those_of_the_shap_library(
    booster: lgb.Booster, values: NDArray[np.float32], contributions: NDArray[np.float64]
) -> None:
    found = shap.TreeExplainer(booster).shap_values(values)
    np.testing.assert_allclose(contributions[:, :-1], found, atol=1e-9)


def test_points_are_what_the_feature_adds_to_the_chance(
    explanations: list[Explanation], contributions: NDArray[np.float64]
) -> None:
    for row, explanation in enumerate(explanations):
        base, margin = contributions[row, -1], contributions[row].sum()
        slope = 100 * (expit(margin) - expit(base)) / (margin - base)
        by_feature = {
            "calls": contributions[row, :2].sum(),
            "visits": contributions[row, 2],
            "jobs": contributions[row, 3],
            "noise": contributions[row, 4],
        }
        for reason in explanation.reasons:
            assert reason.points == pytest.approx(slope * by_feature[reason.feature], abs=0.006)


def test_reasons_for_raise_the_chance_and_reasons_against_lower_it(explanations: list[Explanation]) -> None:
    assert any(explanation.reasons_against for explanation in explanations)
    for explanation in explanations:
        assert len(explanation.reasons_for) <= MOST_FOR
        assert len(explanation.reasons_against) <= MOST_AGAINST
        assert all(reason.points > 0 for reason in explanation.reasons_for)
        assert all(reason.points < 0 for reason in explanation.reasons_against)
        for side in (explanation.reasons_for, explanation.reasons_against):
            sizes = [abs(reason.points) for reason in side]
            assert sizes == sorted(sizes, reverse=True)


def test_one_behaviour_is_one_reason_and_speaks_of_its_own_value(
    explanations: list[Explanation], values: NDArray[np.float32]
) -> None:
    for explanation, row in zip(explanations, values, strict=True):
        names = [reason.feature for reason in explanation.reasons]
        assert len(names) == len(set(names))
        for reason in explanation.reasons:
            place = [f"{column.feature.name} {column.window}" for column in COLUMNS]
            possible = {
                COLUMNS[at].sentence(float(row[at]), {})
                for at, name in enumerate(place)
                if name.startswith(reason.feature)
            }
            assert reason.says in possible


def test_a_row_at_the_base_has_finite_points() -> None:
    still = np.array([[0.3, -0.3, 0.0, 0.0, 0.0, -1.0]])
    found = explain(still, np.ones((1, 5), dtype=np.float32), COLUMNS, expit, {})
    assert all(np.isfinite(reason.points) for reason in found[0].reasons)
