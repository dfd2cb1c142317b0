"""Why a lead has its chance: which of its behaviours raise it and which lower it, in sentences and points of chance."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import isnan, nan

import numpy as np
from numpy.typing import NDArray

from features.behaviours import numbered_behaviours
from features.feature import FeatureColumn

Floats = NDArray[np.float64]

MOST_FOR, MOST_AGAINST = 3, 2
SIDES = {1: MOST_FOR, -1: MOST_AGAINST}
LEAST_SHARE = 0.02  # a behaviour that makes less than this share of all contributions is no reason
SENTENCES_KEPT = 1 << 18
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

    @cached_property
    def told(self) -> tuple[tuple[int, ...], ...]:
        """Of each behaviour, the places of the columns with whose sentences it may be said."""
        numbers = range(int(self.behaviours.max(initial=-1)) + 1)
        return tuple(tuple(np.flatnonzero((self.behaviours == number) & self.tells).tolist()) for number in numbers)


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
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")
    least = LEAST_SHARE * np.abs(weights).sum(axis=1)
    say = _sayings(words.columns, stages)
    return [
        _explain_row(
            _heavy(order[row], weights[row], float(least[row])),
            points[row],
            contributions[row],
            values[row],
            words,
            say,
        )
        for row in range(len(contributions))
    ]


def _sayings(columns: Sequence[FeatureColumn], stages: Mapping[int, str]) -> Callable[[int, float], str]:
    """The sentence of a column's place and value; many rows have the same value, and unknown ones are no number to look up."""

    @lru_cache(maxsize=SENTENCES_KEPT)
    def say(place: int, value: float | None) -> str:
        return columns[place].sentence(nan if value is None else value, stages)

    return lambda place, value: say(place, None if isnan(value) else value)


def _heavy(order: NDArray[np.intp], weights: Floats, least: float) -> Iterator[tuple[int, int]]:
    """The behaviours that weigh more than `least`, the heaviest first, each with its sign."""
    for behaviour in order.tolist():
        weight = weights.item(behaviour)
        if abs(weight) <= least:
            return
        yield behaviour, 1 if weight > 0 else -1


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
    heavy: Iterable[tuple[int, int]],
    points: Floats,
    pulls: Floats,
    values: NDArray[np.float32],
    words: Telling,
    say: Callable[[int, float], str],
) -> Explanation:
    found: dict[int, list[Reason]] = {1: [], -1: []}
    said: set[str] = set()
    for behaviour, sign in heavy:
        if all(len(found[side]) >= most for side, most in SIDES.items()):
            break
        places = words.told[behaviour]
        if not places or len(found[sign]) >= SIDES[sign]:
            continue
        # the place that pulls hardest in the direction of the whole behaviour
        place = max(places, key=lambda at: sign * pulls.item(at))
        says = say(place, values.item(place))
        if says not in said:
            said.add(says)
            found[sign].append(Reason(words.columns[place].feature.name, says, round(points.item(behaviour), 2)))
    return Explanation(tuple(found[1]), tuple(found[-1]))
