"""The fast way, the SQL and plain Python must agree on every measure, with times drawn at the edges of the windows."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features import windows
from features.feature import Feature, FeatureColumn, Measure, Selection
from features.oracle import oracle
from features.tables import touches as touches_table
from features.words import number
from tests.broken import broken
from tests.company import Company, open_company

DAYS = (1, 7, 30)
NOON = datetime(2026, 3, 30, 12)  # the day after the clocks change in Europe
touches = Selection(touches_table)
inbound = touches.where(direction="inbound")
pricing = touches.where(kind="page_view", page=("pricing", "demo"))
MEASURES: dict[str, tuple[Measure, tuple[int | str, ...]]] = {
    "all": (touches.count(), (*DAYS, "ever")),
    "pricing": (pricing.count(), DAYS),
    "minutes": (touches.sum("value"), (*DAYS, "ever")),
    "days": (touches.active_days(), (*DAYS, "ever")),
    "inbound_days": (inbound.active_days(), DAYS),
    "pages": (touches.distinct("page"), (*DAYS, "ever")),
    "share": (inbound.share_of(touches), DAYS),
    "pace": (inbound.pace(now_days=7, usual_days=30), ()),
    "last": (inbound.days_since_last(), ()),
    "first": (inbound.days_since_first(), ()),
    "mark": (touches.last("value"), ()),
    "warmth": (inbound.decayed(half_life_days=7), ()),
    "account": (inbound.of_account().count(), DAYS),
    "account_people": (touches.of_account().distinct("lead_id"), (*DAYS, "ever")),
}
COLUMNS: tuple[FeatureColumn, ...] = tuple(
    column
    for name, (measure, over) in MEASURES.items()
    for column in Feature(measure, number, "{value}", "none", over, name).columns  # type: ignore[arg-type]
)
ACCOUNTS = {"a": "x", "b": "x", "c": "y"}

edges = st.sampled_from([0, *DAYS]).map(lambda days: timedelta(days=-days))
steps = st.sampled_from([0, 1, -1]).flatmap(
    lambda sign: st.sampled_from([timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)]).map(
        lambda gap: sign * gap
    )
)
delays = st.sampled_from(
    [timedelta(0)] * 3 + [timedelta(hours=1), timedelta(days=1), timedelta(days=8), timedelta(days=40)]
)
looks = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from([0, 1, 7, 8, 30]).map(lambda days: NOON + timedelta(days=days))),
    min_size=1, max_size=6, unique=True,
)  # fmt: skip


@st.composite
def touch_rows(draw: st.DrawFn) -> list[dict[str, object]]:
    anchors = st.sampled_from([0, 1, 7, 8, 30]).map(lambda days: NOON + timedelta(days=days))
    rows: list[dict[str, object]] = []
    for _ in range(draw(st.integers(0, 14))):
        happened = draw(anchors) + draw(edges) + draw(steps)
        rows.append(
            {
                "lead_id": draw(st.sampled_from("abc")),
                "happened_at": happened,
                "known_at": happened + draw(delays),
                "kind": draw(st.sampled_from(["page_view", "call"])),
                "direction": draw(st.sampled_from(["inbound", "outbound", None])),
                "page": draw(st.sampled_from(["pricing", "demo", "home", None])),
                "value": draw(st.sampled_from([None, 0.0, 1.0, 2.5, -3.0])),
            }
        )
    return rows


def by_kernel_and_oracle(
    rows: list[dict[str, object]], looked: list[tuple[str, datetime]]
) -> tuple[np.ndarray, np.ndarray]:
    return by_kernel(rows, looked), oracle(company().con, COLUMNS)


def by_kernel(rows: list[dict[str, object]], looked: list[tuple[str, datetime]]) -> np.ndarray:
    return company().look(COLUMNS, rows, looked)


@cache
def company() -> Company:
    return open_company(ACCOUNTS)


@dataclass(frozen=True)
class Plain:
    """The definitions once more, in the slowest and plainest way."""

    rows: list[dict[str, object]]
    lead: str
    as_of: datetime

    def of(self, column: FeatureColumn) -> float:
        measure = column.feature.measure
        assert isinstance(measure, Measure)
        found = self._found(measure.selection, column.days)
        ages = [(self.as_of - row["happened_at"]) / timedelta(days=1) for row in found]  # type: ignore[operator]
        match measure.aggregate:
            case "count":
                return len(found)
            case "sum":
                return sum(float(str(row["value"])) for row in found if row["value"] is not None)
            case "active_days":
                return len({row["happened_at"].date() for row in found})  # type: ignore[attr-defined]
            case "distinct":
                return len({row[str(measure.column)] for row in found} - {None})
            case "share":
                whole = self._found(touches, column.days)
                return len(found) / len(whole) if whole else math.nan
            case "pace":
                now, usual = (len(self._found(measure.selection, days)) / days for days in (7, 30))
                return now / usual if usual else math.nan
            case "days_since_last":
                return min(ages, default=math.nan)
            case "days_since_first":
                return max(ages, default=math.nan)
            case "last":
                valued = [(row["happened_at"], row["value"]) for row in found if row["value"] is not None]
                return float(max(valued)[1]) if valued else math.nan  # type: ignore[arg-type]
            case "decayed":
                return float(sum(0.5 ** (age / 7) for age in ages))

    def _found(self, selection: Selection, days: int | None) -> list[dict[str, object]]:
        return [
            row
            for row in self.rows
            if (
                ACCOUNTS[str(row["lead_id"])] == ACCOUNTS[self.lead]
                if selection.scope == "account"
                else row["lead_id"] == self.lead
            )
            and row["known_at"] <= self.as_of  # type: ignore[operator]
            and (days is None or row["happened_at"] > self.as_of - timedelta(days=days))  # type: ignore[operator]
            and all(row.get(name) in values for name, values in selection.conditions)
        ]


@settings(max_examples=200, deadline=None)
@given(touch_rows(), looks)
def test_kernel_oracle_and_plain_python_agree(
    rows: list[dict[str, object]], looked: list[tuple[str, datetime]]
) -> None:
    kernel, sql = by_kernel_and_oracle(rows, looked)
    plain = np.array([[Plain(rows, lead, as_of).of(column) for column in COLUMNS] for lead, as_of in looked])
    np.testing.assert_allclose(sql, plain, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(kernel, plain, rtol=1e-6, atol=1e-6)


@settings(max_examples=100, deadline=None)
@given(touch_rows(), looks, touch_rows())
def test_a_row_known_later_changes_nothing(
    rows: list[dict[str, object]], looked: list[tuple[str, datetime]], more: list[dict[str, object]]
) -> None:
    last = max(as_of for _, as_of in looked)
    late = [{**row, "known_at": last + timedelta(microseconds=1)} for row in more if row["happened_at"] <= last]  # type: ignore[operator]
    before, after = by_kernel(rows, looked), by_kernel(rows + late, looked)
    np.testing.assert_array_equal(before, after)


# each entry undoes one rule of the windows; the history below has a row on every edge, so each must be noticed
PLANTED = {
    "the far end let in": (
        "        if moment - cells[row, 1] < width:\n            break",
        "        if moment - cells[row, 1] <= width:\n            break",
    ),
    "entered at the far end": (
        "        if moment - cells[row, 1] < width:\n            _move_row",
        "        if moment - cells[row, 1] <= width:\n            _move_row",
    ),
    "the moment itself left out": ("rows.cells[now, known] <= moment", "rows.cells[now, known] < moment"),
    "used before it was known": ("rows.cells[now, known] <= moment", "rows.cells[now, 1] <= moment"),
    "taken out though never in": ("        if row < head:", "        if True:"),
}
# and these the rules for rows that are known as they happen
PLANTED_PUNCTUAL = {
    "the far end let in": ("moment - cells[first, 1] >= width", "moment - cells[first, 1] > width"),
    "jumped a row too few": ("moment - cells[middle, 1] < window", "moment - cells[middle, 1] <= window"),
    "taken out though never in": ("range(tail, min(first, head))", "range(tail, first)"),
    "let in once more": ("range(max(first, head), now)", "range(first, now)"),
    "counted from the wrong moment": ("ledger.before[plan.counted[line]] if", "ledger.seen[plan.counted[line]] if"),
    "counted the wrong way": (
        "_count_gone(first, head if at_head else now, group, -1",
        "_count_gone(first, head if at_head else now, group, 1",
    ),
}
LATE = (timedelta(0), timedelta(days=2), timedelta(days=40))
PUNCTUAL = (timedelta(0),)


def edge_history(delays: tuple[timedelta, ...] = LATE) -> tuple[list[dict[str, object]], list[tuple[str, datetime]]]:
    """Rows on, just before and just after every edge of every window, known after each of the delays."""
    moments = [NOON + timedelta(days=days) for days in (0, 1, 8)]
    gaps = [timedelta(0), timedelta(microseconds=1), -timedelta(microseconds=1)]
    happened = [moment - timedelta(days=days) + gap for moment in moments for days in (0, *DAYS) for gap in gaps]
    rows: list[dict[str, object]] = [
        {
            "lead_id": "a",
            "happened_at": time,
            "known_at": time + delay,
            "kind": "call",
            "direction": "inbound",
            "value": 1.0,
        }
        for time in happened
        for delay in delays
    ]
    return rows, [("a", moment) for moment in moments]


@pytest.mark.parametrize("delays", [LATE, PUNCTUAL], ids=["late", "punctual"])
def test_the_kernel_is_right_at_every_edge(delays: tuple[timedelta, ...]) -> None:
    kernel, sql = by_kernel_and_oracle(*edge_history(delays))
    np.testing.assert_allclose(kernel, sql, rtol=1e-6, atol=1e-6)


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_off_by_one_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_noticed(PLANTED[bug], LATE, monkeypatch)


@pytest.mark.parametrize("bug", PLANTED_PUNCTUAL)
def test_a_planted_bug_in_the_way_of_punctual_rows_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert_noticed(PLANTED_PUNCTUAL[bug], PUNCTUAL, monkeypatch)


def assert_noticed(bug: tuple[str, str], delays: tuple[timedelta, ...], patch: pytest.MonkeyPatch) -> None:
    patch.setattr("features.kernel.sweep", broken(windows, bug, patch).sweep)
    kernel, sql = by_kernel_and_oracle(*edge_history(delays))
    assert not np.allclose(kernel, sql, rtol=1e-6, atol=1e-6, equal_nan=True)
