"""Adds up the trees for many rows at once: every split crosses out the leaves that a row cannot reach."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import Bins
from models.forest import Forest
from models.paths import left_to_right

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Bits = NDArray[np.uint64]
Words = NDArray[np.uint16]

LEAVES_A_WORD: Final = 16  # the shorter the word, the more rows a processor crosses out at once
WORDS: Final = 4
ALL: Final = np.uint16(0xFFFF)
ONE: Final = np.uint64(1)
DE_BRUIJN: Final = np.uint64(
    0x03F79D71B4CB0A89
)  # shifted by i, its upper 6 bits differ for every i (Leiserson, Prokop, Randall 1998)
SHIFT: Final = np.uint64(58)

_compiled = njit(nogil=True, cache=True, error_model="numpy")


class Scorer(NamedTuple):
    """A forest for adding up.

    words (trees + 1,): a bit for each leaf of tree t, from left to right, is in the words words[t] to words[t + 1]; none where there
    are more than 64. crossings (words + 1,): of each word the splits that cross out leaves of it for rows that go right, and of each of
    these: a row goes right where its bin in the channel is at least the cut, and may then still reach the leaves that are kept. hashed
    (trees, 64): the leaf values by the hash of their bit. roots, right, left, node_channel, node_cut, value: to walk down the other trees;
    children as in models.forest.Forest.
    """

    words: Ints
    crossings: Ints
    channel: Ints
    cut: Bins
    kept: Words
    hashed: Floats
    roots: Ints
    left: Ints
    right: Ints
    node_channel: Ints
    node_cut: Bins
    value: Floats


def scorer_of(forest: Forest, channel: Ints, cut: Bins) -> Scorer:
    """What is needed to add up a forest; channel and cut of each node as models.bins.channels_of gives them."""
    leaves = np.diff(forest.leaves)
    words = np.where(leaves <= LEAVES_A_WORD * WORDS, -(-leaves // LEAVES_A_WORD), 0)
    starts = np.cumsum([0, *words])
    (low, high), place = left_to_right(forest)
    tree, leaf_tree = (np.repeat(np.arange(forest.trees), sizes) for sizes in (leaves - 1, leaves))
    word, node, kept = _crossings(low - forest.leaves[tree], high - forest.leaves[tree], words[tree], starts[tree])
    small = words[leaf_tree] > 0
    hashed, bit = np.zeros((forest.trees, 64)), ONE << (place - forest.leaves[leaf_tree])[small].astype(np.uint64)
    hashed[leaf_tree[small], (bit * DE_BRUIJN) >> SHIFT] = forest.value[small]
    crossings = np.searchsorted(word, np.arange(starts[-1] + 1))
    roots = np.where(leaves > 1, forest.nodes[:-1], ~forest.leaves[:-1])
    return Scorer(
        starts, crossings, channel[node], cut[node], kept, hashed,
        roots, forest.left, forest.right, channel, cut, forest.value,
    )  # fmt: skip


def _crossings(low: Ints, high: Ints, words: Ints, first: Ints) -> tuple[Ints, Ints, Words]:
    """Of each word, in order, the nodes that cross out leaves of it, and the leaves that they keep.

    low, high: a node crosses out the leaves of its tree from low to high; words, first: how many words its tree has, and the first.
    """
    found = []
    for number in range(WORDS):
        ends = [np.clip(places - number * LEAVES_A_WORD, 0, LEAVES_A_WORD).astype(np.uint64) for places in (low, high)]
        crossed = ((ONE << ends[1]) - (ONE << ends[0])).astype(np.uint16)
        node = np.flatnonzero((crossed > 0) & (number < words))
        found.append((first[node] + number, node, ~crossed[node]))
    word, node, kept = (np.concatenate(part) for part in zip(*found, strict=True))
    order = np.argsort(word, kind="stable")
    return word[order], node[order], kept[order]


@_compiled
def add_trees(bins: Bins, scorer: Scorer, out: Floats) -> None:
    """Adds to out (rows,) the sum of the leaves that the rows reach, for bins (channels, rows).

    QuickScorer (Lucchese et al. 2015), rows abreast: the leaf that a row reaches is the first that no split crosses out. Trees of more
    leaves than four words have bits are walked down instead. Trees are added in their order, as LightGBM adds them.
    """
    reach = np.empty((WORDS, len(out)), dtype=np.uint16)
    for tree in range(len(scorer.words) - 1):
        words = scorer.words[tree + 1] - scorer.words[tree]
        if words == 0:
            _walk(bins, scorer, tree, out)
            continue
        reach[:] = 0
        for word in range(words):
            _cross_out(bins, scorer, scorer.words[tree] + word, reach[word])
        values = scorer.hashed[tree]
        for row in range(len(out)):
            leaves = np.uint64(0)
            for word in range(WORDS):
                leaves |= np.uint64(reach[word, row]) << np.uint64(word * LEAVES_A_WORD)
            first = leaves & (~leaves + ONE)
            out[row] += values[(first * DE_BRUIJN) >> SHIFT]


@_compiled
def _cross_out(bins: Bins, scorer: Scorer, word: int, reach: Words) -> None:
    reach[:] = ALL
    for at in range(scorer.crossings[word], scorer.crossings[word + 1]):
        column, cut, kept = bins[scorer.channel[at]], scorer.cut[at], scorer.kept[at]
        for row in range(len(reach)):
            reach[row] &= kept if column[row] >= cut else ALL


@_compiled
def _walk(bins: Bins, scorer: Scorer, tree: int, out: Floats) -> None:
    for row in range(len(out)):
        at = scorer.roots[tree]
        while at >= 0:
            right = bins[scorer.node_channel[at], row] >= scorer.node_cut[at]
            at = scorer.right[at] if right else scorer.left[at]
        out[row] += scorer.value[~at]
