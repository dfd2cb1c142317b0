"""Why a lead has its chance: which of its behaviours raise it and which lower it, in sentences and points of chance."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.behaviours import numbered_behaviours
from features.feature import FeatureColumn
from features.words import writings
from models.plain import PlainWays, may_say
from models.reasons import MOST_AGAINST, MOST_FOR, NOTHING, Explanations

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

SIDES = {1: MOST_FOR, -1: MOST_AGAINST}
SPARE = 3  # so many more are looked at on each side, as some are said in the same words, or not by themselves
LEAST_SHARE = 0.02  # a behaviour that makes less than this share of all contributions is no reason
EVERYONE = 20  # with fewer leads, what is the same for all of them may still tell them from others


@dataclass(frozen=True)
class Candidates:
    """What may be said of rows, the heaviest first; (rows, MOST_FOR + MOST_AGAINST + 2 SPARE) each.

    places: the column that says it, NOTHING where there is no more; values: of that column; points: hundredths of chance, which all
    of its behaviour add; raises: whether they raise it.
    """

    places: NDArray[np.int32]
    values: Values
    points: Floats
    raises: Flags


@dataclass(frozen=True)
class Telling:
    """The columns of a model, and what may be said with them.

    behaviours: (columns,) the number of the behaviour that each sees, from 0. tells: (columns,) whether its sentence may be a reason.
    plain: by column which way the past plainly points, against which nothing is told (models.plain).
    """

    columns: Sequence[FeatureColumn]
    behaviours: NDArray[np.int64]
    tells: NDArray[np.bool_]
    plain: PlainWays = field(default_factory=dict)

    @cached_property
    def speaks(self) -> Flags:
        """Of each behaviour, whether any column may say it."""
        return np.array([len(places) > 0 for places in self.told], dtype=np.bool_)

    @cached_property
    def told(self) -> tuple[tuple[int, ...], ...]:
        """Of each behaviour, the places of the columns with whose sentences it may be said."""
        numbers = range(int(self.behaviours.max(initial=-1)) + 1)
        return tuple(tuple(np.flatnonzero((self.behaviours == number) & self.tells).tolist()) for number in numbers)


def telling(columns: Sequence[FeatureColumn], values: Values, plain: PlainWays | None = None) -> Telling:
    """What may be said of the rows of a list, values (rows, columns): nothing that it shows anyway or that is true of everyone on it."""
    tells = np.array([column.feature.is_reason for column in columns], dtype=np.bool_)
    if len(values) >= EVERYONE:
        tells &= ~((values == values[0]) | (np.isnan(values) & np.isnan(values[0]))).all(axis=0)
    return Telling(columns, numbered_behaviours(columns)[1], tells, plain or {})


def explain(
    contributions: Floats,
    values: Values,
    words: Telling,
    to_chance: Callable[[Floats], Floats],
    stages: Mapping[int, str],
) -> Explanations:
    """The explanations of rows; see `candidates` and `said`."""
    return said([candidates(contributions, values, words, to_chance)], words, stages)


def candidates(
    contributions: Floats, values: Values, words: Telling, to_chance: Callable[[Floats], Floats]
) -> Candidates:
    """The heaviest behaviours of each row for and against, a few more than are told.

    contributions: (rows, columns + 1) in margins, the last column the base, as LightGBM's pred_contrib gives them (path-dependent
    TreeSHAP, Lundberg et al. 2020). values: (rows, columns). to_chance: margins to calibrated chances, increasing. Contributions to
    one behaviour are summed and said in the words of the column that weighs most in the direction of the whole. Points spread the
    difference between the row's chance and the base chance over all behaviours in proportion to their contributions, so that they add up
    to it.
    """
    weights = by_behaviour(contributions, words.behaviours)
    slope = 100 * _chance_per_margin(contributions, to_chance)
    order = np.argsort(-np.abs(weights), axis=1, kind="stable")
    heavy = np.take_along_axis(weights, order, axis=1)
    least = LEAST_SHARE * np.abs(weights).sum(axis=1)
    picked = _picked(heavy, (np.abs(heavy) > least[:, None]) & words.speaks[order])
    row, at = np.nonzero(picked)
    slot = picked.cumsum(axis=1)[row, at] - 1
    place = _loudest(contributions, values, row, order[row, at], heavy[row, at] > 0, words)
    row, at, slot, place = (one[place != NOTHING] for one in (row, at, slot, place))
    shape = (len(weights), sum(SIDES.values()) + len(SIDES) * SPARE)
    found = Candidates(
        np.full(shape, NOTHING, np.int32), np.zeros(shape, np.float32), np.zeros(shape), np.zeros(shape, np.bool_)
    )
    found.places[row, slot], found.values[row, slot] = place, values[row, place]
    found.points[row, slot], found.raises[row, slot] = heavy[row, at] * slope[row], heavy[row, at] > 0
    return found


def said(parts: Sequence[Candidates], words: Telling, stages: Mapping[int, str]) -> Explanations:
    """The explanations of all rows of the parts, one after the other: of each side the heaviest, no two in the same words.

    A sentence is made once for all values of a column that are written alike, however many rows have them.
    """
    places = np.concatenate([part.places for part in parts])
    says, sentences = _sentences(places, np.concatenate([part.values for part in parts]), words.columns, stages)
    points, raises = (np.concatenate([getattr(part, name) for part in parts]) for name in ("points", "raises"))
    new = (places != NOTHING) & ~_repeated(says)
    shape = (len(places), MOST_FOR + MOST_AGAINST)
    names = [column.feature.name for column in words.columns]
    found = Explanations(
        names, sentences, np.full(shape, NOTHING, np.int32), np.full(shape, NOTHING, np.int32), np.zeros(shape)
    )
    for side, most, first in ((raises, MOST_FOR, 0), (~raises, MOST_AGAINST, MOST_FOR)):
        number = np.where(new & side, (new & side).cumsum(axis=1), most + 1)
        row, at = np.nonzero(number <= most)
        slot = first + number[row, at] - 1
        found.features[row, slot], found.says[row, slot] = places[row, at], says[row, at]
        found.points[row, slot] = np.round(points[row, at], 2)
    return found


def by_behaviour(contributions: Floats, behaviours: Ints) -> Floats:
    """The contributions (rows, columns + 1) without the base, summed by the number of each column's behaviour: (rows, behaviours)."""
    weights = np.zeros((len(contributions), int(behaviours.max()) + 1))
    np.add.at(weights.T, behaviours, contributions[:, :-1].T)
    return weights


