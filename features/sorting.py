"""Puts the rows of each lead together, in the order in which they were known, and numbers its days from nought."""

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.colleagues import Share
from features.ledger import Rows, Spine
from features.packing import Block, Packing
from features.plan import DAY_US, HAPPENED, Layout
from features.shortening import lengthened

Ints = NDArray[np.int64]


def rows_of_bucket(blocks: Sequence[Block], low: int, high: int, packing: Packing, keys: int) -> Rows:
    """The rows of the leads of the buckets from low to high (not included), sorted; keys: above every key code."""
    width = packing.layout.width
    waiting = (block.cells[block.starts[low] : block.starts[high]] for block in blocks)
    parts = lengthened(waiting, packing.layout) if packing.layout.short else [cells.view(np.int64) for cells in waiting]
    late = any(part.shape[1] > width for part in parts if len(part))
    first = low << packing.shift
    leads = min(high << packing.shift, packing.last - packing.first) - first
    return _ordered(*_by_lead(parts, first, leads, width + late), keys, late=late)


def rows_of_accounts(rows: Rows, share: Share, layout: Layout) -> Rows:
    """The rows of leads as those of their accounts, each from the moment that both are known; rows that tell nothing are left out.

    layout: that of the leads; behind its cells stands the number of the lead among its colleagues.
    """
    offsets, late = _count_together(rows, share, (1 << layout.pattern_bits) - 1)
    cells = np.empty((offsets[-1], layout.width + 1 + late), dtype=np.int64)
    _place_together(rows, share, (1 << layout.pattern_bits) - 1, layout.width, cells)
    keys = max(rows.keys, int(np.diff(share.starts).max(initial=1)))
    return _ordered(offsets, cells, keys, late=late)


def _ordered(offsets: Ints, cells: Ints, keys: int, *, late: bool) -> Rows:
    by_happened = np.arange(len(cells) if late else 0)
    days = _order(cells, offsets, by_happened, cells.shape[1] - 1 if late else HAPPENED)
    return Rows(offsets, cells, cells.view(np.float64), by_happened, late, max(keys, days))


@njit(nogil=True, cache=True)
def _count_together(rows: Rows, share: Share, mask: int) -> tuple[Ints, bool]:
    """Where the rows of each account start, and whether some row is known there after it happened."""
    offsets, late = np.zeros(len(share.starts), dtype=np.int64), rows.late
    for account in range(len(share.starts) - 1):
        for lead in range(share.starts[account], share.starts[account + 1]):
            for row in range(rows.offsets[lead], rows.offsets[lead + 1]):
                if share.tells[rows.cells[row, 0] & mask]:
                    offsets[account + 1] += 1
                    late |= share.known_at[lead] > rows.cells[row, HAPPENED]
    return np.cumsum(offsets), late


@njit(nogil=True, cache=True)
def _place_together(rows: Rows, share: Share, mask: int, width: int, cells: Ints) -> None:
    """Copies the rows of each account one lead after the other, as _count_together counts them."""
    at, known = 0, rows.cells.shape[1] - 1 if rows.late else HAPPENED
    for account in range(len(share.starts) - 1):
        for lead in range(share.starts[account], share.starts[account + 1]):
            for row in range(rows.offsets[lead], rows.offsets[lead + 1]):
                if share.tells[rows.cells[row, 0] & mask]:
                    for column in range(width):
                        cells[at, column] = rows.cells[row, column]
                    cells[at, width] = lead - share.starts[account]
                    if cells.shape[1] > width + 1:
                        cells[at, width + 1] = max(rows.cells[row, known], share.known_at[lead])
                    at += 1


@njit(nogil=True, cache=True)
def _count(part: Ints, first: int, offsets: Ints) -> None:
    for row in range(len(part)):
        offsets[(part[row, 0] >> 32) - first + 1] += 1


@njit(nogil=True, cache=True)
def _place(part: Ints, first: int, place: Ints, cells: Ints) -> None:
    """Copies each row behind the earlier ones of its lead; a part without known is known as it happens."""
    width = part.shape[1]
    for row in range(len(part)):
        lead = (part[row, 0] >> 32) - first
        for column in range(width):
            cells[place[lead], column] = part[row, column]
        if cells.shape[1] > width:
            cells[place[lead], width] = part[row, HAPPENED]
        place[lead] += 1


