"""Says which rows and columns of a table the features look for, and asks for them."""

from collections.abc import Generator
from dataclasses import dataclass

import pyarrow as pa
from duckdb import DuckDBPyConnection

from features.feature import Scope
from features.patterns import Naming, Step
from features.query import count_rows
from features.reading import ROWS_A_BATCH, Files, Source, source_of_files
from features.readings import Conditions, Scalar
from features.tables import Table

LEAD = "lead_id"


@dataclass(frozen=True)
class Log:
    """One table read for one scope: its distinct signals and the columns that sums, last values and distinct counts need."""

    table: Table
    scope: Scope
    signals: tuple[Conditions, ...]
    numbers: tuple[str, ...]
    values: tuple[str, ...]

    def signal(self, conditions: Conditions) -> int:
        """The number of a signal."""
        return self.signals.index(conditions)


def quoted(value: Scalar) -> str:
    """An SQL literal; text is escaped."""
    if isinstance(value, bool | int | float):
        return str(value).upper() if isinstance(value, bool) else repr(value)
    return "'" + value.replace("'", "''") + "'"


def condition_sql(conditions: Conditions) -> str:
    """SQL that is true for the rows r that meet every condition; an empty cell meets none."""
    parts = [f'r."{name}" IN ({", ".join(quoted(value) for value in values)})' for name, values in conditions]
    return f"coalesce({' AND '.join(parts)}, FALSE)" if parts else "TRUE"


def scoped_rows(table: str, scope: Scope) -> str:
    """SQL of a table's rows with the column `entity`: the lead, or the lead's account from the moment that both are known."""
    if scope == "lead":
        return f"SELECT lead_id AS entity, * FROM {table}"
    return f"""
        SELECT l.account_id AS entity, t.* REPLACE (greatest(t.known_at, l.known_at) AS known_at)
        FROM {table} t JOIN leads l ON l.lead_id = t.lead_id WHERE l.account_id IS NOT NULL
    """


def is_plain(log: Log, naming: Naming) -> bool:
    """Whether no rules of SQL for comparing kinds are asked for, so that the rows can be read straight from files."""
    return all(_is_plain(log.table, step) for step in naming.steps)


def stored_rows(log: Log, naming: Naming, files: Files) -> Source:
    """The rows of a plain log from its files, named by their lead."""
    texts = [name for name in (*(step.column for step in naming.steps), *log.values) if name != LEAD]
    return source_of_files(files, LEAD, [*texts, *log.numbers], texts)


def asked_rows(con: DuckDBPyConnection, log: Log, naming: Naming) -> Source:
    """The rows of a log by a query, named by their lead or account."""

    def read() -> Generator[pa.RecordBatch, None, None]:
        with con.sql(_log_sql(log, naming)).to_arrow_reader(ROWS_A_BATCH) as batches:
            yield from batches

    return Source("entity", (read,), count_rows(con, log.table.name))


def _is_plain(table: Table, step: Step) -> bool:
    """Whether a text column is compared with texts only, so that no rules of SQL for comparing kinds are asked for."""
    return table.column(step.column).kind == "text" and all(isinstance(value, str) for value in step.classes)


def _log_sql(log: Log, naming: Naming) -> str:
    names = dict.fromkeys(["happened_at", "known_at", *log.numbers, *log.values])
    asked = [
        _asked(log.table, step) for step in naming.steps if not (_is_plain(log.table, step) and step.column in names)
    ]
    columns = ", ".join(["r.entity", *(f'r."{name}"' for name in names), *asked])
    return f"SELECT {columns} FROM ({scoped_rows(log.table.name, log.scope)}) r WHERE r.entity IS NOT NULL"


def _asked(table: Table, step: Step) -> str:
    """A column as it is, or where comparing is left to SQL, the class of its values."""
    if _is_plain(table, step):
        return f'r."{step.column}"'
    by_class: dict[int, list[Scalar]] = {}
    for value, number in step.classes.items():
        by_class.setdefault(number, []).append(value)
    cases = " ".join(
        f"WHEN {condition_sql(((step.column, tuple(values)),))} THEN {number}" for number, values in by_class.items()
    )
    return f'(CASE {cases} ELSE 0 END)::INTEGER AS "{step.class_column}"'
