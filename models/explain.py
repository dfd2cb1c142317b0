"""Why a lead has its chance: which of its behaviours raise it and which lower it, in sentences and points of chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.feature import FeatureColumn

Floats = NDArray[np.float64]

MOST_FOR, MOST_AGAINST = 3, 2
LEAST_SHARE = 0.02  # a behaviour that makes less than this share of all contributions is no reason


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


def explain(
    contributions: Floats,
    values: NDArray[np.float32],
    columns: Sequence[FeatureColumn],
    to_chance: Callable[[Floats], Floats],
    stages: Mapping[int, str],
) -> list[Explanation]:
    """One explanation a row.

    contributions: (rows, columns + 1) in margins, the last column the base, as LightGBM's pred_contrib gives them (path-dependent
    TreeSHAP, Lundberg et al. 2020). values: (rows, columns). to_chance: margins to calibrated chances, increasing. Contributions of
    one feature's columns are summed and said in the words of the column that weighs most. Points spread the difference between the
    row's chance and the base chance over all features in proportion to their contributions, so that they add up to it.
    """
    names = list(dict.fromkeys(column.feature.name for column in columns))
    members = np.array([names.index(column.feature.name) for column in columns])
    by_feature = np.zeros((len(contributions), len(names)))
    np.add.at(by_feature.T, members, contributions[:, :-1].T)
    points = 100 * by_feature * _chance_per_margin(contributions, to_chance)[:, None]
    return [
        _explain_row(by_feature[row], points[row], contributions[row, :-1], values[row], columns, members, stages)
        for row in range(len(contributions))
    ]


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
    columns: Sequence[FeatureColumn],
    members: NDArray[np.int64],
    stages: Mapping[int, str],
) -> Explanation:
    least = LEAST_SHARE * np.abs(weights).sum()
    found: dict[int, list[Reason]] = {1: [], -1: []}
    said: set[str] = set()
    for feature in np.argsort(-np.abs(weights), kind="stable"):
        sign = 1 if weights[feature] > 0 else -1
        if abs(weights[feature]) <= least or all(len(found[side]) >= most for side, most in SIDES.items()):
            break
        place = _heaviest(np.flatnonzero(members == feature), contributions * sign)
        says = columns[place].sentence(float(values[place]), stages)
        if len(found[sign]) < SIDES[sign] and says not in said:
            said.add(says)
            found[sign].append(Reason(columns[place].feature.name, says, round(float(points[feature]), 2)))
    return Explanation(tuple(found[1]), tuple(found[-1]))


SIDES = {1: MOST_FOR, -1: MOST_AGAINST}


def _heaviest(places: NDArray[np.intp], pull: Floats) -> int:
    """The place that pulls hardest in the direction of the whole feature."""
    return int(places[np.argmax(pull[places])])
