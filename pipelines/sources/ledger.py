"""Keeps account of every row that was read, and stops the run when too many break the contract."""

from collections.abc import Sequence
from pathlib import Path

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError, did_you_mean
from configs.project import Project
from pipelines.sources.contract import LEFT_OUT, UNKNOWN_STAGE
from pipelines.sources.lake import ERASED, FOLDED, Staged
from pipelines.sources.report import Example, SourceReport
from pipelines.sources.sql import text, texts

NOT_REJECTED = (LEFT_OUT, FOLDED, ERASED)


def open_ledger(con: DuckDBPyConnection) -> None:
    """Makes the tables broken_lines (what a reader skipped) and rejected (what broke the contract); source counts from 0."""
    con.execute("CREATE TEMP TABLE broken_lines (source INTEGER, file VARCHAR, line BIGINT, reason VARCHAR)")
    con.execute(
        'CREATE TEMP TABLE rejected (source INTEGER, "table" VARCHAR, file VARCHAR, line BIGINT, reason VARCHAR)'
    )


def note_broken_lines(con: DuckDBPyConnection, source: int, file: str, lines: str) -> None:
    """Adds lines that a reader could not tell apart into values; lines is SQL of (line, reason)."""
    con.execute(f"INSERT INTO broken_lines SELECT {source}, {text(file)}, line, reason FROM ({lines})")


def note_rejected(con: DuckDBPyConnection, table: str, sources: Sequence[int]) -> None:
    """Adds the rejected rows of the view settled, and the broken lines of its sources, to the table rejected.

    A row's line was counted without the broken lines before it; here they are counted in.
    """
    listed = ", ".join(str(source) for source in sources)
    con.execute(f"""
        INSERT INTO rejected
        WITH of_table AS (SELECT * FROM broken_lines WHERE source IN ({listed})),
        placed AS (SELECT *, row_number() OVER (PARTITION BY source, file ORDER BY line) AS skipped FROM of_table),
        gaps AS (SELECT source, file, line - skipped AS after_line, max(skipped) AS skipped FROM placed GROUP BY ALL),
        bad AS (SELECT _source, _file, _line, _fate FROM settled WHERE _fate NOT IN ({texts(NOT_REJECTED)}))
        SELECT _source, '{table}', _file, _line + coalesce(skipped, 0), _fate
        FROM bad ASOF LEFT JOIN gaps ON source = _source AND file = _file AND _line > after_line
        UNION ALL SELECT source, '{table}', file, line, reason FROM of_table
    """)


def count_rows(con: DuckDBPyConnection, staged: Staged) -> SourceReport:
    """The account of one source, after note_rejected."""
    found = con.execute(
        "SELECT _fate, count(*) FROM settled WHERE _source = ? GROUP BY _fate", [staged.number]
    ).fetchall()
    fates = {fate: int(count) for fate, count in found}
    reasons = con.execute(
        "SELECT reason, count(*), min((file, line)) FROM rejected WHERE source = ? GROUP BY reason ORDER BY reason",
        [staged.number],
    ).fetchall()
    rejected = {str(reason): int(count) for reason, count, _ in reasons}
    kept, left_out, folded, erased = (fates.get(fate, 0) for fate in (None, *NOT_REJECTED))
    return SourceReport(
        table=staged.source.table,
        files=staged.source.files,
        read=kept + left_out + folded + erased + sum(rejected.values()),
        kept=kept,
        left_out=left_out,
        folded=folded,
        erased=erased,
        rejected=rejected,
        examples={str(reason): Example(*first) for reason, _, first in reasons},
        seconds=staged.seconds,
    )


def check_limits(con: DuckDBPyConnection, project: Project, report: SourceReport, rejected: Path) -> None:
    """Raises FunnelcastError when more rows than the project allows have an unknown stage, or break the contract otherwise."""
    rows = report.read - report.left_out
    strangers = report.rejected.get(UNKNOWN_STAGE, 0)
    others = {reason: count for reason, count in report.rejected.items() if reason != UNKNOWN_STAGE}
    if strangers > project.rejects.unknown_stages * rows:
        raise FunnelcastError(_unknown_stages(con, project, report, rejected))
    if sum(others.values()) > project.rejects.rows * rows:
        reason = max(others, key=lambda name: others[name])
        first = report.examples[reason]
        raise FunnelcastError(
            f"{report.table} from {report.files}: {_share(sum(others.values()), rows)} break the contract, more than the "
            f"{project.rejects.rows:.1%} that rejects.rows allows; most often: {reason} ({others[reason]:,} rows, such as "
            f"{first.file} line {first.line}). All of them are listed in {rejected}; nothing was changed."
        )


def _unknown_stages(con: DuckDBPyConnection, project: Project, report: SourceReport, rejected: Path) -> str:
    found = con.execute(
        "SELECT stage, count(*) FROM settled WHERE _fate = ? GROUP BY stage ORDER BY count(*) DESC, stage",
        [UNKNOWN_STAGE],
    ).fetchall()
    known = project.funnel.stage_names
    named = ", ".join(f"'{stage}' ({count:,} rows)" for stage, count in found[:5])
    more = f" and {len(found) - 5} more" if len(found) > 5 else ""
    near = did_you_mean(str(found[0][0]), known)
    first = report.examples[UNKNOWN_STAGE]
    rows = report.read - report.left_out
    return (
        f"{report.table} from {report.files}: {_share(report.rejected[UNKNOWN_STAGE], rows)} have a stage that the funnel "
        f"{project.funnel.name} lacks: {named}{more}, such as {first.file} line {first.line}{near} "
        f"Add the stage to the funnel or map it under maps.stage; all such rows are listed in {rejected}; nothing was changed."
    )


def _share(count: int, rows: int) -> str:
    return f"{count:,} of {rows:,} rows ({count / rows:.1%})"


def write_rejected(con: DuckDBPyConnection, folder: Path) -> None:
    """Writes all rejected rows so far into the folder, which it makes: table, file, line, reason, sorted in this order."""
    folder.mkdir()
    con.execute(f"""
        COPY (SELECT "table", file, line, reason FROM rejected ORDER BY "table", file, line, reason)
        TO {text(str(folder / "rows.parquet"))} (FORMAT parquet, COMPRESSION zstd)
    """)
