"""Pauses and answers: the fast way, the SQL and plain Python must agree, with times at the edges of windows and rows known late."""

import math
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import FunnelcastError
from features import rhythm
from features.feature import Feature, FeatureColumn, Rhythm, Selection
from features.rhythm_oracle import rhythm_oracle
from features.tables import purchases
from features.tables import touches as touches_table
from features.words import number
from tests.broken import broken
from tests.company import Company, open_company

NOON = datetime(2026, 3, 30, 12)
DAYS = (1, 7)
WITHIN = 1
touches = Selection(touches_table)
asks, answers = touches.where(direction="inbound"), touches.where(kind="call")
RHYTHMS: dict[str, tuple[Rhythm, tuple[int | str, ...]]] = {
    "pause": (touches.longest_gap(), ()),
    "ask_pause": (asks.longest_gap(), ()),
    "quiet": (asks.gap_against_usual(), ()),
    "followed": (asks.followed_by(answers, within_days=WITHIN), (*DAYS, "ever")),
    "hours": (asks.hours_until(answers), (*DAYS, "ever")),
    "open": (asks.unanswered_by(answers), (*DAYS, "ever")),
    "waiting": (asks.waiting_for(answers), ()),
    "account_open": (asks.of_account().unanswered_by(answers.of_account()), DAYS),
}
COLUMNS: tuple[FeatureColumn, ...] = tuple(
    column
    for name, (measure, over) in RHYTHMS.items()
    for column in Feature(measure, number, "{value}", "none", over, name).columns  # type: ignore[arg-type]
)
ACCOUNTS = {"a": "x", "b": "x"}
gaps = st.sampled_from([0, 1, 2, 7, 8]).map(lambda days: timedelta(days=days))
steps = st.sampled_from([timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1), timedelta(hours=1)])
delays = st.sampled_from([timedelta(0)] * 3 + [timedelta(hours=1), timedelta(days=2), timedelta(days=9)])
rows = st.lists(
    st.builds(
        lambda lead, gap, step, delay, kind, way: {
            "lead_id": lead,
            "happened_at": NOON - gap + step,
            "known_at": NOON - gap + step + delay,
            "kind": kind,
            "direction": way,
        },
        st.sampled_from("ab"), gaps, steps, delays, st.sampled_from(["call", "form"]),
        st.sampled_from(["inbound", "outbound", None]),
    ),
    max_size=12,
)  # fmt: skip
looks = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from([0, 1, 7]).map(lambda days: NOON + timedelta(days=days))),
    min_size=1, max_size=4, unique=True,
)  # fmt: skip
Rows = list[dict[str, object]]
Looked = list[tuple[str, datetime]]


def by_walk_and_oracle(found: Rows, looked: Looked) -> tuple[np.ndarray, np.ndarray]:
    return by_walk(found, looked), np.column_stack([rhythm_oracle(company().con, column) for column in COLUMNS])


def by_walk(found: Rows, looked: Looked) -> np.ndarray:
    return company().look(COLUMNS, found, looked)


@cache
def company() -> Company:
    return open_company(ACCOUNTS)


