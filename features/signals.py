"""Names what each row of a log is a sign of, so that counting needs to look at small numbers only."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.feature import Conditions, Scalar, Scope
from features.windows import Events, count_within, order_by_happened

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
    numbers = "".join(f', r."{name}"::DOUBLE AS number_{position}' for position, name in enumerate(log.numbers))
    values = "".join(f", v{position}.code AS value_{position}" for position in range(len(log.values)))
    joins = " ".join(
        f'LEFT JOIN value_codes_{position} v{position} ON v{position}.value = r."{name}"::VARCHAR'
        for position, name in enumerate(log.values)
    )
    columns = con.execute(f"""
        SELECT e.code, epoch_us(r.happened_at) AS happened, epoch_us(r.known_at) AS known, {mask} AS mask{numbers}{values}
        FROM ({scoped_rows(log.table, log.scope)}) r JOIN entities e ON e.entity = r.entity {joins}
        WHERE r.known_at <= (SELECT max(as_of) FROM days)
        ORDER BY e.code, r.known_at, r.happened_at
    """).fetchnumpy()
    return _events(con, columns, log)


def _events(con: DuckDBPyConnection, columns: dict[str, NDArray[np.generic]], log: Log) -> Events:
    counted = con.execute("SELECT count(*) FROM entities").fetchone()
    entities = int(counted[0]) if counted else 0
    offsets = np.searchsorted(columns["code"], np.arange(entities + 1)).astype(np.int64)
    happened = columns["happened"].astype(np.int64)
    patterns, masks = pd.factorize(columns["mask"])
    numbers = [_filled(columns[f"number_{position}"], np.nan) for position in range(len(log.numbers))]
    coded = [_filled(columns[f"value_{position}"], -1).astype(np.int64) for position in range(len(log.values))]
    keys = [count_within(offsets, codes, int(codes.max(initial=0)) + 1) for codes in coded]
    by_happened, day = order_by_happened(offsets, happened)
    return Events(
        offsets=offsets,
        happened=happened,
        known=columns["known"].astype(np.int64),
        by_happened=by_happened,
        pattern=patterns.astype(np.int32),
        masks=np.asarray(masks, dtype=np.int64),
        numbers=_stacked(numbers, len(happened), np.float64),
        keys=_stacked([day, *keys], len(happened), np.int32),
    )


def _filled(column: NDArray[np.generic], empty: float) -> NDArray[np.generic]:
    return np.ma.filled(column.astype(np.float64), empty)


def _stacked(columns: Sequence[NDArray[np.generic]], rows: int, kind: type[np.generic]) -> NDArray[np.generic]:
    stacked = np.empty((rows, len(columns)), dtype=kind)
    for position, column in enumerate(columns):
        stacked[:, position] = column
    return stacked
