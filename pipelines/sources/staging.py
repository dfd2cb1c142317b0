"""Reads each file once, line by line, into rows that have the right columns or a reason why they cannot be used."""

from pathlib import Path
from time import perf_counter

from duckdb import DuckDBPyConnection, Error

from configs.errors import FunnelcastError, did_you_mean
from pipelines.sources.contract import LEFT_OUT, Contract, cell_text
from pipelines.sources.exports import Export
from pipelines.sources.formats import ExportFile, broken_lines, check_quotes, forget_broken_lines, text_rows, unreadable
from pipelines.sources.lake import Staged
from pipelines.sources.ledger import note_broken_lines
from pipelines.sources.sql import text


def stage(con: DuckDBPyConnection, export: Export, contract: Contract, scratch: Path) -> Staged:
    """Writes the rows of a source's files as Parquet into the folder scratch and notes the lines that cannot be read.

    Raises FunnelcastError for a file that cannot be read, files without a row and filters that let no row through.
    """
    started = perf_counter()
    con.execute(f"SET TimeZone = {text(export.source.time_zone or 'UTC')}")
    places = [scratch / f"{export.number}-{index}.parquet" for index in range(len(export.files))]
    for file, place in zip(export.files, places, strict=True):
        _read(con, export, file, contract, place)
    con.execute("SET TimeZone = 'UTC'")
    staged = Staged(export.number, export.source, tuple(places), perf_counter() - started)
    _check_not_empty(con, export, staged)
    return staged


def _read(con: DuckDBPyConnection, export: Export, file: ExportFile, contract: Contract, place: Path) -> None:
    rows = contract.rows(text_rows(file, export.wanted), export.cells(file))
    try:
        con.execute(f"""
            COPY (SELECT {export.number} AS _source, {text(file.name)} AS _file, * FROM ({rows}))
            TO {text(str(place))} (FORMAT parquet, COMPRESSION snappy)
        """)
    except Error as error:
        raise unreadable(file.name, error) from error
    check_quotes(con, file)
    note_broken_lines(con, export.number, file.name, broken_lines(file))
    forget_broken_lines(con)


def _check_not_empty(con: DuckDBPyConnection, export: Export, staged: Staged) -> None:
    considered = f"count(*) FILTER (_fate IS DISTINCT FROM {text(LEFT_OUT)})"
    rows = con.execute(f"SELECT count(*), {considered} FROM ({staged.rows})").fetchone()
    broken = con.execute("SELECT count(*) FROM broken_lines WHERE source = ?", [export.number]).fetchone()
    assert rows is not None, "an aggregate always has a row"
    assert broken is not None, "an aggregate always has a row"
    if rows[0] + broken[0] == 0:
        raise FunnelcastError(
            f"{export.source.table} from {export.source.files}: there are columns and no rows; "
            "export the file again, or remove this source from the project."
        )
    if rows[1] + broken[0] == 0:
        raise FunnelcastError(
            f"{export.source.table} from {export.source.files}: where and without leave none of the {rows[0]:,} rows"
            f"{_first_filter(con, export)}"
        )


def _first_filter(con: DuckDBPyConnection, export: Export) -> str:
    """'; kind is never 'clal'; did you mean 'call'?' for the first wanted text that no row has."""
    for column, wanted in export.source.where.items():
        values = {
            str(value)
            for file in export.files
            for (value,) in con.execute(
                f"SELECT DISTINCT {cell_text(file.column(column))} FROM ({text_rows(file, [column])}) LIMIT 200"
            ).fetchall()
        }
        forget_broken_lines(con)
        for value in wanted if isinstance(wanted, tuple) else (wanted,):
            if str(value) not in values:
                return f"; {column} is never '{value}'{did_you_mean(str(value), values)}"
    return "; check their values"
