"""Weighs past rows so that the leads that were called speak for all that might have been."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def times_counted(chances: Floats, lots: Floats, most: int) -> Ints:
    """How often each row (n,) counts where it is to be learned what becomes of a lead that is called.

    chances: how likely the lead's call was on that day, 0 for one that was not called, NaN where no list says so. A call counts by one over
    its chance (Horvitz and Thompson 1952), at most `most` times (cut off as by Ionides 2008, so that no single lead decides); a row without
    a list counts once. lots: a number in [0, 1) for each row, by which a weight is rounded up or down so that it is met on the whole.
    """
    with np.errstate(divide="ignore"):
        weights = np.where(chances > 0, np.minimum(1 / chances, most), 0.0)
    return np.floor(np.where(np.isnan(chances), 1.0, weights) + lots).astype(np.int64)


def worth(times: Ints) -> float:
    """How many rows that count once tell as much as these do together (Kish 1965)."""
    return float(times.sum() ** 2 / (times**2).sum()) if times.any() else 0.0
