"""A row known later changes no verdict on a touch that was known before it."""

from datetime import datetime, timedelta
from functools import cache

import duckdb
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.scanned import Bots, KnownScanners
from features.bots import judged_touches

START = datetime(2024, 3, 4, 9)
BOTS = Bots(delivery_s=10, links=3, links_s=5, colleagues=3, colleagues_s=4)
LEADS = "SELECT * FROM (VALUES ('a', 'A'), ('b', 'A'), ('c', 'A'), ('d', 'A')) AS l(lead_id, account_id)"
SCHEMA = pa.schema(
    [("_source", pa.int32()), ("_file", pa.string()), ("_line", pa.int64()), ("lead_id", pa.string()), ("kind", pa.string()),
     ("campaign", pa.string()), ("happened_at", pa.timestamp("us")), ("known_at", pa.timestamp("us"))]
)  # fmt: skip
# Whole seconds, few of them, so that the edges of all windows are met often.
TOUCH = st.tuples(
    st.sampled_from("aaaabcd"),
    st.sampled_from(["mail_sent", "mail_sent", "mail_open", "mail_click", "mail_click"]),
    st.integers(0, 16),
    st.sampled_from([0, 0, 0, 1, 4, 5, 6, 9, 10, 11, 15]),
)
Touch = tuple[str, str, int, int]


@cache
def opened() -> duckdb.DuckDBPyConnection:
    """One for all examples, as it holds none of their rows and takes longer to open than they take to count."""
    return duckdb.connect(config={"threads": 1})


def counted(touches: list[tuple[int, Touch]], as_of: datetime) -> list[tuple[int, datetime]]:
    """The judged touches that count at as_of: their numbers and when they were known."""
    rows = [
        {
            "_source": 0,
            "_file": "f",
            "_line": line,
            "lead_id": lead,
            "kind": kind,
            "campaign": "spring",
            "happened_at": START + timedelta(seconds=second),
            "known_at": START + timedelta(seconds=second + delay),
        }
        for line, (lead, kind, second, delay) in touches
    ]
    con = opened()
    con.register("touched_rows", pa.Table.from_pylist(rows, SCHEMA))
    sql = judged_touches("SELECT * FROM touched_rows", LEADS, BOTS, KnownScanners())
    return con.execute(
        f"SELECT _line, verdict_at FROM ({sql}) WHERE bot IS NULL AND verdict_at <= ? ORDER BY _line", [as_of]
    ).fetchall()


@settings(max_examples=200, deadline=None)
@given(touches=st.lists(TOUCH, min_size=3, max_size=14), second=st.integers(0, 30))
def test_what_counts_at_a_moment_depends_on_what_was_known_by_then(touches: list[Touch], second: int) -> None:
    as_of = START + timedelta(seconds=second)
    numbered = list(enumerate(touches))
    by_then = [(line, touch) for line, touch in numbered if touch[2] + touch[3] <= second]
    assert counted(numbered, as_of) == counted(by_then, as_of)
