"""Puts neighbouring leaves of a tree together, so that rows which differ in nothing that they ask are explained as one."""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import prod
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from models.paths import NO_END, Paths

Ints = NDArray[np.int64]
Cuts = dict[int, set[int]]

MOST_ALONE = 1 << 32  # outcomes of a leaf that a number holds; one that asks more is explained row by row


class Groups(NamedTuple):
    """Groups of neighbouring leaves of one tree, and the numbering of the outcomes that a row can have in each.

    leaves (groups, 2): the first leaf, in the order of the paths, and the one after the last. cuts (groups + 1,): group g cuts the bins
    of its channels at cuts[g] to cuts[g + 1]; outcome 0 lies below all cuts, and each cut at or below a row's bin adds its stride.
    outcomes (groups,): how many there are, 0 where they are too many to be numbered.
    """

    leaves: Ints
    cuts: Ints
    channel: Ints
    cut: Ints
    stride: Ints
    outcomes: Ints


def groups_of(paths: Paths, within: Ints, most: int) -> Groups:
    """Groups of at most so many outcomes; within (runs, 2): from where to where leaves may be put together.

    A leaf that has more is a group of its own. A run of leaves without any split above them is in no group.
    """
    asked = list(_cuts_of_leaves(paths))
    return _flat([group for first, end in within.tolist() for group in _groups_of_run(asked, first, end, most)])


def _cuts_of_leaves(paths: Paths) -> Iterator[Cuts]:
    starts = paths.asks[paths.parts].tolist()
    channel, low, above = paths.channel.tolist(), paths.low.tolist(), (paths.last + 1).tolist()
    for first, end in pairwise(starts):
        yield {channel[ask]: {low[ask], above[ask]} - {0, NO_END + 1} for ask in range(first, end)}


def _groups_of_run(asked: Sequence[Cuts], first: int, end: int, most: int) -> Iterator[tuple[int, int, Cuts]]:
    """From left to right, a leaf joins the group before it as long as the two together have few enough outcomes."""
    start, held = first, asked[first]
    for leaf in range(first + 1, end):
        both = {channel: held.get(channel, set()) | asked[leaf].get(channel, set()) for channel in held | asked[leaf]}
        if _outcomes(both) <= most:
            held = both
        else:
            yield start, leaf, held
            start, held = leaf, asked[leaf]
    if held:
        yield start, end, held


def _outcomes(cuts: Cuts) -> int:
    return prod(len(places) + 1 for places in cuts.values())


def _flat(found: Sequence[tuple[int, int, Cuts]]) -> Groups:
    cuts = [[(channel, cut) for channel in asked for cut in sorted(asked[channel])] for _, _, asked in found]
    outcomes = [_outcomes(asked) for _, _, asked in found]
    small = [number <= MOST_ALONE for number in outcomes]
    strides = [
        _strides(asked) if few else [0] * len(pairs)
        for (_, _, asked), pairs, few in zip(found, cuts, small, strict=True)
    ]
    pairs = np.array([pair for group in cuts for pair in group], dtype=np.int64).reshape(-1, 2)
    return Groups(
        leaves=np.array([(first, end) for first, end, _ in found], dtype=np.int64).reshape(-1, 2),
        cuts=np.cumsum([0, *map(len, cuts)]),
        channel=pairs[:, 0].copy(),
        cut=pairs[:, 1].copy(),
        stride=np.array([stride for group in strides for stride in group], dtype=np.int64),
        outcomes=np.array([number if few else 0 for number, few in zip(outcomes, small, strict=True)], dtype=np.int64),
    )


def _strides(asked: Cuts) -> list[int]:
    """Channels are the digits of an outcome's number, and each cut below the bin counts one up."""
    found, stride = [], 1
    for cut in asked.values():
        found += [stride] * len(cut)
        stride *= len(cut) + 1
    return found
