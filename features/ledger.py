"""The rows of each lead, the moments to look from, and what is kept on the way from one to the next."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from features.plan import Plan

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class Rows(NamedTuple):
    """Rows of n leads, sorted by lead and known; times in microseconds since 1970 UTC.

    offsets (n + 1): the rows of lead e are offsets[e] to offsets[e + 1]. cells (rows, columns): the row's UTC day, counted within the
    lead, << 32 | its label; happened; the number columns (read through numbers, the same memory as floats, NaN for an empty
    cell); key codes from 0, -1 an empty cell; last, where late, known. late: some row is known after it happened. by_happened: row
    numbers in the order of happened within each lead, filled only where late. keys: above the largest key code, and above each day.
    """

    offsets: Ints
    cells: Ints
    numbers: Floats
    by_happened: Ints
    late: bool
    keys: int


class Spine(NamedTuple):
    """The moments to look from: of lead e those from offsets[e] to offsets[e + 1], by as_of; row: their row of the matrix."""

    offsets: Ints
    as_of: Ints
    row: Ints


class Ledger(NamedTuple):
    """What is kept of one lead on the way.

    seen: how often each counted signal was known at this moment; before: and at the one before; gone: of each count, how many of those
    lie before its window. state, carry (what rounding left out of a sum) and filled (its cells) of each line; tally of keys; when and
    held of each mark; tail: the first row still in each window.
    """

    seen: Ints
    before: Ints
    gone: Ints
    state: Floats
    carry: Floats
    filled: Ints
    tally: NDArray[np.int32]
    when: Ints
    held: Floats
    tail: Ints


def ledger_of(plan: Plan, keys: int) -> Ledger:
    """Room for what a plan keeps, not yet emptied; keys: above every key code and every day."""
    lines, marks, counts = len(plan.columns), len(plan.mark_columns), len(plan.counted)
    signals, places = 1 + plan.counted.max(initial=-1), 1 + plan.places.max(initial=-1)
    whole = np.empty(2 * signals + counts + lines + marks + len(plan.windows), dtype=np.int64)
    seen, before, gone, filled, when, tail = np.split(whole, np.cumsum([signals, signals, counts, lines, marks]))
    tally = np.zeros((places, keys + 1), dtype=np.int32)
    state, carry, held = np.empty(lines), np.empty(lines), np.empty(marks)
    return Ledger(seen, before, gone, state, carry, filled, tally, when, held, tail)
