"""Learns one head from the past: as many small trees as paid off on later weeks, and chances that kept their word there."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.feature import Monotone
from models.bundle import HeadModel
from models.calibrate import Calibrator, choose_calibrator
from models.heads import Head
from models.monotone import constraints
from models.settings import Settings, check_settings
from models.split import Days, Split, expanding_folds

Values = NDArray[np.float32]
Floats = NDArray[np.float64]

# Weekly snapshots of one lead repeat each other, so leaves must be large, trees small, and each tree sees a part of the rows and columns.
SETTINGS: Settings = {
    "objective": "binary",
    "learning_rate": 0.03,
    "num_leaves": 7,
    "min_data_in_leaf": 50,
    "min_sum_hessian_in_leaf": 5,
    "lambda_l2": 5,
    "feature_fraction": 0.4,
    "bagging_fraction": 0.6,
    "bagging_freq": 1,
    "seed": 7,
    "deterministic": True,
    "force_col_wise": True,
    "enable_bundle": False,
    "verbosity": -1,
}
MOST_TREES = 1000
PATIENCE_TREES = 50
ROWS_PER_THREAD = 20_000  # with fewer, threads wait for each other longer than they work
MOST_THREADS = 4


@dataclass(frozen=True)
class Growth:
    """Models that each learned from the earlier rows of a fold, oldest first, and the number of trees that served them best on the whole.

    inputs: the rows (rows, columns) of all folds, with the columns that tell leads apart. settings: all that the trees were grown with.
    """

    inputs: Values
    columns: tuple[str, ...]
    settings: Settings
    folds: tuple[Split, ...]
    boosters: tuple[lgb.Booster, ...]
    best: int


def fit_head(
    head: Head,
    values: Values,
    columns: Sequence[str],
    outcomes: Floats,
    as_of: Days,
    settings: Settings = SETTINGS,
    monotone: Mapping[str, Monotone] | None = None,
) -> HeadModel:
    """The model of a head from snapshots (rows): values (rows, columns), outcomes 0 or 1 and as_of (UTC).

    The number of trees is the one of grow_forward; from then on it grows with the square root of the rows learned from. The calibrator is
    fitted to the same out-of-time margins, and at last the trees are grown once more on all rows. The same rows give the same model on any
    machine. Raises FunnelcastError as grow_forward does.
    """
    grown = grow_forward(head, values, columns, outcomes, as_of, settings, monotone)
    trees = [_trees(grown.best, grown.folds, int(fold.earlier.sum())) for fold in grown.folds]
    calibrator = _calibrator(grown, trees, outcomes)
    number = _trees(grown.best, grown.folds, len(outcomes))
    everything = lgb.Dataset(grown.inputs, outcomes, params=dict(grown.settings))
    booster = lgb.train(dict(grown.settings), everything, num_boost_round=number)
    return HeadModel(
        head=head,
        booster=_text(booster),
        calibrator=calibrator,
        columns=grown.columns,
        trees=number,
        trained_from=_moment(as_of.min()),
        trained_to=_moment(as_of.max()),
        rows=len(outcomes),
        yes=int(outcomes.sum()),
    )


def grow_forward(
    head: Head,
    values: Values,
    columns: Sequence[str],
    outcomes: Floats,
    as_of: Days,
    settings: Settings = SETTINGS,
    monotone: Mapping[str, Monotone] | None = None,
) -> Growth:
    """As many trees as give the least log loss on up to two later blocks of weeks, each judged by trees that learned before it.

    settings: in place of those of SETTINGS. monotone: what is declared of columns; the chance holds to it (models.monotone).
    Raises FunnelcastError when all outcomes are the same, there are too few days, or a setting is refused (models.settings).
    """
    check_settings(settings, SETTINGS)
    if not _has_both(outcomes):
        raise _one_class(head, outcomes, as_of)
    used = np.flatnonzero(_tells_apart(values, as_of))
    names = tuple(columns[int(place)] for place in used)
    inputs = np.ascontiguousarray(values[:, used])
    folds = expanding_folds(as_of, head)
    taught = tuple(fold for fold in folds if _has_both(outcomes[fold.earlier]))
    if not taught:
        raise _one_class(head, outcomes[folds[-1].earlier], as_of[folds[-1].earlier])
    held = constraints(head, names, monotone or {})
    # LightGBM keeps one number of threads for all: data made without it would change it for models that are growing.
    whole = {**SETTINGS, **settings, **held, "num_threads": _threads(len(outcomes))}
    growing = tuple(_seedling(inputs, outcomes, fold, whole) for fold in taught)
    return Growth(inputs, names, whole, taught, growing, _best_number_of_trees(growing))


def _threads(rows: int) -> int:
    """How many threads learn from so many rows; the model is the same with any number."""
    return max(1, min(os.cpu_count() or 1, MOST_THREADS, rows // ROWS_PER_THREAD))


def _seedling(inputs: Values, outcomes: Floats, fold: Split, settings: Settings) -> lgb.Booster:
    """A model without trees that will learn from the fold's earlier rows and be judged on its later ones."""
    # Each fold has a Dataset of its own: lgb.cv would cut them out of one, whose bins are made with the rows it is judged on.
    earlier = lgb.Dataset(inputs[fold.earlier], outcomes[fold.earlier], params=dict(settings))
    later = lgb.Dataset(inputs[fold.later], outcomes[fold.later], reference=earlier, params=dict(settings))
    return lgb.Booster(dict(settings), earlier).add_valid(later, "later")


