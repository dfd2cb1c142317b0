"""Why a lead has its chance: which of its behaviours raise it and which lower it, in sentences and points of chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.behaviours import numbered_behaviours
from features.feature import FeatureColumn

Floats = NDArray[np.float64]

MOST_FOR, MOST_AGAINST = 3, 2
SIDES = {1: MOST_FOR, -1: MOST_AGAINST}
LEAST_SHARE = 0.02  # a behaviour that makes less than this share of all contributions is no reason
EVERYONE = 20  # with fewer leads, what is the same for all of them may still tell them from others


@dataclass(frozen=True)
class Reason:
    """One thing that moves a chance; `points` are hundredths of chance, above zero when it raises the chance."""

    feature: str
    says: str
    points: float


@dataclass(frozen=True)
class Explanation:
    """The strongest reasons for and against, strongest first."""

    reasons_for: tuple[Reason, ...]
    reasons_against: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Those for, then those against."""
        return (*self.reasons_for, *self.reasons_against)


@dataclass(frozen=True)
class Telling:
    """The columns of a model, and what may be said with them.

    behaviours: (columns,) the number of the behaviour that each sees, from 0. tells: (columns,) whether its sentence may be a reason.
    """

    columns: Sequence[FeatureColumn]
    behaviours: NDArray[np.int64]
    tells: NDArray[np.bool_]


def telling(columns: Sequence[FeatureColumn], values: NDArray[np.float32]) -> Telling:
    """What may be said of the rows of a list, values (rows, columns): nothing that it shows anyway or that is true of everyone on it."""
    tells = np.array([column.feature.is_reason for column in columns], dtype=np.bool_)
    if len(values) >= EVERYONE:
        tells &= ~((values == values[0]) | (np.isnan(values) & np.isnan(values[0]))).all(axis=0)
    return Telling(columns, numbered_behaviours(columns)[1], tells)


def explain(
    contributions: Floats,
    values: NDArray[np.float32],
    words: Telling,
    to_chance: Callable[[Floats], Floats],
    stages: Mapping[int, str],
) -> list[Explanation]:
    """One explanation a row.

    contributions: (rows, columns + 1) in margins, the last column the base, as LightGBM's pred_contrib gives them (path-dependent
    TreeSHAP, Lundberg et al. 2020). values: (rows, columns). to_chance: margins to calibrated chances, increasing. Contributions to
    one behaviour are summed and said in the words of the column that weighs most. Points spread the difference between the
    row's chance and the base chance over all behaviours in proportion to their contributions, so that they add up to it.
    """
    weights = by_behaviour(contributions, words.behaviours)
    points = 100 * weights * _chance_per_margin(contributions, to_chance)[:, None]
    return [
        _explain_row(weights[row], points[row], contributions[row, :-1], values[row], words, stages)
        for row in range(len(contributions))
    ]


def by_behaviour(contributions: Floats, behaviours: NDArray[np.int64]) -> Floats:
    """The contributions (rows, columns + 1) without the base, summed by the number of each column's behaviour: (rows, behaviours)."""
    weights = np.zeros((len(contributions), int(behaviours.max()) + 1))
    np.add.at(weights.T, behaviours, contributions[:, :-1].T)
    return weights


def _chance_per_margin(contributions: Floats, to_chance: Callable[[Floats], Floats]) -> Floats:
    """How much chance one unit of margin is worth between the base and the row."""
    base, margin = contributions[:, -1], contributions.sum(axis=1)
    # where the row stands at the base, the slope there takes the place of the quotient 0 / 0
    near = np.abs(margin - base) < 1e-6
    high = np.where(near, base + 1e-6, margin)
    slope: Floats = (to_chance(high) - to_chance(base)) / (high - base)
    return slope


def _explain_row(
    weights: Floats,
    points: Floats,
    contributions: Floats,
    values: NDArray[np.float32],
    words: Telling,
    stages: Mapping[int, str],
) -> Explanation:
    least = LEAST_SHARE * np.abs(weights).sum()
    found: dict[int, list[Reason]] = {1: [], -1: []}
    said: set[str] = set()
    for behaviour in np.argsort(-np.abs(weights), kind="stable"):
        sign = 1 if weights[behaviour] > 0 else -1
        if abs(weights[behaviour]) <= least or all(len(found[side]) >= most for side, most in SIDES.items()):
            break
        places = np.flatnonzero((words.behaviours == behaviour) & words.tells)
        if not len(places) or len(found[sign]) >= SIDES[sign]:
            continue
        column = words.columns[place := _heaviest(places, contributions * sign)]
        says = column.sentence(float(values[place]), stages)
        if says not in said:
            said.add(says)
            found[sign].append(Reason(column.feature.name, says, round(float(points[behaviour]), 2)))
    return Explanation(tuple(found[1]), tuple(found[-1]))


def _heaviest(places: NDArray[np.intp], pull: Floats) -> int:
    """The place that pulls hardest in the direction of the whole behaviour."""
    return int(places[np.argmax(pull[places])])
