"""Brings columns of all sorts to one scale: extremes cut off, counts by their logarithm, the usual value at zero."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Values = NDArray[np.float32]

EXTREME = 0.001
LOGGED_FROM = 3.0  # a column that is never negative and goes beyond this is a count, a time or a sum
SMALLEST_SPREAD = 1e-6
LEAST_UNKNOWN = 0.01


@dataclass(frozen=True)
class Scale:
    """For each column the bounds, whether its logarithm is taken, mean and spread after that, and the share of rows without a value.

    told_unknown: the columns that have an input of their own for being unknown; of columns unknown in the same rows the first. A column
    that does not vary has the spread 1, and its inputs are zero.
    """

    lows: tuple[float, ...]
    highs: tuple[float, ...]
    logged: tuple[bool, ...]
    means: tuple[float, ...]
    spreads: tuple[float, ...]
    unknown: tuple[float, ...]
    told_unknown: tuple[int, ...]

    def apply(self, values: Values) -> tuple[Floats, Floats]:
        """Two (rows, columns): values scaled to mean 0 and spread 1, an unknown one 0; and 1 where unknown, less its usual share."""
        bounded = np.clip(values.astype(np.float64), self.lows, self.highs)
        logged = np.array(self.logged)
        bounded[:, logged] = np.log1p(bounded[:, logged])
        missing = np.isnan(values)
        scaled = np.where(missing, 0.0, (bounded - self.means) / self.spreads)
        return scaled, missing - np.array(self.unknown)

    def inputs(self, values: Values) -> Floats:
        """(rows, columns + columns told unknown): what a regression learns from."""
        scaled, missing = self.apply(values)
        return np.hstack([scaled, missing[:, list(self.told_unknown)]])


def scale_of(values: Values) -> Scale:
    """The scale of values (rows, columns), NaN unknown: bounds at the 0.1 % and 99.9 % quantiles of what is known."""
    known = [_known(column) for column in values.T]
    bounds = [np.quantile(one, [EXTREME, 1 - EXTREME]) for one in known]
    logged = [bool(low >= 0 and high > LOGGED_FROM) for low, high in bounds]
    cut = [
        np.log1p(np.clip(one, *bound)) if log else np.clip(one, *bound)
        for one, bound, log in zip(known, bounds, logged, strict=True)
    ]
    spreads = [float(one.std()) for one in cut]
    unknown = np.isnan(values).mean(axis=0)
    return Scale(
        lows=tuple(float(low) for low, _ in bounds),
        highs=tuple(float(high) for _, high in bounds),
        logged=tuple(logged),
        means=tuple(float(one.mean()) for one in cut),
        spreads=tuple(spread if spread > SMALLEST_SPREAD else 1.0 for spread in spreads),
        unknown=tuple(unknown.tolist()),
        told_unknown=_told_unknown(np.isnan(values), unknown.tolist()),
    )


def _known(column: Values) -> Floats:
    known = column[~np.isnan(column)].astype(np.float64)
    return known if len(known) else np.zeros(1)


def _told_unknown(missing: NDArray[np.bool_], shares: Sequence[float]) -> tuple[int, ...]:
    asked = [place for place, share in enumerate(shares) if LEAST_UNKNOWN <= share <= 1 - LEAST_UNKNOWN]
    first: dict[bytes, int] = {}
    for place in asked:
        first.setdefault(np.packbits(missing[:, place]).tobytes(), place)
    return tuple(first.values())
