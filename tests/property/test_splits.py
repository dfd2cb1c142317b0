"""However the days lie, what a model learns from ends before what it is judged on begins."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import FunnelcastError
from models.heads import Head
from models.split import Days, Split, expanding_folds, hold_out, horizon_of, usable

START = np.datetime64("2024-01-01", "us")
DAY = np.timedelta64(1, "D")


@st.composite
def snapshots(draw: st.DrawFn) -> tuple[Days, Head]:
    """As-of days with several rows each, in any order, with gaps, and a head; horizons often end exactly on a day."""
    step = draw(st.sampled_from([1, 7]))
    days = draw(st.lists(st.integers(0, 40), min_size=1, max_size=80))
    horizon = draw(st.one_of(st.integers(1, 60), st.integers(1, 8).map(lambda weeks: weeks * 7)))
    as_of = (START + np.array(days) * step * DAY).astype("datetime64[us]")
    return as_of, Head("win", "open", horizon, "buy")


def assert_embargo(as_of: Days, split: Split, head: Head) -> None:
    earlier, later = as_of[split.earlier], as_of[split.later]
    assert len(earlier)
    assert len(later)
    assert (earlier + horizon_of(head)).max() <= later.min()
    between = (as_of >= later.min()) & (as_of <= later.max())
    assert (between == split.later).all(), "a day is judged with all its rows or not at all"


def span(as_of: Days) -> np.timedelta64:
    return np.timedelta64(as_of.max() - as_of.min())


@settings(max_examples=300, deadline=None)
@given(snapshots())
def test_folds_never_touch(found: tuple[Days, Head]) -> None:
    as_of, head = found
    if span(as_of) < horizon_of(head):
        with pytest.raises(FunnelcastError, match="too few as-of days"):
            expanding_folds(as_of, head)
        return
    folds = expanding_folds(as_of, head)
    for fold in folds:
        assert_embargo(as_of, fold, head)
    assert folds[-1].later[as_of == as_of.max()].all(), "the newest days are judged"
    assert sum(fold.later.astype(int) for fold in folds).max() == 1, "no row is judged twice"


@settings(max_examples=300, deadline=None)
@given(snapshots())
def test_the_held_out_weeks_never_touch_what_is_learned(found: tuple[Days, Head]) -> None:
    as_of, head = found
    try:
        split = hold_out(as_of, head)
    except FunnelcastError as error:
        assert "too few as-of days" in str(error)
        return
    assert_embargo(as_of, split, head)
    inner = as_of[split.earlier]
    for fold in expanding_folds(inner, head):
        assert_embargo(inner, fold, head)


@settings(max_examples=200, deadline=None)
@given(snapshots(), st.integers(0, 400), st.sampled_from([-1, 0, 1]))
def test_a_window_that_is_not_over_is_never_learned_from(found: tuple[Days, Head], day: int, microseconds: int) -> None:
    as_of, head = found
    until = START + day * DAY + np.timedelta64(microseconds, "us")
    outcomes = np.where(np.arange(len(as_of)) % 3 == 0, np.nan, 1.0)
    moment = until.item()
    assert isinstance(moment, datetime)
    rows = usable(as_of, outcomes, head, moment)
    assert (rows == ((as_of + horizon_of(head) <= until) & ~np.isnan(outcomes))).all()


def test_too_few_days_are_said_in_weeks() -> None:
    as_of = (START + np.arange(4) * 7 * DAY).astype("datetime64[us]")
    with pytest.raises(FunnelcastError) as error:
        hold_out(as_of, Head("win", "open", 14, "buy"))
    assert str(error.value) == (
        "win: too few as-of days with a known outcome to learn from (4: 2024-01-01 to 2024-01-22). What is learned must end before what "
        "is judged begins, so with a horizon of 14 days the first and the last must lie at least 28 days apart: 5 weekly as-of days. "
        "Ingest an earlier past, give a later --as-of, or set a shorter horizon_days."
    )
    five = (START + np.arange(5) * 7 * DAY).astype("datetime64[us]")
    assert hold_out(five, Head("win", "open", 14, "buy")).later.tolist() == [False] * 4 + [True]