def plain(found: Rows, lead: str, as_of: datetime, column: FeatureColumn) -> float:
    """The definitions once more, in the slowest and plainest way."""
    measure = column.feature.measure
    assert isinstance(measure, Rhythm)

    def times(selection: Selection) -> list[datetime]:
        ours = set(ACCOUNTS) if selection.scope == "account" else {lead}
        return sorted(
            row["happened_at"]  # type: ignore[misc]
            for row in found
            if row["lead_id"] in ours
            and row["known_at"] <= as_of  # type: ignore[operator]
            and all(row.get(name) in values for name, values in selection.conditions)
        )

    day = timedelta(days=1)
    ours = times(measure.selection)
    if measure.aggregate == "longest_gap":
        return max((later - earlier) / day for earlier, later in pairwise(ours)) if len(ours) > 1 else math.nan
    if measure.aggregate == "gap_against_usual":
        return (as_of - ours[-1]) / max((ours[-1] - ours[0]) / (len(ours) - 1), day) if len(ours) > 1 else math.nan
    assert measure.then is not None
    theirs = times(measure.then)
    since = datetime.min if column.days is None else as_of - timedelta(days=column.days)
    linked = [(time, min((then for then in theirs if then > time), default=None)) for time in ours if time > since]
    waits = [(then - time) / day for time, then in linked if then is not None]
    still = [(as_of - time) / day for time, then in linked if then is None]
    match measure.aggregate:
        case "followed":
            return sum(wait <= WITHIN for wait in waits)
        case "hours_until":
            return 24 * sum(waits) / len(waits) if waits else math.nan
        case "unanswered":
            return len(still)
        case "waiting_days":
            return max(still, default=math.nan)
    raise AssertionError(measure.aggregate)


@settings(max_examples=100, deadline=None)
@given(rows, looks)
def test_walk_oracle_and_plain_python_agree(found: Rows, looked: Looked) -> None:
    walk, sql = by_walk_and_oracle(found, looked)
    slow = np.array([[plain(found, lead, as_of, column) for column in COLUMNS] for lead, as_of in looked])
    np.testing.assert_allclose(sql, slow, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(walk, slow, rtol=1e-6, atol=1e-6)


@settings(max_examples=50, deadline=None)
@given(rows, looks, rows)
def test_a_row_known_later_changes_nothing(found: Rows, looked: Looked, more: Rows) -> None:
    last = max(as_of for _, as_of in looked)
    late: Rows = [{**row, "known_at": last + timedelta(microseconds=1)} for row in more]
    before, after = by_walk(found, looked), by_walk(found + late, looked)
    np.testing.assert_array_equal(before, after)


# each entry undoes one rule; the history below has a row on every edge, so each must be noticed
PLANTED = {
    "the far end let in": ("if happened <= since:", "if happened < since:"),
    "used before it was known": ("(rows.cells[row, last] if rows.late else happened) > moment", "happened > moment"),
    "an answer of the same instant": ("if happened != instant:", "if True:"),
    "the last moment to follow left out": ("times[row] <= within", "times[row] < within"),
    "one pause too many in the mean": ("/ (len(times) - 1)", "/ len(times)"),
}


def edge_history() -> tuple[Rows, Looked]:
    """Questions on every edge of every window, some answered at once, some at the last moment and some known late."""
    moments = [NOON, NOON + timedelta(days=1), NOON + timedelta(days=7)]
    asked = [moment - timedelta(days=days) for moment in moments for days in (0, *DAYS)]
    found: Rows = []
    for number_, time in enumerate(asked):
        late = timedelta(days=number_ % 3)
        found.append(
            {"lead_id": "a", "happened_at": time, "known_at": time + late, "kind": "form", "direction": "inbound"}
        )
        found.append({"lead_id": "a", "happened_at": time, "known_at": time, "kind": "call", "direction": "outbound"})
        found.append(
            {
                "lead_id": "a",
                "happened_at": time + timedelta(hours=1),
                "known_at": time + timedelta(days=3),
                "kind": "call",
            }
        )
    return found, [("a", moment) for moment in (*moments, NOON + timedelta(days=9))]


def test_the_walk_is_right_at_every_edge() -> None:
    walk, sql = by_walk_and_oracle(*edge_history())
    np.testing.assert_allclose(walk, sql, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("features.kernel.follow", broken(rhythm, PLANTED[bug], monkeypatch).follow)
    walk, sql = by_walk_and_oracle(*edge_history())
    assert not np.allclose(walk, sql, rtol=1e-6, atol=1e-6, equal_nan=True)


def test_rows_of_another_table_cannot_follow() -> None:
    with pytest.raises(FunnelcastError, match="only by rows of the same table"):
        touches.unanswered_by(Selection(purchases))
