"""Gives the margins of many rows and what each feature adds to them, as LightGBM does, in a fraction of its time."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.bins import Bins, Channels, Values, bins_of, channels_of
from models.forest import Forest, read_forest
from models.leaf_groups import Groups, groups_of
from models.paths import Paths, paths_of
from models.scorer import Scorer, add_trees, scorer_of
from models.shapley import Level, Rules, explain, rules_for, strongest, targets_for
from models.threads import in_threads

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Places = NDArray[np.int32]

ROWS_SCORED_AT_ONCE = 1_024
ROWS_EXPLAINED_AT_ONCE = 262_144
# Outcomes of leaves that are put together: looked up for each row, and worked out for those that occur.
MOST_LOOKED_UP, MOST_WORKED_OUT = 1 << 25, 1 << 14


class Leaves(NamedTuple):
    """What the leaves ask, and how they are put together.

    wide: groups of which a row looks up few; narrow: groups within them of which few outcomes are worked out.
    """

    paths: Paths
    wide: Groups
    narrow: Groups


@dataclass(frozen=True)
class FastForest:
    """A model read for adding up and explaining; channel and cut of each node as models.bins.channels_of gives them.

    known_leaves: what was worked out of the leaves before, None where it was not.
    """

    forest: Forest
    channels: Channels
    channel: Ints
    cut: Bins
    known_leaves: Leaves | None = None

    @cached_property
    def scorer(self) -> Scorer:
        """The trees for adding up."""
        return scorer_of(self.forest, self.channel, self.cut)

    @cached_property
    def leaves(self) -> Leaves:
        """The leaves for explaining."""
        if self.known_leaves is not None:
            return self.known_leaves
        paths = paths_of(self.forest, self.channel, self.cut.astype(np.int64))
        trees = self.forest.leaves
        wide = groups_of(paths, np.stack([trees[:-1], trees[1:]], axis=1), MOST_LOOKED_UP)
        return Leaves(paths, wide, groups_of(paths, wide.leaves, MOST_WORKED_OUT))

    @cached_property
    def rules(self) -> Rules:
        """The rules of integration that the paths need."""
        return rules_for(self.leaves.paths)

    @property
    def base(self) -> float:
        """What is expected of a row of which nothing is known: the mean leaf over the rows learned from, as LightGBM has it."""
        forest = self.forest
        rows = np.add.reduceat(forest.leaf_rows, forest.leaves[:-1])
        means = np.add.reduceat(forest.leaf_rows * forest.value, forest.leaves[:-1]) / rows
        alone = forest.value[forest.leaves[:-1]]
        return float(np.where(np.diff(forest.leaves) > 1, means, alone).sum())


@lru_cache(maxsize=8)
def read_fast(text: str) -> FastForest:
    """The model of a LightGBM text; kept, so that the same text is read once. Raises models.forest.UnreadableForest."""
    forest = read_forest(text)
    channels, channel, cut = channels_of(forest)
    return FastForest(forest, channels, channel, cut)


def fast_margins(fast: FastForest, values: Values) -> Floats:
    """The sums of the trees (rows,) for values (rows, columns), bit for bit those of LightGBM."""
    margins = np.zeros(len(values))

    def score(rows: slice) -> None:
        add_trees(bins_of(values[rows], fast.channels), fast.scorer, margins[rows])

    in_threads(score, len(values), ROWS_SCORED_AT_ONCE)
    return margins


def fast_contributions(fast: FastForest, values: Values, targets: Ints) -> Floats:
    """What each target adds to the margins of values (rows, columns): (rows, targets + 1), the last being the base.

    targets (columns,): the number from 0 of what each column counts for; columns of the same target are summed while they are added.
    """
    count = int(targets.max(initial=-1)) + 1
    found = np.empty((len(values), count + 1))
    found[:, count] = fast.base

    def write(rows: slice, adds: Floats) -> None:
        found[rows, :count] = adds.T

    _explain(fast, values, targets, write)
    return found


def fast_reasons(
    fast: FastForest, values: Values, targets: Ints, most: int, also: Callable[[Values], Floats] | None = None
) -> tuple[Places, Floats]:
    """The targets that add or take most, (rows, most), strongest first, -1 where there are no more; and what they add.

    targets as in fast_contributions. also: gives for values (n, columns) what is added to the targets beside the trees, (n, targets).
    Memory beside values (rows, columns) and what is returned: about 2 MB a target and thread.
    """
    places, weights = np.empty((len(values), most), dtype=np.int32), np.empty((len(values), most))

    def write(rows: slice, adds: Floats) -> None:
        if also:
            adds += also(values[rows]).T
        strongest(adds, places[rows], weights[rows])

    _explain(fast, values, targets, write)
    return places, weights


def _explain(fast: FastForest, values: Values, targets: Ints, write: Callable[[slice, Floats], None]) -> None:
    """Hands on what the targets add (targets, rows) for some rows after the other."""
    count, kind = int(targets.max(initial=-1)) + 1, fast.cut.dtype
    paths, wide, narrow = fast.leaves
    of_wide = targets_for(paths, wide, targets[paths.feature])
    of_narrow = targets_for(paths, narrow, of_wide.of_part)
    inner = np.searchsorted(narrow.leaves[:, 0], np.append(wide.leaves[:, 0], np.iinfo(np.int64).max))
    levels = Level(wide, wide.cut.astype(kind), of_wide), Level(narrow, narrow.cut.astype(kind), of_narrow)
    asked = _as_bins(paths, kind)

    def work(rows: slice) -> None:
        bins = bins_of(values[rows], fast.channels)
        adds = np.zeros((count, bins.shape[1]))
        explain(bins, *levels, inner, asked, fast.rules, adds)
        write(rows, adds)

    in_threads(work, len(values), ROWS_EXPLAINED_AT_ONCE)


def _as_bins(paths: Paths, kind: np.dtype[np.uint8 | np.uint16]) -> Paths:
    """The paths with their bins of the given kind, which compare faster."""
    last = np.minimum(paths.last, np.iinfo(kind).max)
    return paths._replace(low=paths.low.astype(kind), last=last.astype(kind))
