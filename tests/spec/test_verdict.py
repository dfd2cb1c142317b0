"""One table of figures from many cut-offs."""

import numpy as np
import pandas as pd
import pytest

from models.metrics import auc, log_loss
from models.verdict import ALL, COLUMNS, verdicts

FIRST, SECOND = pd.Timestamp("2026-01-05"), pd.Timestamp("2026-02-02")


def judged(rows: int = 120) -> pd.DataFrame:
    """Two cut-offs; the rival's scores of the second are a hundred times those of the first, in the same order."""
    rng = np.random.default_rng(3)
    cut_off = pd.to_datetime(pd.Series([FIRST if row < rows / 2 else SECOND for row in range(rows)]))
    chances, rival = rng.uniform(0.1, 0.9, rows), rng.uniform(0.1, 0.9, rows)
    return pd.DataFrame(
        {
            "lead_id": rng.integers(0, 30, rows).astype(str),
            "as_of": cut_off + pd.Timedelta(days=21),
            "head": "win",
            "cut_off": cut_off,
            "stage": rng.choice(["new", "offer"], rows),
            "amount": 10.0,
            "outcome": (rng.random(rows) < chances).astype(np.int8),
            "chance_model": chances,
            "score_model": np.log(chances / (1 - chances)),
            "chance_habit": rival,
            "score_habit": rival * np.where(cut_off == SECOND, 100, 1),
        }
    )


def value(table: pd.DataFrame, cut_off: str, stage: str, model: str, metric: str) -> float:
    rows = (
        (table["cut_off"] == cut_off)
        & (table["stage"] == stage)
        & (table["model"] == model)
        & (table["metric"] == metric)
    )
    (number,) = table.loc[rows, "value"]
    return float(number)


def ranked(rows: pd.DataFrame, model: str) -> float:
    return auc(rows["outcome"].to_numpy(dtype=float), rows[f"score_{model}"].to_numpy())


def test_all_cut_offs_each_cut_off_and_each_stage_have_their_figures() -> None:
    rows = judged()
    table = verdicts(rows, 5, workers=1)
    assert list(table) == COLUMNS
    slices = table[["cut_off", "stage"]].drop_duplicates().to_numpy().tolist()
    assert slices == [[ALL, ALL], ["2026-01-05", ALL], ["2026-02-02", ALL], [ALL, "new"], [ALL, "offer"]]
    parts = ((ALL, ALL, rows), ("2026-01-05", ALL, rows[:60]), (ALL, "new", rows[rows["stage"] == "new"]))
    for cut_off, stage, part in parts:
        outcomes, chances = part["outcome"].to_numpy(dtype=float), part["chance_model"].to_numpy()
        assert value(table, cut_off, stage, "model", "log_loss") == pytest.approx(log_loss(outcomes, chances))
        assert value(table, cut_off, stage, "model", "realised_yes") == outcomes.sum()
    assert value(table, "2026-01-05", ALL, "habit", "auc") == pytest.approx(ranked(rows[:60], "habit"))


def test_scores_of_two_cut_offs_are_not_compared() -> None:
    """A third of the rows are of the second cut-off, whose scores are a hundred times those of the first."""
    rows = judged()[:90]
    found = value(verdicts(rows, 5, workers=1), ALL, ALL, "habit", "auc")
    assert found == pytest.approx((2 * ranked(rows[:60], "habit") + ranked(rows[60:], "habit")) / 3)
    assert found != pytest.approx(ranked(rows, "habit"))


def test_a_cut_off_without_both_outcomes_has_no_say_in_the_order() -> None:
    rows = judged()
    rows.loc[60:, "outcome"] = 0
    found = value(verdicts(rows, 5, workers=1), ALL, ALL, "habit", "auc")
    assert found == pytest.approx(ranked(rows[:60], "habit"))


def test_any_number_of_workers_gives_the_same_table() -> None:
    pd.testing.assert_frame_equal(verdicts(judged(), 5, workers=1), verdicts(judged(), 5, workers=3))