@njit(nogil=True, cache=True)
def _order(cells: Ints, offsets: Ints, by_happened: Ints, known: int) -> int:
    """Sorts the rows of each lead by known where they are not; puts the day's number in place of the lead.

    by_happened is put in order where it is filled. Returns how many days the busiest lead has, at least 1.
    """
    most = 1
    for lead in range(len(offsets) - 1):
        low, high = offsets[lead], offsets[lead + 1]
        if not _rising(cells, low, high, known):
            _sort(cells[low:high], known)
        if len(by_happened) and not _rising(cells, low, high, HAPPENED):
            order = _merge_order(_column(cells[low:high], HAPPENED))
            for row in range(low, high):
                by_happened[row] = low + order[row - low]
        day, before = 0, np.int64(0)
        for at in range(low, high):
            row = by_happened[at] if len(by_happened) else at
            today = cells[row, HAPPENED] // DAY_US
            if at > low and today != before:
                day += 1
            before = today
            cells[row, 0] = np.int64(day) << 32 | (cells[row, 0] & 0xFFFFFFFF)
        most = max(most, day + 1)
    return most


@njit(nogil=True, cache=True)
def _column(cells: Ints, column: int) -> Ints:
    out = np.empty(len(cells), dtype=np.int64)
    for row in range(len(cells)):
        out[row] = cells[row, column]
    return out


@njit(nogil=True, cache=True)
def _sort(cells: Ints, column: int) -> None:
    """Puts whole rows in the order of a column; rows of the same value keep theirs."""
    order = _merge_order(_column(cells, column))
    for place in range(cells.shape[1]):
        old = _column(cells, place)
        for row in range(len(cells)):
            cells[row, place] = old[order[row]]


@njit(nogil=True, cache=True)
def _rising(cells: Ints, low: int, high: int, column: int) -> bool:
    for row in range(low + 1, high):  # noqa: SIM110  compiled code runs a loop faster than all()
        if cells[row, column] < cells[row - 1, column]:
            return False
    return True


@njit(nogil=True, cache=True)
def _merge_order(keys: Ints) -> Ints:
    """The stable order of keys, by merging neighbouring runs that are in order already."""
    order, spare, ends = np.arange(len(keys)), np.empty(len(keys), dtype=np.int64), _runs(keys)
    while len(ends) > 1:
        low = 0
        for run in range(0, len(ends) - 1, 2):
            middle, high = ends[run], ends[run + 1]
            left, right = low, middle
            for at in range(low, high):
                if right == high or (left < middle and keys[order[left]] <= keys[order[right]]):
                    spare[at] = order[left]
                    left += 1
                else:
                    spare[at] = order[right]
                    right += 1
            low = high
        spare[low:] = order[low:]
        order, spare = spare, order
        ends = np.append(ends[1::2], ends[-1:]) if len(ends) % 2 else ends[1::2].copy()
    return order


@njit(nogil=True, cache=True)
def _runs(keys: Ints) -> Ints:
    """Where each run that does not fall ends."""
    ends = np.empty(len(keys), dtype=np.int64)
    count = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at] < keys[at - 1]:
            ends[count] = at
            count += 1
    return ends[:count].copy()


def spine_of(leads: NDArray[np.int32], as_of: Ints, row: Ints, count: int) -> Spine:
    """The moments (microseconds since 1970 UTC) of each of `count` leads in order, with their rows of the matrix."""
    cells = np.column_stack([leads.astype(np.int64) << 32, as_of, row])
    offsets, ordered = _by_lead([cells], 0, count, 3)
    _order(ordered, offsets, np.empty(0, dtype=np.int64), HAPPENED)
    return Spine(offsets, ordered[:, HAPPENED].copy(), ordered[:, 2].copy())


def _by_lead(parts: Sequence[Ints], first: int, leads: int, width: int) -> tuple[Ints, Ints]:
    """Where each lead's rows start, and the rows: a stable counting sort."""
    offsets = np.zeros(leads + 1, dtype=np.int64)
    for part in parts:
        _count(part, first, offsets)
    offsets = np.cumsum(offsets)
    place, cells = offsets[:-1].copy(), np.empty((offsets[-1], width), dtype=np.int64)
    for part in parts:
        _place(part, first, place, cells)
    return offsets, cells
