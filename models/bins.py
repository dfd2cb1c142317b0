"""Replaces each value of a row by how many of the thresholds that the trees know lie below it."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.forest import MISSING_NAN, MISSING_NONE, MISSING_ZERO, Forest, UnreadableForest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Values = NDArray[np.float32]
Counts = NDArray[np.uint32]
Bins = NDArray[np.uint8 | np.uint16]

ZERO = np.float32(1e-35)  # LightGBM takes what is not further from 0 than this for 0 (kZeroThreshold)
MOST_THRESHOLDS = 65_535
NONE, ONE = np.uint32(0), np.uint32(1)  # a place without a sign needs no look at what lies before the first

ROWS_A_BLOCK: Final = 1_024  # whose values stay near the processor while their columns are read

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Channels(NamedTuple):
    """A channel is a feature as some of the nodes see it: those that treat a missing value alike.

    feature, missing, default_left (channels,). starts (channels + 1): the thresholds of a channel, rising, are those of its feature,
    from starts[c] to ends[c], each the largest float32 that is not above it: values of that kind lie on the same side of both.
    """

    feature: Ints
    missing: Ints
    default_left: NDArray[np.bool_]
    starts: Ints
    ends: Ints
    thresholds: Values


def channels_of(forest: Forest) -> tuple[Channels, Ints, Bins]:
    """The channels of a forest, and of each node its channel and cut: a row goes right where its bin is at least the cut.

    Raises UnreadableForest when a feature has more thresholds than a bin can count.
    """
    left = forest.default_left & (forest.missing != MISSING_NONE)
    kinds, channel = np.unique(np.stack([forest.feature, forest.missing, left]), axis=1, return_inverse=True)
    pairs, place = np.unique(
        np.stack([forest.feature.astype(np.float64), forest.threshold]), axis=1, return_inverse=True
    )
    starts = np.searchsorted(pairs[0], np.arange(forest.columns + 1))
    if len(forest.feature) and np.diff(starts).max() > MOST_THRESHOLDS:
        raise UnreadableForest(f"a feature has more than {MOST_THRESHOLDS:,} thresholds")
    feature = kinds[0].astype(np.int64)
    channels = Channels(
        feature,
        kinds[1].astype(np.int64),
        kinds[2].astype(np.bool_),
        starts[feature],
        starts[feature + 1],
        _rounded_down(pairs[1]),
    )
    cut = place.ravel() - starts[forest.feature] + 1
    bins: Bins = cut.astype(_kind(channels))
    return channels, channel.ravel().astype(np.int64), bins


def _rounded_down(thresholds: Floats) -> Values:
    """The largest float32 that is not above each threshold."""
    with np.errstate(over="ignore"):
        nearest = thresholds.astype(np.float32)
    rounded: Values = np.where(nearest > thresholds, np.nextafter(nearest, np.float32(-np.inf)), nearest)
    return rounded


def bins_of(values: Values, channels: Channels) -> Bins:
    """The bins (channels, rows) of values (rows, columns): how many thresholds are less than the value.

    A missing value has the first bin where it goes left and the last where it goes right, as Tree::NumericalDecision of LightGBM
    sends it; a value next to 0 counts as 0.
    """
    bins: Bins = np.empty((len(channels.feature), len(values)), dtype=_kind(channels))
    _fill(values, channels, bins)
    return bins


def _kind(channels: Channels) -> type[np.uint8] | type[np.uint16]:
    return np.uint8 if (channels.ends - channels.starts).max(initial=0) < 256 else np.uint16


@_compiled
def _fill(values: Values, channels: Channels, bins: Bins) -> None:
    for low in range(0, len(values), ROWS_A_BLOCK):
        _fill_block(values[low : low + ROWS_A_BLOCK], channels, bins[:, low : low + ROWS_A_BLOCK])


@_compiled
def _fill_block(values: Values, channels: Channels, bins: Bins) -> None:
    line, found = np.empty(len(values), dtype=np.float32), np.empty(len(values), dtype=np.uint32)
    for channel in range(len(channels.feature)):
        _read(values, channels.feature[channel], line)
        start, end = channels.starts[channel], channels.ends[channel]
        _count_below(line, channels.thresholds[start:end], found)
        missing = 0 if channels.default_left[channel] else end - start
        knows_nan, knows_zero = channels.missing[channel] == MISSING_NAN, channels.missing[channel] == MISSING_ZERO
        column = values[:, channels.feature[channel]]
        for row in range(len(values)):
            lost = np.isnan(column[row]) and (knows_nan or knows_zero)
            bins[channel, row] = missing if lost or (knows_zero and line[row] == 0.0) else found[row]


@_compiled
def _read(values: Values, column: int, line: Values) -> None:
    """Copies a column; what is unknown or next to 0 becomes 0."""
    for row in range(len(values)):
        value = values[row, column]
        line[row] = value if np.abs(value) > ZERO else np.float32(0.0)


@_compiled
def _count_below(line: Values, thresholds: Values, found: Counts) -> None:
    """How many of the rising thresholds are less than each value: all rows search together, a step at a time."""
    step = 1
    while step <= len(thresholds):
        step *= 2
    padded = np.full(step - 1, np.inf, dtype=np.float32)
    padded[: len(thresholds)] = thresholds
    found[:] = 0
    while step > 1:
        step //= 2
        more = np.uint32(step)
        for row in range(len(line)):
            found[row] += more if padded[found[row] + (more - ONE)] < line[row] else NONE
