"""Takes what sales says of the leads of a list into the lake between two ingests, so that tomorrow's list knows it."""

from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError, did_you_mean
from configs.project import Project
from configs.source import Source
from features.tables import SQL_TYPES, feedback
from pipelines.erased import Erased, read_erased
from pipelines.sources.contract import MACROS, Contract
from pipelines.sources.exports import Export
from pipelines.sources.formats import open_export
from pipelines.sources.lake import settle
from pipelines.sources.ledger import count_rows, note_rejected, open_ledger
from pipelines.sources.report import SourceReport
from pipelines.sources.sql import names, text
from pipelines.sources.staging import stage
from pipelines.store import Workspace, connect, naive_utc, observed_until, sql_path, write_beside

GIVEN = "given.parquet"
NEEDED = ("lead_id", "happened_at", "verdict")
COLUMNS = names(feedback.column_names)


@dataclass(frozen=True)
class Given:
    """What became of a file: the account of its rows, how many were new, and line and reason of each that was rejected."""

    report: SourceReport
    added: int
    rejected: tuple[tuple[int, str], ...]


def take_feedback(project: Project, workspace: Workspace, file: Path, pulled_at: datetime) -> Given:
    """Adds the verdicts of a file to the lake's table feedback; a verdict that it holds already is not added again.

    file: as formats.open_export reads them, with the columns of the table feedback by their names; times without a zone are UTC. Raises
    FunnelcastError, and changes nothing, where there is no lake yet, for a file that cannot be read or lacks a column, and where no row
    keeps to the contract.
    """
    observed_until(workspace)
    with (
        TemporaryDirectory(dir=workspace.root, prefix=".feedback-", suffix=".part") as folder,
        closing(connect(workspace)) as con,
    ):
        report = _settled(con, project, workspace, _opened(con, file), naive_utc(pulled_at), Path(folder))
        rejected = con.execute("SELECT line, reason FROM rejected ORDER BY line, reason").fetchall()
        if not report.kept + report.erased:
            line, reason = rejected[0]
            raise FunnelcastError(
                f"{file.name}: no row can be taken, so nothing was changed; line {line}: {reason}. A row names a lead_id of the "
                "lists, when it was said (happened_at, as 2026-06-30 14:05) and accepted, rejected or contacted as verdict."
            )
        return Given(report, _add(con, workspace), tuple((int(line), str(reason)) for line, reason in rejected))


def keep_given(con: DuckDBPyConnection, before: Path, lake: Path, erased: Erased) -> None:
    """Takes over what was given between ingests from the lake before into the new one, but for what a source brings as well."""
    given = before / feedback.name / GIVEN
    if not given.is_file():
        return
    rows = f"SELECT {COLUMNS} FROM read_parquet({sql_path(given)}) WHERE NOT {erased.condition('lead_id')}"
    (lake / feedback.name).mkdir(exist_ok=True)
    _write(con, f"{rows} EXCEPT {_rows(lake)}", lake / feedback.name / GIVEN)


def _opened(con: DuckDBPyConnection, file: Path) -> Export:
    """The file as a source of the table feedback, with those of its columns that the file has."""
    if not file.is_file():
        near = did_you_mean(file.name, (one.name for one in file.parent.glob("[!.]*")))
        raise FunnelcastError(
            f"There is no file {file} in which sales said what it made of the leads{near or '; give the path of one.'}"
        )
    opened = open_export(con, file, file.name)
    for needed in NEEDED:
        opened.column(needed)
    columns = {name: name for name in feedback.column_names if name in opened.columns}
    return Export(0, Source(table="feedback", files=file.name, columns=columns), (opened,))


def _settled(
    con: DuckDBPyConnection, project: Project, workspace: Workspace, export: Export, pulled_at: datetime, scratch: Path
) -> SourceReport:
    """Makes the view settled and the table rejected, of rows that are held against the leads of the lake."""
    con.execute(MACROS)
    open_ledger(con)
    staged = stage(con, export, Contract(export.source, feedback, project.funnel, pulled_at), scratch)
    leads = ", ".join(sql_path(file) for file in sorted((workspace.lake / "leads").glob("*.parquet")))
    con.execute(f"CREATE TEMP TABLE known_leads AS SELECT lead_id FROM read_parquet([{leads}])")
    settle(con, feedback, [staged], scratch, read_erased(workspace))
    note_rejected(con, feedback.name, [staged.number])
    return count_rows(con, staged)


def _add(con: DuckDBPyConnection, workspace: Workspace) -> int:
    """How many rows of the view settled the lake did not hold yet; the file of the given ones is written anew only for them."""
    new = f"SELECT {COLUMNS} FROM settled WHERE _fate IS NULL EXCEPT {_rows(workspace.lake)}"
    con.execute(f"CREATE TEMP TABLE added AS {new}")
    (count,) = con.execute("SELECT count(*) FROM added").fetchone() or (0,)
    if count:
        place = workspace.lake / feedback.name / GIVEN
        place.parent.mkdir(exist_ok=True)
        known = f"SELECT {COLUMNS} FROM read_parquet({sql_path(place)}) UNION ALL " if place.is_file() else ""
        with write_beside(place) as part:
            _write(con, f"{known}SELECT {COLUMNS} FROM added", part)
    return int(count)


def _rows(lake: Path) -> str:
    """SQL of all feedback that a lake holds."""
    files = sorted((lake / feedback.name).glob("*.parquet"))
    if not files:
        return f"SELECT {', '.join(f'NULL::{SQL_TYPES[column.kind]}' for column in feedback.columns)} WHERE FALSE"
    return f"SELECT {COLUMNS} FROM read_parquet([{', '.join(map(sql_path, files))}])"


def _write(con: DuckDBPyConnection, rows: str, place: Path) -> None:
    order = ", ".join(
        f"{one} NULLS FIRST" for one in ("happened_at", "lead_id", "known_at", "verdict", "reason", '"by"')
    )
    con.execute(
        f"COPY (SELECT * FROM ({rows}) ORDER BY {order}) TO {text(str(place))} (FORMAT parquet, COMPRESSION zstd)"
    )
