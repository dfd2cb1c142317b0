"""Rivals that may serve add up parts to the log odds, so that the list can say what spoke for a lead."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from configs.project import HeadName
from features.matrix import Matrix

Floats = NDArray[np.float64]

ROWS_AT_ONCE = 50_000  # the parts of so many rows fit into memory
GOODBYES: frozenset[HeadName] = frozenset({"leave", "churn"})


class Additive(Protocol):
    """A sum of parts in log odds that knows nothing of the rows that it learned from."""

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the parts: feature columns, fields as field_NAME, or stage."""

    def contributions(self, rows: Matrix) -> Floats:
        """(rows, parts + 1): what each part adds to the log odds, the last being the base; a row sums to its margin."""


def margins(additive: Additive, rows: Matrix) -> Floats:
    """The sums of the parts (rows,), in log odds before calibration."""
    number = np.arange(len(rows.values)) // ROWS_AT_ONCE
    pieces = [additive.contributions(rows.take(number == piece)).sum(axis=1) for piece in np.unique(number)]
    return np.concatenate([np.empty(0), *pieces])
