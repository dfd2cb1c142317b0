"""Tells apart the rows that differ in what a group of leaves asks, so that each outcome is worked out once."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import Bins
from models.leaf_groups import Groups

Numbers = NDArray[np.uint32]
Places = NDArray[np.int32]

FREE: Final = np.int32(-1)
GOLDEN: Final = np.uint32(
    0x9E3779B1
)  # 2 ** 32 over the golden ratio: multiples of it spread evenly (Knuth, TAOCP 3, 6.4)
ONE: Final = np.uint32(1)

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Room(NamedTuple):
    """Room to number the outcomes of rows: a hash table with open addressing (a power of two of places), and what is known of each row.

    number (places,): the number of the outcome that lies at a place, FREE before and after. key (places,): that outcome. outcome, place,
    first (rows,): the outcome of each row; of each number its place, and its first row.
    """

    number: Places
    key: Numbers
    outcome: Numbers
    place: Numbers
    first: Numbers


@_compiled
def room_for(rows: int) -> Room:
    """Room for so many rows; at most half of the table is filled."""
    places = 2
    while places < 2 * rows:
        places *= 2
    number = np.full(places, FREE, np.int32)
    key, outcome = np.empty(places, np.uint32), np.empty(rows, np.uint32)
    return Room(number, key, outcome, np.empty(rows, np.uint32), np.empty(rows, np.uint32))


@_compiled
def tell_apart(group: int, bins: Bins, groups: Groups, cut: Bins, room: Room, numbers: Numbers) -> int:
    """Numbers the outcomes that occur among bins (channels, rows): numbers (rows,) gets that of each row; returns how many there are.

    cut: the groups' cuts, of the same kind as the bins. The first row of each number is in room.first.
    """
    if groups.outcomes[group] == 0:
        for row in range(len(numbers)):
            numbers[row] = room.first[row] = row
        return len(numbers)
    outcome = room.outcome[: len(numbers)]
    outcome[:] = 0
    for at in range(groups.cuts[group], groups.cuts[group + 1]):
        column, stride, least = bins[groups.channel[at]], np.uint32(groups.stride[at]), cut[at]
        for row in range(len(outcome)):
            outcome[row] += stride if column[row] >= least else np.uint32(0)
    return _number(outcome, room, numbers)


@_compiled
def _number(outcome: Numbers, room: Room, numbers: Numbers) -> int:
    """Numbers outcomes in the order in which they come, and leaves the table as it was."""
    last, found = np.uint32(len(room.key) - 1), 0
    for row in range(len(outcome)):
        here = outcome[row]
        spread = here * GOLDEN
        place = (spread ^ (spread >> np.uint32(15))) & last
        while room.number[place] != FREE and room.key[place] != here:
            place = (place + ONE) & last
        if room.number[place] == FREE:
            room.number[place], room.key[place] = found, here
            room.first[found], room.place[found] = row, place
            found += 1
        numbers[row] = room.number[place]
    for number in range(found):
        room.number[room.place[number]] = FREE
    return found


@_compiled
def some_rows(group: int, bins: Bins, groups: Groups, rows: Numbers) -> Bins:
    """The bins (channels, rows) of some of the rows, filled in the channels that a group looks at."""
    few = np.empty((len(bins), len(rows)), dtype=bins.dtype)
    before = -1
    for at in range(groups.cuts[group], groups.cuts[group + 1]):
        channel = groups.channel[at]
        if channel != before:
            column, line = bins[channel], few[channel]
            for row in range(len(rows)):
                line[row] = column[rows[row]]
        before = channel
    return few
