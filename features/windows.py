"""Counts, sums and last times over windows, in one pass over each lead's rows and the moments to look from."""

from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.ledger import Ledger, Rows, Spine, ledger_of
from features.plan import COUNT, DAY_SHIFT, DAY_US, DECAYED, LAST, LAST_NUMBER, SHARE, STEPS, SUM, Plan

Ints = NDArray[np.int64]
Matrix32 = NDArray[np.float32]

# The loops make no arrays; without counts of references they compile in 6 s in place of 11. A division by 0 is guarded where it can happen.
_compiled = njit(nogil=True, cache=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]
_inlined = njit(inline="always", nogil=True, cache=True, error_model="numpy", _nrt=False)  # type: ignore[call-overload]

NEVER: Final = np.iinfo(np.int64).min
FRACTIONS = 2.0 ** -(np.arange(STEPS) / STEPS)
HALVINGS = 2.0 ** -np.arange(1100.0)
LN2 = float(np.log(2.0))


@_inlined
def _slot(row: int, line: int, rows: Rows, plan: Plan) -> int:
    """The place of the row's value in a line's tally: 1 and more, 0 for an empty cell."""
    key = plan.keys[line]
    return int(((rows.cells[row, key[0]] >> key[1]) & key[2]) + key[3])


@_inlined
def _move_row(row: int, group: int, sign: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Adds a row to (sign 1) or takes it from (sign -1) the sums and the distinct values of a window.

    Sums are compensated (Neumaier 1974): after n moves the error is below 2 u |sum| + 4 n u**2 times the sum of |x| over the moves,
    u = 2 ** -53; a window without a filled cell is exactly 0.
    """
    cuts, moved, state = plan.move_cuts, plan.moved, ledger.state
    for at in range(cuts[group, 0], cuts[group, 1]):
        line = moved[at]
        number = sign * rows.numbers[row, plan.columns[line]]
        if not np.isnan(number):
            ledger.filled[line] += sign
            before = state[line]
            after = before + number
            added = after - before
            ledger.carry[line] += (before - (after - added)) + (number - added)
            state[line] = after
            if ledger.filled[line] == 0:
                state[line] = ledger.carry[line] = 0.0
    for at in range(cuts[group, 1], cuts[group, 2]):
        line = moved[at]
        slot, tally = _slot(row, line, rows, plan), ledger.tally
        now = tally[plan.places[line], slot] + sign
        tally[plan.places[line], slot] = now
        state[line] += sign * int((now == (sign + 1) // 2) & (slot > 0))


@_inlined
def _shrunk(gap: int, decay: float) -> float:
    """2 ** -(gap * decay / STEPS) for a gap of at least 0: a table of halvings, one of fractions and a short series."""
    steps = min(gap * decay, STEPS * 1099.0)
    whole = int(steps)
    rest = (whole - steps) * (LN2 / STEPS)
    series = 1.0 + rest * (1.0 + rest * (0.5 + rest / 6.0))
    return float(HALVINGS[whole // STEPS] * FRACTIONS[whole % STEPS] * series)


@_inlined
def _mark_row(row: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Moves the marks on by one row; rows come in the order in which they are known."""
    pattern, moment = rows.cells[row, 0] & ((1 << plan.pattern_bits) - 1), rows.cells[row, 1]
    cuts, marked, when, held = plan.mark_cuts, plan.marked, ledger.when, ledger.held
    for at in range(cuts[pattern, 0], cuts[pattern, 1]):
        when[marked[at]] = max(when[marked[at]], moment)
    for at in range(cuts[pattern, 1], cuts[pattern, 2]):
        line = marked[at]
        if when[line] == NEVER or moment < when[line]:
            when[line] = moment
    for at in range(cuts[pattern, 2], cuts[pattern, 3]):
        line = marked[at]
        number = rows.numbers[row, plan.mark_columns[line]]
        later = moment > when[line] or (moment == when[line] and number > held[line])
        if later and not np.isnan(number):
            when[line], held[line] = moment, number


@_inlined
def _fade_row(row: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Adds a row to the decayed counts, each of which is kept as of its newest row."""
    pattern, moment = rows.cells[row, 0] & ((1 << plan.pattern_bits) - 1), rows.cells[row, 1]
    cuts, marked, when, held = plan.mark_cuts, plan.marked, ledger.when, ledger.held
    for at in range(cuts[pattern, 3], cuts[pattern, 4]):
        line = marked[at]
        if when[line] == NEVER:
            when[line], held[line] = moment, 1.0
        elif moment >= when[line]:
            held[line] = held[line] * _shrunk(moment - when[line], plan.decays[line]) + 1.0
            when[line] = moment
        else:
            held[line] += _shrunk(when[line] - moment, plan.decays[line])


@_inlined
def _first_within(moment: int, window: int, low: int, high: int, cells: Ints) -> int:
    """The first of the rows from low to high, in the order of happened, that lies in (moment - window, moment]; high if none does."""
    while low < high:
        middle = (low + high) // 2
        if moment - cells[middle, 1] < window:
            high = middle
        else:
            low = middle + 1
    return low


@_inlined
def _count_gone(low: int, high: int, group: int, sign: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Counts the rows from low to high among those that lie before a window (sign 1), or no more (sign -1)."""
    for row in range(low, high):
        pattern = rows.cells[row, 0] & ((1 << plan.pattern_bits) - 1)
        for at in range(plan.gone_cuts[group + pattern, 0], plan.gone_cuts[group + pattern, 1]):
            ledger.gone[plan.gone[at]] += sign


@_inlined
def _count_before(
    window: int, tail: int, first: int, seen: tuple[int, int, int], rows: Rows, plan: Plan, ledger: Ledger
) -> None:
    """Counts what lies before `first`, from the nearest of the three rows for which that is known: tail, head and now."""
    head, now, _ = seen
    group = window * plan.patterns
    nearest = min(first - tail, abs(first - head), now - first)
    if nearest == first - tail:
        _count_gone(tail, first, group, 1, rows, plan, ledger)
        return
    at_head = nearest == abs(first - head)
    for line in range(plan.ends[window], plan.ends[window + 1]):
        ledger.gone[line] = ledger.before[plan.counted[line]] if at_head else ledger.seen[plan.counted[line]]
    if at_head:
        _count_gone(head, first, group, 1, rows, plan, ledger)
    _count_gone(first, head if at_head else now, group, -1, rows, plan, ledger)


@_inlined
def _move_window(moment: int, window: int, seen: tuple[int, int, int], rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Moves a window on over rows that are known as they happen; those from head to now have just become known."""
    head, now, _ = seen
    width, group, cells, mask = plan.windows[window], window * plan.patterns, rows.cells, (1 << plan.pattern_bits) - 1
    tail = first = ledger.tail[window]
    while first < head and moment - cells[first, 1] >= width:
        first += 1
    if first == head:
        first = _first_within(moment, width, head, now, cells)
    if plan.moves[window]:
        for row in range(tail, min(first, head)):
            _move_row(row, group + (cells[row, 0] & mask), -1, rows, plan, ledger)
        for row in range(max(first, head), now):
            _move_row(row, group + (cells[row, 0] & mask), 1, rows, plan, ledger)
    _count_before(window, tail, first, seen, rows, plan, ledger)
    ledger.tail[window] = first


@_inlined
def _move_late_window(
    moment: int, window: int, seen: tuple[int, int, int], rows: Rows, plan: Plan, ledger: Ledger
) -> None:
    """Takes out what lies at or before the far end, and lets in those of the rows from head to now, just known, that it reaches."""
    head, now, high = seen
    width, group = plan.windows[window], window * plan.patterns
    tail, cells, mask = ledger.tail[window], rows.cells, (1 << plan.pattern_bits) - 1
    while tail < high:
        row = rows.by_happened[tail]
        if moment - cells[row, 1] < width:
            break
        if row < head:
            _move_row(row, group + (cells[row, 0] & mask), -1, rows, plan, ledger)
            _count_gone(row, row + 1, group, 1, rows, plan, ledger)
        tail += 1
    for row in range(head, now):
        if moment - cells[row, 1] < width:
            _move_row(row, group + (cells[row, 0] & mask), 1, rows, plan, ledger)
        else:
            _count_gone(row, row + 1, group, 1, rows, plan, ledger)
    ledger.tail[window] = tail


@_inlined
def _see_rows(head: int, now: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Counts and marks the rows that have just become known."""
    for place in range(len(ledger.seen)):
        ledger.before[place] = ledger.seen[place]
    for row in range(head, now):
        pattern = rows.cells[row, 0] & ((1 << plan.pattern_bits) - 1)
        for at in range(plan.seen_cuts[pattern, 0], plan.seen_cuts[pattern, 1]):
            ledger.seen[plan.seen[at]] += 1
        _mark_row(row, rows, plan, ledger)
        _fade_row(row, rows, plan, ledger)


@_inlined
def _move_to(moment: int, head: int, high: int, rows: Rows, plan: Plan, ledger: Ledger) -> int:
    """Moves the ledger on to a moment; returns the first row that is not yet known then."""
    known, now = (rows.cells.shape[1] - 1 if rows.late else 1), head
    while now < high and rows.cells[now, known] <= moment:
        now += 1
    _see_rows(head, now, rows, plan, ledger)
    for window in range(len(plan.windows)):
        if rows.late:
            _move_late_window(moment, window, (head, now, high), rows, plan, ledger)
        else:
            _move_window(moment, window, (head, now, high), rows, plan, ledger)
    for line in range(len(plan.counted)):
        ledger.state[line] = ledger.seen[plan.counted[line]] - ledger.gone[line]
    return now


@_inlined
def _write(moment: int, plan: Plan, ledger: Ledger, line_out: Matrix32) -> None:
    """What counters and marks are worth at a moment: counts and decayed counts of no row are 0, all else of no row is NaN."""
    shown, cuts, state, carry, held = plan.shown, plan.show_cuts, ledger.state, ledger.carry, ledger.held
    for at in range(cuts[COUNT], cuts[SUM]):
        line_out[shown[at, 0]] = state[shown[at, 1]]
    for at in range(cuts[SUM], cuts[SHARE]):
        line_out[shown[at, 0]] = state[shown[at, 1]] + carry[shown[at, 1]]
    for at in range(cuts[SHARE], cuts[LAST]):
        whole = state[shown[at, 2]]
        line_out[shown[at, 0]] = state[shown[at, 1]] / whole * plan.scales[at] if whole > 0 else np.nan
    for at in range(cuts[LAST], cuts[LAST_NUMBER]):
        when = ledger.when[shown[at, 1]]
        line_out[shown[at, 0]] = (moment - when) / DAY_US if when != NEVER else np.nan
    for at in range(cuts[LAST_NUMBER], cuts[DECAYED]):
        line_out[shown[at, 0]] = held[shown[at, 1]]
    for at in range(cuts[DECAYED], cuts[DECAYED + 1]):
        line = shown[at, 1]
        known = ledger.when[line] != NEVER
        worth = ledger.held[line] * _shrunk(moment - ledger.when[line], plan.decays[line]) if known else 0.0
        line_out[shown[at, 0]] = worth


@_inlined
def _clear(low: int, high: int, rows: Rows, plan: Plan, ledger: Ledger) -> None:
    """Makes the ledger empty for a lead with the rows from low to high."""
    ledger.seen[:], ledger.gone[:] = 0, 0
    ledger.state[:], ledger.carry[:], ledger.filled[:] = 0.0, 0.0, 0
    ledger.when[:], ledger.held[:], ledger.tail[:] = NEVER, np.nan, low
    for line in range(len(plan.columns)):
        place = plan.places[line]
        if place >= 0:
            # days are numbered within the lead, so it has used no more places than it has rows
            used = high - low + 1 if plan.keys[line, 1] == DAY_SHIFT else rows.keys + 1
            if used <= high - low + 1:
                ledger.tally[place, : min(used, rows.keys + 1)] = 0
            else:
                for row in range(low, high):
                    ledger.tally[place, _slot(row, line, rows, plan)] = 0


@_compiled
def _sweep(rows: Rows, spine: Spine, first: int, plan: Plan, out: Matrix32, ledger: Ledger) -> None:
    for lead in range(len(rows.offsets) - 1):
        low, high = rows.offsets[lead], rows.offsets[lead + 1]
        _clear(low, high, rows, plan, ledger)
        head = low
        for look in range(spine.offsets[first + lead], spine.offsets[first + lead + 1]):
            moment = spine.as_of[look]
            head = _move_to(moment, head, high, rows, plan, ledger)
            _write(moment, plan, ledger, out[spine.row[look]])


def sweep(rows: Rows, spine: Spine, first: int, plan: Plan, out: Matrix32) -> None:
    """Writes what each moment knew into its row of the matrix; the leads of rows are those of the spine from `first` on.

    A counter over w reads rows with happened in (as_of - w, as_of] and known <= as_of, a mark all rows with known <= as_of. Rows leave
    each window at its far end and enter when they are known.
    """
    _sweep(rows, spine, first, plan, out, ledger_of(plan, rows.keys))
