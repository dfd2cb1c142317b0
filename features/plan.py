"""Turns the declared columns into the short lists that say what each kind of row moves."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

DAY_US = 86_400_000_000
EVER_US: Final = np.iinfo(np.int64).max
COUNT: Final = 0
SUM: Final = 1
DISTINCT: Final = 2
SHARE: Final = 3
LAST: Final = 4
FIRST: Final = 5
LAST_NUMBER: Final = 6
DECAYED: Final = 7
DAY_KEY: Final = -1
DAY_SHIFT: Final = 32  # the day stands in the upper half of the first cell
FOLDED_KEY: Final = -2
HAPPENED: Final = 1
FIRST_NUMBER: Final = 2
STEPS: Final = 2048  # parts of a halving that are tabled; a series of four terms within one is right to 1e-15

# Places carry no sign: compiled code need not ask whether to count them from the end.
Places = NDArray[np.uint64]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Counter:
    """Kept over a window: COUNT of a signal's rows, SUM of a number column or DISTINCT values of a key column (DAY_KEY: UTC days)."""

    signal: int
    window_us: int
    op: Literal[0, 1, 2]
    column: int = 0


@dataclass(frozen=True)
class Share:
    """One count over another, times scale; unknown where the whole is 0."""

    part: Counter
    whole: Counter
    scale: float = 1.0


@dataclass(frozen=True)
class Mark:
    """Kept over all rows: LAST or FIRST time (days before as_of), LAST_NUMBER of a column, or the DECAYED count."""

    signal: int
    op: Literal[4, 5, 6, 7]
    column: int = 0
    half_life_us: float = 1.0


Reading = Counter | Share | Mark


@dataclass(frozen=True)
class Layout:
    """Where a packed row of 64-bit cells keeps what; columns are counted from 0, numbers and values apart.

    Cell 0 is the lead or the day << 32 | the label. The label is the pattern, and where folded, above its pattern_bits one more
    than the code of the first value, which saves a cell as long as there are no more than most_folded codes. short: rows wait in the
    cells of features.shortening.
    """

    numbers: int
    values: int
    pattern_bits: int
    folded: bool
    short: bool = False

    @property
    def row_bytes(self) -> int:
        """What a row takes while it waits."""
        return 4 * (self.width + 1) if self.short else 8 * self.width

    @property
    def width(self) -> int:
        """Cells a row, that for known not included."""
        return FIRST_NUMBER + self.numbers + self.values - self.folded

    @property
    def most_folded(self) -> int:
        """How many codes fit above the pattern."""
        return int((1 << (32 - self.pattern_bits)) - 1)

    def value_cell(self, value: int) -> int:
        """The cell of a value's code; FOLDED_KEY for the one in the label."""
        return FOLDED_KEY if self.folded and value == 0 else FIRST_NUMBER + self.numbers + value - self.folded

    def key(self, counter: Counter) -> tuple[int, int, int, int]:
        """Cell, shift, mask and addend that make the value's place in a tally, 0 for an empty cell."""
        if counter.op != DISTINCT:
            return 0, 0, 0, 0
        if counter.column == DAY_KEY:
            return 0, DAY_SHIFT, -1, 1
        cell = self.value_cell(counter.column)
        return (0, self.pattern_bits, self.most_folded, 0) if cell == FOLDED_KEY else (cell, 0, -1, 1)


class Plan(NamedTuple):
    """What a row moves and what is written, as arrays that compiled code can follow.

    windows: microseconds, the shortest first. The lines of counters begin with the counts: those of window w are the lines from
    ends[w] to ends[w + 1], and each counts the signal whose place stands in `counted`. A row of pattern p is counted, once known, at
    the places seen[seen_cuts[p, 0]:seen_cuts[p, 1]], and once it lies before window w, at the lines
    gone[gone_cuts[g, 0]:gone_cuts[g, 1]] with g = w * patterns + p. Entering or leaving that window it moves the lines
    moved[move_cuts[g, k]:move_cuts[g, k + 1]] with k one of SUM, DISTINCT (less SUM); moves: 0 where the window has no such line. In the
    same way the mark lines marked[mark_cuts[p, k]:mark_cuts[p, k + 1]] with k one of LAST, FIRST, LAST_NUMBER, DECAYED (less LAST).
    columns, keys and places: of each line the cell that it sums, how its key is found (as Layout.key) and, for DISTINCT, its row in
    the tally (-1 for the others). shown (columns, 3): the matrix column, the line and the line to divide by; those of one op lie
    between show_cuts[op] and show_cuts[op + 1]. scales: one each. decays: halvings a microsecond, times STEPS.
    """

    patterns: int
    pattern_bits: int
    windows: Ints
    ends: Ints
    counted: Ints
    seen_cuts: Places
    seen: Places
    gone_cuts: Places
    gone: Places
    moves: Ints
    move_cuts: Places
    moved: Places
    mark_cuts: Places
    marked: Places
    columns: Ints
    places: Ints
    keys: Ints
    mark_columns: Ints
    decays: Floats
    shown: Places
    show_cuts: Places
    scales: Floats


