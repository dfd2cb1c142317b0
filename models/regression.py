"""Logistic regression on the columns of the trees: what they start from, and a rival of theirs."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit, logit

from features.matrix import Matrix
from models.metrics import log_loss
from models.ridge import curvature, most_probable
from models.scale import Scale, scale_of
from models.split import Split

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Values = NDArray[np.float32]

# weak to strong, as scikit-learn's C: a small one draws all weights towards zero
STRENGTHS = (0.0003, 0.003, 0.03, 0.3)
MOST_ROWS = 20_000  # more rows of the same leads change the weights by less than the choice of the strength
ROWS_AT_ONCE = 50_000  # the inputs of so many rows fit into memory
SEED = 7
GROUPS = 5
HELD_BASE = 1e-3  # the base is free; with next to no rows this keeps it where it was


@dataclass(frozen=True)
class Logistic:
    """Log odds: the base, and for each column its weight times the scaled value, or the weight of being unknown.

    strength: of the ridge that it was learned with; share: of what was learned then, so much is in the weights and the base.
    """

    columns: tuple[str, ...]
    scale: Scale
    weights: tuple[float, ...]
    unknown_weights: tuple[float, ...]
    base: float
    strength: float
    share: float = 1.0

    @property
    def parts(self) -> tuple[str, ...]:
        """The feature columns."""
        return self.columns

    def contributions(self, rows: Matrix) -> Floats:
        """(rows, columns + 1) in log odds; a column at its mean adds nothing, so the base is a lead that is usual in all."""
        places = [rows.columns.index(name) for name in self.columns]
        return self.adds(rows.values[:, places])

    def adds(self, values: Values) -> Floats:
        """The contributions of the columns' values (rows, columns): (rows, columns + 1) in log odds."""
        scaled, unknown = self.scale.apply(values)
        added = scaled * np.array(self.weights) + unknown * np.array(self.unknown_weights)
        return np.column_stack([added, np.full(len(added), self.base)])

    def margins(self, values: Values) -> Floats:
        """The log odds (rows,) of the columns' values (rows, columns)."""
        return np.concatenate([np.empty(0), *(self.adds(values[rows]).sum(axis=1) for rows in _pieces(len(values)))])

    def scaled(self, share: float) -> "Logistic":
        """The same with this share of its log odds."""
        weights, unknown = (tuple(share * one for one in each) for each in (self.weights, self.unknown_weights))
        return replace(self, weights=weights, unknown_weights=unknown, base=share * self.base, share=share)


@dataclass(frozen=True)
class Regression:
    """A regression learned from some rows, and the margins that say how honest it is.

    unseen: (rows,) what weights learned without the row's lead say of it. earlier, later: for each fold, the same of its earlier rows, and
    what the weights learned from these say of its later rows.
    """

    logistic: Logistic
    unseen: Floats
    earlier: tuple[Floats, ...]
    later: tuple[Floats, ...]


def learn_regression(
    values: Values, columns: Sequence[str], outcomes: Floats, leads: Ints, folds: Sequence[Split]
) -> Regression:
    """The regression of the outcomes 0 or 1 (rows,) on values (rows, columns); leads (rows,): the number of each row's lead.

    The strength of the ridge is the one with the least log loss on the folds' later rows, each judged by weights from its earlier ones; all
    scales come from the rows that weights are learned from. Both outcomes must be among the earlier rows of each fold.
    """
    tried = [[*learn_lines(values[fold.earlier], outcomes[fold.earlier], STRENGTHS)] for fold in folds]
    known = np.concatenate([outcomes[fold.later] for fold in folds])
    said = [_margins_of_each(lines, values[fold.later]) for lines, fold in zip(tried, folds, strict=True)]
    by_strength = np.concatenate(said).T
    best = int(np.argmin([log_loss(known, expit(margins)) for margins in by_strength]))
    (line,) = learn_lines(values, outcomes, STRENGTHS[best : best + 1])
    return Regression(
        line.logistic(columns),
        line.unseen(values, outcomes, leads),
        tuple(
            lines[best].unseen(values[fold.earlier], outcomes[fold.earlier], leads[fold.earlier])
            for lines, fold in zip(tried, folds, strict=True)
        ),
        tuple(margins[:, best] for margins in said),
    )


