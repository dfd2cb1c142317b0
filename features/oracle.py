"""The same columns as plain SQL, slow and readable, to check the fast way against."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.feature import FeatureColumn, Measure, Selection
from features.query import answer, numbers
from features.signals import condition_sql, scoped_rows

AGE_DAYS = "(epoch_us(s.as_of) - epoch_us({0})) / 86400000000.0"


def oracle_sql(columns: Sequence[FeatureColumn]) -> str:
    """One query that gives (snapshot_id, value, value, ...) of columns over one log, straight from the window's definition."""
    measures = [(column, column.feature.measure) for column in columns]
    values = [_value(measure, column.days) for column, measure in measures if isinstance(measure, Measure)]
    assert len(values) == len(columns), "facts and fields are plain SQL already"
    selection = _selection(columns[0])
    entity = "lead_id" if selection.scope == "lead" else "account_id"
    named = ",\n    ".join(f"({value})::DOUBLE AS value_{place}" for place, value in enumerate(values))
    return f"""
SELECT s.snapshot_id,
    {named}
FROM snapshots s
LEFT JOIN ({scoped_rows(selection.table.name, selection.scope)}) r
    ON r.entity = s.{entity} AND r.known_at <= s.as_of AND r.happened_at <= s.as_of
GROUP BY s.snapshot_id, s.as_of
ORDER BY s.snapshot_id
"""


def oracle(con: DuckDBPyConnection, columns: Sequence[FeatureColumn]) -> NDArray[np.float64]:
    """(snapshots, columns) in the order of snapshot_id, NaN where unknown; for small data."""
    found: dict[str, NDArray[np.float64]] = {}
    for _, log in groupby(sorted(columns, key=_log_name), key=_log_name):
        part = list(log)
        rows = answer(con, oracle_sql(part))
        for place, column in enumerate(part):
            found[column.name] = numbers(rows, f"value_{place}")
    return np.column_stack([found[column.name] for column in columns])


def _selection(column: FeatureColumn) -> Selection:
    measure = column.feature.measure
    assert isinstance(measure, Measure), "facts and fields are plain SQL already"
    return measure.selection


def _log_name(column: FeatureColumn) -> tuple[str, str]:
    selection = _selection(column)
    return selection.table.name, selection.scope


def _rows(selection: Selection, days: int | None) -> str:
    """The condition on a row r: it meets the selection and lies in (as_of - days, as_of]."""
    within = "" if days is None else f" AND r.happened_at > s.as_of - INTERVAL {days} DAY"
    return f"r.entity IS NOT NULL AND {condition_sql(selection.conditions)}{within}"


def _value(measure: Measure, days: int | None) -> str:
    rows, number = _rows(measure.selection, days), f'r."{measure.column}"'
    match measure.aggregate:
        case "count":
            return f"count(*) FILTER ({rows})"
        case "sum":
            return f"coalesce(sum({number}) FILTER ({rows}), 0)"
        case "active_days":
            return f"count(DISTINCT r.happened_at::DATE) FILTER ({rows})"
        case "distinct":
            return f"count(DISTINCT {number}) FILTER ({rows})"
        case "share":
            whole = _rows(measure.whole or Selection(measure.selection.table), days)
            return f"count(*) FILTER ({rows}) / nullif(count(*) FILTER ({whole}), 0)"
        case "pace":
            now, usual = (_rows(measure.selection, span) for span in (measure.now_days, measure.usual_days))
            return (
                f"(count(*) FILTER ({now}) / {measure.now_days}.0)"
                f" / nullif(count(*) FILTER ({usual}) / {measure.usual_days}.0, 0)"
            )
        case "days_since_last":
            return AGE_DAYS.format(f"max(r.happened_at) FILTER ({rows})")
        case "days_since_first":
            return AGE_DAYS.format(f"min(r.happened_at) FILTER ({rows})")
        case "last":
            return f"arg_max({number}, struct_pack(t := r.happened_at, n := {number})) FILTER ({rows} AND {number} IS NOT NULL)"
        case "decayed":
            age = AGE_DAYS.format("r.happened_at")
            return f"coalesce(sum(pow(2.0, -{age} / {measure.half_life_days})) FILTER ({rows}), 0)"
