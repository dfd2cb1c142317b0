"""Trees made by hand, written as the text of a LightGBM model."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

ODD = (
    np.nan,
    np.inf,
    -np.inf,
    0.0,
    -0.0,
    1e-36,
    -1e-36,
    float(np.float32(1e-35)),
    1e-34,
    float(np.float32(0.1)),
    0.1,
    1e300,
)


@dataclass
class Tree:
    """A tree that begins as one leaf and grows by splits; a leaf's number stays with its left half, as in LightGBM."""

    features: list[int] = field(default_factory=list)
    thresholds: list[float] = field(default_factory=list)
    decisions: list[int] = field(default_factory=list)
    children: list[list[int]] = field(default_factory=list)
    weights: list[int] = field(default_factory=lambda: [1])
    values: list[float] = field(default_factory=lambda: [0.5])

    @property
    def leaves(self) -> int:
        """How many leaves there are."""
        return len(self.features) + 1

    def split(self, leaf: int, feature: int, threshold: float, missing: int, default_left: bool, weight: int) -> None:  # noqa: FBT001
        """Splits a leaf; `weight` rows go to the new leaf on the right."""
        node = len(self.features)
        for pair in self.children:
            pair[:] = [node if child == ~leaf else child for child in pair]
        self.children.append([~leaf, ~self.leaves])
        self.features.append(feature)
        self.thresholds.append(threshold)
        self.decisions.append(missing << 2 | default_left << 1)
        self.weights.append(weight)

    def rows(self, child: int) -> int:
        """How many rows fell into a node or, below 0, a leaf."""
        return self.weights[~child] if child < 0 else sum(self.rows(below) for below in self.children[child])


def text_of(trees: Sequence[Tree], columns: int) -> str:
    """The text of a model of these trees."""
    names = " ".join(f"f{column}" for column in range(columns))
    blocks = [_block(number, tree) for number, tree in enumerate(trees)]
    sizes = " ".join(str(len(block)) for block in blocks)
    infos = " ".join(["[-1:1]"] * columns)
    return (
        f"tree\nversion=v4\nnum_class=1\nnum_tree_per_iteration=1\nlabel_index=0\nmax_feature_idx={columns - 1}\nobjective=regression\n"
        f"feature_names={names}\nfeature_infos={infos}\ntree_sizes={sizes}\n\n{''.join(blocks)}end of trees\n"
    )


def _block(number: int, tree: Tree) -> str:
    nodes = range(len(tree.features))
    rows = [tree.rows(node) for node in nodes]
    fields: dict[str, Sequence[object]] = {
        "num_leaves": [tree.leaves],
        "num_cat": [0],
        "split_feature": tree.features,
        "split_gain": [1 for _ in nodes],
        "threshold": [repr(threshold) for threshold in tree.thresholds],
        "decision_type": tree.decisions,
        "left_child": [pair[0] for pair in tree.children],
        "right_child": [pair[1] for pair in tree.children],
        "leaf_value": [repr(value) for value in tree.values],
        "leaf_weight": tree.weights,
        "leaf_count": tree.weights,
        "internal_value": [0 for _ in nodes],
        "internal_weight": rows,
        "internal_count": rows,
        "is_linear": [0],
        "shrinkage": [1],
    }
    lines = [f"{name}={' '.join(map(str, held))}" for name, held in fields.items()]
    return "\n".join([f"Tree={number}", *lines, "", "", ""])
