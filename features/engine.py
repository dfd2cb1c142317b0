"""Works out every declared column for every snapshot."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.blends import blended_parts, fill_blends
from features.feature import FeatureColumn, Measure, Rhythm, Scope
from features.identity import numbered
from features.kernel import Asked, sweep_log
from features.ledger import Spine
from features.patterns import name_signals
from features.plan import (
    COUNT,
    DAY_KEY,
    DAY_US,
    DECAYED,
    DISTINCT,
    EVER_US,
    FIRST,
    LAST,
    LAST_NUMBER,
    SUM,
    Counter,
    Mark,
    Reading,
    Share,
)
from features.query import answer, count_rows, numbers, whole_numbers
from features.reading import Files
from features.readings import PlainReading
from features.readings_sql import reading_sql
from features.rhythm import Step, step_of
from features.signals import Log, rows_of
from features.sorting import spine_of

MEMORY_GB = 4.0
Matrix32 = NDArray[np.float32]
Measured = tuple[int, FeatureColumn, Measure | Rhythm]  # the column of the matrix, and what it measures


def compute(
    con: DuckDBPyConnection,
    columns: Sequence[FeatureColumn],
    grown_days: int = 0,
    files: Mapping[str, Files] | None = None,
    memory_gb: float = MEMORY_GB,
) -> Matrix32:
    """(snapshots, columns) in the order of snapshot_id, NaN where unknown.

    Needs the tables snapshots, days, moves, field_spans and those that the features read. Every value depends only on rows with
    known_at <= as_of. grown_days: how long a lead must be known to count in the win rate of its source, country and so on. files: where
    tables lie that hold just these rows; they are read from there, which is faster. memory_gb: about what the whole process may take; a
    log that needs more is read several times, for some of the leads each time.
    """
    parts = blended_parts(columns)
    everything = (*columns, *parts)
    matrix: Matrix32 = np.empty((count_rows(con, "snapshots"), len(everything)), dtype=np.float32)
    for place, column in enumerate(columns):
        measure = column.feature.measure
        if isinstance(measure, PlainReading):
            _fill(con, reading_sql(measure, grown_days), matrix[:, place])
    for (_, scope), measured in _by_log(everything).items():
        log = _log(scope, [measure for _, _, measure in measured])
        naming = name_signals(log.signals)
        leads, spine = _spine(con, scope)
        if len(spine.row) < len(matrix):
            matrix[:, [place for place, _, _ in measured]] = np.nan
        if not len(leads):
            continue
        source, leads = rows_of(con, log, naming, leads, (files or {}).get(log.table.name))
        readings, steps = _readings(measured, log), _steps(measured, log)
        sweep_log(source, Asked(leads, spine, naming, log.numbers, log.values, readings, steps), matrix, memory_gb)
    fill_blends(columns, parts, matrix)
    return matrix[:, : len(columns)]


def _fill(con: DuckDBPyConnection, sql: str, target: Matrix32) -> None:
    rows = answer(con, f"SELECT snapshot_id, value FROM ({sql})")
    target[:] = np.nan
    target[whole_numbers(rows, "snapshot_id")] = numbers(rows, "value")


def _by_log(
    columns: Sequence[FeatureColumn],
) -> Mapping[tuple[str, Scope], list[Measured]]:
    logs: dict[tuple[str, Scope], list[Measured]] = {}
    for place, column in enumerate(columns):
        measure = column.feature.measure
        if isinstance(measure, Measure | Rhythm):
            log = measure.selection.table.name, measure.selection.scope
            logs.setdefault(log, []).append((place, column, measure))
    return logs


def _log(scope: Scope, measures: Sequence[Measure | Rhythm]) -> Log:
    plain = [measure for measure in measures if isinstance(measure, Measure)]
    others = [measure.whole if isinstance(measure, Measure) else measure.then for measure in measures]
    selections = [measure.selection for measure in measures] + [other for other in others if other]
    numbers = {measure.column for measure in plain if measure.aggregate in ("sum", "last") and measure.column}
    values = {measure.column for measure in plain if measure.aggregate == "distinct" and measure.column}
    signals = dict.fromkeys(selection.conditions for selection in selections)
    table = max((selection.table for selection in selections), key=lambda table: len(table.columns))
    return Log(table, scope, tuple(signals), tuple(sorted(numbers)), tuple(sorted(values)))


def _readings(measured: Sequence[Measured], log: Log) -> list[tuple[int, Reading]]:
    return [
        (place, _reading(measure, column.days, log))
        for place, column, measure in measured
        if isinstance(measure, Measure)
    ]


def _steps(measured: Sequence[Measured], log: Log) -> list[Step]:
    return [
        step_of(measure, column.days, place, log) for place, column, measure in measured if isinstance(measure, Rhythm)
    ]


def _spine(con: DuckDBPyConnection, scope: Scope) -> tuple[pa.Array, Spine]:
    """The distinct leads (or accounts) of the snapshots, and the moments of each. A lead without an account is looked at nowhere."""
    entity = "lead_id" if scope == "lead" else "account_id"
    sql = f"SELECT {entity} AS entity, snapshot_id, epoch_us(as_of) AS as_of FROM snapshots WHERE {entity} IS NOT NULL"
    rows = answer(con, sql)
    leads, codes = numbered(rows["entity"].combine_chunks())
    return leads, spine_of(codes, whole_numbers(rows, "as_of"), whole_numbers(rows, "snapshot_id"), len(leads))


def _reading(measure: Measure, days: int | None, log: Log) -> Reading:
    signal = log.signal(measure.selection.conditions)
    window = EVER_US if days is None else days * DAY_US
    match measure.aggregate:
        case "count":
            return Counter(signal, window, COUNT)
        case "sum":
            return Counter(signal, window, SUM, log.numbers.index(measure.column or ""))
        case "active_days":
            return Counter(signal, window, DISTINCT, DAY_KEY)
        case "distinct":
            return Counter(signal, window, DISTINCT, log.values.index(measure.column or ""))
        case "share":
            whole = log.signal(measure.whole.conditions if measure.whole else ())
            return Share(Counter(signal, window, COUNT), Counter(whole, window, COUNT))
        case "pace":
            now, usual = (Counter(signal, span * DAY_US, COUNT) for span in (measure.now_days, measure.usual_days))
            return Share(now, usual, measure.usual_days / measure.now_days)
        case "days_since_last":
            return Mark(signal, LAST)
        case "days_since_first":
            return Mark(signal, FIRST)
        case "last":
            return Mark(signal, LAST_NUMBER, log.numbers.index(measure.column or ""))
        case "decayed":
            return Mark(signal, DECAYED, half_life_us=(measure.half_life_days or 1.0) * DAY_US)
