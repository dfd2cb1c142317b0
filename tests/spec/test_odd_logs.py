"""Logs as no textbook shows them: backwards, all at once, one lead with nearly everything, times before 1970 and after 2100."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features import kernel, packing, reading
from features.engine import compute
from features.feature import Feature, FeatureColumn, Measure, Selection, Window
from features.oracle import oracle
from features.reading import Files
from features.tables import touches as touches_table
from features.words import number
from tests.histories import Row, lake, spine

touches = Selection(touches_table)
START = datetime(2026, 3, 1)
LATER = datetime(2026, 5, 1, 13, 7, 5, 123457)


def columns(**measures: Measure) -> tuple[FeatureColumn, ...]:
    """Each measure over a week, a month and all time where it has a window."""
    return tuple(
        column
        for name, measure in measures.items()
        for column in Feature(measure, number, "{value}", "none", _over(measure), name).columns
    )


def _over(measure: Measure) -> tuple[Window, ...]:
    return (7, 30, "ever") if measure.aggregate in ("count", "sum", "active_days", "distinct", "share") else ()


COLUMNS = columns(
    all=touches.count(),
    calls=touches.where(kind="call").count(),
    minutes=touches.sum("value"),
    days=touches.active_days(),
    pages=touches.distinct("page"),
    share=touches.where(kind="call").share_of(touches),
    last=touches.where(kind="call").days_since_last(),
    first=touches.days_since_first(),
    mark=touches.last("value"),
    warmth=touches.decayed(half_life_days=7),
)


def touch(number: int, lead: str, happened: datetime, **cells: object) -> Row:
    kind = ("call", "page_view", "form")[number % 3]
    page = (None, "pricing", "home")[number % 7 % 3]
    return {"lead_id": lead, "happened_at": happened, "kind": kind, "page": page, "value": number % 11 / 4, **cells}


def steady(rows: int, lead_count: int = 5) -> list[Row]:
    return [touch(n, f"lead {n % lead_count}", START + timedelta(hours=n, microseconds=n)) for n in range(rows)]


def looks(leads: int = 5) -> list[tuple[str, datetime]]:
    """Every lead, and one without rows, before everything, in the middle and at the end."""
    moments = (START - timedelta(days=1), START + timedelta(days=9, microseconds=77), LATER)
    return [(f"lead {n}", moment) for moment in moments for n in range(leads + 1)]


def found(rows: list[Row], looked: list[tuple[str, datetime]]) -> tuple[np.ndarray, np.ndarray]:
    with lake({"touches": rows}) as con:
        spine(con, looked)
        return compute(con, COLUMNS), oracle(con, COLUMNS)


def assert_as_sql(rows: list[Row], looked: list[tuple[str, datetime]]) -> np.ndarray:
    fast, sql = found(rows, looked)
    np.testing.assert_allclose(fast, sql, rtol=1e-6, atol=1e-6)
    return fast


def test_a_log_in_any_order_gives_the_same() -> None:
    rows = steady(900)
    ordered = assert_as_sql(rows, looks())
    shuffled = [rows[place] for place in np.random.default_rng(1).permutation(len(rows))]
    for other in (rows[::-1], shuffled):
        np.testing.assert_allclose(assert_as_sql(other, looks()), ordered, rtol=1e-6)


def test_all_at_one_instant() -> None:
    rows = [touch(n, "lead 0", START) for n in range(500)]
    assert_as_sql(rows, [("lead 0", START + timedelta(microseconds=step)) for step in (-1, 0, 1)])
    assert_as_sql(rows, [("lead 0", START + timedelta(days=7, microseconds=step)) for step in (-1, 0, 1)])


def test_before_everything_nothing_is_known() -> None:
    fast = assert_as_sql(steady(50), [("lead 1", START - timedelta(days=400))])
    known = dict(zip((column.name for column in COLUMNS), fast[0].tolist(), strict=True))
    assert known["all_ever"] == known["days_30d"] == known["warmth"] == 0
    assert np.isnan([known["last"], known["first"], known["mark"], known["share_7d"]]).all()


def test_no_rows_at_all() -> None:
    assert_as_sql([], looks(1))


@pytest.mark.parametrize("year", [1066, 1903, 1969, 1970, 2099, 2101, 9998])
def test_times_far_from_ours(year: int) -> None:
    moment = datetime(year, 1, 1)
    rows = [touch(n, "lead 0", moment + timedelta(hours=7 * (n - 40), microseconds=-n)) for n in range(80)]
    assert_as_sql(rows, [("lead 0", moment + timedelta(days=days)) for days in (-8, 0, 7, 30)])


def test_rows_a_thousand_years_apart() -> None:
    rows = [touch(n, "lead 0", datetime(1000 + 500 * n, 6, 1)) for n in range(5)]
    assert_as_sql(rows, [("lead 0", datetime(year, 6, 2)) for year in (1500, 2026, 3001)])


def test_two_thousand_values_of_a_column() -> None:
    rows = [touch(n, f"lead {n % 2}", START + timedelta(minutes=n), page=f"page {n * 7 % 2003}") for n in range(4500)]
    fast = assert_as_sql(rows, looks(2))
    assert fast[:, [column.name for column in COLUMNS].index("pages_ever")].max() == 2003


def test_more_values_than_fit_beside_the_pattern(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("features.plan.Layout.most_folded", 15)
    rows = [touch(n, f"lead {n % 2}", START + timedelta(minutes=n), page=f"page {n % 40}") for n in range(400)]
    assert_as_sql(rows, looks(2))


def test_three_hundred_signals() -> None:
    wanted = columns(**{f"page_{n}": touches.where(page=f"page {n}").count() for n in range(300)})
    rows = [touch(n, "lead 0", START + timedelta(minutes=n), page=f"page {n % 311}") for n in range(2000)]
    with lake({"touches": rows}) as con:
        spine(con, [("lead 0", LATER)])
        np.testing.assert_array_equal(compute(con, wanted), oracle(con, wanted))


def test_conditions_on_numbers_and_on_several_columns() -> None:
    wanted = columns(
        halves=touches.where(value=(0.5, 1.5)).count(),
        ones=touches.where(value=1).count(),
        some=touches.where(value=2.5, kind=("call", "form"), page="home").count(),
        never=touches.where(kind="call").where(kind="form").count(),
        both=touches.where(kind=("call", "form")).where(kind="form").distinct("value"),
    )
    with lake({"touches": steady(700)}) as con:
        spine(con, looks())
        np.testing.assert_array_equal(compute(con, wanted), oracle(con, wanted))


def test_sums_do_not_drift() -> None:
    sizes = [1e15, 0.1, -1e15, 3e-5, 1e12]
    rows = [touch(n, "lead 0", START + timedelta(minutes=n), value=sizes[n % 5]) for n in range(20_000)]
    tail = [touch(n, "lead 0", START + timedelta(days=20 + n), value=0.25) for n in range(3)]
    moments = [START + timedelta(hours=6 * n) for n in range(120)]
    with lake({"touches": rows + tail}) as con:
        spine(con, [("lead 0", moment) for moment in moments])
        minutes = compute(con, columns(minutes=touches.sum("value")))[:, 0]
    assert minutes[moments.index(START + timedelta(days=22))] == 0.75
    assert minutes[-1] == 0.0


def log_file(folder: Path, rows: list[Row], lead_type: pa.DataType | None = None, group: int = 100) -> Files:
    names = [column.name for column in touches_table.columns]
    kinds = {"happened_at": pa.timestamp("us"), "known_at": pa.timestamp("us"), "value": pa.float64()}
    schema = pa.schema([(name, kinds.get(name, pa.string())) for name in names])
    filled = [{**dict.fromkeys(names), "known_at": row["happened_at"], **row} for row in rows]
    table = pa.Table.from_pylist(filled, schema)
    if lead_type:
        numbered = [int(str(row["lead_id"]).removeprefix("lead ")) for row in rows]
        table = table.set_column(0, "lead_id", pa.array(numbered, lead_type))
    pq.write_table(table, folder / "touches.parquet", row_group_size=group)
    return Files((str(folder / "touches.parquet"),))


@pytest.mark.parametrize("late", [False, True])
def test_files_give_what_queries_give(tmp_path: Path, late: bool) -> None:  # noqa: FBT001
    rows = steady(900)
    if late:
        rows = [{**row, "known_at": row["happened_at"] + timedelta(days=n // 300)} for n, row in enumerate(rows)]  # type: ignore[operator]
    files = {"touches": log_file(tmp_path, rows)}
    with lake({"touches": rows}) as con:
        spine(con, looks())
        np.testing.assert_array_equal(compute(con, COLUMNS, files=files), compute(con, COLUMNS))


def test_a_file_may_hold_later_news(tmp_path: Path) -> None:
    files = log_file(tmp_path, steady(900))
    until = START + timedelta(days=11)
    with lake({"touches": [row for row in steady(900) if row["happened_at"] <= until]}) as con:  # type: ignore[operator]
        spine(con, looks())
        by_file = compute(con, COLUMNS, files={"touches": Files(files.paths, until)})
        np.testing.assert_array_equal(by_file, compute(con, COLUMNS))


@pytest.mark.parametrize("apart", [1, 10**15])
def test_leads_named_by_numbers(tmp_path: Path, apart: int) -> None:
    rows = steady(900)
    files = {"touches": log_file(tmp_path, rows, pa.int64())}
    table = pq.read_table(files["touches"].paths[0])
    spread = pa.array([value * apart for value in table["lead_id"].to_pylist()])
    pq.write_table(table.set_column(0, "lead_id", spread), files["touches"].paths[0], row_group_size=100)
    with lake({"touches": rows}) as con:
        spine(con, looks())
        by_text = compute(con, COLUMNS)
        con.execute(f"ALTER TABLE snapshots ALTER lead_id TYPE BIGINT USING substr(lead_id, 6)::BIGINT * {apart}")
        np.testing.assert_array_equal(compute(con, COLUMNS, files=files), by_text)


def test_buckets_and_passes_change_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"touches": log_file(tmp_path, steady(3000, lead_count=40))}
    with lake({"touches": []}) as con:
        spine(con, looks(40))
        at_once = compute(con, COLUMNS, files=files)
        for name, size in (("LEAST_GB", 2e-5), ("ROWS_A_BUCKET", 64)):
            monkeypatch.setattr(kernel, name, size)
        monkeypatch.setattr(packing, "ROWS_A_BLOCK", 128)
        monkeypatch.setattr(reading, "ROWS_A_PART", 500)
        np.testing.assert_array_equal(compute(con, COLUMNS, files=files, memory_gb=0.0), at_once)


def test_a_million_touches_of_one_lead() -> None:
    with lake({"touches": []}) as con:
        con.execute("""
            INSERT INTO touches BY NAME
            SELECT 'busy' AS lead_id, happened_at, happened_at AS known_at, 'call' AS kind, i % 5 AS value, 'p' || i % 9 AS page
            FROM (SELECT i, TIMESTAMP '2020-01-01' - to_seconds(i * 37) AS happened_at FROM range(1000000) t(i))
        """)
        spine(
            con, [("busy", datetime(2020, 1, 1)), ("busy", datetime(2019, 6, 1, 12)), ("quiet", datetime(2020, 1, 1))]
        )
        np.testing.assert_allclose(compute(con, COLUMNS), oracle(con, COLUMNS), rtol=1e-6, atol=1e-6)


def test_a_log_has_about_as_many_buckets_however_short_it_is() -> None:
    leads = 1_000_000
    buckets = [leads >> kernel.bucket_shift(leads, rows) for rows in (0, 1, 20, 10_000, 1_000_000)]
    assert max(buckets) <= 2 * kernel.LEAST_BUCKETS
    assert leads >> kernel.bucket_shift(leads, 100_000_000) >= 100_000_000 // kernel.ROWS_A_BUCKET
