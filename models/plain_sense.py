"""Which sentence may be a reason for which lead: none that says the opposite of what it stands for."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from features.words import days, people, times
from models.explain import EVERYONE, Telling, by_behaviour

SAMPLE = 5_000  # leads from which the directions are learned, evenly spread
CLEAR = 0.3  # of a rank correlation; below it, more of something is neither good nor bad in itself
OFTEN = 2  # times, people, or days with something on them
COUNTED = frozenset((times.name, people.name, days.name))
USUAL = (0.4, 0.6)  # a value between these of the list is usual there

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Values = NDArray[np.float32]


@dataclass(frozen=True)
class Sense:
    """What a reader takes more of each column for, as the model has it for the leads of the list, one entry a column.

    rises: 1 where more of it goes with a higher chance, -1 where with a lower one, 0 where that is not clear.
    little, much: below and above which it is little and much for this list; a value between the two is neither. A silence is little and
    twice is much on any list, as who reads '7 times' does not know that others came 20 times. unknown: 1 where what is
    not known (never, nothing yet) goes with a raised chance, -1 with a lowered one.
    """

    words: Telling
    rises: Floats
    little: Floats
    much: Floats
    unknown: Floats

    def allows(self, values: Values, contributions: Floats) -> Flags:
        """Whether each column may speak for each row (rows, columns), values (rows, columns), contributions (rows, columns + 1).

        A sentence stands for its whole behaviour and for the direction in which that pulls. It may not speak where it says much of
        something that is good for others and is said against this lead ('Opened our pages 15 times' lowers the chance), little of it
        for the lead, and so on. The behaviour is then said by another of its columns ('Last visited our site 40 days ago') or
        not at all; its contribution stays what it is and stands in the waterfall.
        """
        pulls = np.sign(by_behaviour(contributions, self.words.behaviours))[:, self.words.behaviours]
        counted, silent = self._counted
        much = (values > self.much) | ((values >= OFTEN) & counted)
        little = (values < self.little) | ((values == 0) & silent)
        size = np.where(much, 1.0, np.where(little, -1.0, 0.0))
        promised = np.where(np.isnan(values), self.unknown, size * self.rises)
        allowed: Flags = promised * pulls >= 0
        return allowed

    @property
    def _counted(self) -> tuple[Flags, Flags]:
        """Which columns count something that may happen often, and of which a zero is said as a silence."""
        silent = np.array([column.is_silent_at_zero for column in self.words.columns], dtype=np.bool_)
        units = np.array([column.feature.unit.name in COUNTED for column in self.words.columns], dtype=np.bool_)
        return units & silent, silent


def sensible(words: Telling, values: Values, contributions: Floats) -> Flags:
    """Which columns may speak for which rows (rows, columns) of a whole list; of one that is told in parts, see sense_of."""
    return sense_of(words, values, contributions).allows(values, contributions)


def sense_of(words: Telling, values: Values, contributions: Floats) -> Sense:
    """The sense of the columns for the leads of a list: values (rows, columns), contributions (rows, columns + 1) in margins.

    Learned from the contributions alone, so that it is what the model says: the rank correlation (Spearman 1904) of a value with the margin
    or, where that is not clear, with the sum of the contributions of all that sees the same behaviour. A single column would not do, as of
    two windows, or two behaviours, one often takes back what the other gives: who reads much is likelier than most, and what lowers the
    chance is only that other visits have promised still more. Where fewer than EVERYONE leads stand on the list, everything may be said.
    """
    some = np.linspace(0, len(values) - 1, min(len(values), SAMPLE)).astype(np.intp)
    weights = by_behaviour(contributions[some], words.behaviours)
    margins = contributions[some].sum(axis=1)
    found = [_sense(values[some, place], weights[:, number], margins) for place, number in enumerate(words.behaviours)]
    return Sense(words, *np.array(found, dtype=np.float64).reshape(-1, 4).T)


def _sense(values: Values, weights: Floats, margins: Floats) -> tuple[float, float, float, float]:
    """rises, little, much and unknown of one column: its values (n,), its behaviour's weights (n,), and margins (n,)."""
    known = ~np.isnan(values)
    few, unknown = known.sum() < EVERYONE, (~known).sum()
    ahead = float(np.sign(weights[~known].mean() - weights.mean())) if EVERYONE <= unknown < len(values) else 0.0
    if few:
        return 0.0, 0.0, 0.0, ahead
    ranks = _ranks(values[known])
    rises = _clear(_correlation(ranks, _ranks(margins[known]))) or _clear(_correlation(ranks, _ranks(weights[known])))
    little, much = np.quantile(values[known], USUAL).tolist()
    return rises, little, much, ahead


def _clear(correlation: float) -> float:
    """Its sign; 0 where it is not clear."""
    return float(np.sign(correlation)) if abs(correlation) >= CLEAR else 0.0


def _ranks(values: NDArray[np.floating]) -> Floats:
    """The rank of each value, equal ones sharing the mean of theirs."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    return np.asarray((last - (counts - 1) / 2)[place], dtype=np.float64)


def _correlation(one: Floats, other: Floats) -> float:
    one, other = one - one.mean(), other - other.mean()
    size = float(np.sqrt((one @ one) * (other @ other)))
    return float(one @ other) / size if size > 0 else 0.0
