"""Reads the trees of a model out of its text, as numbers that can be gone through quickly."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MISSING_NONE, MISSING_ZERO, MISSING_NAN = 0, 1, 2
CATEGORICAL, DEFAULT_LEFT, MISSING_SHIFT = 1, 2, 2  # bits of decision_type in LightGBM's text


class UnreadableForest(Exception):  # noqa: N818  it is a way to go on, not an error
    """Says what a model has that only LightGBM itself can work with."""


@dataclass(frozen=True)
class Forest:
    """The trees of a LightGBM model, one after the other in flat arrays; a row's margin is the sum of a leaf of each.

    columns: how many inputs a row has. nodes, leaves (trees + 1,): those of tree t are from nodes[t] to nodes[t + 1]. Of each node: the
    feature and threshold that it splits on, the kind of its missing values (MISSING_...), whether those go left, and its children left
    and right: a node of the forest, or ~leaf of the forest. node_rows, leaf_rows: how many rows learned from fell there. value:
    of each leaf.
    """

    columns: int
    nodes: Ints
    leaves: Ints
    feature: Ints
    threshold: Floats
    missing: Ints
    default_left: NDArray[np.bool_]
    left: Ints
    right: Ints
    node_rows: Floats
    leaf_rows: Floats
    value: Floats

    @property
    def trees(self) -> int:
        """How many trees there are."""
        return len(self.nodes) - 1


def read_forest(text: str) -> Forest:
    """The trees of a LightGBM model text (version v4; Tree::ToString of LightGBM 4 writes it, Tree::Tree reads it).

    Raises UnreadableForest when the model sums up in another way, or a tree has categorical splits, linear leaves or nodes without rows.
    """
    head, *blocks = text.split("\nTree=")
    trees = [_fields(block.partition("\nend of trees")[0]) for block in blocks]
    header = _fields(head)
    _check(header, trees, averaged="average_output" in head.splitlines())
    splits = [int(tree["num_leaves"]) - 1 for tree in trees]
    nodes, leaves = _starts(splits), _starts([number + 1 for number in splits])
    decisions = _integers(trees, "decision_type")
    forest = Forest(
        columns=int(header["max_feature_idx"]) + 1,
        nodes=nodes,
        leaves=leaves,
        feature=_integers(trees, "split_feature"),
        threshold=_numbers(trees, "threshold"),
        missing=decisions >> MISSING_SHIFT & 3,
        default_left=decisions & DEFAULT_LEFT > 0,
        left=_children(trees, "left_child", nodes, leaves),
        right=_children(trees, "right_child", nodes, leaves),
        node_rows=_numbers(trees, "internal_count"),
        leaf_rows=_numbers(trees, "leaf_count"),
        value=_numbers(trees, "leaf_value"),
    )
    _check_rows(forest, decisions)
    return forest


def _fields(block: str) -> dict[str, str]:
    return dict(line.split("=", 1) for line in block.splitlines() if "=" in line)


def _check(header: Mapping[str, str], trees: Sequence[Mapping[str, str]], *, averaged: bool) -> None:
    if not trees or header.get("version") != "v4" or header.get("num_tree_per_iteration") != "1":
        raise UnreadableForest("it is not one score in the text of LightGBM 4")
    if averaged:
        raise UnreadableForest("it averages its trees")
    if any(tree.get("is_linear") == "1" for tree in trees):
        raise UnreadableForest("its leaves are linear")
    if any(tree.get("num_cat", "0") != "0" for tree in trees):
        raise UnreadableForest("it has categorical splits")


def _check_rows(forest: Forest, decisions: Ints) -> None:
    if (decisions & CATEGORICAL).any():
        raise UnreadableForest("it has categorical splits")
    inner = np.diff(forest.leaves)[np.searchsorted(forest.leaves, np.arange(len(forest.leaf_rows)), "right") - 1] > 1
    if (forest.node_rows <= 0).any() or (forest.leaf_rows[inner] <= 0).any():
        raise UnreadableForest("it has leaves that no row was learned from")
    if np.isnan(forest.threshold).any():
        raise UnreadableForest("it has splits without a threshold")


def _starts(sizes: Sequence[int]) -> Ints:
    return np.cumsum([0, *sizes])


def _words(trees: Sequence[Mapping[str, str]], name: str) -> list[str]:
    return " ".join(tree.get(name, "") for tree in trees).split()


def _integers(trees: Sequence[Mapping[str, str]], name: str) -> Ints:
    return np.array(_words(trees, name), dtype=np.int64)


def _numbers(trees: Sequence[Mapping[str, str]], name: str) -> Floats:
    return np.array(_words(trees, name), dtype=np.float64)


def _children(trees: Sequence[Mapping[str, str]], name: str, nodes: Ints, leaves: Ints) -> Ints:
    """The children as nodes of the forest, or ~leaf of the forest; the text counts both within the tree."""
    within = _integers(trees, name)
    splits = np.diff(nodes)
    return np.where(within >= 0, within + np.repeat(nodes[:-1], splits), within - np.repeat(leaves[:-1], splits))
