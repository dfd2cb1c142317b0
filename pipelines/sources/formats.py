"""Opens a file of an export, whatever its format, as rows of plain text with their line numbers."""

import csv
import gzip
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from duckdb import DuckDBPyConnection, Error

from configs.errors import FunnelcastError, did_you_mean
from pipelines.sources.sql import name, text
from pipelines.store import sql_path

FORMATS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".txt": "csv",
    ".parquet": "parquet",
    ".jsonl": "json",
    ".ndjson": "json",
    ".json": "json",
}
DELIMITERS = (",", ";", "\t", "|")
NOT_AN_OBJECT = "the line is not a JSON object"
READER_REASONS = {
    "MISSING COLUMNS": "the line has too few columns",
    "TOO MANY COLUMNS": "the line has too many columns",
    "INVALID ENCODING": "the line is not UTF-8",
    "UNQUOTED VALUE": "the line has a quotation mark out of place",
    "LINE SIZE OVER MAXIMUM": "the line is too long",
}


@dataclass(frozen=True)
class ExportFile:
    """One file: `name` is its path within the data folder, `columns` its columns in order, `delimiter` only of a CSV."""

    path: Path
    name: str
    format: str
    columns: tuple[str, ...]
    delimiter: str = ","

    def column(self, wanted: str) -> str:
        """The SQL name of a column. Raises FunnelcastError with the near miss, or when two columns have the name."""
        if wanted not in self.columns:
            raise FunnelcastError(f"{self.name} has no column '{wanted}'{did_you_mean(wanted, self.columns)}")
        if self.columns.count(wanted) > 1:
            raise FunnelcastError(f"{self.name} has two columns '{wanted}' in its header; rename one of them.")
        return f"c{self.columns.index(wanted)}"


def open_export(con: DuckDBPyConnection, path: Path, shown: str) -> ExportFile:
    """Reads what columns a file has. Raises FunnelcastError for an unknown format, an empty or an unreadable file."""
    suffixes = [suffix.lower() for suffix in path.suffixes if suffix.lower() != ".gz"]
    kind = FORMATS.get(suffixes[-1] if suffixes else "")
    if kind is None:
        raise FunnelcastError(
            f"{shown}: files are read as {', '.join(FORMATS)} (CSV and JSON also as .gz); rename the file."
        )
    if kind == "csv":
        return _open_csv(path, shown)
    try:
        found = tuple(str(row[0]) for row in con.execute(_columns_query(path, kind)).fetchall())
    except Error as error:
        raise unreadable(shown, error) from error
    return ExportFile(path, shown, kind, found)


def _columns_query(path: Path, kind: str) -> str:
    if kind == "parquet":
        return f"SELECT column_name FROM (DESCRIBE FROM read_parquet({sql_path(path)}))"
    rows = f"SELECT unnest(json_keys(json)) AS key FROM {_json_lines(path)} WHERE json_type(json) = 'OBJECT'"
    return f"SELECT DISTINCT key FROM ({rows}) ORDER BY key"


def _open_csv(path: Path, shown: str) -> ExportFile:
    try:
        with _as_text(path) as lines:
            first = lines.readline()
            lines.seek(0)
            delimiter = max(DELIMITERS, key=first.count)
            header = next(csv.reader(lines, delimiter=delimiter), [])
    except (OSError, EOFError, UnicodeDecodeError, csv.Error) as error:
        raise FunnelcastError(
            f"{shown} cannot be read as UTF-8 text ({error}); export it again as UTF-8 CSV."
        ) from error
    if not any(column.strip() for column in header):
        raise FunnelcastError(f"{shown} is empty; a first line with the names of the columns was expected.")
    return ExportFile(path, shown, "csv", tuple(column.strip() for column in header), delimiter)


def _as_text(path: Path) -> TextIO:
    if path.suffix.lower() == ".gz":
        return gzip.open(path, "rt", encoding="utf-8-sig", newline="")
    return path.open(encoding="utf-8-sig", newline="")


