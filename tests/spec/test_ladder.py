"""A head climbs only where the freer step was better on most cut-offs and by more than luck."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.ladder import Step, Tried, climb

Floats = NDArray[np.float64]
LEADS, CUT_OFFS = 400, 3


def truth(seed: int = 1) -> tuple[Floats, Floats]:
    """Log odds and outcomes of every lead on each cut-off."""
    draw = np.random.default_rng(seed)
    odds = draw.normal(-1, 1.5, LEADS * CUT_OFFS)
    return odds, (draw.random(len(odds)) < expit(odds)).astype(np.float64)


def tried(outcomes: Floats, chances: Mapping[Step, Floats]) -> Tried:
    rows = np.arange(LEADS * CUT_OFFS)
    return Tried(rows % LEADS, rows // LEADS, outcomes, chances, rows < 0)


def steps(points: Floats, bayes: Floats, logistic: Floats, model: Floats) -> Mapping[Step, Floats]:
    return {"points": points, "bayes": bayes, "logistic": logistic, "model": model}


def test_the_best_step_is_climbed_to() -> None:
    odds, outcomes = truth()
    found = climb(tried(outcomes, steps(expit(0 * odds - 1), expit(0.3 * odds - 0.7), expit(0.6 * odds), expit(odds))))
    assert found.step == "model"
    assert found.says == "It stands on gradient-boosted trees, the highest step."


def test_a_step_may_be_left_out() -> None:
    odds, outcomes = truth()
    usual = expit(0 * odds - 1)
    found = climb(tried(outcomes, steps(usual, usual, expit(odds), expit(0.5 * odds))))
    assert found.step == "logistic"
    assert found.says.endswith("gradient-boosted trees had the lower log loss on 0 of 3 cut-offs, and 2 are needed.")


@pytest.mark.parametrize("seed", range(5))
def test_on_shuffled_outcomes_nobody_climbs(seed: int) -> None:
    odds, outcomes = truth(seed)
    outcomes = np.random.default_rng(seed).permutation(outcomes)
    noise = np.random.default_rng(seed + 50).normal(0, 0.1, len(odds))
    usual = np.full(len(odds), outcomes.mean())
    assert climb(tried(outcomes, steps(usual, usual, expit(0.1 * odds - 1), expit(noise - 1)))).step == "points"


def test_better_on_one_cut_off_alone_is_not_enough() -> None:
    odds, outcomes = truth()
    usual, last = np.full(len(odds), outcomes.mean()), np.arange(len(odds)) // LEADS == CUT_OFFS - 1
    model = np.where(last, expit(odds), np.where(outcomes == 1, usual - 0.01, usual + 0.01))
    found = climb(tried(outcomes, steps(usual, usual, usual, model)))
    assert found.step == "points"
    assert "1 of 3 cut-offs" in found.says


def test_rows_of_one_lead_count_as_one() -> None:
    odds, outcomes = truth()
    usual = np.full(len(odds), outcomes.mean())
    right = np.random.default_rng(4).random(len(odds)) < 0.6
    model = usual + 0.02 * np.where(right, 1, -1) * np.sign(outcomes - 0.5)
    each, blocks = np.arange(len(odds)), np.arange(len(odds)) // LEADS
    assert climb(Tried(each, blocks, outcomes, steps(usual, usual, usual, model), each < 0)).step == "model"
    alike = Tried(right.astype(np.int64), blocks, outcomes, steps(usual, usual, usual, model), each < 0)
    assert climb(alike).step == "points"


def test_who_knows_leads_by_heart_has_not_learned_anything() -> None:
    """Right of every lead that it has met, and at random of the others."""
    odds, outcomes = truth()
    usual, met = np.full(len(odds), outcomes.mean()), np.arange(len(odds)) % LEADS < LEADS * 0.8
    dice = np.random.default_rng(3).choice([-0.1, 0.1], len(odds))
    model = np.where(met, np.where(outcomes == 1, 0.9, 0.1), usual + dice)
    by_heart = replace(tried(outcomes, steps(usual, usual, usual, model)), met=met)
    assert climb(replace(by_heart, met=~met & met)).step == "model"
    found = climb(by_heart)
    assert found.step == "points"
    assert found.says.endswith(
        "had the lower log loss on 3 of 3 cut-offs, but not for leads that it had not met before."
    )


@pytest.mark.parametrize(("share", "step"), [(0.95, "model"), (0.85, "points")])
def test_where_hardly_anybody_is_new_all_leads_are_looked_at(share: float, step: Step) -> None:
    odds, outcomes = truth()
    usual, met = np.full(len(odds), outcomes.mean()), np.arange(len(odds)) % LEADS < LEADS * share
    model = np.where(met, np.where(outcomes == 1, 0.9, 0.1), usual)
    assert climb(replace(tried(outcomes, steps(usual, usual, usual, model)), met=met)).step == step


def test_to_leave_the_points_table_takes_more_than_to_go_on() -> None:
    """The same gain of about 1.4 standard errors carries from logistic regression to trees, and not from points to Bayes."""
    odds, outcomes = truth()
    usual = expit(odds)
    little = expit(
        odds + 0.06 * np.sign(outcomes - 0.5) * np.where(np.random.default_rng(10).random(len(odds)) < 0.53, 1, -1)
    )
    off = expit(0.3 * odds - 0.5)
    assert climb(tried(outcomes, steps(usual, little, off, off))).step == "points"
    assert climb(tried(outcomes, steps(off, off, usual, little))).step == "model"


def test_lower_on_most_cut_offs_and_not_on_all_together_is_said_as_it_is() -> None:
    """Trees that win a little twice and lose much once: a stranger must read which of the two served better in the end."""
    odds, outcomes = truth()
    usual, last = np.full(len(odds), outcomes.mean()), np.arange(len(odds)) // LEADS == CUT_OFFS - 1
    good = expit(0.5 * odds)
    right = np.where(outcomes == 1, 1, -1)
    trees = np.clip(good + np.where(last, -0.1, 0.02) * right, 0.001, 0.999)
    found = climb(tried(outcomes, steps(usual, usual, good, trees)))
    assert found.step == "logistic"
    assert found.says.startswith(
        "It stands on logistic regression: gradient-boosted trees had the lower log loss on 2 of 3 cut-offs, but over all of them "
        "together logistic regression had the lower one, by "
    )
    assert "by -" not in found.says


def test_what_may_be_luck_is_called_so() -> None:
    odds, outcomes = truth()
    usual = expit(odds)
    push = np.where(np.random.default_rng(10).random(len(odds)) < 0.53, 1, -1)
    little = expit(odds + 0.06 * np.sign(outcomes - 0.5) * push)
    found = climb(tried(outcomes, steps(usual, usual, usual, little)))
    assert "cut-offs and over all of them together, but only by 1." in found.says
    assert found.says.endswith("standard errors, which may be luck (more than 2.12 are needed).")
