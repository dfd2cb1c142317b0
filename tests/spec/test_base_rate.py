"""When yes becomes twice as frequent, chances follow; while it does not, nothing is moved."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.base_rate import NOTHING_SETTLED, shift_of
from models.calibrate import IDENTITY
from models.metrics import calibration_error

Floats = NDArray[np.float64]


def settled(
    times_usual: float, leads: int = 1_000, weeks: int = 4, seed: int = 1
) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Chances, outcomes and leads; yes comes so many times as often as the chances say, and alike in all weeks of a lead."""
    draw = np.random.default_rng(seed)
    whose = np.tile(np.arange(leads), weeks)
    said = expit(draw.normal(-2.2, 1.0, leads))
    came = (draw.random(leads) < np.minimum(1.0, said * times_usual)).astype(np.float64)
    return said[whose], came[whose], whose


@pytest.mark.parametrize("times_usual", [2.0, 0.5])
def test_after_a_drift_later_chances_are_honest_again(times_usual: float) -> None:
    found = shift_of(*settled(times_usual))
    assert np.sign(found.log_odds) == np.sign(times_usual - 1)
    said, came, _ = settled(times_usual, seed=2)
    moved = IDENTITY.shifted(found.log_odds).chances(logit(said))
    assert calibration_error(came, moved) < calibration_error(came, said) / 2


def test_without_a_drift_nothing_is_moved() -> None:
    moved = [shift_of(*settled(1.0, seed=seed)).log_odds for seed in range(100)]
    assert sum(shift != 0.0 for shift in moved) <= 1


def test_few_leads_move_nothing_however_often_they_stand_there() -> None:
    found = shift_of(*settled(4.0, leads=60, weeks=40))
    assert found.sigmas > 3
    assert found.log_odds == 0.0


def test_a_shift_is_smaller_the_fewer_leads_have_settled() -> None:
    few, many = (shift_of(*settled(3.0, leads=leads)).log_odds for leads in (150, 20_000))
    assert 0 < few < many


def test_when_nothing_has_settled_nothing_is_said() -> None:
    assert shift_of(np.empty(0), np.empty(0), np.empty(0, dtype=np.int64)) == NOTHING_SETTLED
