"""Small made-up lakes for tests: the canonical tables in memory, filled row by row."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import duckdb
import pyarrow as pa

from features.tables import ColumnKind, project_tables

Row = dict[str, object]
ARROW_TYPES: dict[ColumnKind, pa.DataType] = {
    "text": pa.string(),
    "number": pa.float64(),
    "time": pa.timestamp("us"),
    "flag": pa.bool_(),
}
SPINE = pa.schema(
    [
        ("snapshot_id", pa.int32()),
        ("lead_id", pa.string()),
        ("as_of", pa.timestamp("us")),
        ("cohort", pa.string()),
        ("account_id", pa.string()),
    ]
)


def lake(rows: dict[str, Iterable[Row]], touch_details: Sequence[str] = ()) -> duckdb.DuckDBPyConnection:
    """A connection with every canonical table; a row that gives no known_at is known when it happens."""
    con = duckdb.connect(config={"threads": 1})
    tables = project_tables(tuple(touch_details))
    fill(con, {name: rows.get(name, ()) for name in tables}, touch_details)
    return con


def fill(con: duckdb.DuckDBPyConnection, rows: Mapping[str, Iterable[Row]], touch_details: Sequence[str] = ()) -> None:
    """Makes the named canonical tables anew; a connection costs more than all of them, so many histories may share one."""
    tables = project_tables(tuple(touch_details))
    for name, filled in rows.items():
        table = tables[name]
        schema = pa.schema([(column.name, ARROW_TYPES[column.kind]) for column in table.columns])
        cells = [{column: _cell(row, column) for column in table.column_names} for row in filled]
        con.register(f"{name}_rows", pa.Table.from_pylist(cells, schema))
        con.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM {name}_rows")


def _cell(row: Row, column: str) -> object:
    return row.get("known_at", row["happened_at"]) if column == "known_at" else row.get(column)


def spine(
    con: duckdb.DuckDBPyConnection, looks: Sequence[tuple[str, datetime]], accounts: Mapping[str, str] | None = None
) -> None:
    """Makes the tables snapshots and days of the given (lead, as_of), in that order."""
    rows = [
        {
            "snapshot_id": number,
            "lead_id": lead,
            "as_of": as_of,
            "cohort": "open",
            "account_id": (accounts or {}).get(lead),
        }
        for number, (lead, as_of) in enumerate(looks)
    ]
    con.register("spine_rows", pa.Table.from_pylist(rows, SPINE))
    con.execute("CREATE OR REPLACE TABLE snapshots AS SELECT *, NULL::VARCHAR AS stage FROM spine_rows")
    con.execute("CREATE OR REPLACE TABLE days AS SELECT DISTINCT as_of FROM snapshots")
