"""Calibration finds a known distortion again, keeps the order, and stays modest where there is little to go by."""

import json
from collections.abc import Callable
from dataclasses import asdict

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.calibrate import (
    CHANCE,
    IDENTITY,
    Calibrator,
    calibrator_from,
    choose_calibrator,
    fit_beta,
    fit_isotonic,
    fit_platt,
)
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
    found = fit_platt(seen, outcomes_of(slope * seen + intercept))
    assert found.yes_slope == found.no_slope == pytest.approx(slope, abs=0.05)
    assert found.intercept == pytest.approx(intercept, abs=0.1)


def test_calibrated_chances_come_true() -> None:
    seen = margins(20_000)
    outcomes = outcomes_of(0.5 * seen + 1.0)
    assert calibration_error(outcomes, IDENTITY.chances(seen)) > 0.1
    assert calibration_error(outcomes, fit_platt(seen, outcomes).chances(seen)) < 0.02


def test_without_rows_nothing_is_changed() -> None:
    assert fit_platt(np.empty(0), np.empty(0)) == IDENTITY


def test_a_few_rows_change_little() -> None:
    few, many = (fit_platt(np.full(rows, -3.0), np.ones(rows)) for rows in (2, 2_000))
    assert few.chances(np.array([-3.0]))[0] < 0.1
    assert many.chances(np.array([-3.0]))[0] > 0.9


def test_the_order_is_kept_even_where_the_margins_were_wrong_about_it() -> None:
    seen = margins(5_000)
    found = fit_platt(seen, outcomes_of(-2 * seen - 4))
    assert found.yes_slope > 0
    assert (np.diff(found.chances(np.sort(seen))) >= 0).all()


def test_a_chance_is_the_logistic_of_the_line() -> None:
    assert Calibrator(2.0, 2.0, -1.0).chances(np.array([0.5, -800.0, 800.0])).tolist() == [0.5, 0.0, 1.0]


def test_beta_finds_a_bend_that_a_line_cannot() -> None:
    seen = margins(40_000, mean=0.0)
    bent = Calibrator(1.6, 0.5, 0.2, method="beta")
    outcomes = (np.random.default_rng(2).random(len(seen)) < bent.chances(seen)).astype(float)
    found = fit_beta(seen, outcomes)
    assert (found.yes_slope, found.no_slope) == pytest.approx((1.6, 0.5), abs=0.1)
    assert np.abs(found.chances(seen) - bent.chances(seen)).max() < 0.02


def steps(seen: Floats) -> Floats:
    """Chances that no line and no bend comes near: a staircase."""
    return np.select([seen < -2, seen < 0, seen < 1], [0.02, 0.3, 0.35], 0.9)


def test_isotonic_follows_a_staircase_and_keeps_the_order() -> None:
    seen = margins(40_000, mean=0.0)
    outcomes = (np.random.default_rng(2).random(len(seen)) < steps(seen)).astype(float)
    found = fit_isotonic(seen, outcomes)
    assert np.abs(found.chances(seen) - steps(seen)).mean() < 0.03
    ordered = found.chances(np.sort(margins(1_000)) * 3)
    assert (np.diff(ordered) >= 0).all()
    assert ordered[0] > 0


@pytest.mark.parametrize(
    ("truth", "chosen"),
    [
        (lambda seen: expit(0.6 * seen - 0.5), "platt"),
        (lambda seen: Calibrator(1.8, 0.3, 0.2).chances(seen), "beta"),
        (steps, "isotonic"),
    ],
)
def test_the_method_is_chosen_by_what_it_says_of_later_rows(truth: Callable[[Floats], Floats], chosen: str) -> None:
    seen = margins(20_000, mean=0.0)
    outcomes = (np.random.default_rng(3).random(len(seen)) < truth(seen)).astype(float)
    assert choose_calibrator(seen, outcomes, np.arange(len(seen)) >= 10_000, np.arange(20_000)).method == chosen


def test_true_chances_are_left_nearly_as_they_are() -> None:
    seen = margins(20_000)
    found = choose_calibrator(seen, outcomes_of(seen), np.arange(len(seen)) >= 10_000, np.arange(20_000))
    assert found.method in ("none", "platt")
    assert np.abs(found.chances(seen) - expit(seen)).max() < 0.02