@dataclass(frozen=True)
class Line:
    """Weights of a scale's inputs with the base at the end, learned from the rows `sample` by a ridge of this strength."""

    scale: Scale
    weights: Floats
    strength: float
    sample: NDArray[np.intp]

    def margins(self, values: Values) -> Floats:
        """The log odds (rows,) of values (rows, columns)."""
        return _margins(self.scale, self.weights[:, None], values)[:, 0]

    def logistic(self, columns: Sequence[str]) -> Logistic:
        """The same in terms of the columns of that name."""
        used = len(self.scale.lows)
        unknown = np.zeros(used)
        unknown[list(self.scale.told_unknown)] = self.weights[used:-1]
        weights, base = _plain(self.weights[:used]), float(self.weights[-1])
        return Logistic(tuple(columns), self.scale, weights, _plain(unknown), base, self.strength)

    def unseen(self, values: Values, outcomes: Floats, leads: Ints) -> Floats:
        """(rows,) margins by weights that have not seen the row's lead: the leads are divided into groups, each left out in turn.

        One Newton step from the weights of all rows takes the place of learning anew (Beirami et al. 2017, "On optimal generalization
        error estimation"; Rad and Maleki 2020).
        """
        group, inputs = leads % GROUPS, _with_base(self.scale, values[self.sample])
        chances, learned = expit(inputs @ self.weights), group[self.sample]
        curve = [curvature(inputs[learned == one], chances[learned == one]) for one in range(GROUPS)]
        ridge = _ridge(len(self.weights), self.strength)
        without = np.empty((len(self.weights), GROUPS))
        for one in range(GROUPS):
            out = learned == one
            pull = inputs[out].T @ (chances[out] - outcomes[self.sample][out])
            rest = np.sum([known for number, known in enumerate(curve) if number != one], axis=0) + np.diag(ridge)
            without[:, one] = self.weights + np.linalg.solve(rest, pull)
        return _margins(self.scale, without, values)[np.arange(len(values)), group]


def learn_lines(values: Values, outcomes: Floats, strengths: Sequence[float]) -> Iterator[Line]:
    """For each strength (see STRENGTHS) what rows with outcomes 0 or 1, both among them, teach of values (rows, columns)."""
    sample = _sample(outcomes)
    scale = scale_of(values[sample])
    inputs, said = _with_base(scale, values[sample]), outcomes[sample]
    weights = np.append(np.zeros(inputs.shape[1] - 1), logit(said.mean()))
    for strength in strengths:
        weights = most_probable(inputs, said, _ridge(len(weights), strength), weights)
        yield Line(scale, weights, strength, sample)


def _margins_of_each(lines: Sequence[Line], values: Values) -> Floats:
    """The log odds (rows, lines) of values (rows, columns) by lines of one scale."""
    return _margins(lines[0].scale, np.column_stack([line.weights for line in lines]), values)


def _margins(scale: Scale, weights: Floats, values: Values) -> Floats:
    """The log odds (rows, sets) of values (rows, columns) by sets of weights (inputs, sets)."""
    pieces = (_with_base(scale, values[rows]) @ weights for rows in _pieces(len(values)))
    return np.concatenate([np.empty((0, weights.shape[1])), *pieces])


def _ridge(weights: int, strength: float) -> Floats:
    """How hard each weight is drawn to zero; the base, at the end, is free."""
    return np.append(np.full(weights - 1, 1 / strength), HELD_BASE)


def _with_base(scale: Scale, values: Values) -> Floats:
    return np.column_stack([scale.inputs(values), np.ones(len(values))])


def _pieces(rows: int) -> Iterator[slice]:
    return (slice(start, start + ROWS_AT_ONCE) for start in range(0, rows, ROWS_AT_ONCE))


def _sample(outcomes: Floats) -> NDArray[np.intp]:
    """The rows to learn from, in their order: at most MOST_ROWS, unless one of the outcomes is too rare to be among them."""
    rows = np.arange(len(outcomes))
    if len(rows) <= MOST_ROWS:
        return rows
    drawn = np.sort(np.random.default_rng(SEED).choice(rows, MOST_ROWS, replace=False))
    return drawn if 0 < outcomes[drawn].sum() < MOST_ROWS else rows


def _plain(numbers: Floats) -> tuple[float, ...]:
    return tuple(numbers.tolist())
