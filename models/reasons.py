"""The reasons of many rows, held by column: a million leads are a few numbers each and one list of sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int32]
Floats = NDArray[np.float64]

MOST_FOR, MOST_AGAINST = 3, 2
NOTHING = -1


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
class Explanations:
    """The explanations of rows: MOST_FOR places for reasons for each, then MOST_AGAINST for those against, strongest first.

    features (rows, places): the number of each reason's feature among the names, NOTHING where there is no reason. says (rows, places):
    that of its sentence among the sentences. points (rows, places): as in Reason.
    """

    names: Sequence[str]
    sentences: Sequence[str]
    features: Places
    says: Places
    points: Floats

    def __len__(self) -> int:
        return len(self.features)

    def __iter__(self) -> Iterator[Explanation]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, row: int) -> Explanation:
        found = [
            None
            if feature == NOTHING
            else Reason(self.names[feature], self.sentences[self.says.item(row, place)], self.points.item(row, place))
            for place, feature in enumerate(self.features[row].tolist())
        ]
        known = [tuple(one for one in side if one) for side in (found[:MOST_FOR], found[MOST_FOR:])]
        return Explanation(known[0], known[1])


def joined(several: Sequence[Explanations]) -> Explanations:
    """All rows of one or more, those of the first one first."""
    names: list[str] = []
    sentences: list[str] = []
    features, says = [], []
    for one in several:
        features.append(_counted_from(len(names), one.features))
        says.append(_counted_from(len(sentences), one.says))
        names += one.names
        sentences += one.sentences
    points = np.concatenate([one.points for one in several])
    return Explanations(names, sentences, np.concatenate(features), np.concatenate(says), points)


def _counted_from(first: int, numbers: Places) -> Places:
    return np.where(numbers == NOTHING, NOTHING, numbers + first).astype(np.int32)
