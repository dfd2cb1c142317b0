"""A challenger serves only when it is better throughout: not by one lucky cut-off, and never when it loses badly somewhere."""

import pandas as pd
import pytest

from models.promotion import judge_challenger, regrets

DAYS = ("2026-01-05", "2026-02-02", "2026-03-02", "2026-03-30")


def losses(champion: list[float], challenger: list[float], base: float = 0.6) -> pd.DataFrame:
    index = pd.MultiIndex.from_product([["win"], DAYS[: len(champion)]], names=["head", "cut_off"])
    return pd.DataFrame({"champion": champion, "challenger": challenger, "stage_rate": base}, index)


def test_regret_is_what_is_lost_more_than_the_best_lost() -> None:
    found = regrets(losses([0.50, 0.40], [0.55, 0.40]))
    assert found["champion"].tolist() == [0, 0]
    assert found["challenger"].tolist() == pytest.approx([0.1, 0])
    assert found["stage_rate"].tolist() == pytest.approx([0.2, 0.5])


def test_better_throughout_is_promoted() -> None:
    verdict = judge_challenger(losses([0.50, 0.51, 0.52, 0.50], [0.49, 0.50, 0.51, 0.49]))
    assert verdict.promoted
    assert "over 4 cut-offs" in verdict.reason


def test_better_on_the_last_cut_off_only_is_not_promoted() -> None:
    verdict = judge_challenger(losses([0.50, 0.50, 0.50, 0.50], [0.502, 0.502, 0.502, 0.44]))
    assert not verdict.promoted
    assert verdict.reason.startswith("it is better only thanks to the cut-off 2026-03-30")


def test_better_on_average_but_bad_once_is_not_promoted() -> None:
    verdict = judge_challenger(losses([0.50, 0.50, 0.50, 0.50], [0.45, 0.45, 0.53, 0.45]))
    assert not verdict.promoted
    assert verdict.reason == "it loses badly on win at the cut-off 2026-03-02: 6.0 % more than the champion"


def test_worse_throughout_is_not_promoted() -> None:
    verdict = judge_challenger(losses([0.49, 0.50, 0.51, 0.49], [0.50, 0.51, 0.52, 0.50]))
    assert not verdict.promoted
    assert verdict.reason.startswith("it loses more than the champion")


def test_the_same_recipe_on_newer_data_is_promoted() -> None:
    same = [0.50, 0.51, 0.52]
    assert judge_challenger(losses(same, same)).promoted


@pytest.mark.parametrize("known", [0, 1, 2])
def test_too_few_cut_offs_decide_nothing(known: int) -> None:
    verdict = judge_challenger(losses([0.5, 0.5, 0.5, 0.5], [0.4] * known + [float("nan")] * (4 - known)))
    assert not verdict.promoted
    assert verdict.reason.startswith(f"only {known} past cut-offs")


def test_every_head_counts_against_its_own_best() -> None:
    win, leave = losses([0.10, 0.10, 0.10], [0.099, 0.099, 0.099]), losses([0.60, 0.60, 0.60], [0.61, 0.61, 0.61])
    both = pd.concat([win, leave.rename(index={"win": "leave"}, level="head")])
    verdict = judge_challenger(both)
    assert not verdict.promoted, "a loss of 1.7 % on leave weighs more than a gain of 1 % on win"
