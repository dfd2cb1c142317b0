"""Says which behaviours of the leads a model looks at most, and which way each of them moves the chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from features.behaviours import numbered_behaviours
from features.feature import FeatureColumn
from models.explain import by_behaviour

Floats = NDArray[np.float64]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Weight:
    """How much one behaviour moves the chances: the mean of its contributions without their signs, in log odds, and its share of all.

    raises, lowers: what its heaviest column says of the middle one of the rows that it raises, and lowers; empty where there is none.
    """

    behaviour: str
    column: str
    moves: float
    share: float
    raises: str
    lowers: str


def weights(
    contributions: Floats, values: Values, columns: Sequence[FeatureColumn], stages: Mapping[int, str]
) -> tuple[Weight, ...]:
    """The behaviours that a model uses, the heaviest first.

    contributions: (rows, columns + 1) in log odds, the last column the base (see models.predict.contributions); values: (rows, columns).
    The columns of one behaviour are summed within a row before the sign goes, as they are for a reason on the list. The mean of SHAP
    values without sign as importance: Lundberg et al. 2020. stages: a stage's rank to what people call it.
    """
    names, numbers = numbered_behaviours(columns)
    moved = np.abs(by_behaviour(contributions, numbers)).mean(axis=0)
    alone = np.abs(contributions[:, :-1]).mean(axis=0)
    found = []
    for number in np.argsort(-moved, kind="stable"):
        if moved[number] > 0:
            place = int(np.argmax(np.where(numbers == number, alone, -1.0)))
            pull, seen, column = contributions[:, place], values[:, place], columns[place]
            sides = (_says(column, seen[pull > 0], stages), _says(column, seen[pull < 0], stages))
            moves = float(moved[number])
            found.append(Weight(names[number], column.name, moves, moves / float(moved.sum()), *sides))
    return tuple(found)


def _says(column: FeatureColumn, seen: Values, stages: Mapping[int, str]) -> str:
    """The sentence of the middle value, unknown ones (NaN) being the highest, in the English of the model page; empty for no values."""
    return replace(column, language="en").sentence(float(np.sort(seen)[len(seen) // 2]), stages) if len(seen) else ""
