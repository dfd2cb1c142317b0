"""Packs what we need of each row into a few numbers, and puts the rows of the same leads into the same bucket."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property
from threading import Lock
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numba import njit
from numpy.typing import NDArray

from features.identity import indices, spread
from features.patterns import Naming, Step
from features.plan import FIRST_NUMBER, HAPPENED, Layout
from features.shortening import shortened

Ints = NDArray[np.int64]
Codes = NDArray[np.int32]

ROWS_A_BLOCK = 1 << 19


class TooManyValues(Exception):  # noqa: N818  it is a way to go on, not an error
    """The first value has more codes than fit into the label."""


class Block(NamedTuple):
    """Packed rows of bucket b from starts[b] to starts[b + 1], within it in the order they were read.

    cells (rows, width or width + 1): lead << 32 | label, happened (microseconds since 1970 UTC), the bits of the number columns, the
    codes of the key columns, and known where some row of the block is known after it happened. Of a short layout: those cells as
    features.shortening keeps them.
    """

    cells: NDArray[np.signedinteger]
    starts: Ints


class ValueCodes:
    """A number from 0 for each value of a column, in whatever order threads meet them; an empty cell is -1."""

    def __init__(self) -> None:
        self._codes: dict[object, int] = {}
        self._one_at_a_time = Lock()

    def __len__(self) -> int:
        return len(self._codes)

    def of(self, column: pa.Array) -> Codes:
        """The codes of a column's values."""
        listed = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
        values = listed.dictionary.to_pylist()
        with self._one_at_a_time:
            codes = [self._codes.setdefault(value, len(self._codes)) for value in values]
        return spread(np.array([*codes, -1], dtype=np.int32), indices(listed, len(codes)))


@dataclass(frozen=True)
class Packing:
    """What is packed of each row.

    lead: the column that names the lead, and find gives its number; leads from first to last (not included) are kept, in buckets of
    2 ** shift leads. known_by: rows known later (microseconds since 1970 UTC) are left out.
    """

    lead: str
    find: Callable[[pa.Array], Codes]
    naming: Naming
    numbers: tuple[str, ...]
    values: tuple[str, ...]
    known_by: int
    codes: tuple[ValueCodes, ...]
    first: int
    last: int
    shift: int
    layout: Layout

    @cached_property
    def tells(self) -> NDArray[np.bool_]:
        """Whether a row of each pattern that the layout has bits for shows any signal."""
        shown = self.naming.shown
        return np.array(
            [place < len(shown) and len(shown[place]) > 0 for place in range(1 << self.layout.pattern_bits)]
        )

    @property
    def buckets(self) -> int:
        """How many buckets there are."""
        return ((self.last - self.first - 1) >> self.shift) + 1


def pack(batches: Iterable[pa.RecordBatch], packing: Packing) -> list[Block]:
    """The rows of Arrow batches in blocks, each with the columns happened_at, known_at and those that the packing names.

    Raises TooManyValues or features.shortening.TooLong where they do not fit into the packing's layout.
    """
    desk = _Desk(packing)
    for batch in batches:
        for start in range(0, batch.num_rows, ROWS_A_BLOCK):
            desk.take(batch.slice(start, ROWS_A_BLOCK))
    desk.clear()
    return desk.blocks


@dataclass
class _Desk:
    """Rows waiting until there are enough for a block."""

    packing: Packing
    blocks: list[Block] = field(default_factory=list)
    filled: int = 0
    late: bool = False

    def __post_init__(self) -> None:
        self.waiting = np.empty((ROWS_A_BLOCK, self.packing.layout.width + 1), dtype=np.int64)

    def take(self, batch: pa.RecordBatch) -> None:
        if self.filled + batch.num_rows > ROWS_A_BLOCK:
            self.clear()
        rows = self.waiting[self.filled : self.filled + batch.num_rows]
        packing = self.packing
        happened = _moments(batch.column("happened_at"))
        known = _moments(batch.column("known_at")) if "known_at" in batch.schema.names else happened
        leads = packing.find(batch.column(packing.lead))
        labels = _labels(batch, packing)
        limits = packing.first, packing.last, packing.known_by
        self.late |= _label(rows, leads, labels, packing.tells, happened, known, limits)
        for place, name in enumerate(packing.numbers):
            rows[:, FIRST_NUMBER + place] = _numbers(batch.column(name)).view(np.int64)
        for place, name in enumerate(packing.values):
            cell = packing.layout.value_cell(place)
            if cell >= 0:
                rows[:, cell] = packing.codes[place].of(batch.column(name))
        self.filled += batch.num_rows

    def clear(self) -> None:
        if self.filled:
            width = self.packing.layout.width + self.late
            self.blocks.append(_by_bucket(self.waiting[: self.filled], self.packing, width))
        self.filled, self.late = 0, False


