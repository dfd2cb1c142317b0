"""Calibration finds a known distortion again, keeps the order, and stays modest where there is little to go by."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.calibrate import IDENTITY, Calibrator, fit_calibrator
from models.metrics import calibration_error

Floats = NDArray[np.float64]


def outcomes_of(logits: Floats) -> Floats:
    outcomes: Floats = (np.random.default_rng(1).random(len(logits)) < expit(logits)).astype(np.float64)
    return outcomes


def margins(rows: int, mean: float = -2.0) -> Floats:
    return np.random.default_rng(0).normal(mean, 1.5, rows)


@pytest.mark.parametrize(("slope", "intercept"), [(0.6, -0.4), (1.5, 0.8), (1.0, 0.0)])
def test_a_known_distortion_is_found_again(slope: float, intercept: float) -> None:
    seen = margins(40_000)
    found = fit_calibrator(seen, outcomes_of(slope * seen + intercept))
    assert found.slope == pytest.approx(slope, abs=0.05)
    assert found.intercept == pytest.approx(intercept, abs=0.1)


def test_calibrated_chances_come_true() -> None:
    seen = margins(20_000)
    outcomes = outcomes_of(0.5 * seen + 1.0)
    assert calibration_error(outcomes, IDENTITY.chances(seen)) > 0.1
    assert calibration_error(outcomes, fit_calibrator(seen, outcomes).chances(seen)) < 0.02


def test_without_rows_nothing_is_changed() -> None:
    assert fit_calibrator(np.empty(0), np.empty(0)) == IDENTITY


def test_a_few_rows_change_little() -> None:
    few, many = (fit_calibrator(np.full(rows, -3.0), np.ones(rows)) for rows in (2, 2_000))
    assert few.chances(np.array([-3.0]))[0] < 0.1
    assert many.chances(np.array([-3.0]))[0] > 0.9


def test_the_order_is_kept_even_where_the_margins_were_wrong_about_it() -> None:
    seen = margins(5_000)
    found = fit_calibrator(seen, outcomes_of(-2 * seen - 4))
    assert found.slope > 0
    assert (np.diff(found.chances(np.sort(seen))) >= 0).all()


def test_a_chance_is_the_logistic_of_the_line() -> None:
    assert Calibrator(2.0, -1.0).chances(np.array([0.5, -800.0, 800.0])).tolist() == [0.5, 0.0, 1.0]
