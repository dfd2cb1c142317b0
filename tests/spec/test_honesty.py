"""Chances that are surely and far off are found out; those that are off by luck, or by little, are shown."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.honesty import UNTRIED, honesty_of

Floats = NDArray[np.float64]


def rows(times: int = 1, leads: int = 600, seed: int = 2) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Outcomes, true log odds and leads; each lead stands so many times with one outcome."""
    draw = np.random.default_rng(seed)
    whose = np.tile(np.arange(leads), times)
    log_odds = draw.normal(-1, 1.5, leads)
    outcomes = (draw.random(leads) < expit(log_odds)).astype(np.float64)
    return outcomes[whose], log_odds[whose], whose


def test_true_chances_hold() -> None:
    outcomes, log_odds, leads = rows(leads=5_000)
    found = honesty_of(outcomes, expit(log_odds), leads)
    assert found.holds
    assert found.error < 0.02
    assert found.luck > 0.05


@pytest.mark.parametrize("broken", [lambda m: m + 1.0, lambda m: 4 * m, lambda m: 0.1 * m - 2.0])
def test_a_broken_calibrator_is_found_out(broken: np.ufunc) -> None:
    outcomes, log_odds, leads = rows()
    found = honesty_of(outcomes, expit(broken(log_odds)), leads)
    assert not found.holds
    assert found.error > 0.05


def test_what_is_sure_and_small_is_shown() -> None:
    outcomes, log_odds, leads = rows(leads=50_000)
    found = honesty_of(outcomes, expit(log_odds + 0.15), leads)
    assert found.luck < 0.01
    assert found.holds


@pytest.mark.parametrize(("leads", "times", "failing"), [(40, 40, 0), (150, 10, 1)])
def test_few_leads_prove_little_however_often_they_stand_there(leads: int, times: int, failing: int) -> None:
    drawn = (rows(times, leads, seed) for seed in range(20))
    found = [honesty_of(outcomes, expit(seen), whose) for outcomes, seen, whose in drawn]
    assert max(one.error for one in found) > 0.05
    assert sum(not one.holds for one in found) <= failing


def test_the_luck_of_true_chances_is_spread_evenly() -> None:
    lucks = np.array(
        [honesty_of(y, expit(seen), leads).luck for y, seen, leads in (rows(3, 200, seed) for seed in range(200))]
    )
    assert 0.03 < (lucks < 0.1).mean() < 0.2


def test_without_rows_nothing_is_said_against_them() -> None:
    assert honesty_of(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)) == UNTRIED
