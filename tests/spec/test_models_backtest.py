"""A backtest judges on days that come after all that was learned, and says what it left out."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.backtest import backtest
from models.fit import Learned
from models.heads import Head
from models.judgement import learn

HEAD = Head("win", "open", 14, "buy")
WEEKS, LEADS = 16, 40
DAYS = pd.date_range("2024-01-01", periods=WEEKS, freq="7D")


def history() -> Matrix:
    rng = np.random.default_rng(2)
    as_of = np.repeat(DAYS.to_numpy(), LEADS)
    values = rng.normal(size=(len(as_of), 2)).astype(np.float32)
    outcomes = (rng.random(len(as_of)) < 1 / (1 + np.exp(-values[:, 0]))).astype(float)
    snapshots = pd.DataFrame(
        {
            "lead_id": [f"L{row % LEADS}" for row in range(len(as_of))],
            "as_of": as_of,
            "cohort": "open",
            "stage": "new",
            "stage_rank": 0,
            "last_touch_at": as_of,
            "opened_at": as_of,
            "amount": np.nan,
            "engagement_score": np.nan,
            "fit_score": np.nan,
        }
    )
    return Matrix(snapshots, values, ("interest", "noise"), pd.DataFrame({"win": outcomes}))


def weeks(first: int, last: int) -> Matrix:
    """The weeks from first to last, both included, counted from 0."""
    matrix = history()
    return matrix.take(matrix.snapshots["as_of"].between(DAYS[first], DAYS[last]).to_numpy())


def day(week: int) -> datetime:
    return DAYS[week].to_pydatetime()


def test_predictions_are_out_of_time() -> None:
    found = backtest(weeks(0, 11), weeks(12, 15), [HEAD], day(10), 5)
    assert list(found.predictions) == ["lead_id", "as_of", "head", "cut_off", "probability", "outcome"]
    assert len(found.predictions) == 4 * LEADS
    assert (found.predictions["cut_off"] == pd.Timestamp(DAYS[10])).all()
    assert (found.predictions["cut_off"] + pd.Timedelta(days=14) <= found.predictions["as_of"].min()).all()
    assert found.notes == ()
    said = [str(name).removeprefix("chance_") for name in found.rows if str(name).startswith("chance_")]
    assert said == ["model", "stage_rate", "recency", "oldest_first", "best_column", "points", "bayes", "logistic"]
    assert (found.predictions["probability"] == found.rows["chance_model"]).all()


def test_what_ends_too_late_is_left_out_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    learned: list[Matrix] = []

    def learn_and_tell(rows: Matrix, head: Head) -> Learned:
        learned.append(rows)
        return learn(rows, head)

    monkeypatch.setattr("models.backtest.learn", learn_and_tell)
    found = backtest(weeks(0, 15), weeks(12, 15), [HEAD], day(15), 5)
    assert learned[0].snapshots["as_of"].max() == DAYS[10]
    (note,) = found.notes
    assert note.startswith("win: 200 snapshots up to --train-until were not learned from")
    assert note.endswith("because their 14 days end after 2024-03-25, the first day judged on.")


def test_what_is_too_early_to_tell_is_not_judged() -> None:
    later = weeks(12, 15)
    later.outcomes.loc[later.snapshots["as_of"] == DAYS[15], "win"] = np.nan
    found = backtest(weeks(0, 11), later, [HEAD], day(10), 5)
    assert len(found.predictions) == 3 * LEADS
    assert found.predictions["as_of"].max() == pd.Timestamp(DAYS[14])


def test_without_anything_to_judge_or_to_learn_it_says_so() -> None:
    nobody = weeks(12, 15).take(np.zeros(4 * LEADS, dtype=bool))
    with pytest.raises(FunnelcastError, match="Nobody was open"):
        backtest(weeks(0, 11), nobody, [HEAD], day(10), 5)
    early = weeks(12, 15)
    early.outcomes["win"] = np.nan
    with pytest.raises(FunnelcastError, match="win: no outcome of the days to judge on is known"):
        backtest(weeks(0, 11), early, [HEAD], day(10), 5)
    with pytest.raises(FunnelcastError, match="win: there is nothing to learn from by"):
        backtest(weeks(0, 1), weeks(1, 2), [HEAD], day(1), 5)