def _moments(column: pa.Array) -> Ints:
    moments: Ints = column.cast(pa.timestamp("us", column.type.tz)).cast(pa.int64()).to_numpy()
    return moments


def _numbers(column: pa.Array) -> NDArray[np.float64]:
    numbers: NDArray[np.float64] = column.cast(pa.float64()).to_numpy(zero_copy_only=False)
    return numbers


def _labels(batch: pa.RecordBatch, packing: Packing) -> NDArray[np.uint32]:
    """The patterns, with the codes of the first value above them where they are folded in."""
    labels = _patterns(batch, packing.naming).view(np.uint32)
    if packing.layout.folded:
        codes = packing.codes[0].of(batch.column(packing.values[0]))
        if len(packing.codes[0]) > packing.layout.most_folded:
            raise TooManyValues
        labels |= (codes + 1).astype(np.uint32) << np.uint32(packing.layout.pattern_bits)
    return labels


def _patterns(batch: pa.RecordBatch, naming: Naming) -> Codes:
    states = np.zeros(batch.num_rows, dtype=np.int32)
    for step in naming.steps:
        if step.class_column in batch.schema.names:
            classes = np.arange(step.next_state.shape[1], dtype=np.int32)
            _follow(states, step.next_state, classes, batch.column(step.class_column).to_numpy())
        else:
            column = batch.column(step.column)
            listed = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
            places = indices(listed, len(listed.dictionary))
            _follow(states, step.next_state, _classes(listed.dictionary, step), places)
    return states


def _classes(values: pa.Array, step: Step) -> Codes:
    """The class of each value of a dictionary, and last that of an empty cell."""
    named = pa.array(list(step.classes), type=values.type)
    classes = np.array([*step.classes.values(), 0], dtype=np.int32)
    return np.append(classes[pc.fill_null(pc.index_in(values, named), len(named)).to_numpy()], np.int32(0))


@njit(nogil=True, cache=True)
def _follow(states: Codes, next_state: NDArray[np.int32], classes: Codes, places: Codes) -> None:
    """Moves every row's state on by the class of its value."""
    for row in range(len(states)):
        states[row] = next_state[states[row], classes[places[row]]]


@njit(nogil=True, cache=True)
def _label(
    rows: Ints,
    leads: Codes,
    labels: NDArray[np.uint32],
    tells: NDArray[np.bool_],
    happened: Ints,
    known: Ints,
    limits: tuple[int, int, int],
) -> bool:
    """Fills the first two cells and the last; the label of a row that is not wanted is -1. Returns whether a row is known late.

    tells (a power of two of patterns,): whether a row of a pattern shows any signal; one that shows none changes nothing.
    """
    first, last, known_by = limits
    late, mask = False, np.uint32(len(tells) - 1)
    for row in range(len(rows)):
        wanted = first <= leads[row] < last and known[row] <= known_by and tells[labels[row] & mask]
        rows[row, 0] = np.int64(leads[row] - first) << 32 | np.int64(labels[row]) if wanted else -1
        rows[row, HAPPENED] = happened[row]
        rows[row, -1] = known[row]
        late |= wanted and known[row] != happened[row]
    return late


def _by_bucket(rows: Ints, packing: Packing, width: int) -> Block:
    """The wanted rows, bucket by bucket: a stable counting sort."""
    shift = 32 + packing.shift
    starts = np.cumsum(_sizes(rows, shift, packing.buckets))
    cells = np.empty((starts[-1], width), dtype=np.int64)
    _scatter(rows, shift, starts[:-1].copy(), cells)
    return Block(shortened(cells, packing.layout) if packing.layout.short else cells, starts)


@njit(nogil=True, cache=True)
def _sizes(rows: Ints, shift: int, buckets: int) -> Ints:
    """At b + 1 the number of wanted rows of bucket b."""
    sizes = np.zeros(buckets + 1, dtype=np.int64)
    for row in range(len(rows)):
        if rows[row, 0] >= 0:
            sizes[(rows[row, 0] >> shift) + 1] += 1
    return sizes


@njit(nogil=True, cache=True)
def _scatter(rows: Ints, shift: int, place: Ints, cells: Ints) -> None:
    """Copies each wanted row behind the earlier ones of its bucket, as many of its cells as are kept."""
    for row in range(len(rows)):
        if rows[row, 0] >= 0:
            bucket = rows[row, 0] >> shift
            for column in range(cells.shape[1]):
                cells[place[bucket], column] = rows[row, column]
            place[bucket] += 1
