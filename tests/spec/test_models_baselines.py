"""What the two simple rivals say of a few snapshots."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from models.baselines import STAGE_WEIGHT, rivals

DAY = pd.Timestamp("2024-03-04")


def snapshots(stages: Sequence[str | None], days_ago: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"stage": stages, "as_of": DAY, "last_touch_at": DAY - pd.to_timedelta(pd.Series(days_ago), unit="D")}
    )


def test_the_rate_of_a_stage_is_drawn_towards_the_rate_of_all() -> None:
    learned = snapshots(["new"] * 60 + ["offer"] * 40, [1.0] * 100)
    outcomes = np.array([1.0] * 6 + [0.0] * 54 + [1.0] * 20 + [0.0] * 20)
    judged = snapshots(["offer", "new", "unheard of", None], [1.0] * 4)
    stage_rate, _ = rivals(learned, outcomes, judged)
    new, offer = ((yes + STAGE_WEIGHT * 0.26) / (rows + STAGE_WEIGHT) for yes, rows in ((6, 60), (20, 40)))
    assert stage_rate.name == "stage_rate"
    assert stage_rate.chances.tolist() == pytest.approx([offer, new, 0.26, 0.26])
    assert stage_rate.scores.tolist() == stage_rate.chances.tolist()


def test_customers_without_a_stage_are_one_stage() -> None:
    learned = snapshots([None] * 10, [1.0] * 10)
    stage_rate, _ = rivals(learned, np.array([1.0] * 3 + [0.0] * 7), snapshots([None], [1.0]))
    assert stage_rate.chances.tolist() == pytest.approx([0.3])


def test_the_most_recent_touch_comes_first_and_never_touched_comes_last() -> None:
    learned = snapshots(["new"] * 4, [1, 2, 30, float("nan")])
    _, recency = rivals(learned, np.array([1.0, 1, 0, 0]), snapshots(["new"] * 4, [5, float("nan"), 0.5, 60]))
    assert recency.name == "recency"
    assert np.argsort(-recency.scores).tolist() == [2, 0, 3, 1]
    assert recency.chances[2] == 1.0
    assert recency.chances[1] == 0.0
    assert (np.diff(recency.chances[[2, 0, 3, 1]]) <= 0).all()


def test_where_the_silent_leave_they_come_first() -> None:
    learned = snapshots(["new"] * 4, [1, 2, 30, 60])
    _, recency = rivals(learned, np.array([0.0, 0, 1, 1]), snapshots(["new"] * 3, [5, 90, 40]))
    assert np.argsort(-recency.scores).tolist() == [1, 2, 0]
    assert recency.chances[1] == 1.0
