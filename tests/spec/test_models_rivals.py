"""What the simple rivals say of a few snapshots."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from configs.declared import PointsTable
from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.heads import Head
from models.rivals.additive import margins
from models.rivals.bayes import learn_bayes
from models.rivals.best_column import best_column
from models.rivals.order import oldest_first, recency
from models.rivals.points import points_card
from models.rivals.roster import Background, able_rivals, rivals, served_rivals
from models.rivals.served import from_json
from models.rivals.stage_rate import STAGE_WEIGHT, stage_rate

Floats = NDArray[np.float64]

DAY = pd.Timestamp("2024-03-04")
WIN, LEAVE = Head("win", "open", 14, "buy"), Head("leave", "open", 14, "leave")


def snapshots(stages: Sequence[str | None], days_ago: Sequence[float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"stage": stages, "as_of": DAY, "last_touch_at": DAY - pd.to_timedelta(pd.Series(days_ago), unit="D")}
    )


def matrix(values: Floats, **known: object) -> Matrix:
    """Open leads on one day, with the columns a, b and so on."""
    usual = {
        "as_of": DAY,
        "cohort": "open",
        "stage": "new",
        "stage_rank": 0,
        "engagement_score": np.nan,
        "fit_score": np.nan,
    }
    touched = {"last_touch_at": DAY, "opened_at": DAY, "amount": np.nan}
    leads = [f"L{row}" for row in range(len(values))]
    frame = pd.DataFrame({"lead_id": leads, **usual, **touched, **known})
    names = tuple("abcdefgh"[: values.shape[1]])
    return Matrix(frame, values.astype(np.float32), names, pd.DataFrame({"win": np.zeros(len(values))}))


def test_the_rate_of_a_stage_is_drawn_towards_the_rate_of_all() -> None:
    learned = snapshots(["new"] * 60 + ["offer"] * 40, [1.0] * 100)
    outcomes = np.array([1.0] * 6 + [0.0] * 54 + [1.0] * 20 + [0.0] * 20)
    judged = snapshots(["offer", "new", "unheard of", None], [1.0] * 4)
    found = stage_rate(learned, outcomes, judged)
    new, offer = ((yes + STAGE_WEIGHT * 0.26) / (rows + STAGE_WEIGHT) for yes, rows in ((6, 60), (20, 40)))
    assert found.name == "stage_rate"
    assert found.chances.tolist() == pytest.approx([offer, new, 0.26, 0.26])
    assert found.scores.tolist() == found.chances.tolist()


def test_customers_without_a_stage_are_one_stage() -> None:
    learned = snapshots([None] * 10, [1.0] * 10)
    found = stage_rate(learned, np.array([1.0] * 3 + [0.0] * 7), snapshots([None], [1.0]))
    assert found.chances.tolist() == pytest.approx([0.3])


def test_the_most_recent_touch_comes_first_and_never_touched_comes_last() -> None:
    learned = snapshots(["new"] * 4, [1, 2, 30, float("nan")])
    found = recency(learned, np.array([1.0, 1, 0, 0]), snapshots(["new"] * 4, [5, float("nan"), 0.5, 60]))
    assert found.name == "recency"
    assert np.argsort(-found.scores).tolist() == [2, 0, 3, 1]
    assert found.chances[2] == 1.0
    assert found.chances[1] == 0.0
    assert (np.diff(found.chances[[2, 0, 3, 1]]) <= 0).all()


def test_where_the_silent_leave_they_come_first() -> None:
    learned = snapshots(["new"] * 4, [1, 2, 30, 60])
    found = recency(learned, np.array([0.0, 0, 1, 1]), snapshots(["new"] * 3, [5, 90, 40]))
    assert np.argsort(-found.scores).tolist() == [1, 2, 0]
    assert found.chances[1] == 1.0


def test_a_queue_begins_with_its_oldest_lead_even_where_that_never_paid() -> None:
    waited = pd.Series([1.0, 2, 30, 60])
    learned = pd.DataFrame({"as_of": DAY, "opened_at": DAY - pd.to_timedelta(waited, unit="D")})
    found = oldest_first(learned, np.array([1.0, 1, 0, 0]), learned)
    assert np.argsort(-found.scores).tolist() == [3, 2, 1, 0]
    assert found.chances.tolist() == [0.5] * 4


def test_the_best_column_is_chosen_with_its_direction_and_the_place_of_the_unknown() -> None:
    #                    a says nothing, b falls with the outcome, and where b is unknown the answer is yes
    values = np.array([[1, 5], [2, np.nan], [1, 8], [2, 9], [1, np.nan], [2, 6]])
    learned = matrix(values)
    found = best_column(learned, np.array([1.0, 1, 0, 0, 1, 0]), matrix(np.array([[1, 9], [1, 5], [1, np.nan]])))
    assert np.argsort(-found.scores).tolist() == [2, 1, 0]
    assert found.chances.tolist() == [0, 1, 1]


def test_every_so_many_points_double_the_odds() -> None:
    table = PointsTable(engagement=40, fit=20, stage=40, even=100, doubling=20)
    known = {"engagement_score": [100.0, 50, np.nan], "fit_score": [100.0, np.nan, np.nan], "stage_rank": [2, 1, 0]}
    rows = matrix(np.zeros((3, 1)), **known)
    # 40 + 20 + 40 points are even odds; 20 + 0 + 20 are 60 fewer, which halves the odds three times; no points five times
    assert np.exp(margins(points_card(table, WIN, 3), rows)).tolist() == pytest.approx([1, 1 / 8, 1 / 32])
    assert margins(points_card(table, LEAVE, 3), rows).tolist() == (-margins(points_card(table, WIN, 3), rows)).tolist()


def closed(**columns: Sequence[object]) -> pd.DataFrame:
    times = {"closed_at": DAY - pd.Timedelta(days=9), "until": pd.Timestamp("9999-01-01")}
    return pd.DataFrame({**times, **columns})


def test_naive_bayes_gives_the_published_example_74_30() -> None:
    learned = closed(
        won=[True, True, False, False, False],
        stage_rank=[0, 0, 0, 0, 2],
        field_country=["0", "1", None, "0", None],
        field_state=["0", "0", None, None, "1"],
        field_source=["1", None, "0", "0", None],
        field_mail=["ok"] * 5,
        field_phone=["ok", "ok", "bad", "bad", "ok"],
    )
    asked = {"country": "0", "state": "0", "source": "0", "mail": "ok", "phone": "ok"}
    lead = matrix(np.zeros((1, 1)), stage_rank=1, **{f"field_{name}": value for name, value in asked.items()})
    odds = np.exp(margins(learn_bayes(lead, np.zeros(1), WIN, learned, 3), lead))
    assert round(float(100 * odds[0] / (1 + odds[0])), 2) == 74.30


def test_naive_bayes_by_hand() -> None:
    """Two won (web, fair) and one lost (web, in the first of two stages)."""
    learned = closed(won=[True, True, False], stage_rank=[1, 0, 0], field_source=["web", "fair", "web"])
    leads = matrix(np.zeros((4, 1)), stage_rank=[0, 1, 0, 0], field_source=["web", "fair", "unheard of", None])
    odds = np.exp(margins(learn_bayes(leads, np.zeros(4), WIN, learned, 2), leads))
    start = 2.1 / 1.1
    web, fair, second = (1.1 / 2.2) / (1.1 / 1.2), (1.1 / 2.2) / (0.1 / 1.2), 1 / (0.1 / 1.1)
    assert odds.tolist() == pytest.approx([start * web, start * fair * second, start, start])


def test_for_other_heads_naive_bayes_takes_the_newest_row_of_each_lead_and_who_leaves_is_lost() -> None:
    days = [DAY, DAY + pd.Timedelta(days=7), DAY]
    rows = matrix(
        np.zeros((3, 1)), lead_id=["a", "a", "b"], as_of=days, stage_rank=[0, 1, 0], field_source=["x", "y", "x"]
    )
    found = learn_bayes(rows, np.array([0.0, 1, 0]), LEAVE, closed(won=[]), 2)
    lead = matrix(np.zeros((1, 1)), stage_rank=0, field_source="x")
    # a left from the second stage with y, b stays with x: stays 1.1, leaves 1.1; in the first stage all; x: 1.1 of 1.2 against 0.1 of 1.2
    assert np.exp(margins(found, lead)).tolist() == pytest.approx([(0.1 / 1.2) / (1.1 / 1.2)])


def history(rows: int = 600) -> tuple[Matrix, Floats]:
    """Twelve weeks in which a (a count), b (unknown for a third) and the source tell."""
    rng = np.random.default_rng(4)
    values = np.column_stack([rng.poisson(6, rows), rng.normal(size=rows), np.ones(rows), rng.normal(size=rows)])
    values[rng.random(rows) < 1 / 3, 1] = np.nan
    source = rng.choice(["web", "fair"], rows)
    logit = np.log1p(values[:, 0]) - 2 + np.where(np.isnan(values[:, 1]), 1, values[:, 1]) + (source == "fair")
    outcomes = (rng.random(rows) < 1 / (1 + np.exp(-logit))).astype(float)
    as_of = DAY + pd.to_timedelta(np.sort(rng.integers(0, 12, rows)) * 7, unit="D")
    scores = {"engagement_score": rng.random(rows) * 100, "fit_score": 40.0}
    found = matrix(values, as_of=as_of, stage_rank=rng.integers(0, 3, rows), field_source=source, **scores)
    return Matrix(found.snapshots, found.values, found.columns, pd.DataFrame({"win": outcomes})), outcomes


def background(rows: Matrix, outcomes: Floats) -> Background:
    known = rows.snapshots[["as_of", "stage_rank", "field_source"]].rename(columns={"as_of": "closed_at"})
    return Background(PointsTable(), 3, known.assign(won=outcomes == 1, until=pd.Timestamp("9999-01-01")))


def test_what_may_serve_adds_up_and_comes_back_from_its_text() -> None:
    rows, outcomes = history()
    later = rows.take((rows.snapshots["as_of"] > DAY + pd.Timedelta(weeks=9)).to_numpy())
    found = served_rivals(rows, WIN, background(rows, outcomes), np.datetime64("2024-07-01"))
    assert [served.name for served in found] == ["points", "bayes", "logistic"]
    for served in found:
        parts = served.sum.contributions(later)
        assert parts.shape == (len(later.values), len(served.sum.parts) + 1)
        assert np.abs(parts.sum(axis=1) - served.says(later).scores).max() < 1e-9
        assert from_json(served.to_json()) == served
        assert from_json(served.to_json()).says(later).chances.tolist() == served.says(later).chances.tolist()
    with pytest.raises(FunnelcastError, match="no whole model"):
        from_json('{"kind": "points"}')


def test_logistic_regression_finds_the_weights_and_knows_nothing_of_the_judged() -> None:
    rows, outcomes = history(6000)
    early = (rows.snapshots["as_of"] < DAY + pd.Timedelta(weeks=8)).to_numpy()
    learned, judged = rows.take(early), rows.take(~early)
    *_, served = served_rivals(learned, WIN, background(learned, outcomes[early]), np.datetime64("2024-05-01"))
    parts = served.sum.contributions(judged)
    slope = np.polyfit(np.log1p(judged.values[:, 0]), parts[:, 0], 1)[0]
    assert slope == pytest.approx(1, abs=0.2)
    unknown = np.isnan(judged.values[:, 1])
    assert parts[unknown, 1].mean() - parts[~unknown, 1].mean() == pytest.approx(1, abs=0.2)
    assert served.sum.parts == ("a", "b", "d"), "a column that is the same for everyone adds nothing"
    reversed_later = Matrix(judged.snapshots, judged.values, judged.columns, 1 - judged.outcomes)
    same, other = (
        rivals(learned, later, WIN, background(learned, outcomes[early])) for later in (judged, reversed_later)
    )
    assert [one.chances.tolist() for one in same] == [one.chances.tolist() for one in other]


def test_only_who_was_known_to_be_closed_counts() -> None:
    leads = closed(won=[True, True, False]).assign(
        closed_at=[DAY, DAY + pd.Timedelta(seconds=1), DAY - pd.Timedelta(days=5)],
        until=[pd.Timestamp("9999-01-01")] * 2 + [DAY],
    )
    assert Background(closed=leads).closed_by(np.datetime64(datetime(2024, 3, 4))).index.tolist() == [0]


@pytest.mark.parametrize("rows", [0, 3])
def test_without_both_outcomes_in_the_past_only_the_points_table_has_a_list(rows: int) -> None:
    judged = matrix(np.arange(4.0).reshape(-1, 1))
    able, unable = able_rivals(judged.take(np.arange(4) < rows), judged, WIN, Background())
    assert [rival.name for rival in able] == ["points"]
    assert set(unable) == {"stage_rate", "recency", "oldest_first", "best_column", "bayes", "logistic"}
    assert unable["bayes"] == f"win: of the {rows} snapshots to learn from, all say the same."


def test_who_needs_more_days_than_there_are_is_left_out_alone() -> None:
    judged = matrix(np.arange(4.0).reshape(-1, 1))
    learned = Matrix(judged.snapshots, judged.values, judged.columns, pd.DataFrame({"win": [0.0, 1.0, 0.0, 1.0]}))
    able, unable = able_rivals(learned, judged, WIN, Background())
    assert [rival.name for rival in able] == ["stage_rate", "recency", "oldest_first", "best_column", "points", "bayes"]
    assert "too few as-of days" in unable["logistic"]
