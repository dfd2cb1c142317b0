"""The weights of the regression are the most probable ones, however far they lie from where the search begins."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.ridge import CLOSE, curvature, most_probable

Floats = NDArray[np.float64]
ROWS = 2_000


def rows(columns: int = 12, seed: int = 3) -> tuple[Floats, Floats]:
    """Inputs of which two are nearly the same and one is far larger than the rest, with the base at the end, and outcomes."""
    draw = np.random.default_rng(seed)
    inputs = draw.normal(size=(ROWS, columns))
    inputs[:, 1] = inputs[:, 0] + 0.01 * inputs[:, 1]
    inputs[:, 2] *= 30
    inputs[:, -1] = 1
    outcomes = draw.random(ROWS) < expit(2 * inputs[:, 0] + 0.1 * inputs[:, 2] - 1)
    return inputs, outcomes.astype(np.float64)


def mean_pull(inputs: Floats, outcomes: Floats, ridge: Floats, weights: Floats) -> float:
    """The steepest slope of what the weights lose, a row."""
    pull = inputs.T @ (expit(inputs @ weights) - outcomes) + ridge * weights
    return float(np.abs(pull).max()) / len(outcomes)


@pytest.mark.parametrize("strength", [0.0003, 0.03, 1e6])
@pytest.mark.parametrize("start", [0.0, 3.0, -20.0])
def test_nothing_pulls_at_what_is_found(strength: float, start: float) -> None:
    inputs, outcomes = rows()
    ridge = np.full(inputs.shape[1], 1 / strength)
    found = most_probable(inputs, outcomes, ridge, np.full(inputs.shape[1], start))
    assert mean_pull(inputs, outcomes, ridge, found) <= CLOSE


def test_outcomes_that_a_line_divides_still_have_an_answer() -> None:
    inputs, _ = rows()
    outcomes = (inputs[:, 0] > 0).astype(np.float64)
    ridge = np.full(inputs.shape[1], 1e-3)
    found = most_probable(inputs, outcomes, ridge, np.zeros(inputs.shape[1]))
    assert mean_pull(inputs, outcomes, ridge, found) <= CLOSE


def test_the_curvature_is_how_the_pull_changes() -> None:
    inputs, _ = rows(columns=4)
    weights, nudge = np.array([0.3, -0.2, 0.05, -1.0]), 1e-6
    curve = curvature(inputs, expit(inputs @ weights))
    for place in range(4):
        moved = weights + nudge * np.eye(4)[place]
        changed = inputs.T @ (expit(inputs @ moved) - expit(inputs @ weights)) / nudge
        assert changed == pytest.approx(curve[place], rel=1e-4, abs=1e-2)
