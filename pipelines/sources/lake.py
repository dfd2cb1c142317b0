"""Brings the rows of all sources of a table together and writes them, the same files always giving the same bytes."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from configs.source import Source
from features.tables import Table
from pipelines.erased import Erased
from pipelines.sources.contract import LEFT_OUT
from pipelines.sources.report import UNKNOWN_LEAD
from pipelines.sources.sql import name, text, texts
from pipelines.store import sql_path

FOLDED = "a later row of its lead"
ERASED = "its lead was erased"
SAME_LEAD = "lead stands twice in leads; its earliest row is kept"
ROWS_PER_GROUP = 122_880
PLACE = "happened_at, _source, _file, _line"


@dataclass(frozen=True)
class Staged:
    """The read rows of one source as Parquet files: _source (its number), _file, _line, _fate and the table's columns."""

    number: int
    source: Source
    files: tuple[Path, ...]
    seconds: float

    @property
    def rows(self) -> str:
        """SQL of the rows."""
        return f"SELECT * FROM read_parquet([{', '.join(sql_path(file) for file in self.files)}])"


def settle(con: DuckDBPyConnection, table: Table, group: Sequence[Staged], scratch: Path, erased: Erased) -> None:
    """Makes the view settled: all rows of a table with their last fate, which depends on other rows.

    leads: a lead's earliest row is kept (of the same instant the first in the files). Other tables: the lead must be in
    leads, unless it was erased, not_after leaves out moves of leads that had gone further by then, once_per_lead folds later rows.
    """
    staged = " UNION ALL ".join(source.rows for source in group)
    rows = f"SELECT * FROM ({staged}) WHERE _fate IS NULL"
    if table.name == "leads":
        rows = _with_fate(rows, erased.condition("lead_id"), ERASED)
        rows = _with_fate(
            rows, f"_fate IS NULL AND row_number() OVER (PARTITION BY lead_id ORDER BY {PLACE}) > 1", SAME_LEAD
        )
    elif "lead_id" in table.column_names:
        stranger = "lead_id NOT IN (SELECT lead_id FROM known_leads)"
        rows = _with_fate(rows, f"{stranger} AND {erased.condition('lead_id')}", ERASED)
        rows = _with_fate(rows, f"_fate IS NULL AND {stranger}", UNKNOWN_LEAD)
    rows = _left_out_after(con, rows, group)
    once = ", ".join(str(source.number) for source in group if source.source.once_per_lead)
    if once:
        later = f"row_number() OVER (PARTITION BY _source, lead_id, _fate ORDER BY {PLACE}) > 1"
        rows = _with_fate(rows, f"_fate IS NULL AND _source IN ({once}) AND {later}", FOLDED)
    rows = f"{rows} UNION ALL SELECT * FROM ({staged}) WHERE _fate IS NOT NULL"
    if table.name == "leads" or once or any(source.source.not_after for source in group):
        rows = _set_aside(con, rows, scratch / f"{table.name}.parquet")
    con.execute(f"CREATE OR REPLACE TEMP VIEW settled AS {rows}")
    if table.name == "leads":
        con.execute("CREATE TEMP TABLE known_leads AS SELECT lead_id FROM settled WHERE _fate IS NULL")


def _set_aside(con: DuckDBPyConnection, rows: str, place: Path) -> str:
    """Rows that were costly to settle, written down because they are read several times."""
    con.execute(f"COPY ({rows}) TO {text(str(place))} (FORMAT parquet)")
    return f"SELECT * FROM read_parquet({sql_path(place)})"


def _with_fate(rows: str, condition: str, fate: str) -> str:
    return f"SELECT * REPLACE (CASE WHEN {condition} THEN {text(fate)} ELSE _fate END AS _fate) FROM ({rows})"


def _left_out_after(con: DuckDBPyConnection, rows: str, group: Sequence[Staged]) -> str:
    """The rows, of which those are left out whose lead was known by then to have entered a stage of not_after before."""
    entered = " UNION ALL ".join(
        f"SELECT {source.number} AS _source, lead_id, happened_at, known_at FROM ({rows}) "
        f"WHERE _fate IS NULL AND stage IN ({texts(source.source.not_after)})"
        for source in group
        if source.source.not_after
    )
    if not entered:
        return rows
    con.execute(f"CREATE OR REPLACE TEMP TABLE entered AS {entered}")
    before = "(e._source = r._source AND e.lead_id = r.lead_id AND e.happened_at < r.happened_at AND e.known_at <= r.known_at)"
    return f"""
        SELECT * FROM ({rows}) r ANTI JOIN entered e ON {before}
        UNION ALL SELECT * REPLACE ({text(LEFT_OUT)} AS _fate) FROM ({rows}) r SEMI JOIN entered e ON {before}
    """


def write_table(con: DuckDBPyConnection, lake: Path, table: Table, group: Sequence[Staged]) -> None:
    """Writes the kept rows of the view settled to lake/TABLE/rows.parquet, sorted by happened_at, the lead and all columns."""
    first = [column for column in ("happened_at", "lead_id") if column in table.column_names]
    order = [*first, *(column for column in table.column_names if column not in first)]
    columns = ", ".join(_stored(column, table, group) for column in table.column_names)
    folder = lake / table.name
    folder.mkdir(exist_ok=True)
    con.execute(f"""
        COPY (
            SELECT * FROM (SELECT {columns} FROM settled WHERE _fate IS NULL)
            ORDER BY {", ".join(f"{name(column)} NULLS FIRST" for column in order)}
        ) TO {text(str(folder / "rows.parquet"))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_PER_GROUP})
    """)


def _stored(column: str, table: Table, group: Sequence[Staged]) -> str:
    """A `current` field of a lead was not known when the lead was created, so it is not stored with it."""
    pulled = ", ".join(str(staged.number) for staged in group if column in current_fields(staged.source, table))
    return f"CASE WHEN _source NOT IN ({pulled}) THEN {name(column)} END AS {name(column)}" if pulled else name(column)


def current_fields(source: Source, table: Table) -> list[str]:
    """The fields that are true when they are pulled; a personal one is only ever shown, so it stays with the lead."""
    return [field for field, kind in source.fields.items() if kind == "current" and not table.column(field).personal]


def note_observed(con: DuckDBPyConnection, lake: Path, observed: Path) -> datetime:
    """Writes and returns the last known_at of the rows that came from sources (UTC, naive); pulled fields do not count.

    Raises FunnelcastError when no row was kept.
    """
    tables = ", ".join(sql_path(path) for path in sorted(lake.glob("*/rows.parquet")))
    found = con.execute(f"SELECT max(known_at) FROM read_parquet([{tables}], union_by_name = true)").fetchone()
    if not found or not isinstance(found[0], datetime):
        raise FunnelcastError(
            "No row of any source was kept; look at the reasons above, put the files right and ingest again."
        )
    observed.write_text(json.dumps({"observed_until": found[0].isoformat()}) + "\n", encoding="utf-8")
    return found[0]
