"""How well each column alone, or only whether it is known, tells the leads apart that will act."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.feature import FeatureColumn
from features.matrix import Matrix
from features.sourced import is_structural, signal_of
from models.heads import Head
from models.metrics import auc
from models.split import days_of, usable

Floats = NDArray[np.float64]
Masks = Mapping[str, NDArray[np.bool_]]

MOST_ROWS = 20_000  # an AUC of so many rows is right to a hundredth, and ranking them takes milliseconds
SEED = 7


@dataclass(frozen=True)
class Ranking:
    """A sample of the snapshots of one head with a known outcome, and what each column alone is worth on it.

    auc: folded (0.5 to 1), unknown values standing below or above all others, whichever tells more. signal: columns that
    read the same rows share one. structural: columns that read the rows from which the outcome is computed. known: for columns
    that may be without a value, where they have one. outcomes: 0 or 1; lead: a number for each lead.
    """

    head: str
    outcomes: Floats
    lead: NDArray[np.int64]
    auc: Mapping[str, float]
    signal: Mapping[str, str]
    structural: frozenset[str]
    known: Masks


def rankings(
    matrix: Matrix, columns: Sequence[FeatureColumn], heads: Sequence[Head], until: datetime
) -> Iterator[Ranking]:
    """One for each head that has both outcomes among the rows whose windows end by `until` (UTC without zone)."""
    for head in heads:
        outcomes = matrix.outcomes[head.name].to_numpy(dtype=np.float64)
        rows = np.flatnonzero(usable(days_of(matrix.snapshots), outcomes, head, until))
        if len(rows) > MOST_ROWS:
            rows = np.sort(np.random.default_rng(SEED).choice(rows, MOST_ROWS, replace=False))
        if 0 < outcomes[rows].sum() < len(rows):
            yield _ranking(matrix, columns, head, rows)


def _ranking(matrix: Matrix, columns: Sequence[FeatureColumn], head: Head, rows: NDArray[np.intp]) -> Ranking:
    outcomes = matrix.outcomes[head.name].to_numpy(dtype=np.float64)[rows]
    values = {column.name: matrix.values[rows, matrix.columns.index(column.name)] for column in columns}
    return Ranking(
        head=head.name,
        outcomes=outcomes,
        lead=pd.factorize(matrix.snapshots["lead_id"].to_numpy()[rows])[0].astype(np.int64),
        auc={name: folded_auc(outcomes, one.astype(np.float64)) for name, one in values.items()},
        signal={column.name: signal_of(column) for column in columns},
        structural=frozenset(column.name for column in columns if is_structural(column)),
        known={column.name: _known(column, values[column.name]) for column in columns if column.days is None},
    )


def folded_auc(outcomes: Floats, values: Floats) -> float:
    """The AUC of a column or of its opposite, whichever is larger; unknown values stand below or above all others.

    Follows from the AUC among known values a, and the shares known among yes (p) and no (q): p q a + p (1 - q) + (1 - p)(1 - q) / 2
    when unknown values stand below.
    """
    known = ~np.isnan(values)
    yes = outcomes == 1
    p, q = known[yes].mean(), known[~yes].mean()
    among = auc(outcomes[known], values[known]) if p and q else 0.5
    both, neither = p * q, (1 - p) * (1 - q) / 2
    sides = [both * side + extra + neither for side in (among, 1 - among) for extra in (p * (1 - q), (1 - p) * q)]
    return float(max(sides))


def _known(column: FeatureColumn, values: NDArray[np.float32]) -> NDArray[np.bool_]:
    """Where there is a value at all; a count over all time is without one at zero."""
    known: NDArray[np.bool_] = ~np.isnan(values)
    return known & (values != 0) if column.window == "ever" else known
