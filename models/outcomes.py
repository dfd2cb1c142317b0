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
ROWS_AT_ONCE: Final = 2048  # their outcomes stay in the processor's nearest cache
FEW_PLACES: Final = 4 * ROWS_AT_ONCE

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Room(NamedTuple):
    """Room to number the outcomes of rows: a hash table with open addressing (a power of two of places), and what is known of each row.

    number (places,): the number of the outcome that lies at a place, FREE before and after. key (places,): that outcome. Of both no more
    is used than outcomes need, so that they stay near. outcome (ROWS_AT_ONCE,): those of some rows. place, met, first (rows,): of each
    number its place, its outcome where the table has grown, and its first row.
    """

    number: Places
    key: Numbers
    outcome: Numbers
    place: Numbers
    met: Numbers
    first: Numbers


@_compiled
def room_for(rows: int) -> Room:
    """Room for so many rows; at most half of the table is filled."""
    places = 2
    while places < 2 * rows:
        places *= 2
    number, outcome = np.full(places, FREE, np.int32), np.empty(ROWS_AT_ONCE, np.uint32)
    place, met, first = np.empty(rows, np.uint32), np.empty(rows, np.uint32), np.empty(rows, np.uint32)
    return Room(number, np.empty(places, np.uint32), outcome, place, met, first)


@_compiled
def tell_apart(group: int, bins: Bins, groups: Groups, cut: Bins, room: Room, numbers: Numbers) -> int:
    """Numbers the outcomes that occur among bins (channels, rows): numbers (rows,) gets that of each row; returns how many there are.

    cut: the groups' cuts, of the same kind as the bins. The first row of each number is in room.first.
    """
    if groups.outcomes[group] == 0:
        for row in range(len(numbers)):
            numbers[row] = room.first[row] = row
        return len(numbers)
    found, places = 0, min(FEW_PLACES, len(room.number))
    for low in range(0, len(numbers), ROWS_AT_ONCE):
        high = min(low + ROWS_AT_ONCE, len(numbers))
        if 2 * (found + high - low) > places and places < len(room.number):
            places *= 2
            _spread_out(found, places, room)
        _work_out(group, bins, low, groups, cut, room.outcome[: high - low])
        found = _number(low, high, places, found, room, numbers)
    for number in range(found):
        room.number[room.place[number]] = FREE
    return found


@_compiled
def _work_out(group: int, bins: Bins, low: int, groups: Groups, cut: Bins, outcome: Numbers) -> None:
    """Writes the outcomes of the rows from low on."""
    outcome[:] = 0
    for at in range(groups.cuts[group], groups.cuts[group + 1]):
        column, stride, least = bins[groups.channel[at]][low:], np.uint32(groups.stride[at]), cut[at]
        for row in range(len(outcome)):
            outcome[row] += stride if column[row] >= least else np.uint32(0)


@_compiled
def _spread_out(found: int, places: int, room: Room) -> None:
    """Puts what was found among more places of the table."""
    for number in range(found):
        room.met[number] = room.key[room.place[number]]
        room.number[room.place[number]] = FREE
    for number in range(found):
        place = _place_of(room.met[number], places, room)
        room.number[place], room.key[place], room.place[number] = number, room.met[number], place


@_compiled
def _place_of(here: np.uint32, places: int, room: Room) -> np.uint32:
    """Where an outcome lies among so many places, or the free one where it would."""
    last, spread = np.uint32(places - 1), here * GOLDEN
    place = (spread ^ (spread >> np.uint32(15))) & last
    while room.number[place] != FREE and room.key[place] != here:
        place = (place + ONE) & last
    return place


@_compiled
def _number(low: int, high: int, places: int, found: int, room: Room, numbers: Numbers) -> int:
    """Numbers the outcomes of the rows from low to high in the order in which they come; returns how many are found by now."""
    for row in range(low, high):
        here = room.outcome[row - low]
        place = _place_of(here, places, room)
        if room.number[place] == FREE:
            room.number[place], room.key[place] = found, here
            room.first[found], room.place[found] = row, place
            found += 1
        numbers[row] = room.number[place]
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
