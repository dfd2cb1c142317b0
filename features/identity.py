"""Finds the number of a lead from its name, whether names are texts or numbers."""

from collections.abc import Callable
from typing import Final, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit, uint64
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]
Bytes = NDArray[np.uint8]
Marked = NDArray[np.uint64]  # the upper half of a text's mixed bits, and in the lower half its place
MIXER: Final = np.uint64(0x9E3779B97F4A7C15)  # 2 ** 64 over the golden ratio: Knuth, TAOCP 6.4, multiplicative hashing
FOUND_NOWHERE: Final = -1
ANOTHER: Final = -2
UPPER_HALF: Final = np.uint64(0xFFFFFFFF00000000)
NOBODY: Final = np.uint64(0xFFFFFFFFFFFFFFFF)
DENSE: Final = 8  # numbers that fill an eighth of their range are looked up in a list of the whole range


class Texts(NamedTuple):
    """Texts one after the other: text i is the bytes from offsets[i] to offsets[i + 1]."""

    offsets: Codes
    letters: Bytes


def finder(names: pa.Array) -> Callable[[pa.Array], Codes]:
    """Gives for names their place among the distinct `names`, -1 for any other and for an empty cell.

    names are texts or whole numbers, an empty one is nobody's; what is looked for must be of the same kind.
    """
    if pa.types.is_integer(names.type):
        return _number_finder(names)
    texts = _texts(names)
    table = np.full(_size(len(names)), NOBODY, dtype=np.uint64)
    _enter_texts(_taken(names), *texts, table)

    def find(column: pa.Array) -> Codes:
        if pa.types.is_dictionary(column.type):
            places = np.append(find(column.dictionary), FOUND_NOWHERE).astype(np.int32)
            return spread(places, indices(column, len(places) - 1))
        found = _find_texts(*_texts(column), *texts, table)
        return _without_empty(found, column)

    return find


def numbered(names: pa.Array) -> tuple[pa.Array, Codes]:
    """The distinct of some names (texts or whole numbers, no empty one), and the place of each among them."""
    if pa.types.is_integer(names.type) and len(names):
        numbers: Ints = names.cast(pa.int64()).to_numpy()
        lowest, highest = int(numbers.min()), int(numbers.max())
        if highest - lowest < DENSE * len(numbers):
            met = np.zeros(highest - lowest + 1, dtype=np.bool_)
            met[numbers - lowest] = True
            places = np.cumsum(met, dtype=np.int32) - np.int32(1)
            return pa.array(np.flatnonzero(met) + lowest), _look_up(numbers, lowest, places)
    listed = names.dictionary_encode()
    return listed.dictionary, indices(listed, FOUND_NOWHERE)


def indices(column: pa.DictionaryArray, empty: int) -> Codes:
    """The places in the dictionary, `empty` for an empty cell."""
    listed = column.indices if column.indices.type == pa.int32() else column.indices.cast(pa.int32())
    places: Codes = (pc.fill_null(listed, empty) if listed.null_count else listed).to_numpy()
    return places


def _number_finder(names: pa.Array) -> Callable[[pa.Array], Codes]:
    taken = _taken(names)
    lowest, highest = (int(end) for end in pc.min_max(names.cast(pa.int64())).as_py().values())
    numbers: Ints = names.cast(pa.int64()).fill_null(lowest).to_numpy()
    dense = highest - lowest < DENSE * len(numbers)
    table = np.full(highest - lowest + 1, FOUND_NOWHERE, dtype=np.int32) if dense else _room(len(numbers))
    if dense:
        table[numbers[taken] - lowest] = taken
    else:
        _enter_numbers(taken, numbers, table)

    def find(column: pa.Array) -> Codes:
        wanted = pc.fill_null(column.cast(pa.int64()), lowest).to_numpy()
        found = _look_up(wanted, lowest, table) if dense else _find_numbers(wanted, numbers, table)
        return _without_empty(found, column)

    return find


def _taken(names: pa.Array) -> Ints:
    """The places of the names that are not empty."""
    return np.flatnonzero(names.is_valid().to_numpy(zero_copy_only=False))


def _without_empty(found: Codes, column: pa.Array) -> Codes:
    if column.null_count:
        found[pc.is_null(column).to_numpy(zero_copy_only=False)] = FOUND_NOWHERE
    return found


def _texts(column: pa.Array) -> Texts:
    column = column.cast(pa.string())
    _, offsets, letters = column.buffers()
    starts = np.frombuffer(offsets, dtype=np.int32)[column.offset : column.offset + len(column) + 1]
    return Texts(starts, np.frombuffer(letters or b"\0", dtype=np.uint8))


def _room(names: int) -> Codes:
    return np.full(_size(names), FOUND_NOWHERE, dtype=np.int32)


def _size(names: int) -> int:
    """Of an open-addressing table, at most half full: a power of two."""
    return int(1 << (2 * names + 1).bit_length())


@njit(nogil=True, cache=True)
def spread(table: Codes, places: Codes) -> Codes:
    """table[places]."""
    out = np.empty(len(places), dtype=np.int32)
    for row in range(len(places)):
        out[row] = table[places[row]]
    return out


