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
from models.heaviest import Asked, Heaviest, find_heaviest
from models.plain import PlainTables, PlainWays, tables_of
from models.reasons import MOST_AGAINST, MOST_FOR, NOTHING, Explanations
from models.threads import in_threads

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]

SIDES = (MOST_FOR, MOST_AGAINST)
SPARE = 2  # so many more are looked at on each side, as two behaviours may be said in the same words
LEAST_SHARE = 0.02  # a behaviour that makes less than this share of all contributions is no reason
ROWS_AT_ONCE = 16_384
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
    def tables(self) -> PlainTables:
        """The plain ways of the columns as numbers."""
        return tables_of(self.plain, [column.name for column in self.columns])


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
    shape = (len(values), sum(SIDES) + len(SIDES) * SPARE)
    found = Heaviest(np.full(shape, NOTHING, np.int32), np.zeros(shape, np.float32), np.zeros(shape))
    most, asked = np.array(SIDES) + SPARE, Asked(words.behaviours, words.tells, words.tables)

    def find(rows: slice) -> None:
        target = Heaviest(found.places[rows], found.values[rows], found.weights[rows])
        find_heaviest(contributions[rows], values[rows], asked, most, LEAST_SHARE, target)

    in_threads(find, len(values), ROWS_AT_ONCE)
    slope = 100 * _chance_per_margin(contributions, to_chance)
    return Candidates(found.places, found.values, found.weights * slope[:, None], found.weights > 0)


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
