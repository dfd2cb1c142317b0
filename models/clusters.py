"""Says how sure a sum over snapshots is, where the snapshots of one lead repeat each other."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def standard_error(values: Floats, leads: Ints) -> float:
    """The standard error of the sum of values (n,) whose expectation is zero; leads (n,): the number of each row's lead, from 0.

    Rows of different leads are independent, rows of one lead may depend on each other in any way (Liang and Zeger 1986).
    """
    return float(np.sqrt((np.bincount(leads, values) ** 2).sum()))


def distinct(leads: Ints) -> int:
    """How many different leads there are."""
    return len(np.unique(leads))


def row_worth(leads: Ints) -> float:
    """What a row may count for, so that all rows together weigh as much as there are leads: at most 1."""
    return distinct(leads) / max(1, len(leads))
