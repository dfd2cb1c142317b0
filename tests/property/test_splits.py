"""What is learned always ends before what is judged begins, whatever the days and the horizon."""

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import FunnelcastError
from models.heads import Head
from models.split import Days, Split, expanding_folds, hold_out, usable

START = np.datetime64("2025-01-06", "us")
spans = st.lists(st.integers(0, 400), min_size=1, max_size=60)


def head(days: int) -> Head:
    return Head("win", "open", days, "buy")


def moments(offsets: list[int]) -> Days:
    return START + np.array(sorted(offsets)).astype("timedelta64[D]")


@settings(max_examples=300, deadline=None)
@given(spans, st.integers(1, 90))
def test_the_parts_never_touch(offsets: list[int], horizon: int) -> None:
    as_of, window = moments(offsets), np.timedelta64(horizon, "D")
    for divide in (expanding_folds, held_out):
        try:
            splits = divide(as_of, head(horizon))
        except FunnelcastError:
            continue
        for split in splits:
            assert split.earlier.any()
            assert split.later.any()
            assert as_of[split.earlier].max() + window <= as_of[split.later].min()


def held_out(as_of: Days, asked: Head) -> tuple[Split, ...]:
    return (hold_out(as_of, asked),)


@settings(max_examples=200, deadline=None)
@given(spans, st.integers(1, 90), st.integers(0, 400))
def test_only_windows_that_are_over_are_learned_from(offsets: list[int], horizon: int, until: int) -> None:
    as_of = moments(offsets)
    end = START + np.timedelta64(until, "D")
    outcome = np.where(np.arange(len(as_of)) % 3 == 0, np.nan, 1.0)
    moment = end.item()
    assert isinstance(moment, datetime)
    found = usable(as_of, outcome, head(horizon), moment)
    assert not found[np.isnan(outcome)].any()
    over = as_of + np.timedelta64(horizon, "D") <= end
    np.testing.assert_array_equal(found, over & ~np.isnan(outcome))


def test_too_few_days_are_refused_with_what_is_needed() -> None:
    as_of = moments([0, 7])
    with pytest.raises(FunnelcastError, match=r"28 days.*weekly"):
        hold_out(as_of, head(28))
