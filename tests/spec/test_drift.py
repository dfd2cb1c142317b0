"""Drift is what has moved more than chance would move it, and a promise is kept within the spread of honest chances."""

import numpy as np
import pytest

from models.drift import gone_dark, promise, stability_index


def draws(seed: int, mean: float, size: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(mean, 1.0, size)


def test_two_halves_of_one_crowd_have_not_moved() -> None:
    moved = [stability_index(draws(seed, 0, 400), draws(seed + 1, 0, 150), 400) for seed in range(0, 80, 2)]
    assert np.mean(np.array(moved) > 0) <= 0.05


def test_a_shift_of_one_deviation_is_the_textbook_figure() -> None:
    # With many rows the index in tenths of a normal crowd that moved by one deviation is close to 0.95.
    moved = stability_index(draws(1, 0, 200_000), draws(2, 1, 200_000), 200_000)
    assert moved == pytest.approx(0.95, abs=0.03)


def test_values_that_are_no_longer_known_are_a_shift() -> None:
    now = draws(4, 0, 1_000)
    now[:400] = np.nan
    assert stability_index(draws(3, 0, 1_000), now, 1_000) > 0.5


def test_snapshots_of_few_leads_prove_little() -> None:
    before, now = np.repeat(draws(5, 0, 40), 50), draws(6, 0, 60)
    assert stability_index(before, now, 40) == 0
    assert stability_index(before, now, 2_000) > 0


@pytest.mark.parametrize(
    ("before", "now", "dark"),
    [
        ([0, 1] * 50, [0] * 30, True),
        ([0, np.nan] * 50, [np.nan] * 30, True),
        ([0, 1] * 50, [0] * 29 + [1], False),
        ([0] * 100, [0] * 30, False),
        ([0] * 99 + [1], [0] * 30, False),
    ],
    ids=["always the same", "never known", "still differs", "never differed", "too rare to miss"],
)
def test_a_column_is_dark_when_it_tells_nobody_apart_and_should(
    before: list[float], now: list[float], *, dark: bool
) -> None:
    assert gone_dark(np.array(before, dtype=float), np.array(now, dtype=float)) is dark


def test_a_promise_counts_in_standard_deviations() -> None:
    kept = promise(np.full(100, 0.5), np.r_[np.ones(60), np.zeros(40)])
    assert (kept.expected, kept.came, kept.sigmas) == (50, 60, 2)


def test_certain_chances_that_came_true_are_kept() -> None:
    assert promise(np.ones(3), np.ones(3)).sigmas == 0
