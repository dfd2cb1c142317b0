"""Finds for each row which behaviours move its margin most, and the columns that say so."""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.plain import PlainTables

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = NDArray[np.float32]
Places = NDArray[np.int32]

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Heaviest(NamedTuple):
    """What weighs most on rows, the heaviest first; (rows, places) each.

    places: the column that says it, NOTHING where there is no more; values: of that column; weights: what its whole behaviour adds to the
    margin.
    """

    places: Places
    values: Values
    weights: Floats


class Asked(NamedTuple):
    """Of each column the number of the behaviour that it sees, from 0, whether its sentence may be a reason, and where the past points."""

    behaviours: Ints
    tells: Flags
    plain: PlainTables


@_compiled
def find_heaviest(
    contributions: Floats, values: Values, asked: Asked, most: Ints, least_share: float, found: Heaviest
) -> None:
    """Writes what weighs most on rows; found comes filled with NOTHING and 0.

    contributions: (rows, columns + 1), the last being the base; values: (rows, columns). The contributions to a behaviour are summed; of
    the columns that may say it the one speaks that pulls hardest in the direction of the whole, of equals the first; none
    speaks against the plain past (models.plain.may_say). most (2,): how many behaviours are taken that add to the
    margin, and how many that take from it. One that makes no more than least_share of all weights on its row is left out.
    """
    behaviours, tells = asked.behaviours, asked.tells
    several = behaviours.max() + 1 if len(behaviours) else 0
    weights, is_open = np.empty(several), np.empty(several, np.bool_)
    for row in range(len(contributions)):
        line, left, place = contributions[row], most.copy(), 0
        weights[:], is_open[:] = 0.0, False
        for column in range(len(behaviours)):
            weights[behaviours[column]] += line[column]
            is_open[behaviours[column]] |= tells[column]
        least = least_share * np.abs(weights).sum()
        while True:
            behaviour = _next(weights, is_open, left, least)
            if behaviour < 0:
                break
            weight, is_open[behaviour] = weights[behaviour], False
            column = _loudest(line, values[row], asked, behaviour, 1.0 if weight > 0 else -1.0)
            if column >= 0:
                left[0 if weight > 0 else 1] -= 1
                found.places[row, place], found.values[row, place] = column, values[row, column]
                found.weights[row, place] = weight
                place += 1


@_compiled
def _next(weights: Floats, is_open: Flags, left: Ints, least: float) -> int:
    """The heaviest of those that are open, on a side that has any left; -1 where there is none."""
    best, heaviest = -1, least
    for behaviour in range(len(weights)):
        weight = weights[behaviour]
        if np.abs(weight) > heaviest and is_open[behaviour] and left[0 if weight > 0 else 1] > 0:
            best, heaviest = behaviour, np.abs(weight)
    return best


@_compiled
def _loudest(line: Floats, values: Values, asked: Asked, behaviour: int, way: float) -> int:
    """The column that pulls hardest in the direction of a behaviour (1 or -1) and may say so; -1 where there is none."""
    best, hardest = -1, 0.0
    for column in range(len(asked.behaviours)):
        if asked.behaviours[column] == behaviour and asked.tells[column]:
            pull = way * line[column]
            if pull > hardest and _way(values[column], column, asked.plain) != -way:
                best, hardest = column, pull
    return best


@_compiled
def _way(value: float, column: int, plain: PlainTables) -> int:
    """Which way the past points for a value of a column; see models.plain.Plain."""
    start, end = plain.starts[column], plain.starts[column + 1]
    below = end - start + 1 if np.isnan(value) else 0
    for edge in range(start, end):
        below += 1 if plain.edges[edge] < value else 0
    return int(plain.ways[start + 2 * column + below])
