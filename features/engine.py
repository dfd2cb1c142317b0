"""Works out every declared column for every snapshot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.blends import blended_parts, fill_blends
from features.feature import FeatureColumn, Measure, Scope, Selection
from features.numbering import DAY_US
from features.query import answer, count_rows, numbers, whole_numbers
from features.readings import Conditions, PlainReading
from features.readings_sql import reading_sql
from features.rhythm import fill_rhythms
from features.signals import Log, read_log
from features.windows import (
    COUNT,
    DECAYED,
    DISTINCT,
    EVER_US,
    FIRST,
    LAST,
    LAST_NUMBER,
    SUM,
    Counter,
    Mark,
    Spine,
    sweep,
)  # fmt: skip

Matrix32 = NDArray[np.float32]


@dataclass(frozen=True)
class Reading:
    """What one column needs of a pass over a log: its parts, and how they are put together."""

    column: int
    parts: tuple[Counter | Mark, ...]
    scale: float = 1.0

    def value(self, found: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """The part itself, or the first over the second times the scale; unknown where the second is 0."""
        if len(found) == 1:
            return found[0]
        over = np.where(found[1] > 0, found[1], np.nan)
        return found[0] / over * self.scale


def compute(con: DuckDBPyConnection, columns: Sequence[FeatureColumn], grown_days: int = 0) -> Matrix32:
    """(snapshots, columns) in the order of snapshot_id, NaN where unknown.

    Needs the tables snapshots, days, moves, field_spans and those that the features read. Every value depends only on rows with
    known_at <= as_of. grown_days: how long a lead must be known to count in the win rate of its source, country and so on.
    """
    parts = blended_parts(columns)
    everything = (*columns, *parts)
    matrix: Matrix32 = np.full((count_rows(con, "snapshots"), len(everything)), np.nan, dtype=np.float32)
    for place, column in enumerate(columns):
        measure = column.feature.measure
        if isinstance(measure, PlainReading):
            _fill(con, reading_sql(measure, grown_days), matrix[:, place])
    fill_rhythms(con, list(enumerate(columns)), matrix)
    for (table, scope), measured in _by_log(everything).items():
        _compute_log(con, table, scope, measured, matrix)
    fill_blends(columns, parts, matrix)
    return matrix[:, : len(columns)]


def _fill(con: DuckDBPyConnection, sql: str, target: Matrix32) -> None:
    rows = answer(con, f"SELECT snapshot_id, value FROM ({sql})")
    target[whole_numbers(rows, "snapshot_id")] = numbers(rows, "value")


def _by_log(columns: Sequence[FeatureColumn]) -> Mapping[tuple[str, Scope], list[tuple[int, FeatureColumn]]]:
    logs: dict[tuple[str, Scope], list[tuple[int, FeatureColumn]]] = {}
    for place, column in enumerate(columns):
        measure = column.feature.measure
        if isinstance(measure, Measure):
            logs.setdefault((measure.selection.table.name, measure.selection.scope), []).append((place, column))
    return logs


def _compute_log(
    con: DuckDBPyConnection, table: str, scope: Scope, measured: list[tuple[int, FeatureColumn]], matrix: Matrix32
) -> None:
    log = _log(
        table, scope, [column.feature.measure for _, column in measured if isinstance(column.feature.measure, Measure)]
    )
    readings = [_reading(place, column, log) for place, column in measured]
    parts = list(dict.fromkeys(part for reading in readings for part in reading.parts))
    counters = [part for part in parts if isinstance(part, Counter)]
    marks = [part for part in parts if isinstance(part, Mark)]
    order, spine = _spine(con, scope)
    events = read_log(con, log)
    found = sweep(events, spine, counters, marks)
    place_of = {part: place for place, part in enumerate([*counters, *marks])}
    for reading in readings:
        matrix[order, reading.column] = reading.value([found[:, place_of[part]] for part in reading.parts])


def _log(table: str, scope: Scope, measures: Sequence[Measure]) -> Log:
    selections = [measure.selection for measure in measures] + [measure.whole for measure in measures if measure.whole]
    numbers = {measure.column for measure in measures if measure.aggregate in ("sum", "last") and measure.column}
    values = {measure.column for measure in measures if measure.aggregate == "distinct" and measure.column}
    signals = dict.fromkeys(selection.conditions for selection in selections)
    return Log(table, scope, tuple(signals), tuple(sorted(numbers)), tuple(sorted(values)))


def _spine(con: DuckDBPyConnection, scope: Scope) -> tuple[NDArray[np.int64], Spine]:
    """Snapshot ids by entity and as_of, and the spine in that order; makes the table entities. A lead without an account has no entity."""
    entity = "lead_id" if scope == "lead" else "account_id"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE entities AS
        SELECT entity, (row_number() OVER (ORDER BY entity) - 1)::BIGINT AS code
        FROM (SELECT DISTINCT {entity} AS entity FROM snapshots WHERE {entity} IS NOT NULL)
    """)
    rows = answer(
        con,
        f"""
        SELECT e.code, s.snapshot_id, epoch_us(s.as_of) AS as_of
        FROM snapshots s JOIN entities e ON e.entity = s.{entity} ORDER BY e.code, s.as_of, s.snapshot_id
        """,
    )
    offsets = np.searchsorted(whole_numbers(rows, "code"), np.arange(count_rows(con, "entities") + 1)).astype(np.int64)
    return whole_numbers(rows, "snapshot_id"), Spine(offsets, whole_numbers(rows, "as_of"))


def _reading(place: int, column: FeatureColumn, log: Log) -> Reading:
    measure = column.feature.measure
    assert isinstance(measure, Measure)
    return Reading(place, _parts(measure, column, log), _scale(measure))


def _scale(measure: Measure) -> float:
    return measure.usual_days / measure.now_days if measure.aggregate == "pace" else 1.0


def _parts(measure: Measure, column: FeatureColumn, log: Log) -> tuple[Counter | Mark, ...]:
    signal = log.signals.index(measure.selection.conditions)
    window = EVER_US if column.days is None else column.days * DAY_US
    half_life = (measure.half_life_days or 1.0) * DAY_US
    match measure.aggregate:
        case "count":
            return (Counter(signal, window, COUNT),)
        case "sum":
            return (Counter(signal, window, SUM, log.numbers.index(measure.column or "")),)
        case "active_days":
            return (Counter(signal, window, DISTINCT, 0),)
        case "distinct":
            return (Counter(signal, window, DISTINCT, 1 + log.values.index(measure.column or "")),)
        case "share":
            return Counter(signal, window, COUNT), Counter(_signal(log, measure.whole), window, COUNT)
        case "pace":
            return Counter(signal, measure.now_days * DAY_US, COUNT), Counter(
                signal, measure.usual_days * DAY_US, COUNT
            )
        case "days_since_last":
            return (Mark(signal, LAST),)
        case "days_since_first":
            return (Mark(signal, FIRST),)
        case "last":
            return (Mark(signal, LAST_NUMBER, log.numbers.index(measure.column or "")),)
        case "decayed":
            return (Mark(signal, DECAYED, half_life_us=half_life),)


def _signal(log: Log, selection: Selection | None) -> int:
    conditions: Conditions = selection.conditions if selection else ()
    return log.signals.index(conditions)
