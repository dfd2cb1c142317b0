"""Reads the files of a CRM export into the tables that everything else works on."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from configs.project import Project
from configs.scanned import KnownScanners
from features.tables import Table, deliveries, project_tables
from pipelines.erased import Erased, read_erased
from pipelines.sources.contract import MACROS, Contract
from pipelines.sources.exports import Export, open_exports
from pipelines.sources.given import keep_given
from pipelines.sources.lake import note_observed, settle, write_table
from pipelines.sources.ledger import check_limits, count_rows, note_rejected, open_ledger, write_rejected
from pipelines.sources.mapping import check_sources
from pipelines.sources.pulled import remember_pulled
from pipelines.sources.report import IngestReport, SourceReport
from pipelines.sources.scanned import NOTHING_MARKED, Marked, check_bots, set_bots_apart
from pipelines.sources.staging import stage
from pipelines.store import Workspace, connect, naive_utc, write_beside


@dataclass(frozen=True)
class Run:
    """One ingest: what it reads, the lake that it writes beside the old one and the folder for what lies between."""

    con: DuckDBPyConnection
    project: Project
    workspace: Workspace
    pulled_at: datetime
    lake: Path
    scratch: Path
    erased: Erased
    scanners: KnownScanners


def ingest(
    project: Project,
    data: Path,
    workspace: Workspace,
    pulled_at: datetime,
    on_source: Callable[[SourceReport], None],
) -> IngestReport:
    """Fills the lake from the project's files and tells what became of every row; the same files give the same lake.

    data: the folder that the sources' files are relative to. pulled_at: when the files are read, so now; without a time zone it
    is taken as UTC. on_source is called when a source is done. Raises FunnelcastError for files or settings that do not fit
    and for too many broken rows; then the lake stays as it was, and only its list of rejected rows is new.
    """
    started = perf_counter()
    tables = project_tables(project.touch_details, project.lead_attributes, project.personal)
    with write_beside(workspace.lake) as lake, _scratch(workspace) as scratch, closing(connect(workspace)) as con:
        scanners = check_bots(project, tables["touches"])
        run = Run(con, project, workspace, naive_utc(pulled_at), lake, scratch, read_erased(workspace), scanners)
        check_sources(con, project, tables)
        groups = _by_table(open_exports(con, project, data))
        con.execute(MACROS)
        open_ledger(con)
        lake.mkdir()
        _keep_deliveries(workspace.lake, lake)
        filled = [_fill(run, tables[name], groups[name], on_source) for name in groups]
        keep_given(con, workspace.lake, lake, run.erased)
        write_rejected(con, lake / workspace.rejected.name)
        observed = note_observed(con, lake, lake / workspace.observed.name)
    reports = tuple(report for reports, _ in filled for report in reports)
    marked = next((marked for _, marked in filled if marked is not None), NOTHING_MARKED)
    return IngestReport(reports, observed, perf_counter() - started, marked)


def _keep_deliveries(before: Path, lake: Path) -> None:
    """What was put on lists comes from no source, so it goes over from the lake that stands."""
    if (before / deliveries.name).is_dir():
        shutil.copytree(before / deliveries.name, lake / deliveries.name)


@contextmanager
def _scratch(workspace: Workspace) -> Iterator[Path]:
    with TemporaryDirectory(dir=workspace.root, prefix=".ingest-", suffix=".part") as folder:
        yield Path(folder)


def _by_table(exports: list[Export]) -> dict[str, list[Export]]:
    """Leads come first, because every other table is held against them."""
    ordered = sorted(exports, key=lambda export: export.source.table != "leads")
    tables = dict.fromkeys(export.source.table for export in ordered)
    return {table: [export for export in ordered if export.source.table == table] for table in tables}


def _fill(
    run: Run, table: Table, exports: list[Export], on_source: Callable[[SourceReport], None]
) -> tuple[list[SourceReport], Marked | None]:
    """Writes one table from all its sources; of touches also tells which a scanner made."""
    con, funnel = run.con, run.project.funnel
    group = [
        stage(con, export, Contract(export.source, table, funnel, run.pulled_at), run.scratch) for export in exports
    ]
    settle(con, table, group, run.scratch, run.erased)
    note_rejected(con, table.name, [staged.number for staged in group])
    reports = [count_rows(con, staged) for staged in group]
    for report in reports:
        _stop_at_limits(run, report)
    marked = _judge(run, table)
    write_table(con, run.lake, table, group)
    if table.name == "leads":
        remember_pulled(con, run.workspace.lake, run.lake, table, group, run.pulled_at)
    for report in reports:
        on_source(report)
    return reports, marked


def _judge(run: Run, table: Table) -> Marked | None:
    if table.name != "touches":
        return None
    return set_bots_apart(run.con, run.project, run.scanners, table, run.workspace.lake, run.lake)


def _stop_at_limits(run: Run, report: SourceReport) -> None:
    try:
        check_limits(run.con, run.project, report, run.workspace.rejected)
    except FunnelcastError:
        with write_beside(run.workspace.rejected) as folder:
            write_rejected(run.con, folder)
        raise
