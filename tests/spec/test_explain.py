"""Reasons: SHAP values summed by feature, said in words, and never more than they are worth."""

from collections.abc import Sequence

import lightgbm as lgb
import numpy as np
import pytest
import shap
from numpy.typing import NDArray
from scipy.special import expit

from features.feature import Feature, FeatureColumn, Selection
from features.tables import touches as touches_table
from features.words import days, times
from models.explain import EVERYONE, explain, telling
from models.reasons import MOST_AGAINST, MOST_FOR, Explanations

ROWS = 400
touches = Selection(touches_table)
Floats32 = NDArray[np.float32]


def feature(name: str, *windows: int) -> tuple[FeatureColumn, ...]:
    says, silent = f"{name} {{value}} in the last {{window}}", f"no {name} in the last {{window}}"
    return Feature(touches.where(kind=name).count(), times, says, silent, windows, name).columns


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
def explanations(contributions: NDArray[np.float64], values: NDArray[np.float32]) -> Explanations:
    return explain(contributions, values, telling(COLUMNS, values), expit, {})


def test_contributions_are_those_of_the_shap_library(
    booster: lgb.Booster, values: NDArray[np.float32], contributions: NDArray[np.float64]
) -> None:
    found = shap.TreeExplainer(booster).shap_values(values)
    np.testing.assert_allclose(contributions[:, :-1], found, atol=1e-9)


def test_points_are_what_the_feature_adds_to_the_chance(
    explanations: Explanations, contributions: NDArray[np.float64]
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


def test_reasons_for_raise_the_chance_and_reasons_against_lower_it(explanations: Explanations) -> None:
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
    explanations: Explanations, values: NDArray[np.float32]
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
    values = np.ones((1, 5), dtype=np.float32)
    found = explain(still, values, telling(COLUMNS, values), expit, {})
    assert all(np.isfinite(reason.points) for reason in found[0].reasons)


def said_of(columns: Sequence[FeatureColumn], contributions: Sequence[float], values: Floats32) -> list[str]:
    """The reasons of the first row, when every row has the same contributions and a base of -1."""
    every = np.tile(np.array([*contributions, -1.0]), (len(values), 1))
    return [reason.says for reason in explain(every, values, telling(columns, values), expit, {})[0].reasons]


def test_siblings_are_one_reason_in_the_words_of_the_heaviest() -> None:
    visits = Feature(
        touches.where(kind="visits").days_since_last(), days, "last visit {value} ago", "none", name="last"
    )
    columns = (*feature("visits", 7), *visits.columns, *feature("calls", 7))
    values = np.array([[2, 3, 1]], dtype=np.float32)
    assert said_of(columns, (0.3, 0.4, 0.5), values) == ["last visit 3 days ago", "calls once in the last 7 days"]


def test_a_lone_feature_is_outweighed_where_its_sibling_says_the_opposite() -> None:
    visits = Feature(
        touches.where(kind="visits").days_since_last(), days, "last visit {value} ago", "none", name="last"
    )
    columns = (*feature("visits", 7), *visits.columns, *feature("calls", 7))
    values = np.array([[2, 3, 1]], dtype=np.float32)
    found = explain(np.array([[0.9, -0.8, 0.5, -1.0]]), values, telling(columns, values), expit, {})[0]
    assert [reason.feature for reason in found.reasons_for] == ["calls", "visits"]
    assert not found.reasons_against


def test_what_is_true_of_everyone_is_no_reason() -> None:
    columns = (*feature("visits", 7), *feature("calls", 7))
    values = np.ones((EVERYONE, 2), dtype=np.float32)
    values[1:, 1] = np.nan
    assert said_of(columns, (0.9, 0.1), values) == ["calls once in the last 7 days"]
    assert len(said_of(columns, (0.9, 0.1), values[: EVERYONE - 1])) == 2


def test_what_every_list_shows_is_no_reason() -> None:
    shown = Feature(touches.where(kind="stage").count(), times, "stage", "none", (7,), "stage", is_reason=False)
    columns = (*shown.columns, *feature("calls", 7))
    assert said_of(columns, (0.9, 0.1), np.array([[2, 1]], dtype=np.float32)) == ["calls once in the last 7 days"]
