"""Names what each row of a log is a sign of, so that counting needs to look at small numbers only."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from features.feature import Scope
from features.numbering import count_within, order_by_happened
from features.query import answer, count_rows, numbers, whole_numbers
from features.readings import Conditions, Scalar
from features.windows import Events

MOST_SIGNALS = 62  # one bit each in a signed 64-bit integer, the sign left alone


@dataclass(frozen=True)
class Log:
    """One table read for one scope: its distinct signals and the columns that sums, last values and distinct counts need."""

    table: str
    scope: Scope
    signals: tuple[Conditions, ...]
    numbers: tuple[str, ...]
    values: tuple[str, ...]


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


def read_log(con: DuckDBPyConnection, log: Log) -> Events:
    """The rows of the snapshots' leads (or accounts) as arrays, sorted by entity, known_at, happened_at.

    Needs the table entities (entity, code) with codes from 0. Raises FunnelcastError for more than 62 distinct signals of one table.
    """
    if len(log.signals) > MOST_SIGNALS:
        raise FunnelcastError(
            f"{log.table}: the features look for {len(log.signals)} different signs, at most {MOST_SIGNALS} are possible; "
            "declare fewer combinations of conditions over this table"
        )
    for position, name in enumerate(log.values):
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE value_codes_{position} AS SELECT value, row_number() OVER (ORDER BY value) - 1 AS code "
            f'FROM (SELECT DISTINCT "{name}"::VARCHAR AS value FROM {log.table} WHERE "{name}" IS NOT NULL)'
        )
    mask = " | ".join(f"({condition_sql(signal)}::BIGINT << {bit})" for bit, signal in enumerate(log.signals)) or "0"
    amounts = "".join(f', r."{name}"::DOUBLE AS number_{position}' for position, name in enumerate(log.numbers))
    values = "".join(f", v{position}.code AS value_{position}" for position in range(len(log.values)))
    joins = " ".join(
        f'LEFT JOIN value_codes_{position} v{position} ON v{position}.value = r."{name}"::VARCHAR'
        for position, name in enumerate(log.values)
    )
    rows = answer(
        con,
        f"""
        SELECT e.code, epoch_us(r.happened_at) AS happened, epoch_us(r.known_at) AS known, {mask} AS mask{amounts}{values}
        FROM ({scoped_rows(log.table, log.scope)}) r JOIN entities e ON e.entity = r.entity {joins}
        WHERE r.known_at <= (SELECT max(as_of) FROM days)
        ORDER BY e.code, r.known_at, r.happened_at
        """,
    )
    return _events(rows, count_rows(con, "entities"), log)


def _events(rows: pa.Table, entities: int, log: Log) -> Events:
    offsets = np.searchsorted(whole_numbers(rows, "code"), np.arange(entities + 1)).astype(np.int64)
    happened = whole_numbers(rows, "happened")
    patterns, masks = pd.factorize(whole_numbers(rows, "mask"))
    amounts = [numbers(rows, f"number_{position}") for position in range(len(log.numbers))]
    coded = [whole_numbers(rows, f"value_{position}", empty=-1) for position in range(len(log.values))]
    keys = [count_within(offsets, codes, int(codes.max(initial=0)) + 1) for codes in coded]
    by_happened, day = order_by_happened(offsets, happened)
    return Events(
        offsets=offsets,
        happened=happened,
        known=whole_numbers(rows, "known"),
        by_happened=by_happened,
        pattern=patterns.astype(np.int32),
        masks=np.asarray(masks, dtype=np.int64),
        numbers=np.column_stack(amounts) if amounts else np.empty((len(happened), 0)),
        keys=np.column_stack([day, *keys]).astype(np.int32),
    )
