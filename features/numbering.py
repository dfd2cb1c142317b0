"""Puts the rows of each lead in the order in which they happened, and numbers its days and values from nought."""

import numpy as np
from numba import njit
from numpy.typing import NDArray

DAY_US = 86_400_000_000

Ints = NDArray[np.int64]


@njit(nogil=True, cache=True)
def order_by_happened(offsets: Ints, happened: Ints) -> tuple[Ints, NDArray[np.int32]]:
    """Row numbers in the order of happened within each entity, and each row's UTC day counted from 0 within its entity."""
    order = np.arange(len(happened))
    day = np.zeros(len(happened), dtype=np.int32)
    for entity in range(len(offsets) - 1):
        low, high = offsets[entity], offsets[entity + 1]
        in_order = True
        for row in range(low + 1, high):
            if happened[row] < happened[row - 1]:
                in_order = False
        if not in_order:
            order[low:high] = low + np.argsort(happened[low:high], kind="mergesort")
        for place in range(low + 1, high):
            row, before = order[place], order[place - 1]
            same = happened[row] // DAY_US == happened[before] // DAY_US
            day[row] = day[before] if same else day[before] + 1
    return order, day


@njit(nogil=True, cache=True)
def count_within(offsets: Ints, codes: Ints, size: int) -> NDArray[np.int32]:
    """Codes below `size` counted anew from 0 within each entity; -1 stays -1."""
    within = np.full(len(codes), -1, dtype=np.int32)
    seen_by = np.full(size, -1, dtype=np.int64)
    number = np.zeros(size, dtype=np.int32)
    for entity in range(len(offsets) - 1):
        fresh = 0
        for row in range(offsets[entity], offsets[entity + 1]):
            code = codes[row]
            if code >= 0:
                if seen_by[code] != entity:
                    seen_by[code], number[code] = entity, fresh
                    fresh += 1
                within[row] = number[code]
    return within
