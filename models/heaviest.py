"""Finds for each row which behaviours move its margin most, and the columns that say so."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.reasons import NOTHING

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]
Values = NDArray[np.float32]
Places = NDArray[np.int32]

NO_COLUMN: Final = np.int32(NOTHING)

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Heaviest(NamedTuple):
    """What weighs most on rows, the heaviest first; (rows, places) each.

    places: the column that says it, NOTHING where there is no more; values: of that column; weights: what its whole behaviour adds to the
    margin.
    """

    places: Places
    values: Values
    weights: Floats


@_compiled
def find_heaviest(
    contributions: Floats,
    values: Values,
    behaviours: Ints,
    tells: Flags,
    most: Ints,
    least_share: float,
    found: Heaviest,
) -> None:
    """Writes what weighs most on rows; found comes filled with NOTHING and 0.

    contributions: (rows, columns + 1), the last being the base; values: (rows, columns). behaviours (columns,): the number of the one that
    each column sees, from 0; its contributions are summed. tells (columns,): whether it may say so; of those of a behaviour the one
    speaks that pulls hardest in the direction of the whole, of equals the first. most (2,): how many behaviours are taken that add to
    the margin, and how many that take from it. One that makes no more than least_share of all weights on its row is left out.
    """
    columns = len(behaviours)
    several = behaviours.max() + 1 if columns else 0
    weights, open_to = np.empty(several), np.empty(several, np.bool_)
    for row in range(len(contributions)):
        line = contributions[row]
        weights[:], open_to[:] = 0.0, False
        for column in range(columns):
            weights[behaviours[column]] += line[column]
            open_to[behaviours[column]] |= tells[column]
        least, left = least_share * np.abs(weights).sum(), most.copy()
        for place in range(found.places.shape[1]):
            behaviour = _next(weights, open_to, left, least)
            if behaviour < 0:
                break
            weight = weights[behaviour]
            open_to[behaviour] = False
            left[0 if weight > 0 else 1] -= 1
            column = _loudest(line, behaviours, tells, behaviour, weight > 0)
            found.places[row, place], found.values[row, place] = column, values[row, column]
            found.weights[row, place] = weight


@_compiled
def _next(weights: Floats, open_to: Flags, left: Ints, least: float) -> int:
    """The heaviest of those that are open, on a side that has any left; -1 where there is none."""
    best, heaviest = -1, least
    for behaviour in range(len(weights)):
        weight = weights[behaviour]
        if np.abs(weight) > heaviest and open_to[behaviour] and left[0 if weight > 0 else 1] > 0:
            best, heaviest = behaviour, np.abs(weight)
    return best


@_compiled
def _loudest(line: Floats, behaviours: Ints, tells: Flags, behaviour: int, raises: bool) -> int:  # noqa: FBT001  compiled
    """The column that pulls hardest in the direction of a behaviour."""
    best, hardest = -1, -np.inf
    for column in range(len(behaviours)):
        pull = line[column] if raises else -line[column]
        if behaviours[column] == behaviour and tells[column] and pull > hardest:
            best, hardest = column, pull
    return best