@njit(nogil=True, cache=True)
def _slot(number: int, table: Codes) -> np.int64:
    mixed = uint64(number) * MIXER
    return np.int64((mixed ^ (mixed >> uint64(29))) & uint64(len(table) - 1))


@njit(nogil=True, cache=True)
def _look_up(wanted: Ints, lowest: int, table: Codes) -> Codes:
    out = np.full(len(wanted), FOUND_NOWHERE, dtype=np.int32)
    for row in range(len(wanted)):
        place = wanted[row] - lowest
        if 0 <= place < len(table):
            out[row] = table[place]
    return out


@njit(nogil=True, cache=True)
def _enter_numbers(places: Ints, numbers: Ints, table: Codes) -> None:
    for place in places:
        slot = _slot(numbers[place], table)
        while table[slot] >= 0:
            slot = (slot + 1) & (len(table) - 1)
        table[slot] = place


@njit(nogil=True, cache=True)
def _find_numbers(wanted: Ints, numbers: Ints, table: Codes) -> Codes:
    out = np.full(len(wanted), FOUND_NOWHERE, dtype=np.int32)
    for row in range(len(wanted)):
        slot = _slot(wanted[row], table)
        while table[slot] >= 0:
            if numbers[table[slot]] == wanted[row]:
                out[row] = table[slot]
                break
            slot = (slot + 1) & (len(table) - 1)
    return out


@njit(nogil=True, cache=True)
def _mixed(letters: Bytes, start: int, end: int) -> np.uint64:
    mixed = uint64(end - start)
    for at in range(start, end):
        mixed = (mixed ^ uint64(letters[at])) * MIXER
    return mixed ^ (mixed >> uint64(32))


@njit(nogil=True, cache=True)
def _enter_texts(places: Ints, offsets: Codes, letters: Bytes, table: Marked) -> None:
    room = uint64(len(table) - 1)
    for place in places:
        mixed = _mixed(letters, offsets[place], offsets[place + 1])
        slot = mixed & room
        while table[slot] != NOBODY:
            slot = (slot + uint64(1)) & room
        table[slot] = (mixed & UPPER_HALF) | uint64(place)


@njit(nogil=True, cache=True)
def _same(wanted: Bytes, start: int, known: Bytes, known_start: int, length: int) -> bool:
    for at in range(length):  # noqa: SIM110  compiled code runs a loop faster than all()
        if wanted[start + at] != known[known_start + at]:
            return False
    return True


@njit(nogil=True, cache=True)
def _find_texts(offsets: Codes, letters: Bytes, known_offsets: Codes, known: Bytes, table: Marked) -> Codes:
    """The place of each text: by half of its mixed bits first, then letter by letter.

    The memory is far away and each step a loop of its own, so that many rows wait for it at once.
    """
    rows = len(offsets) - 1
    likely, begins = np.empty(rows, dtype=np.uint64), np.empty(rows, dtype=np.int32)
    for row in range(rows):
        likely[row] = _mixed(letters, offsets[row], offsets[row + 1])
    for row in range(rows):
        likely[row] = _likely(likely[row], table)
    for row in range(rows):
        begins[row] = _begin(likely[row], offsets[row + 1] - offsets[row], known_offsets)
    out = np.empty(rows, dtype=np.int32)
    for row in range(rows):
        start, length = offsets[row], offsets[row + 1] - offsets[row]
        if begins[row] >= 0 and _same(letters, start, known, begins[row], length):
            out[row] = likely[row]
        elif begins[row] == FOUND_NOWHERE:
            out[row] = FOUND_NOWHERE
        else:
            out[row] = _search(letters, start, length, known_offsets, known, table)
    return out


@njit(nogil=True, cache=True)
def _begin(place: np.uint64, length: int, known_offsets: Codes) -> int:
    """Where the letters of a known text begin; ANOTHER if it has another length."""
    if place == NOBODY:
        return FOUND_NOWHERE
    begin = known_offsets[place]
    return int(begin) if known_offsets[place + uint64(1)] - begin == length else ANOTHER


@njit(nogil=True, cache=True)
def _likely(mixed: np.uint64, table: Marked) -> np.uint64:
    """The first place with the same upper half of mixed bits; NOBODY if there is none."""
    room = uint64(len(table) - 1)
    slot = mixed & room
    while table[slot] != NOBODY:
        if (table[slot] ^ mixed) & UPPER_HALF == 0:
            return np.uint64(table[slot] & ~UPPER_HALF)
        slot = (slot + uint64(1)) & room
    return NOBODY


@njit(nogil=True, cache=True)
def _is(place: int, letters: Bytes, start: int, length: int, known_offsets: Codes, known: Bytes) -> bool:
    low = known_offsets[place]
    return bool(known_offsets[place + 1] - low == length and _same(letters, start, known, low, length))


@njit(nogil=True, cache=True)
def _search(letters: Bytes, start: int, length: int, known_offsets: Codes, known: Bytes, table: Marked) -> int:
    """The place of a text whose mixed bits another text shares."""
    room = uint64(len(table) - 1)
    slot = _mixed(letters, start, start + length) & room
    while table[slot] != NOBODY:
        place = int(table[slot] & ~UPPER_HALF)
        if _is(place, letters, start, length, known_offsets, known):
            return int(place)
        slot = (slot + uint64(1)) & room
    return FOUND_NOWHERE
