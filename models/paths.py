"""What each leaf of a forest asks of a row, feature by feature."""

from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from models.forest import Forest

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
Number = TypeVar("Number", bound=np.generic)

NO_END = 1 << 30  # above every bin


class Paths(NamedTuple):
    """The leaves of a forest from left to right, tree by tree, and what lies between each and its root.

    value (leaves,). parts (leaves + 1,): the distinct features on the path of leaf l are parts[l] to parts[l + 1], with the feature of
    each and its share: of the rows learned from that came to a split of the feature on the path, the share that went on towards the leaf
    (a product). asks (parts + 1,): a row meets part p when it meets asks[p] to asks[p + 1], low <= bin <= last in a channel each.
    """

    value: Floats
    parts: Ints
    feature: Ints
    share: Floats
    asks: Ints
    channel: Ints
    low: Ints
    last: Ints


def left_to_right(forest: Forest) -> tuple[Ints, Ints]:
    """The places (2, nodes) of the first leaf below each node, on its left and on its right, and (leaves,) of each leaf.

    Places count over the whole forest, tree by tree and each tree's leaves from left to right.
    """
    splits = len(forest.feature)
    left, right = (numbered(children, splits).tolist() for children in (forest.left, forest.right))
    sizes, first = [1] * (splits + len(forest.value)), [0] * (splits + len(forest.value))
    walk = _walk(forest, left, right)
    for node in reversed(walk):
        sizes[node] = sizes[left[node]] + sizes[right[node]]
    for tree, start in enumerate(forest.leaves[:-1].tolist()):
        alone = forest.nodes[tree] == forest.nodes[tree + 1]
        first[splits + start if alone else int(forest.nodes[tree])] = start
    for node in walk:
        first[left[node]] = first[node]
        first[right[node]] = first[node] + sizes[left[node]]
    places = np.array(first, dtype=np.int64)
    return np.stack([places[left], places[right]]), places[splits:]


def numbered(children: Ints, splits: int) -> Ints:
    """Children as nodes, and leaves behind them."""
    return np.where(children >= 0, children, splits + ~children)


def paths_of(forest: Forest, channel: Ints, cut: Ints) -> Paths:
    """The paths of a forest; channel and cut of each node as models.bins.channels_of gives them."""
    order = np.argsort(left_to_right(forest)[1])
    leaf, node, went_right = _steps(forest, order)
    asked = np.lexsort((channel[node], forest.feature[node], leaf))
    leaf, node, went_right = leaf[asked], node[asked], went_right[asked]
    parts = np.flatnonzero(_changes(leaf, forest.feature[node]))
    first = np.flatnonzero(_changes(leaf, channel[node]))
    return Paths(
        value=forest.value[order],
        parts=np.searchsorted(leaf[parts], np.arange(len(order) + 1)),
        feature=forest.feature[node][parts],
        share=_over(np.multiply, _shares(forest)[went_right.astype(np.int64), node], parts),
        asks=np.append(np.searchsorted(first, parts), len(first)),
        channel=channel[node][first],
        low=_over(np.maximum, np.where(went_right, cut[node], 0), first),
        last=_over(np.minimum, np.where(went_right, NO_END, cut[node] - 1), first),
    )


def _walk(forest: Forest, left: list[int], right: list[int]) -> list[int]:
    """The nodes, each before those below it."""
    splits, walk = len(left), []
    waiting = [int(root) for root, end in zip(forest.nodes[:-1], forest.nodes[1:], strict=True) if end > root]
    while waiting:
        node = waiting.pop()
        walk.append(node)
        waiting += [child for child in (left[node], right[node]) if child < splits]
    return walk


def _steps(forest: Forest, order: Ints) -> tuple[Ints, Ints, Mask]:
    """Every step from a leaf up to its root: the place of the leaf, the node, and whether the way to the leaf goes right there."""
    splits = len(forest.feature)
    above, is_right = np.full(splits + len(order), -1), np.zeros(splits + len(order), dtype=np.bool_)
    for children, turn in ((forest.left, False), (forest.right, True)):
        above[numbered(children, splits)] = np.arange(splits)
        is_right[numbered(children, splits)] = turn
    leaf, at = np.arange(len(order)), splits + order
    found = [(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=np.bool_))]
    while len(leaf):
        inner = above[at] >= 0
        leaf, at = leaf[inner], at[inner]
        found.append((leaf, above[at], is_right[at]))
        at = above[at]
    leaves, nodes, rights = zip(*found, strict=True)
    return np.concatenate(leaves), np.concatenate(nodes), np.concatenate(rights)


def _shares(forest: Forest) -> Floats:
    """(2, nodes): of the rows that a node learned from, the share that went left, and right."""
    rows, splits = np.concatenate([forest.node_rows, forest.leaf_rows]), len(forest.feature)
    children = np.stack([numbered(forest.left, splits), numbered(forest.right, splits)])
    shares: Floats = rows[children] / forest.node_rows
    return shares


def _changes(first: Ints, second: Ints) -> Mask:
    """Where a pair differs from the one before it."""
    differs = np.ones(len(first), dtype=np.bool_)
    differs[1:] = (first[1:] != first[:-1]) | (second[1:] != second[:-1])
    return differs


def _over(operation: np.ufunc, numbers: NDArray[Number], starts: Ints) -> NDArray[Number]:
    """The operation over each run of numbers; reduceat does not take no run at all."""
    if not len(starts):
        return numbers
    reduced: NDArray[Number] = operation.reduceat(numbers, starts)
    return reduced
