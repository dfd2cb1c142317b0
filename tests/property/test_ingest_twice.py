"""The same files give the same lake, to the byte, and every row that was read is accounted for."""

import csv
import io
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.shop import CALL_COLUMNS, NOW, Shop

LEADS = st.sampled_from(["1", "2", "3", ""])
TIMES = st.sampled_from(["2024-01-01", "2024-01-01T10:00:00Z", "2024-01-01 10:00:00", "2024-01-02 10:00", "soon", ""])
WORDS = st.sampled_from(["web", "NA", "", 'a "quoted" word', "two\nlines", "a,b", "ü"])
ROWS = st.lists(st.tuples(LEADS, TIMES, WORDS), min_size=1, max_size=40)
Rows = list[tuple[str, str, str]]
KEPT = ("1", "2024-01-01", "web")
CALLS = [("1", f"2024-01-{day:02}T10:00:00Z", "web" * times) for day in range(1, 29) for times in range(10)]
COUNTS = " UNION ALL ".join(f"SELECT '{table}', count(*) FROM {table}" for table in ("leads", "touches", "stage_moves"))
SOURCES = (
    {
        "table": "leads",
        "files": "leads.csv",
        "columns": {**CALL_COLUMNS, "owner_id": "word", "source": "word"},
        "fields": {"owner_id": "current"},
    },
    {
        "table": "touches",
        "files": "calls-*.csv",
        "columns": {**CALL_COLUMNS, "page": "word"},
        "constants": {"kind": "call"},
        "without": {"word": "NA"},
    },
    {"table": "stage_moves", "files": "calls-*.csv", "columns": CALL_COLUMNS, "constants": {"stage": "new"}, "once_per_lead": True},
)  # fmt: skip


def as_csv(rows: Rows) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows([("lead", "at", "word"), *rows])
    return text.getvalue()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


@settings(max_examples=10, deadline=None)
@given(leads=ROWS, calls=ROWS, mails=ROWS)
def test_the_same_files_give_the_same_lake_and_every_row_is_accounted_for(
    leads: Rows, calls: Rows, mails: Rows
) -> None:
    with TemporaryDirectory() as folder:
        shop = Shop(Path(folder))
        for name, rows in (("leads", [*leads, KEPT]), ("calls-1", [*calls, KEPT]), ("calls-2", mails)):
            shop.write(f"{name}.csv", as_csv(rows))
        first = shop.ingest(*SOURCES, now=NOW)
        lake = bytes_of(shop.workspace.lake)
        second = shop.ingest(*SOURCES, now=NOW + timedelta(days=1))
        assert bytes_of(shop.workspace.lake) == lake
        assert [replace(report, seconds=0) for report in first.sources] == [
            replace(report, seconds=0) for report in second.sources
        ]
        stored = {str(row[0]): row[1] for row in shop.rows(COUNTS)}
        for report in first.sources:
            written = len(leads) + 1 if report.table == "leads" else len(calls) + 1 + len(mails)
            assert report.read == written == report.kept + report.left_out + report.folded + report.rejects
            assert report.kept == stored[report.table]
        assert len(shop.rejected()) == first.rejects


def test_the_order_of_the_rows_in_the_files_does_not_matter() -> None:
    lakes = []
    for calls in (CALLS, CALLS[::-1]):
        with TemporaryDirectory() as folder:
            shop = Shop(Path(folder))
            shop.write("leads.csv", as_csv([KEPT]))
            shop.write("calls-1.csv", as_csv(calls))
            shop.ingest(*SOURCES, now=NOW)
            lakes.append(bytes_of(shop.workspace.lake))
    assert lakes[0] == lakes[1]
