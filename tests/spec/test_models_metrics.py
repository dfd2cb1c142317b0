"""What each metric says of small tables, and that scikit-learn says the same where it has the metric."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score
from sklearn.metrics import log_loss as sklearn_log_loss

from models.metrics import (
    METRICS,
    auc,
    average_precision,
    brier,
    calibration_error,
    gains,
    lift,
    log_loss,
    measure,
    precision_at_capacity,
    reliability,
)

Floats = NDArray[np.float64]
ONE_DAY = np.zeros(4, dtype="datetime64[D]")


def drawn(seed: int) -> tuple[Floats, Floats]:
    """Outcomes and chances with many ties."""
    rng = np.random.default_rng(seed)
    chances = np.round(rng.random(200), 1) * 0.98 + 0.01
    return (rng.random(200) < chances).astype(float), chances


@pytest.mark.parametrize("seed", range(5))
def test_scikit_learn_agrees(seed: int) -> None:
    outcomes, chances = drawn(seed)
    assert auc(outcomes, chances) == pytest.approx(roc_auc_score(outcomes, chances))
    assert average_precision(outcomes, chances) == pytest.approx(average_precision_score(outcomes, chances))
    assert log_loss(outcomes, chances) == pytest.approx(sklearn_log_loss(outcomes, chances))
    assert brier(outcomes, chances) == pytest.approx(brier_score_loss(outcomes, chances))


def test_one_class_has_no_order() -> None:
    no, score = np.zeros(4), np.arange(4.0)
    assert np.isnan([auc(no, score), auc(no + 1, score), average_precision(no, score), lift(no, score, 0.5)]).all()


def test_lift_of_the_top() -> None:
    #             top half: 2 of 2, all: 2 of 4
    assert lift(np.array([0.0, 1, 0, 1]), np.array([0.1, 0.9, 0.2, 0.8]), 0.5) == 2.0
    # at least one row is the top, and a share is rounded down
    assert lift(np.array([1.0, 0, 0, 0]), np.array([4.0, 3, 2, 1]), 0.1) == 4.0
    assert lift(np.array([1.0, 0, 0, 0, 0]), np.array([5.0, 4, 3, 2, 1]), 0.5) == 2.5


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [1, 3, 0, 2]])
def test_rows_of_one_score_are_worth_their_mean_whatever_their_order(order: list[int]) -> None:
    outcomes, same = np.array([1.0, 0, 0, 0])[order], np.full(4, 0.3)
    assert lift(outcomes, same, 0.25) == 1.0
    assert precision_at_capacity(outcomes, same, ONE_DAY, 2) == 0.25
    assert gains(outcomes, same).tolist() == [0, 0.25, 0.5, 0.75, 1]
    assert calibration_error(outcomes, same) == pytest.approx(0.05)


def test_precision_at_capacity_is_a_mean_over_days() -> None:
    days = np.array(["2024-01-01"] * 3 + ["2024-01-08"], dtype="datetime64[us]")
    outcomes, scores = np.array([1.0, 0, 1, 0]), np.array([0.9, 0.8, 0.1, 0.5])
    # of the first day two of three fit on the list: one yes; the second day has one row: no yes
    assert precision_at_capacity(outcomes, scores, days, 2) == (0.5 + 0.0) / 2


def test_calibration_error_is_the_distance_in_bins_of_equally_many_rows() -> None:
    chances = np.repeat([0.2, 0.6], 50)
    outcomes = np.concatenate([np.repeat([1.0, 0.0], [15, 35]), np.repeat([1.0, 0.0], [25, 25])])
    assert calibration_error(outcomes, chances) == pytest.approx((0.1 + 0.1) / 2)
    bins = reliability(outcomes, chances)
    assert bins["rows"].tolist() == [10] * 10
    assert bins["chance"].tolist() == pytest.approx([0.2] * 5 + [0.6] * 5)
    assert bins["share"].tolist() == pytest.approx([0.3] * 5 + [0.5] * 5)


def test_all_metrics_at_once() -> None:
    outcomes, chances = drawn(1)
    days = np.zeros(200, dtype="datetime64[us]")
    found = measure(outcomes, -chances, chances, days, 25)
    assert tuple(found) == METRICS
    assert found["auc"] == pytest.approx(1 - auc(outcomes, chances))
    assert found["log_loss"] == log_loss(outcomes, chances)