def _picked(heavy: Floats, may: Flags) -> Flags:
    """Which of the sorted weights (rows, behaviours) are among the first of their side that may be told."""
    picked = np.zeros(heavy.shape, dtype=np.bool_)
    for sign, most in SIDES.items():
        side = may & (sign * heavy > 0)
        picked |= side & (side.cumsum(axis=1) <= most + SPARE)
    return picked


def _loudest(contributions: Floats, values: Values, row: Ints, behaviour: Ints, raises: Flags, words: Telling) -> Ints:
    """Of each behaviour (n,) of a row (n,) the column that pulls hardest in the direction of the whole; NOTHING where none may say so."""
    found = np.full(len(row), NOTHING, dtype=np.int64)
    for number, told in enumerate(words.told):
        here = np.flatnonzero(behaviour == number)
        if told and len(here):
            cells, names = (row[here][:, None], np.array(told)), [words.columns[place].name for place in told]
            pulls = contributions[cells] * np.where(raises[here], 1, -1)[:, None]
            may = (pulls > 0) & may_say(names, values[cells], raises[here], words.plain)
            loudest = np.where(may, pulls, -np.inf).argmax(axis=1)
            found[here] = np.where(may.any(axis=1), np.array(told)[loudest], NOTHING)
    return found


def _sentences(
    places: NDArray[np.int32], values: Values, columns: Sequence[FeatureColumn], stages: Mapping[int, str]
) -> tuple[NDArray[np.int32], list[str]]:
    """The number of what each column says of its value, NOTHING where there is no column, and all sentences."""
    known = places != NOTHING
    place, value = places[known].astype(np.int64), values[known]
    parts = np.array([column.feature.unit.parts for column in columns], dtype=np.int64)
    writing, kinds = pd.factorize(writings(value, parts[place]), use_na_sentinel=False)
    codes, pairs = pd.factorize(place * len(kinds) + writing)
    first = np.empty(len(pairs), dtype=np.int64)
    first[codes[::-1]] = np.arange(len(codes))[::-1]
    told = [
        columns[at].sentence(one, stages) for at, one in zip(place[first].tolist(), value[first].tolist(), strict=True)
    ]
    numbers, sentences = pd.factorize(np.array(told, dtype=object))
    says = np.full(places.shape, NOTHING, dtype=np.int32)
    says[known] = numbers[codes]
    return says, list(sentences)


def _repeated(says: NDArray[np.int32]) -> Flags:
    """Whether a sentence (rows, places) stands further to the front of its row already."""
    again = np.zeros(says.shape, dtype=np.bool_)
    for later in range(1, says.shape[1]):
        again[:, later] = (says[:, :later] == says[:, later : later + 1]).any(axis=1)
    return again


def _chance_per_margin(contributions: Floats, to_chance: Callable[[Floats], Floats]) -> Floats:
    """How much chance one unit of margin is worth between the base and the row."""
    base, margin = contributions[:, -1], contributions.sum(axis=1)
    # where the row stands at the base, the slope there takes the place of the quotient 0 / 0
    near = np.abs(margin - base) < 1e-6
    high = np.where(near, base + 1e-6, margin)
    slope: Floats = (to_chance(high) - to_chance(base)) / (high - base)
    return slope