def test_what_held_before_and_not_later_is_not_chosen() -> None:
    seen, later = margins(20_000, mean=0.0), np.arange(20_000) >= 10_000
    outcomes = (np.random.default_rng(3).random(len(seen)) < np.where(later, expit(seen), steps(seen))).astype(float)
    assert choose_calibrator(seen, outcomes, later, np.arange(20_000)).method != "isotonic"


def test_with_few_rows_it_is_platt() -> None:
    seen = margins(300)
    assert choose_calibrator(seen, outcomes_of(seen), np.arange(300) >= 150, np.arange(300)).method == "platt"


def test_the_luck_of_few_leads_moves_chances_that_were_learned_less_than_points() -> None:
    everyone = margins(20_000)
    truth = expit(everyone)
    lost = []
    for seed in range(40):
        seen = margins(20_000)[seed * 300 : (seed + 1) * 300]
        outcomes = (np.random.default_rng(seed).random(300) < expit(seen)).astype(np.float64)
        found = choose_calibrator(seen, outcomes, np.arange(300) >= 150, np.arange(300)), fit_platt(seen, outcomes)
        lost.append([np.mean((one.chances(everyone) - truth) ** 2) for one in found])
    learned, points = np.sqrt(np.mean(lost, axis=0))
    assert learned < points / 2


def test_a_drift_that_many_leads_show_is_followed_all_the_same() -> None:
    seen = margins(20_000)
    found = choose_calibrator(seen, outcomes_of(seen - 1), np.arange(len(seen)) >= 10_000, np.arange(20_000))
    assert np.abs(found.chances(seen) - expit(seen - 1)).max() < 0.03


def repeated(rows: int, times: int, seed: int) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Margins, outcomes and leads where each lead stands so many times, nearly alike and with one outcome for all its rows."""
    draw = np.random.default_rng(seed)
    once = draw.normal(0, 1.5, rows // times)
    outcomes = (draw.random(len(once)) < expit(0.8 * once)).astype(np.float64)
    leads = np.arange(rows) % len(once)
    return once[leads] + draw.normal(0, 0.05, rows), outcomes[leads], leads


def test_leads_that_repeat_themselves_do_not_make_a_bend_look_sure() -> None:
    drawn = [repeated(6_000, times=10, seed=seed) for seed in range(15)]
    found = {choose_calibrator(seen, outcomes, leads >= 300, leads).method for seen, outcomes, leads in drawn}
    assert found <= {"none", "platt"}


def test_rows_of_one_lead_move_the_line_as_one_row_does() -> None:
    seen, outcomes, leads = repeated(6_000, times=10, seed=0)
    assert choose_calibrator(seen, outcomes, leads >= 550, leads) == fit_platt(seen, outcomes, worth=0.1, prior=CHANCE)
    apart = fit_platt(np.repeat(seen[:600], 10), np.repeat(outcomes[:600], 10), worth=0.1)
    assert apart.chances(seen[:5]) == pytest.approx(fit_platt(seen[:600], outcomes[:600]).chances(seen[:5]))


def test_a_calibrator_comes_back_from_json() -> None:
    seen = margins(2_000)
    for found in (fit_platt(seen, outcomes_of(seen)), fit_isotonic(seen, outcomes_of(seen))):
        assert calibrator_from(json.loads(json.dumps(asdict(found)))) == found


def test_a_shift_is_added_to_the_log_odds_of_any_calibrator() -> None:
    seen = margins(2_000)
    for found in (fit_beta(seen, outcomes_of(seen)), fit_isotonic(seen, outcomes_of(seen))):
        assert logit(found.shifted(0.7).chances(seen)) == pytest.approx(logit(found.chances(seen)) + 0.7)


def test_a_calibrator_of_the_first_format_is_read() -> None:
    old = calibrator_from({"slope": 0.8, "intercept": -0.3})
    assert old.chances(np.array([1.5])) == pytest.approx(expit(0.8 * 1.5 - 0.3))
