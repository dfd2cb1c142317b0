"""Whom to call first, and in which band everybody stands."""

from collections.abc import Sequence

import pandas as pd

from configs.project import ListSetting
from models.rank import rank_customers, rank_open


def scores(**columns: Sequence[object]) -> pd.DataFrame:
    frame = pd.DataFrame(columns)
    frame["lead_id"] = frame.get("lead_id", pd.Series([f"L{number}" for number in range(len(frame))]))
    frame["last_touch_at"] = pd.to_datetime(frame.get("last_touch_at", pd.Series([pd.NaT] * len(frame))))
    frame["amount"] = frame.get("amount", pd.Series([float("nan")] * len(frame)))
    return frame


SEED = "shop 2026-03-09"


def order(frame: pd.DataFrame, **setting: object) -> list[str]:
    return list(rank_open(frame, ListSetting.model_validate({"head": "win", **setting}), SEED).scores["lead_id"])


def test_value_is_chance_times_amount_and_decides_where_amounts_are_known() -> None:
    frame = scores(win=[0.5, 0.1, 0.2], amount=[100.0, 900.0, 400.0])
    ranked = rank_open(frame, ListSetting(head="win"), SEED)
    assert list(ranked.scores["lead_id"]) == ["L1", "L2", "L0"]
    assert list(ranked.scores["expected_value"]) == [90.0, 80.0, 50.0]
    assert "value" in ranked.says


def test_a_lead_without_an_amount_stands_where_the_median_puts_it_but_has_no_value() -> None:
    frame = scores(win=[0.5, 0.5, 0.5], amount=[100.0, 300.0, float("nan")])
    ranked = rank_open(frame, ListSetting(head="win"), SEED).scores
    assert list(ranked["lead_id"]) == ["L1", "L2", "L0"]
    assert ranked["expected_value"].isna().tolist() == [False, True, False]


def test_with_few_amounts_the_chance_of_the_head_decides() -> None:
    frame = scores(win=[0.1, 0.2, 0.3], progress=[0.9, 0.8, 0.7], amount=[1000.0, float("nan"), float("nan")])
    assert order(frame) == ["L2", "L1", "L0"]
    assert order(frame, head="progress") == ["L0", "L1", "L2"]


def test_without_a_chance_of_winning_nothing_is_said_of_value() -> None:
    frame = scores(progress=[0.9, 0.8], amount=[1000.0, 2000.0])
    ranked = rank_open(frame, ListSetting(head="progress"), SEED)
    assert list(ranked.scores["lead_id"]) == ["L0", "L1"]
    assert ranked.scores["expected_value"].isna().all()
    assert "value" not in ranked.says


def test_ties_go_to_the_later_touch_then_to_the_identifier() -> None:
    days = ["2026-01-01", "2026-01-03", None, "2026-01-03"]
    frame = scores(win=[0.5] * 4, last_touch_at=days, lead_id=["c", "b", "d", "a"])
    assert order(frame) == ["a", "b", "c", "d"]


def test_bands_follow_capacity() -> None:
    frame = scores(win=[0.9, 0.8, 0.7, 0.6])
    bands = rank_open(frame, ListSetting(head="win", capacity=1, nurture=2, explore=0), SEED).scores["band"]
    assert list(bands) == ["call", "nurture", "nurture", "skip"]


def test_customers_are_kept_by_expected_loss() -> None:
    frame = scores(churn=[0.5, 0.1, 0.2], amount=[100.0, 900.0, 100.0])
    ranked = rank_customers(frame, ListSetting(customers=1))
    assert list(ranked["lead_id"]) == ["L1", "L0", "L2"]
    assert list(ranked["band"]) == ["keep", "skip", "skip"]
