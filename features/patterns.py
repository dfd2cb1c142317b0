"""Tells of each row what it is a sign of: a page view, an answer, a call that we made."""

# The conditions are followed one column after the other. After each column a row is in a state: which signals are still
# possible. What is left after the last column is the row's pattern. Rows that differ in nothing that a condition asks for share
# a state, so the tables stay small, and a set of signals is a whole number of any size, so there may be any number of them.

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.readings import Conditions, Scalar

Codes = NDArray[np.int32]


@dataclass(frozen=True)
class Step:
    """One column's part: the class of each of its values (0: any other, or empty), and the next state at [state, class]."""

    column: str
    classes: Mapping[Scalar, int]
    next_state: Codes

    @property
    def class_column(self) -> str:
        """Names the column that holds classes, where those come in place of values."""
        return f"class of {self.column}"


@dataclass(frozen=True)
class Naming:
    """The steps from state 0 to a pattern, and the signals that each pattern shows, as numbers in the order they were given."""

    steps: tuple[Step, ...]
    shown: tuple[tuple[int, ...], ...]

    @property
    def patterns(self) -> int:
        """How many patterns there may be."""
        return len(self.shown)


def name_signals(signals: Sequence[Conditions]) -> Naming:
    """The way from the values of a row to its pattern; an empty cell meets no condition."""
    states = [(1 << len(signals)) - 1]
    steps = []
    for column in sorted({name for conditions in signals for name, _ in conditions}):
        classes, possible = _classes(column, signals)
        moved = [[state & mask for mask in possible] for state in states]
        states = list(dict.fromkeys(state for row in moved for state in row))
        number = {state: place for place, state in enumerate(states)}
        table = np.array([[number[state] for state in row] for row in moved], dtype=np.int32)
        steps.append(Step(column, classes, table))
    return Naming(tuple(steps), tuple(_bits(state) for state in states))


def _classes(column: str, signals: Sequence[Conditions]) -> tuple[dict[Scalar, int], list[int]]:
    """The class of each value that a condition names, and for each class the signals that stay possible, as bits."""
    free, asking = 0, dict[Scalar, int]()
    asks: list[tuple[int, list[tuple[Scalar, ...]]]] = []
    for place, conditions in enumerate(signals):
        lists = [values for name, values in conditions if name == column]
        if lists:
            asks.append((place, lists))
        else:
            free |= 1 << place
    for place, lists in asks:
        for value in set(lists[0]).intersection(*lists[1:]):
            asking[value] = asking.get(value, 0) | 1 << place
    possible = list(dict.fromkeys([free, *(free | bits for bits in asking.values())]))
    number = {mask: place for place, mask in enumerate(possible)}
    return {value: number[free | bits] for value, bits in asking.items()}, possible


def _bits(state: int) -> tuple[int, ...]:
    """The places of the ones in a number."""
    found = []
    while state:
        lowest = state & -state
        found.append(lowest.bit_length() - 1)
        state ^= lowest
    return tuple(found)
