"""Counts, sums and last times over windows, in one pass over each lead's rows and its snapshots."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from os import cpu_count
from typing import Final, Literal, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.numbering import DAY_US

EVER_US = -1
COUNT: Final = 0
SUM: Final = 1
DISTINCT: Final = 2
LAST: Final = 0
FIRST: Final = 1
LAST_NUMBER: Final = 2
DECAYED: Final = 3

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Events(NamedTuple):
    """Rows of n entities, sorted by entity, known, happened; times in microseconds since 1970 UTC, known >= happened.

    offsets (n + 1): the rows of entity e are offsets[e] to offsets[e + 1]. by_happened: row numbers in the order of happened within each
    entity. pattern: each row's place in masks; bit s of masks[p] says that rows of pattern p show signal s. numbers (rows, columns): NaN is
    an empty cell. keys (rows, columns): small codes from 0, -1 an empty cell; column 0 is the UTC day, counted within the entity.
    """

    offsets: Ints
    happened: Ints
    known: Ints
    by_happened: Ints
    pattern: NDArray[np.int32]
    masks: Ints
    numbers: Floats
    keys: NDArray[np.int32]


@dataclass(frozen=True)
class Counter:
    """Something kept over a window: COUNT of a signal's rows, SUM of a number column or DISTINCT values of a key column."""

    signal: int
    window_us: int
    op: Literal[0, 1, 2]
    column: int = 0


@dataclass(frozen=True)
class Mark:
    """Something kept over all rows: LAST or FIRST time (days before as_of), LAST_NUMBER of a column, or the DECAYED count."""

    signal: int
    op: Literal[0, 1, 2, 3]
    column: int = 0
    half_life_us: float = 1.0


class Spine(NamedTuple):
    """The moments to look from: of entity e those from offsets[e] to offsets[e + 1], by as_of (microseconds since 1970 UTC)."""

    offsets: Ints
    as_of: Ints


class Plan(NamedTuple):
    """Which counters and marks each row moves, as arrays that compiled code can follow.

    counters: op, column and place in the tally of each. A row of pattern p moves, for window w, the counters
    counter_list[start:stop] with start and stop from counter_start at w * patterns + p; marks are found the same way at p.
    """

    windows: Ints
    patterns: int
    counters: Ints
    counter_start: Ints
    counter_list: Ints
    marks: Ints
    mark_start: Ints
    mark_list: Ints
    half_lives: Floats


class Ledger(NamedTuple):
    """What is kept of one entity on the way: counter states, filled cells, tally of keys, mark times and numbers, window ends."""

    state: Floats
    filled: Ints
    tally: NDArray[np.int32]
    when: Ints
    held: Floats
    tail: Ints


def sweep(events: Events, spine: Spine, counters: Sequence[Counter], marks: Sequence[Mark]) -> Floats:
    """(snapshots, counters + marks) in the order of the spine.

    A counter over w reads rows with happened in (as_of - w, as_of] and known <= as_of; a mark all rows with known <= as_of. Marks
    are NaN where no row has been seen; counters and decayed counts are 0. Threads share the entities; the result does not depend on them.
    """
    out = np.zeros((len(spine.as_of), len(counters) + len(marks)))
    windows = np.array(sorted({counter.window_us for counter in counters}), dtype=np.int64)
    half_lives = np.array([mark.half_life_us for mark in marks], dtype=np.float64)
    plan = Plan(
        windows,
        len(events.masks),
        *_counter_plan(events.masks, counters, windows),
        *_mark_plan(events.masks, marks),
        half_lives,
    )
    threads = cpu_count() or 1
    parts = _even_parts(events.offsets + spine.offsets, 4 * threads)
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(lambda part: _sweep_entities(part[0], part[1], events, spine, plan, out), parts))
    return out


def _counter_plan(masks: Ints, counters: Sequence[Counter], windows: Ints) -> tuple[Ints, Ints, Ints]:
    """Per counter its op, column and place among the distinct ones; and for every (window, pattern) which counters a row moves."""
    distinct = iter(range(len(counters)))
    table = [(c.op, c.column, next(distinct) if c.op == DISTINCT else 0) for c in counters]
    groups = [
        [line for line, c in enumerate(counters) if c.window_us == window and (mask >> c.signal) & 1]
        for window in windows.tolist()
        for mask in masks.tolist()
    ]
    return np.array(table, dtype=np.int64).reshape(-1, 3), *_chained(groups)


def _mark_plan(masks: Ints, marks: Sequence[Mark]) -> tuple[Ints, Ints, Ints]:
    """Per mark its op and column; and for every pattern which marks a row moves."""
    groups = [[line for line, m in enumerate(marks) if (mask >> m.signal) & 1] for mask in masks.tolist()]
    return np.array([(m.op, m.column) for m in marks], dtype=np.int64).reshape(-1, 2), *_chained(groups)


def _chained(groups: list[list[int]]) -> tuple[Ints, Ints]:
    """Where each group starts in one long list, and the list."""
    starts = np.cumsum([0, *(len(group) for group in groups)], dtype=np.int64)
    return starts, np.array([line for group in groups for line in group], dtype=np.int64)


def _even_parts(load: Ints, parts: int) -> list[tuple[int, int]]:
    """Ranges of entities with about the same load each; load is cumulative."""
    cuts = np.searchsorted(load, np.linspace(0, load[-1], parts + 1)[1:-1]).tolist()
    edges = [0, *sorted(cuts), len(load) - 1]
    return [(low, high) for low, high in pairwise(edges) if high > low]


