"""Keeps packed rows in about two thirds of their room where that loses nothing, so that a long log is read fewer times."""

from collections.abc import Iterable
from itertools import groupby
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.plan import FIRST_NUMBER, HAPPENED, Layout

Ints = NDArray[np.int64]
Shorts = NDArray[np.int32]
Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]

SECOND_US: Final = 1_000_000
MIDDLE_S: Final = 1_577_836_800  # 2020-01-01 UTC: seconds from then fit into 32 bits from 1951 to 2088
MOST_S: Final = (1 << 31) - 1


class TooLong(Exception):  # noqa: N818  it is a way to go on, not an error
    """A moment is between two seconds or far away, or a number has more digits than a short row can keep."""


def shortened(cells: Ints, layout: Layout) -> Shorts:
    """Packed rows (rows, width or width + 1) in cells of 32 bits (rows, one more): lead, label, and the others one each.

    Moments become seconds from the start of 2020, numbers float32. Raises TooLong where that would change any of them.
    """
    short = np.empty((len(cells), cells.shape[1] + 1), dtype=np.int32)
    codes = FIRST_NUMBER + layout.numbers, layout.width
    if not _shorten(cells, cells.view(np.float64), codes, short, short.view(np.float32)):
        raise TooLong
    return short


def lengthened(parts: Iterable[NDArray[np.signedinteger]], layout: Layout) -> list[Ints]:
    """The rows that were shortened, as they were and in their order; parts beside each other with as many cells become one."""
    found = []
    for _, alike in groupby(parts, key=lambda part: part.shape[1]):
        short = np.concatenate(list(alike)).view(np.int32)
        cells = np.empty((len(short), short.shape[1] - 1), dtype=np.int64)
        codes = FIRST_NUMBER + layout.numbers, layout.width
        _lengthen(short, short.view(np.float32), codes, cells, cells.view(np.float64))
        found.append(cells)
    return found


@njit(nogil=True, cache=True)
def _shorten(cells: Ints, numbers: Floats, codes: tuple[int, int], short: Shorts, short_numbers: Floats32) -> bool:
    """Fills short; numbers and short_numbers are the same memory as floats; codes: from which cell to which. Returns whether all fits."""
    first, last = codes
    for row in range(len(cells)):
        short[row, 0] = np.int32(cells[row, 0] >> 32)
        short[row, 1] = np.int32(cells[row, 0] & 0xFFFFFFFF)
        seconds = cells[row, HAPPENED] // SECOND_US
        if seconds * SECOND_US != cells[row, HAPPENED] or abs(seconds - MIDDLE_S) > MOST_S:
            return False
        short[row, 2] = np.int32(seconds - MIDDLE_S)
        for cell in range(FIRST_NUMBER, first):
            number = np.float32(numbers[row, cell])
            if np.float64(number) != numbers[row, cell] and not np.isnan(number):
                return False
            short_numbers[row, cell + 1] = number
        for cell in range(first, last):
            short[row, cell + 1] = np.int32(cells[row, cell])
        for cell in range(last, cells.shape[1]):
            seconds = cells[row, cell] // SECOND_US
            if seconds * SECOND_US != cells[row, cell] or abs(seconds - MIDDLE_S) > MOST_S:
                return False
            short[row, cell + 1] = np.int32(seconds - MIDDLE_S)
    return True


@njit(nogil=True, cache=True)
def _lengthen(short: Shorts, short_numbers: Floats32, codes: tuple[int, int], cells: Ints, numbers: Floats) -> None:
    """Fills cells; short_numbers and numbers are the same memory as floats; codes: from which cell to which."""
    first, last = codes
    for row in range(len(short)):
        cells[row, 0] = np.int64(short[row, 0]) << 32 | np.int64(np.uint32(short[row, 1]))
        cells[row, HAPPENED] = (np.int64(short[row, 2]) + MIDDLE_S) * SECOND_US
        for cell in range(FIRST_NUMBER, first):
            numbers[row, cell] = short_numbers[row, cell + 1]
        for cell in range(first, last):
            cells[row, cell] = short[row, cell + 1]
        for cell in range(last, cells.shape[1]):
            cells[row, cell] = (np.int64(short[row, cell + 1]) + MIDDLE_S) * SECOND_US
