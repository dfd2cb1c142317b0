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
from pipelines.sources.contract import LEFT_OUT
from pipelines.sources.ledger import FOLDED
from pipelines.sources.report import UNKNOWN_LEAD
from pipelines.sources.sql import name, names, text, texts
from pipelines.store import sql_path

SAME_LEAD = "lead stands twice in leads; its earliest row is kept"
ROWS_PER_GROUP = 122_880
PLACE = "happened_at, source, file, line"


@dataclass(frozen=True)
class Staged:
    """The read rows of one source as Parquet files: source (its number), file, line, fate and the table's columns."""

    number: int
    source: Source
    files: tuple[Path, ...]

    @property
    def rows(self) -> str:
        """SQL of the rows."""
        return f"SELECT * FROM read_parquet([{', '.join(sql_path(file) for file in self.files)}])"


def settle(con: DuckDBPyConnection, table: Table, group: Sequence[Staged]) -> None:
    """Makes the view settled: all rows of a table with their last fate, which depends on other rows.

    leads: a lead's earliest row is kept (of the same instant the first in the files). Other tables: the lead must be in
    leads, once_per_lead folds later rows, not_after leaves out moves of leads that had gone further by then.
    """
    rows = " UNION ALL ".join(staged.rows for staged in group)
    _note_entries(con, rows, [stage for staged in group for stage in staged.source.not_after])
    if table.name == "leads":
        rows = _with_fate(rows, f"row_number() OVER (PARTITION BY lead_id, fate ORDER BY {PLACE}) > 1", SAME_LEAD)
    elif "lead_id" in table.column_names:
        rows = _with_fate(rows, "lead_id NOT IN (SELECT lead_id FROM known_leads)", UNKNOWN_LEAD)
    once = ", ".join(str(staged.number) for staged in group if staged.source.once_per_lead)
    if once:
        later = f"row_number() OVER (PARTITION BY source, lead_id, fate ORDER BY {PLACE}) > 1"
        rows = _with_fate(rows, f"source IN ({once}) AND {later}", FOLDED)
    for staged in group:
        if staged.source.not_after:
            rows = _with_fate(rows, f"source = {staged.number} AND {_entered(staged.source.not_after)}", LEFT_OUT)
    con.execute(f"CREATE OR REPLACE TEMP VIEW settled AS {rows}")
    if table.name == "leads":
        con.execute("CREATE TEMP TABLE known_leads AS SELECT lead_id FROM settled WHERE fate IS NULL")


def _with_fate(rows: str, condition: str, fate: str) -> str:
    decided = f"CASE WHEN fate IS NULL AND {condition} THEN {text(fate)} ELSE fate END"
    return f"SELECT r.* REPLACE ({decided} AS fate) FROM ({rows}) r"


def _note_entries(con: DuckDBPyConnection, rows: str, stages: Sequence[str]) -> None:
    if stages:
        con.execute(f"""
            CREATE OR REPLACE TEMP TABLE entries AS SELECT lead_id, stage, happened_at, known_at
            FROM ({rows}) WHERE fate IS NULL AND stage IN ({texts(stages)})
        """)


def _entered(stages: Sequence[str]) -> str:
    """SQL that is true when the lead of a row r is known, at the row's known_at, to have entered one of the stages before."""
    return f"""EXISTS (
        SELECT 1 FROM entries e WHERE e.lead_id = r.lead_id AND e.stage IN ({texts(stages)})
        AND e.happened_at < r.happened_at AND e.known_at <= r.known_at)"""


def write_table(con: DuckDBPyConnection, lake: Path, table: Table, group: Sequence[Staged]) -> None:
    """Writes the kept rows of the view settled to lake/TABLE/rows.parquet, sorted by happened_at, the lead and all columns."""
    first = [column for column in ("happened_at", "lead_id") if column in table.column_names]
    order = [*first, *(column for column in table.column_names if column not in first)]
    columns = ", ".join(_stored(column, table, group) for column in table.column_names)
    folder = lake / table.name
    folder.mkdir(exist_ok=True)
    con.execute(f"""
        COPY (
            SELECT * FROM (SELECT {columns} FROM settled WHERE fate IS NULL)
            ORDER BY {", ".join(f"{name(column)} NULLS FIRST" for column in order)}
        ) TO {sql_path(folder / "rows.parquet")} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROWS_PER_GROUP})
    """)


def _stored(column: str, table: Table, group: Sequence[Staged]) -> str:
    """A `current` field of a lead was not known when the lead was created, so it is not stored with it."""
    pulled = ", ".join(str(staged.number) for staged in group if column in current_fields(staged.source, table))
    return f"CASE WHEN source NOT IN ({pulled}) THEN {name(column)} END AS {name(column)}" if pulled else name(column)


def current_fields(source: Source, table: Table) -> list[str]:
    """The fields that are true when they are pulled; a personal one is only ever shown, so it stays with the lead."""
    return [field for field, kind in source.fields.items() if kind == "current" and not table.column(field).personal]


def remember_pulled(
    con: DuckDBPyConnection, before: Path, lake: Path, leads: Table, group: Sequence[Staged], pulled_at: datetime
) -> int:
    """Adds to the history of pulled fields what differs from their last pulled value; returns the number of changes.

    before, lake: the lake as it is and the one being written; both keep the history in field_changes/pulled.parquet. Needs the
    view settled of leads. Raises FunnelcastError for a change pulled no later than the last one.
    """
    history, place = before / "field_changes" / "pulled.parquet", lake / "field_changes" / "pulled.parquet"
    readings = " UNION ALL ".join(
        f"SELECT lead_id, {text(field)} AS field, {name(field)}::VARCHAR AS value FROM settled "
        f"WHERE fate IS NULL AND source = {staged.number}"
        for staged in group
        for field in current_fields(staged.source, leads)
    )
    nothing = "SELECT NULL::VARCHAR AS lead_id, NULL::VARCHAR AS field, NULL::VARCHAR AS value LIMIT 0"
    if not readings and not history.exists():
        return 0
    moment = f"TIMESTAMP '{pulled_at.isoformat(sep=' ')}'"
    old = f"FROM read_parquet({sql_path(history)})" if history.exists() else (
        f"SELECT lead_id, {moment} AS happened_at, {moment} AS known_at, field, value FROM ({nothing})"
    )
    return 0
