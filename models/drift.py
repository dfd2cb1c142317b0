"""Notices when the world is no longer the one that a model learned from, or when its chances did not keep their word."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating]

BINS = 10
SMALLEST_CELL = 0.5  # an empty cell counts as half a row, so that its logarithm exists
TIMES_USUAL = 2
RARE = 10  # a sign expected in fewer rows than this may be absent by chance


@dataclass(frozen=True)
class Promise:
    """What a day's chances added up to, what came of it, and how many standard deviations lie between."""

    expected: float
    came: float
    sigmas: float


@dataclass(frozen=True)
class Shape:
    """How the values of a column lay: inner edges of their tenths, the share in each cell with unknown ones last, and of how many leads.

    mean: of the known values, None where there are none; unknown: the share of those that are not known.
    """

    edges: tuple[float, ...]
    shares: tuple[float, ...]
    leads: int
    mean: float | None
    unknown: float


def shape_of(values: Floats, leads: int) -> Shape:
    """The shape of values (n,), NaN unknown, of so many different leads; the snapshots of one lead say the same again and again."""
    known = values[~np.isnan(values)]
    edges = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1])) if len(known) else np.empty(0)
    shares = _shares(values, edges, len(edges) + 2)
    mean = float(known.mean(dtype=np.float64)) if len(known) else None
    return Shape(tuple(edges.tolist()), tuple(shares.tolist()), leads, mean, 1 - len(known) / len(values))


def moved_from(before: Shape, now: Floats) -> float:
    """How far the distribution of `now` (m,) has moved from a shape: 0 not at all, above 0.25 a lot.

    The population stability index (Siddiqi, Credit Risk Scorecards, 2006) over tenths of what was, with a cell of its own for unknown
    values. What chance alone brings about in so few rows, its mean and three standard deviations (Yurdakul 2018), is taken off.
    """
    cells, then = len(before.shares), np.array(before.shares)
    seen = _shares(now, np.array(before.edges, dtype=now.dtype), cells)
    moved = float(((seen - then) * np.log(seen / then)).sum())
    by_chance = (1 / before.leads + 1 / len(now)) * (cells - 1 + 3 * np.sqrt(2 * (cells - 1)))
    return max(0.0, moved - float(by_chance))


def stability_index(before: Floats, now: Floats, leads: int) -> float:
    """How far the distribution of `now` (m,) has moved from `before` (n,), which is of so many different leads; see moved_from."""
    return moved_from(shape_of(before, leads), now)


def moved_before(values: Floats, days: NDArray[np.datetime64], leads: int) -> float:
    """How far values (n,) of one of the days (n,) lay from those of the others, at most: the calendar moves them too.

    What moved since by no more than TIMES_USUAL as much has not moved for good. 0 where there is one day alone.
    """
    distinct = np.unique(days)
    if len(distinct) < 2:
        return 0.0
    return max(stability_index(values[days != day], values[days == day], leads) for day in distinct)


def gone_dark(before: Floats, now: Floats) -> bool:
    """Whether a column (n,) is now the same for all leads although it should differ for at least RARE: a sign of a source that broke."""
    _, counts = np.unique(before, return_counts=True)
    others = 1 - counts.max() / len(before)
    return bool(others * len(now) >= RARE and len(np.unique(now)) == 1)


def promise(chances: Floats, outcomes: Floats) -> Promise:
    """Chances (n,) against what came (n,), 0 or 1; the deviation is that of independent trials."""
    expected, came = float(chances.sum()), float(outcomes.sum())
    spread = float(np.sqrt((chances * (1 - chances)).sum()))
    return Promise(expected, came, (came - expected) / max(spread, 1e-9))


def _shares(values: Floats, edges: Floats, cells: int) -> Floats:
    cell = np.where(np.isnan(values), cells - 1, np.searchsorted(edges, values, side="left"))
    counts = np.maximum(np.bincount(cell, minlength=cells), SMALLEST_CELL)
    return np.asarray(counts / counts.sum())
