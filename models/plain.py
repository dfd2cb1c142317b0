"""Which way the past plainly points for leads of whom the same is true, so that no reason says the opposite of what people see."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float32]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int64]
Ways = NDArray[np.int8]

GROUPS = 8  # of the known values but zero, as even as they can be cut
LEAST_LEADS = 20  # fewer show nothing plainly


@dataclass(frozen=True)
class Plain:
    """Which way each value of a column points, everything else as it comes: 1 where leads with it had yes more often than all others.

    -1 where less often, 0 where just as often or with too few leads to tell. edges: rising; the first group reaches up to the first edge,
    that included, and the last lies above the last one. ways: (groups + 1,), the last for values that are not known.
    """

    edges: tuple[float, ...]
    ways: tuple[int, ...]

    def of(self, values: Values) -> Ways:
        """Which way each value (n,) points."""
        found: Ways = np.array(self.ways, dtype=np.int8)[_groups(self.edges, values)]
        return found


PlainWays = Mapping[str, Plain]
NOWHERE = Plain((), (0, 0))


def plain_ways(values: Values, columns: Sequence[str], outcomes: Floats, leads: Ints) -> dict[str, Plain]:
    """For each column which way its values (rows, columns) point to outcomes 0 or 1 (rows,); leads (rows,): each row's lead by number."""
    return {name: _plain(values[:, place], outcomes, leads) for place, name in enumerate(columns)}


def may_say(columns: Sequence[str], values: Values, raises: Flags, plain: PlainWays) -> Flags:
    """Whether each of the values (rows, columns) may be a reason that raises the chance (rows,), or else lowers it.

    A model holds everything else equal, and of two columns that see much the same, one may count against a lead what the other counts for
    it. Both are right together, and neither alone: so what is told alone never points against the plain past.
    """
    way = np.where(raises, 1, -1)
    found = np.ones(values.shape, dtype=np.bool_)
    for place, name in enumerate(columns):
        if name in plain:
            found[:, place] = plain[name].of(values[:, place]) != -way
    return found


class PlainTables(NamedTuple):
    """The ways of columns as numbers.

    starts (columns + 1,): the edges of column c are edges[starts[c]] to edges[starts[c + 1]], and its ways those of ways from
    starts[c] + 2 c on: one more than edges, and that of values that are not known. A column of which nothing is known points nowhere.
    """

    starts: Ints
    edges: Values
    ways: Ways


def tables_of(plain: PlainWays, columns: Sequence[str]) -> PlainTables:
    """The ways of the columns, in their order."""
    found = [plain.get(name, NOWHERE) for name in columns]
    return PlainTables(
        np.array([0, *accumulate(len(one.edges) for one in found)], dtype=np.int64),
        np.array([edge for one in found for edge in one.edges], dtype=np.float32),
        np.array([way for one in found for way in one.ways], dtype=np.int8),
    )


def _plain(values: Values, outcomes: Floats, leads: Ints) -> Plain:
    edges = tuple(_edges(values))
    return Plain(edges, _ways(_groups(edges, values), len(edges) + 2, outcomes, leads))


def _edges(values: Values) -> Iterator[float]:
    """Zero where it occurs, as it is said in words of its own, and quantiles of the rest."""
    known = values[~np.isnan(values)]
    rest = known[known != 0]
    cuts = np.quantile(rest, np.arange(1, GROUPS) / GROUPS, method="lower") if len(rest) else np.empty(0)
    zero = [0.0] if (known == 0).any() else []
    yield from np.unique([*zero, *cuts]).tolist()


def _groups(edges: Sequence[float], values: Values) -> Ints:
    found = np.searchsorted(np.array(edges, dtype=np.float32), values, side="left")
    return np.where(np.isnan(values), len(edges) + 1, found).astype(np.int64)


def _ways(group: Ints, groups: int, outcomes: Floats, leads: Ints) -> tuple[int, ...]:
    """Of each group whether its share of yes lies above that of all others (1), below it (-1), or is that of too few leads (0)."""
    stood = np.zeros((int(leads.max(initial=-1)) + 1, groups), dtype=np.bool_)
    stood[leads, group] = True
    nowhere_else = stood[stood.sum(axis=1) == 1].sum(axis=0)
    inside, outside = stood.sum(axis=0), stood.any(axis=1).sum() - nowhere_else
    rows, yes = np.bincount(group, minlength=groups), np.bincount(group, outcomes, minlength=groups)
    apart = yes * (len(group) - rows) - (yes.sum() - yes) * rows  # of the shares, times what is above zero
    enough = (inside >= LEAST_LEADS) & (outside >= LEAST_LEADS)
    return tuple(np.where(enough, np.sign(apart), 0).astype(int).tolist())
