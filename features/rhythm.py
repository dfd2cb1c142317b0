"""How touches follow one another: the pauses between them, what is answered and what still waits."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from features.feature import Order, Rhythm
from features.ledger import Rows, Spine
from features.plan import DAY_US, HAPPENED
from features.signals import Log

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Matrix32 = NDArray[np.float32]

HOUR_US: Final = 3_600_000_000
EVER_US: Final = -1
LONG_AGO: Final = np.iinfo(np.int64).min
NEVER: Final = np.iinfo(np.int64).max
ORDERS: tuple[Order, ...] = (
    "longest_gap", "gap_against_usual", "followed", "hours_until", "unanswered", "waiting_days",
)  # fmt: skip
LONGEST_GAP, GAP_AGAINST_USUAL, FOLLOWED, HOURS_UNTIL, UNANSWERED, WAITING_DAYS = range(6)


class Walk(NamedTuple):
    """How to go back over rows: a row of pattern p shows signal s where shows[s, p]; pattern_bits of a label are its pattern."""

    pattern_bits: int
    shows: Flags


class Step(NamedTuple):
    """One rhythm: its place in ORDERS, the signals that ask and that answer, its windows in microseconds, and its column of the matrix."""

    order: int
    asked: int
    answered: int
    window: int
    within: int
    column: int


def step_of(measure: Rhythm, days: int | None, column: int, log: Log) -> Step:
    """The step that fills a column of the matrix with a measure over so many days (None: ever)."""
    asked = log.signal(measure.selection.conditions)
    answered = log.signal(measure.then.conditions) if measure.then else asked
    window = EVER_US if days is None else days * DAY_US
    return Step(ORDERS.index(measure.aggregate), asked, answered, window, round(measure.within_days * DAY_US), column)


def walk_of(patterns: Sequence[Sequence[int]], pattern_bits: int) -> Walk:
    """The walk over rows whose pattern p shows the signals patterns[p]."""
    signals = 1 + max((signal for shown in patterns for signal in shown), default=0)
    return Walk(pattern_bits, np.array([[signal in shown for shown in patterns] for signal in range(signals)]))


def follow(rows: Rows, spine: Spine, first: int, walk: Walk, steps: Sequence[Step], out: Matrix32) -> None:
    """Fills the columns of the steps in the spine's rows of the matrix; the leads of rows are those of the spine from `first` on.

    A row known after as_of counts for nothing. Each moment costs one walk back over the rows of its lead, for all steps that look for the
    same signals in the same window, so late rows need no special care.
    """
    for path in dict.fromkeys((step.asked, step.answered, step.window) for step in steps):
        alike = [step for step in steps if (step.asked, step.answered, step.window) == path]
        _follow(rows, spine, first, walk, alike[0], np.array(alike, dtype=np.int64), out)


@njit(nogil=True, cache=True)
def _follow(rows: Rows, spine: Spine, first: int, walk: Walk, path: Step, steps: Ints, out: Matrix32) -> None:
    """The measures of steps (steps, fields of a step) on the same path at every moment of every lead."""
    most = 0
    for lead in range(len(rows.offsets) - 1):
        most = max(most, rows.offsets[lead + 1] - rows.offsets[lead])
    times, nexts = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    for lead in range(len(rows.offsets) - 1):
        for look in range(spine.offsets[first + lead], spine.offsets[first + lead + 1]):
            moment = spine.as_of[look]
            count = _link(lead, moment, walk, path, rows, times, nexts)
            for step in range(len(steps)):
                order, within, column = steps[step, 0], steps[step, 4], steps[step, 5]
                if order in (LONGEST_GAP, GAP_AGAINST_USUAL):
                    found = _pause(order, moment, times[:count])
                else:
                    found = _answer(order, moment, within, times[:count], nexts[:count])
                out[spine.row[look], column] = found


@njit(nogil=True, cache=True)
def _link(lead: int, moment: int, walk: Walk, step: Step, rows: Rows, times: Ints, nexts: Ints) -> int:
    """Writes when the rows of the window happened, newest first, and when what follows each happened; returns how many."""
    since = LONG_AGO if step.window == EVER_US else moment - step.window
    asks, answers, mask = walk.shows[step.asked], walk.shows[step.answered], (1 << walk.pattern_bits) - 1
    last = rows.cells.shape[1] - 1
    count, following, instant, answered_now = 0, NEVER, NEVER, False
    for at in range(rows.offsets[lead + 1] - 1, rows.offsets[lead] - 1, -1):
        row = rows.by_happened[at] if rows.late else at
        happened = rows.cells[row, HAPPENED]
        if (rows.cells[row, last] if rows.late else happened) > moment:
            continue
        if happened <= since:
            break
        if happened != instant:
            # an answer of the same instant follows nothing of that instant
            following = instant if answered_now else following
            instant, answered_now = happened, False
        pattern = rows.cells[row, 0] & mask
        answered_now = answered_now or answers[pattern]
        if asks[pattern]:
            times[count], nexts[count] = instant, following
            count += 1
    return count


@njit(nogil=True, cache=True)
def _pause(order: int, moment: int, times: Ints) -> float:
    """The longest time between two rows, or the time since the last row over the mean time between them."""
    if len(times) < 2:
        return np.nan
    if order == LONGEST_GAP:
        longest = 0
        for row in range(1, len(times)):
            longest = max(longest, times[row - 1] - times[row])
        return float(longest / DAY_US)
    usual = (times[0] - times[-1]) / (len(times) - 1)
    return float((moment - times[0]) / max(usual, DAY_US))


@njit(nogil=True, cache=True)
def _answer(order: int, moment: int, within: int, times: Ints, nexts: Ints) -> float:
    """How many rows are followed in time, how long that took, how many still wait and for how long."""
    in_time, followed, hours, oldest = 0, 0, 0.0, NEVER
    for row in range(len(times)):
        if nexts[row] == NEVER:
            oldest = times[row]
        else:
            followed += 1
            hours += (nexts[row] - times[row]) / HOUR_US
            in_time += nexts[row] - times[row] <= within
    if order == HOURS_UNTIL:
        return hours / followed if followed else np.nan
    if order == WAITING_DAYS:
        return (moment - oldest) / DAY_US if oldest != NEVER else np.nan
    return float(in_time if order == FOLLOWED else len(times) - followed)