def _json_lines(path: Path) -> str:
    return f"read_ndjson_objects({sql_path(path)}, ignore_errors = true)"


def text_rows(file: ExportFile, wanted: Sequence[str]) -> str:
    """SQL of (_line, _broken, and c0, c1, ... for the wanted columns as text; see ExportFile.column).

    _line counts from 1 as a person would: the header of a CSV is line 1, a JSON object or a Parquet row is a line. Blank lines
    and line breaks within quotes are not counted. _broken is the reason why the line cannot be read, else NULL.
    """
    columns = {column: file.column(column) for column in dict.fromkeys(wanted)}
    if file.format == "csv":
        return _csv_rows(file, list(columns.values()))
    if file.format == "parquet":
        cells = "".join(f", {name(column)}::VARCHAR AS {cell}" for column, cell in columns.items())
        scan = f"read_parquet({sql_path(file.path)}, file_row_number = true)"
        return f"SELECT file_row_number + 1 AS _line, NULL::VARCHAR AS _broken{cells} FROM {scan}"
    cells = "".join(f", json ->> {text(_json_path(column))} AS {cell}" for column, cell in columns.items())
    broken = f"CASE WHEN json_type(json) IS DISTINCT FROM 'OBJECT' THEN {text(NOT_AN_OBJECT)} END"
    return f"SELECT row_number() OVER () AS _line, {broken} AS _broken{cells} FROM {_json_lines(file.path)}"


def _json_path(column: str) -> str:
    return '$."' + column.replace('"', '\\"') + '"'


def _csv_rows(file: ExportFile, cells: Sequence[str]) -> str:
    types = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(len(file.columns)))
    options = f"""
        auto_detect = false, header = true, delim = {text(file.delimiter)}, quote = '"', escape = '"', nullstr = '',
        columns = {{{types}}}, store_rejects = true, rejects_limit = 0
    """
    listed = "".join(f", {cell}" for cell in cells)
    scan = f"read_csv({sql_path(file.path)}, {options})"
    return f"SELECT row_number() OVER () + 1 AS _line, NULL::VARCHAR AS _broken{listed} FROM {scan}"


def broken_lines(file: ExportFile) -> str:
    """SQL of (line, reason) for the lines that the CSV reader skipped since forget_broken_lines; none for other formats."""
    if file.format != "csv":
        return "SELECT NULL::BIGINT AS line, NULL::VARCHAR AS reason LIMIT 0"
    reasons = " ".join(f"WHEN {text(problem)} THEN {text(reason)}" for problem, reason in READER_REASONS.items())
    return f"""
        SELECT line::BIGINT AS line, CASE min(error_type::VARCHAR) {reasons} ELSE 'the line cannot be read' END AS reason
        FROM reject_errors GROUP BY line
    """


def check_quotes(con: DuckDBPyConnection, file: ExportFile) -> None:
    """Raises FunnelcastError when a quotation mark that is never closed hides the lines after it."""
    if file.format != "csv":
        return
    found = con.execute("""
        SELECT min(line) FROM reject_errors
        WHERE error_type::VARCHAR IN ('UNQUOTED VALUE', 'LINE SIZE OVER MAXIMUM') AND contains(csv_line, chr(10))
    """).fetchone()
    if found and found[0] is not None:
        raise FunnelcastError(
            f"{file.name} line {found[0]}: a quotation mark is opened here and not closed where the value ends, so the "
            "lines after it cannot be told apart; put the quotation marks right."
        )


def forget_broken_lines(con: DuckDBPyConnection) -> None:
    """Makes the CSV reader begin a new account of the lines that it skips."""
    con.execute("DROP TABLE IF EXISTS reject_errors; DROP TABLE IF EXISTS reject_scans")


def unreadable(shown: str, error: Error) -> FunnelcastError:
    """The user's error for a file that the database cannot read; only the first line, which holds no content of the file."""
    said = str(error).splitlines()[0].split("Error: ", 1)[-1]
    return FunnelcastError(
        f"{shown} cannot be read ({said}); is it whole, of the format its name says, and with one kind of line end?"
    )