def _best_number_of_trees(growing: Sequence[lgb.Booster]) -> int:
    """How many trees give the least log loss on later rows, as a mean over the models; found by growing them all, tree by tree."""
    losses: list[float] = []
    best = 0
    while len(losses) < min(best + 1 + PATIENCE_TREES, MOST_TREES):
        for booster in growing:
            booster.update()
        # rounded, because the last digits depend on how many threads add up the loss
        losses.append(round(float(np.mean([booster.eval_valid()[0][2] for booster in growing])), 10))
        best = int(np.argmin(losses))
    return best + 1


def _trees(best: int, folds: Sequence[Split], rows: int) -> int:
    """How many trees so many rows bear, where `best` served the folds on the whole."""
    return max(1, round(best * float(np.sqrt(rows / np.mean([fold.earlier.sum() for fold in folds])))))


def _calibrator(grown: Growth, trees: Sequence[int], outcomes: Floats) -> Calibrator:
    """The calibrator that makes the chances honest that each model, with so many trees, gives to its fold's later rows."""
    margins = [
        booster.predict(grown.inputs[fold.later], raw_score=True, num_iteration=number)
        for booster, number, fold in zip(grown.boosters, trees, grown.folds, strict=True)
    ]
    newest = np.repeat(np.arange(len(margins)), [len(seen) for seen in margins]) == len(margins) - 1
    known = np.concatenate([outcomes[fold.later] for fold in grown.folds])
    return choose_calibrator(np.concatenate(margins), known, newest)


def _text(booster: lgb.Booster) -> str:
    """The trees as text, without the settings at its end: they name the number of threads, which differs between machines."""
    text: str = booster.model_to_string()
    return text.partition("\nparameters:")[0] + "\n"


def _tells_apart(values: Values, as_of: Days) -> NDArray[np.bool_]:
    """Which columns hold more than one value on some day, unknown being a value of its own.

    What is the same for everyone on each day tells no lead from another: it names the day, and what a model learns from that ends with it.
    """
    tells = np.zeros(values.shape[1], dtype=np.bool_)
    for day in np.unique(as_of):
        everyone = values[as_of == day]
        tells |= ~((everyone == everyone[0]) | (np.isnan(everyone) & np.isnan(everyone[0]))).all(axis=0)
    return tells


def _has_both(outcomes: Floats) -> bool:
    return bool(0 < outcomes.sum() < len(outcomes))


def _one_class(head: Head, outcomes: Floats, as_of: Days) -> FunnelcastError:
    said = "yes" if outcomes.sum() else "no"
    return FunnelcastError(
        f"{head.name}: the outcome is '{said}' for all {len(outcomes):,} snapshots from {_moment(as_of.min()):%Y-%m-%d} to "
        f"{_moment(as_of.max()):%Y-%m-%d} (or in the older part of them), so there is nothing to tell apart. Check the stages that end "
        f"the funnel, set another horizon than {head.horizon_days} days, bring more history, or take {head.name} out of heads."
    )


def _moment(day: np.datetime64) -> datetime:
    moment = day.item()
    assert isinstance(moment, datetime)
    return moment