def make_plan(patterns: Sequence[Sequence[int]], readings: Sequence[tuple[int, Reading]], layout: Layout) -> Plan:
    """The plan for rows of a layout whose pattern p shows the signals patterns[p]; readings: (matrix column, what it reads)."""
    asked = dict.fromkeys(part for _, reading in readings for part in _counters(reading))
    counters = sorted(asked, key=lambda counter: (counter.op != COUNT, counter.window_us))
    marks = list(dict.fromkeys(reading for _, reading in readings if isinstance(reading, Mark)))
    windows = sorted({counter.window_us for counter in counters})
    by_window: dict[tuple[int, int], list[int]] = {}
    by_signal: dict[int, list[int]] = {}
    for line, counter in enumerate(counters):
        by_window.setdefault((counter.window_us, counter.signal), []).append(line)
    for line, mark in enumerate(marks):
        by_signal.setdefault(mark.signal, []).append(line)
    moves = [[n for s in shown for n in by_window.get((window, s), ())] for window in windows for shown in patterns]
    notes = [[n for s in shown for n in by_signal.get(s, ())] for shown in patterns]
    distinct = iter(range(len(counters)))
    shown, show_cuts, scales = _shown(readings, counters, marks)
    return Plan(
        len(patterns),
        layout.pattern_bits,
        _whole(windows),
        *_counts(patterns, [counter for counter in counters if counter.op == COUNT], windows),
        *_chained(moves, lambda line: counters[line].op, (COUNT,)),
        _whole(any(counter.op != COUNT and counter.window_us == window for counter in counters) for window in windows),
        *_chained(moves, lambda line: counters[line].op, (SUM, DISTINCT)),
        *_chained(notes, lambda line: marks[line].op, (LAST, FIRST, LAST_NUMBER, DECAYED)),
        _whole(FIRST_NUMBER + counter.column for counter in counters),
        _whole(next(distinct) if counter.op == DISTINCT else -1 for counter in counters),
        np.array([layout.key(counter) for counter in counters], dtype=np.int64).reshape(-1, 4),
        _whole(FIRST_NUMBER + mark.column for mark in marks),
        np.array([STEPS / mark.half_life_us for mark in marks], dtype=np.float64),
        shown,
        show_cuts,
        scales,
    )


def _counts(
    patterns: Sequence[Sequence[int]], counts: Sequence[Counter], windows: Sequence[int]
) -> tuple[Ints, Ints, Places, Places]:
    """Where the counts of each window begin and the last end, the signal that each counts, and what a row of each pattern shows."""
    place = {signal: place for place, signal in enumerate(dict.fromkeys(count.signal for count in counts))}
    seen = [[place[signal] for signal in shown if signal in place] for shown in patterns]
    ends = [sum(count.window_us < window for count in counts) for window in windows]
    return (
        _whole([*ends, len(counts)]),
        _whole(place[count.signal] for count in counts),
        *_chained(seen, lambda _: COUNT, (COUNT,)),
    )


def _counters(reading: Reading) -> tuple[Counter, ...]:
    match reading:
        case Counter():
            return (reading,)
        case Share():
            return reading.part, reading.whole
        case Mark():
            return ()


def _shown(
    readings: Sequence[tuple[int, Reading]], counters: list[Counter], marks: list[Mark]
) -> tuple[Places, Places, Floats]:
    line_of = {part: line for line, part in enumerate(counters)} | {mark: line for line, mark in enumerate(marks)}
    lines = sorted((_line(place, reading, line_of) for place, reading in readings), key=lambda line: line[0])
    ops = [line[0] for line in lines]
    cuts = np.searchsorted(ops, np.arange(DECAYED + 2)).astype(np.uint64)
    shown = np.array([line[1:4] for line in lines], dtype=np.uint64).reshape(-1, 3)
    return shown, cuts, np.array([line[4] for line in lines], dtype=np.float64)


def _line(place: int, reading: Reading, line_of: dict[Counter | Mark, int]) -> tuple[int, int, int, int, float]:
    if isinstance(reading, Share):
        return SHARE, place, line_of[reading.part], line_of[reading.whole], reading.scale
    return reading.op, place, line_of[reading], 0, 1.0


def _whole(numbers: Iterable[int]) -> Ints:
    return np.array(list(numbers), dtype=np.int64)


def _chained(groups: list[list[int]], op: Callable[[int], int], ops: tuple[int, ...]) -> tuple[Places, Places]:
    """All groups as one list, each ordered by op, and where the lines of each op begin in each group and the last ends."""
    by_op = [[[line for line in group if op(line) == wanted] for wanted in ops] for group in groups]
    sizes = np.array([[len(lines) for lines in group] for group in by_op], dtype=np.int64).reshape(-1, len(ops))
    ends = np.cumsum(sizes).reshape(sizes.shape)
    first = (ends - sizes)[:, :1]
    cuts = np.ascontiguousarray(np.hstack([first, ends]))
    lines = _whole(line for group in by_op for lines in group for line in lines)
    return cuts.astype(np.uint64), lines.astype(np.uint64)
