"""Works out every declared column for every snapshot."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.blends import blended_parts, fill_blends
from features.colleagues import Accounts, Seats, seated
from features.feature import FeatureColumn, Measure, Rhythm, Scope, Selection
from features.identity import numbered
from features.kernel import Asked, bucket_shift, sweep_log
from features.patterns import Naming, name_signals
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
from features.reading import Files, Source
from features.readings import PlainReading
from features.readings_sql import reading_sql
from features.rhythm import Step, step_of
from features.signals import LEAD, Log, asked_rows, is_plain, stored_rows
from features.sorting import spine_of

MEMORY_GB = 4.0
Matrix32 = NDArray[np.float32]
Ints = NDArray[np.int64]
Measured = tuple[int, FeatureColumn, Measure | Rhythm]  # the column of the matrix, and what it measures


class Looks(NamedTuple):
    """The distinct leads (or accounts) of the snapshots; of each snapshot the place of its own among them, its moment and its row."""

    names: pa.Array
    whose: NDArray[np.int32]
    as_of: Ints
    row: Ints


LookAt = Callable[[Scope], Looks]


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
        elif isinstance(measure, Measure | Rhythm) and measure.selection.scope == "account":
            matrix[:, place] = np.nan  # a lead without an account is looked at nowhere
    look_at: LookAt = cache(partial(_looks, con))
    for measured in _by_table(everything):
        for source, asked in _asked(con, look_at, measured, files or {}):
            sweep_log(source, asked, matrix, memory_gb)
    fill_blends(columns, parts, matrix)
    return matrix[:, : len(columns)]


def _fill(con: DuckDBPyConnection, sql: str, target: Matrix32) -> None:
    rows = answer(con, f"SELECT snapshot_id, value FROM ({sql})")
    target[:] = np.nan
    target[whole_numbers(rows, "snapshot_id")] = numbers(rows, "value")


def _by_table(columns: Sequence[FeatureColumn]) -> Iterable[list[Measured]]:
    tables: dict[str, list[Measured]] = {}
    for place, column in enumerate(columns):
        measure = column.feature.measure
        if isinstance(measure, Measure | Rhythm):
            tables.setdefault(measure.selection.table.name, []).append((place, column, measure))
    return tables.values()


def _asked(
    con: DuckDBPyConnection, look_at: LookAt, measured: Sequence[Measured], files: Mapping[str, Files]
) -> Iterator[tuple[Source, Asked]]:
    """What is asked of a table: of its files at once for leads and accounts where that is enough, else by a query for each."""
    log = _log("lead", measured)
    naming, stored = name_signals(log.signals), files.get(log.table.name)
    by_scope: dict[Scope, list[Measured]] = {}
    for one in measured:
        by_scope.setdefault(one[2].selection.scope, []).append(one)
    if stored and is_plain(log, naming):
        yield from _asked_of_files(con, look_at, by_scope, log, naming, stored)
    else:
        for scope, some in by_scope.items():
            yield from _asked_by_query(con, look_at(scope), _log(scope, some), some)


def _asked_by_query(
    con: DuckDBPyConnection, looks: Looks, log: Log, measured: Sequence[Measured]
) -> Iterator[tuple[Source, Asked]]:
    naming = name_signals(log.signals)
    if len(looks.names):
        source = asked_rows(con, log, naming)
        yield source, _asked_of(source, looks, naming, log, measured)


def _asked_of_files(
    con: DuckDBPyConnection,
    look_at: LookAt,
    by_scope: Mapping[Scope, list[Measured]],
    log: Log,
    naming: Naming,
    stored: Files,
) -> Iterator[tuple[Source, Asked]]:
    looks, of_accounts = look_at("lead"), by_scope.get("account", [])
    accounts = look_at("account") if of_accounts else None
    if not len(looks.names):
        return
    source = stored_rows(log, naming, stored)
    asked = _asked_of(source, looks, naming, log, by_scope.get("lead", []))
    if accounts and len(accounts.names):
        seats = seated(con, looks.names, accounts.names, asked.shift)
        spine = spine_of(seats.at[looks.whose], looks.as_of, looks.row, len(seats.names))
        told = _accounts(seats, accounts, naming, log, of_accounts)
        yield source, replace(asked, leads=seats.names, spine=spine, accounts=told)
    elif "lead" in by_scope:
        yield source, asked


def _asked_of(source: Source, looks: Looks, naming: Naming, log: Log, measured: Sequence[Measured]) -> Asked:
    count = len(looks.names)
    spine = spine_of(looks.whose, looks.as_of, looks.row, count)
    readings, steps = _readings(measured, log), _steps(measured, log)
    shift = bucket_shift(count, source.rows)
    return Asked(looks.names, shift, spine, naming, log.numbers, log.values, readings, steps)


def _accounts(seats: Seats, looks: Looks, naming: Naming, log: Log, measured: Sequence[Measured]) -> Accounts:
    spine = spine_of(looks.whose, looks.as_of, looks.row, len(looks.names))
    wanted = {log.signal(selection.conditions) for selection in _selections(measured)}
    tells = np.array([not wanted.isdisjoint(shown) for shown in naming.shown], dtype=np.bool_)
    numbered = replace(log, values=(*log.values, LEAD))
    return Accounts(
        seats.starts, seats.known_at, spine, tells, _readings(measured, numbered), _steps(measured, numbered)
    )


def _selections(measured: Sequence[Measured]) -> list[Selection]:
    """All selections that are looked at."""
    measures = [measure for _, _, measure in measured]
    others = [measure.whole if isinstance(measure, Measure) else measure.then for measure in measures]
    return [measure.selection for measure in measures] + [other for other in others if other]


def _log(scope: Scope, measured: Sequence[Measured]) -> Log:
    """What is read for a scope; of leads, the accounts that are put together from them know the lead without reading it."""
    selections = _selections(measured)
    plain = [measure for _, _, measure in measured if isinstance(measure, Measure)]
    numbers = {measure.column for measure in plain if measure.aggregate in ("sum", "last") and measure.column}
    values = {
        measure.column
        for measure in plain
        if measure.aggregate == "distinct"
        and measure.column
        and (measure.selection.scope == scope or measure.column != LEAD)
    }
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


def _looks(con: DuckDBPyConnection, scope: Scope) -> Looks:
    entity = "lead_id" if scope == "lead" else "account_id"
    sql = f"SELECT {entity} AS entity, snapshot_id, epoch_us(as_of) AS as_of FROM snapshots WHERE {entity} IS NOT NULL"
    rows = answer(con, sql)
    names, whose = numbered(rows["entity"].combine_chunks())
    return Looks(names, whose, whole_numbers(rows, "as_of"), whole_numbers(rows, "snapshot_id"))


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
