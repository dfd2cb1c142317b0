"""What the model page tells, reckoned by hand on small tables."""

import numpy as np
import pandas as pd
import pytest

from features.feature import Feature, FeatureColumn, Selection
from features.tables import touches as touches_table
from features.words import times
from models.depth import SHARES, Reach, StageFigures, by_stage, depths, reaches
from models.importance import weights

touches = Selection(touches_table)


def column(kind: str, window: int) -> FeatureColumn:
    says, silent = f"{kind} {{value}} in the last {{window}}", f"no {kind} in the last {{window}}"
    return Feature(touches.where(kind=kind).count(), times, says, silent, (window,), kind).columns[0]


def test_the_curves_of_twenty_rows_are_those_reckoned_by_hand() -> None:
    """Twenty rows, best first; a yes stands on the places 1, 2, 4 and 20, so the share of yes is 1 in 5."""
    outcomes = np.zeros(20)
    outcomes[[0, 1, 3, 19]] = 1.0
    found = {one.share: one for one in depths(outcomes, -np.arange(20.0))}
    assert tuple(found) == SHARES
    # share called: share of the four yes found, and lift
    by_hand = {
        0.05: (0.25, 5.0),
        0.1: (0.5, 5.0),
        0.2: (0.75, 3.75),
        0.5: (0.75, 1.5),
        0.9: (0.75, 15 / 18),
        1.0: (1, 1),
    }
    for share, (captured, lift) in by_hand.items():
        assert (found[share].captured, found[share].lift) == pytest.approx((captured, lift)), share


def test_precision_at_capacity_is_the_mean_over_the_days() -> None:
    """Two days of four rows, a list of two: the first day's two are both a yes, of the second day's one is."""
    days = np.repeat(np.array(["2026-03-02", "2026-03-09"], dtype="datetime64[D]"), 4)
    outcomes = np.array([1, 1, 0, 0, 1, 0, 0, 1], dtype=np.float64)
    ranked = np.array([4, 3, 2, 1, 4, 3, 2, 1], dtype=np.float64)
    assert reaches(outcomes, ranked, -ranked, days, capacity=2) == (
        Reach(1, 1.0, 0.5),
        Reach(2, 0.75, 0.25),
        Reach(4, 0.5, 0.5),
        Reach(8, 0.5, 0.5),
    )


def test_each_stage_has_a_line_in_the_order_of_the_funnel() -> None:
    """Five rows, of two stages.

    stage        rank  outcome  chance
    offer sent   1     1        0.8
    new          0     0        0.1
    offer sent   1     0        0.4
    new          0     0        0.3
    offer sent   1     1        0.3
    """
    snapshots = pd.DataFrame(
        {"stage": ["offer sent", "new", "offer sent", "new", "offer sent"], "stage_rank": [1, 0, 1, 0, 1]}
    )
    found = by_stage(np.array([1.0, 0, 0, 0, 1]), np.array([0.8, 0.1, 0.4, 0.3, 0.3]), snapshots)
    assert [(one.stage, one.rows, one.yes) for one in found] == [("new", 2, 0), ("offer sent", 3, 2)]
    assert [one.chance for one in found] == pytest.approx([0.2, 0.5])
    assert [one.share for one in found] == pytest.approx([0.0, 2 / 3])
    assert np.isnan(found[0].auc)
    # of the two pairs of a yes and a no one is in order
    assert found[1].auc == 0.5


def test_customers_without_a_stage_are_one_line() -> None:
    snapshots = pd.DataFrame({"stage": pd.Series([None, None], dtype=object), "stage_rank": [np.nan, np.nan]})
    (line,) = by_stage(np.array([1.0, 0.0]), np.array([0.9, 0.2]), snapshots)
    assert line == StageFigures("customer", 2, 1, 0.55, 1.0)


def test_a_behaviour_weighs_what_its_columns_move_together() -> None:
    """Both columns of calls pull against each other within a row, so that together they move less than visits do."""
    columns = (column("call", 7), column("visit", 7), column("call", 30), column("mail", 7))
    #                   call_7d visit call_30d mail base
    contributions = np.array(
        [
            [2.0, 1.5, -1.0, 0.0, -3.0],
            [-2.0, -2.5, 1.0, 0.0, -3.0],
            [2.0, -2.0, -1.0, 0.0, -3.0],
        ]
    )
    values = np.array([[4, 3, 9, 0], [0, 0, 9, 0], [2, 0, 9, 0]], dtype=np.float32)
    visit, call = weights(contributions, values, columns, {})
    assert (visit.column, call.column) == ("visit_7d", "call_7d")
    assert (visit.moves, call.moves) == pytest.approx((2.0, 1.0))
    assert (visit.share, call.share) == pytest.approx((2 / 3, 1 / 3))
    assert (visit.raises, visit.lowers) == ("visit 3 times in the last 7 days", "no visit in the last 7 days")
    assert (call.raises, call.lowers) == ("call 4 times in the last 7 days", "no call in the last 7 days")


def test_what_only_raises_says_nothing_of_the_other_side() -> None:
    (found,) = weights(np.array([[1.0, 0.0], [3.0, 0.0]]), np.ones((2, 1), dtype=np.float32), [column("call", 7)], {})
    assert (found.raises, found.lowers, found.moves) == ("call once in the last 7 days", "", 2.0)