@njit(nogil=True, cache=True)
def _count_row(row: int, window: int, sign: int, events: Events, plan: Plan, ledger: Ledger) -> None:
    """Adds a row to (sign 1) or takes it from (sign -1) the counters of a window."""
    group = window * plan.patterns + events.pattern[row]
    for at in range(plan.counter_start[group], plan.counter_start[group + 1]):
        line = plan.counter_list[at]
        op, column = plan.counters[line, 0], plan.counters[line, 1]
        if op == COUNT:
            ledger.state[line] += sign
        elif op == SUM:
            number = events.numbers[row, column]
            if not np.isnan(number):
                ledger.filled[line] += sign
                # an emptied window starts again from an exact zero, so that rounding cannot pile up
                ledger.state[line] = ledger.state[line] + sign * number if ledger.filled[line] else 0.0
        elif events.keys[row, column] >= 0:
            place, key = plan.counters[line, 2], events.keys[row, column]
            before = ledger.tally[place, key]
            ledger.tally[place, key] = before + sign
            if before == 0 or before + sign == 0:
                ledger.state[line] += sign


@njit(nogil=True, cache=True)
def _mark_row(row: int, events: Events, plan: Plan, ledger: Ledger) -> None:
    """Moves the marks on by one row."""
    moment, when, held = events.happened[row], ledger.when, ledger.held
    for at in range(plan.mark_start[events.pattern[row]], plan.mark_start[events.pattern[row] + 1]):
        line = plan.mark_list[at]
        op, fresh = plan.marks[line, 0], np.isnan(held[line])
        if op == DECAYED:
            gap = 0.0 if fresh else float(moment - when[line])
            shrink = 2.0 ** (-abs(gap) / plan.half_lives[line])
            if fresh:
                when[line], held[line] = moment, 1.0
            elif gap >= 0:
                when[line], held[line] = moment, held[line] * shrink + 1.0
            else:
                held[line] += shrink
        elif op == LAST_NUMBER:
            number = events.numbers[row, plan.marks[line, 1]]
            later = moment > when[line] or (moment == when[line] and number > held[line])
            if not np.isnan(number) and (fresh or later):
                when[line], held[line] = moment, number
        elif fresh or (moment > when[line] if op == LAST else moment < when[line]):
            when[line], held[line] = moment, 0.0


@njit(nogil=True, cache=True)
def _write_marks(moment: int, plan: Plan, ledger: Ledger, line_out: Floats) -> None:
    """What the marks are worth at a moment."""
    for line in range(len(plan.marks)):
        op, held = plan.marks[line, 0], ledger.held[line]
        age = float(moment - ledger.when[line])
        if np.isnan(held):
            line_out[line] = 0.0 if op == DECAYED else np.nan
        elif op == DECAYED:
            line_out[line] = held * 2.0 ** (-age / plan.half_lives[line])
        else:
            line_out[line] = held if op == LAST_NUMBER else age / DAY_US


@njit(nogil=True, cache=True)
def _drop_rows(moment: int, head: int, high: int, events: Events, plan: Plan, ledger: Ledger) -> None:
    """Takes out of each window what lies at or before its far end; a row that never entered (known too late) is only passed."""
    for window in range(len(plan.windows)):
        if plan.windows[window] == EVER_US:
            continue
        far_end = moment - plan.windows[window]
        while ledger.tail[window] < high and events.happened[events.by_happened[ledger.tail[window]]] <= far_end:
            row = events.by_happened[ledger.tail[window]]
            if row < head:
                _count_row(row, window, -1, events, plan, ledger)
            ledger.tail[window] += 1


@njit(nogil=True, cache=True)
def _take_rows(moment: int, head: int, high: int, events: Events, plan: Plan, ledger: Ledger) -> int:
    """Lets in the rows known by the moment, each into the windows that still reach it; returns the first row not yet known."""
    while head < high and events.known[head] <= moment:
        for window in range(len(plan.windows)):
            if plan.windows[window] == EVER_US or events.happened[head] > moment - plan.windows[window]:
                _count_row(head, window, 1, events, plan, ledger)
        _mark_row(head, events, plan, ledger)
        head += 1
    return head


@njit(nogil=True, cache=True)
def _sweep_entities(first: int, last: int, events: Events, spine: Spine, plan: Plan, out: Floats) -> None:
    """Walks the snapshots of each entity forward in time: rows leave each window at its far end and enter when they are known."""
    counters, marks = len(plan.counters), len(plan.marks)
    places = 1 + (plan.counters[:, 2].max() if counters else 0)
    tally = np.zeros((places, 1 + (events.keys.max() if events.keys.size else 0)), dtype=np.int32)
    ledger = Ledger(
        np.zeros(counters), np.zeros(counters, dtype=np.int64), tally,
        np.zeros(marks, dtype=np.int64), np.empty(marks), np.zeros(len(plan.windows), dtype=np.int64),
    )  # fmt: skip
    for entity in range(first, last):
        low, high = events.offsets[entity], events.offsets[entity + 1]
        ledger.state[:], ledger.filled[:], ledger.held[:], ledger.tail[:] = 0.0, 0, np.nan, low
        for row in range(low, high):
            for column in range(events.keys.shape[1]):
                if events.keys[row, column] >= 0:
                    ledger.tally[:, events.keys[row, column]] = 0
        head = low
        for look in range(spine.offsets[entity], spine.offsets[entity + 1]):
            moment = spine.as_of[look]
            _drop_rows(moment, head, high, events, plan, ledger)
            head = _take_rows(moment, head, high, events, plan, ledger)
            out[look, :counters] = ledger.state
            _write_marks(moment, plan, ledger, out[look, counters:])
