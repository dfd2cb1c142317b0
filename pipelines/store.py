"""Opens the tables of a workspace for questions, as they were known on a day."""

import json
import os
from contextlib import ExitStack, closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from configs.errors import FunnelcastError
from configs.project import Project
from features.reading import Files
from features.tables import SQL_TYPES, Table, project_tables
from pipelines.workspace import Workspace, open_workspace, write_beside

__all__ = [
    "Workspace",
    "connect",
    "lake_files",
    "naive_utc",
    "observed_until",
    "open_lake",
    "open_workspace",
    "sql_path",
    "write_beside",
]

MEMORY_LIMIT = "2GB"


def connect(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """A database in memory, in UTC, that spills into the workspace, loads nothing from the network and prints no progress."""
    con = duckdb.connect(
        config={
            "threads": os.cpu_count() or 1,
            "memory_limit": MEMORY_LIMIT,
            "temp_directory": str(workspace.spill),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )
    con.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false; SET preserve_insertion_order = true")
    return con


def open_lake(workspace: Workspace, project: Project, known_until: datetime | None = None) -> duckdb.DuckDBPyConnection:
    """A connection with one view for each canonical table, named like it, with the columns that the project declares.

    known_until: only rows with known_at <= known_until are seen (None: all). A table that no source fills is empty.
    Raises FunnelcastError when the lake lacks a column that the project declares.
    """
    until = None if known_until is None else naive_utc(known_until)
    tables = project_tables(project.touch_details, project.lead_attributes, project.personal)
    with ExitStack() as closed_on_error:
        con = closed_on_error.enter_context(closing(connect(workspace)))
        for table in tables.values():
            con.execute(f"CREATE VIEW {table.name} AS {_rows(con, workspace, table, until)}")
        closed_on_error.pop_all()
    return con


def lake_files(workspace: Workspace, known_until: datetime | None = None) -> dict[str, Files]:
    """Where each canonical table lies that has files, for readers that need no questions answered; known_until as in open_lake."""
    until = None if known_until is None else naive_utc(known_until)
    paths = {name: _files(workspace, name) for name in project_tables()}
    return {name: Files(tuple(map(str, found)), until) for name, found in paths.items() if found}


def _files(workspace: Workspace, table: str) -> list[Path]:
    return sorted((workspace.lake / table).glob("*.parquet"))


def _rows(con: duckdb.DuckDBPyConnection, workspace: Workspace, table: Table, until: datetime | None) -> str:
    files = _files(workspace, table.name)
    if not files:
        empty = ", ".join(f'NULL::{SQL_TYPES[column.kind]} AS "{column.name}"' for column in table.columns)
        return f"SELECT {empty} LIMIT 0"
    scan = f"read_parquet([{', '.join(sql_path(file) for file in files)}])"
    stored = {str(row[0]) for row in con.execute(f"DESCRIBE FROM {scan}").fetchall()}
    missing = [name for name in table.column_names if name not in stored]
    if missing:
        raise FunnelcastError(
            f"{workspace.lake / table.name} has no column '{missing[0]}', which the project declares; "
            "run funnelcast ingest again."
        )
    columns = ", ".join(f'"{name}"' for name in table.column_names)
    known = "" if until is None else f" WHERE known_at <= TIMESTAMP '{until.isoformat(sep=' ')}'"
    return f"SELECT {columns} FROM {scan}{known}"


def sql_path(path: Path) -> str:
    """A path as SQL text that names this one file, whatever signs are in it."""
    exact = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
    return "'" + exact.replace("'", "''") + "'"


def observed_until(workspace: Workspace) -> datetime:
    """The last known_at of all source tables (UTC, naive), values pulled as current left out.

    Raises FunnelcastError when nothing has been ingested.
    """
    if not workspace.observed.is_file():
        raise FunnelcastError(f"There is no data in {workspace.lake} yet; run funnelcast ingest first.")
    return datetime.fromisoformat(json.loads(workspace.observed.read_text(encoding="utf-8"))["observed_until"])


def naive_utc(moment: datetime) -> datetime:
    """The moment in UTC without a time zone, as in the lake; a moment without one is taken as UTC."""
    return moment.astimezone(UTC).replace(tzinfo=None) if moment.tzinfo else moment
