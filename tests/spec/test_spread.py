"""Intervals hold nine of ten true chances where these are known, and are wider where less is known."""

import lightgbm as lgb
import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit, logit

from models.calibrate import fit_platt
from models.fit import SETTINGS
from models.spread import UNKNOWN, Mask, Spread, learned_spread

Floats = NDArray[np.float64]
SIGNS = 20
TREES = 200


def leads_of(count: int, seed: int) -> tuple[NDArray[np.float32], Floats, Floats]:
    """Signs (count, SIGNS), true log odds and outcomes; many signs tell a little each, some only together with others."""
    draw = np.random.default_rng(seed)
    signs = draw.normal(size=(count, SIGNS))
    weights = np.random.default_rng(99).normal(0, 0.3, SIGNS)
    log_odds = signs @ weights + 0.4 * (signs[:, 0] > 0) * signs[:, 1] - 0.3 * np.abs(signs[:, 2]) - 1.5
    return signs.astype(np.float32), log_odds, (draw.random(count) < expit(log_odds)).astype(np.float64)


def trees_of(signs: NDArray[np.float32], outcomes: Floats, trees: int) -> lgb.Booster:
    settings = {**SETTINGS, "num_threads": 1}
    return lgb.train(settings, lgb.Dataset(signs, outcomes, params=settings), num_boost_round=trees)


def covered(count: int, seed: int) -> tuple[float, float]:
    """The share of true chances in their intervals, and how many log odds wide these are, of trees from so many leads."""
    signs, _, outcomes = leads_of(count, seed)
    best = round(TREES * np.sqrt(count / 2_000))

    def margins_of(learned: Mask, judged: Mask) -> Floats:
        trees = round(best * np.sqrt(learned.mean()))
        return np.asarray(trees_of(signs[learned], outcomes[learned], trees).predict(signs[judged], raw_score=True))

    spread = learned_spread(margins_of, outcomes, np.arange(count))
    new, truth, came = leads_of(4_000, seed + 1_000)
    margins = np.asarray(trees_of(signs, outcomes, best).predict(new, raw_score=True), dtype=np.float64)
    said = fit_platt(margins[::2], came[::2]).chances(margins[1::2])
    low, high = spread.low(said), spread.high(said)
    inside = (low <= expit(truth[1::2])) & (expit(truth[1::2]) <= high)
    return float(inside.mean()), float((logit(high) - logit(low)).mean())


def test_nine_of_ten_true_chances_lie_within() -> None:
    shares = [covered(count, seed)[0] for count in (800, 2_000, 6_400) for seed in range(3)]
    assert 0.85 <= np.mean(shares) <= 0.95


def test_more_leads_make_intervals_narrower() -> None:
    few, many = (np.mean([covered(count, seed)[1] for seed in range(3)]) for count in (800, 6_400))
    assert many < 0.9 * few


def test_an_interval_holds_its_chance_and_stays_between_0_and_1() -> None:
    chances = np.array([0.0, 1e-6, 0.3, 1.0])
    spread = Spread(0.6)
    assert (spread.low(chances) <= chances + 1e-8).all()
    assert (chances <= spread.high(chances) + 1e-8).all()
    assert spread.low(chances).min() >= 0
    assert spread.high(chances).max() <= 1
    assert spread.high(np.array([0.5]))[0] == pytest.approx(expit(1.645 * 0.6))


@pytest.mark.parametrize("spread", [Spread(0.3), Spread(0.8, 0.4), Spread(3.0)])
def test_the_chance_that_is_said_is_the_mean_of_what_may_be_true(spread: Spread) -> None:
    """So a small chance is more often too high than too low; the law is drawn anew from the two ends of its range."""
    said = np.array([0.0005, 0.01, 0.2, 0.5, 0.9])
    low, high = logit(spread.low(said)), logit(spread.high(said))
    assert spread.sd is not None
    assert (high - low) / (2 * 1.645) == pytest.approx(
        np.minimum(3, np.hypot(spread.sd, spread.slope_sd * logit(said))), rel=0.01
    )
    drawn = np.random.default_rng(3).normal(size=(200_000, 1))
    assert expit((low + high) / 2 + drawn * (high - low) / 3.29).mean(axis=0) == pytest.approx(said, rel=0.05)
    assert ((spread.low(said) < said) & (said < spread.high(said))).all()


def test_ranges_widen_away_from_even_odds_where_models_of_few_leads_err_by_how_far_they_set_leads_apart() -> None:
    """What an eighth teaches is drawn out by a third; that of a half is right."""
    draw = np.random.default_rng(5)
    true = draw.normal(0, 2, 40_000)
    outcomes = (draw.random(len(true)) < expit(true)).astype(np.float64)

    def margins_of(learned: Mask, judged: Mask) -> Floats:
        curved = true[judged] * (1 + 0.3 * np.abs(true[judged]) / 2) if learned.mean() < 0.3 else true[judged]
        return np.asarray(curved, dtype=np.float64)

    found = learned_spread(margins_of, outcomes, np.arange(len(true)))
    assert found.slope_sd > 0.05


def test_where_an_eighth_knows_one_outcome_alone_nothing_is_said() -> None:
    outcomes = np.array([1.0, 0.0] * 8)
    found = learned_spread(lambda _, judged: np.zeros(judged.sum()), np.zeros_like(outcomes), np.arange(16))
    assert found == UNKNOWN
    assert np.isnan(UNKNOWN.low(outcomes)).all()
