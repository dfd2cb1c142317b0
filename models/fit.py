"""Learns one head from the past: a regression, as many small trees upon it as paid off on later weeks, and chances that kept their word."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import lightgbm as lgb
import numpy as np
from numpy.typing import NDArray

from features.feature import Monotone
from models.bundle import HeadModel
from models.calibrate import Calibrator, choose_calibrator
from models.heads import Head
from models.monotone import constraints
from models.regression import Ints, Regression, learn_regression
from models.rivals.served import Served
from models.settings import Settings, check_settings
from models.side_by_side import AT_ONCE
from models.split import Days, OneOutcomeError, Split, expanding_folds

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
# Shares of the regression to start from. AUC on the three newest blocks of weeks, means over the heads: bpic12 0.775 and 0.775, the demo
# company 0.765 and 0.769; the better share of each head 0.777 and 0.769. From all of it: 0.772 and 0.768.
STARTS = (0.0, 0.5)
MOST_TREES = 1000
# The power of the number of rows with which the number of trees grows. Over 41 cut-offs of bpic12, d365 and the demo company, eleven heads,
# the log loss on later rows was with 0.4 by 0.17 % and with 0.3 by 0.26 % lower than with the square root; with 0.2, by 0.34 % lower, one
# head lost 0.5 %.
MORE_TREES = 0.35
PATIENCE_TREES = 50
ROWS_PER_THREAD = 20_000  # with fewer, threads wait for each other longer than they work
MOST_THREADS = 4


@dataclass(frozen=True)
class Learned:
    """The model of a head, and the regression alone that its trees may start from."""

    model: HeadModel
    regression: Served


@dataclass(frozen=True)
class Growth:
    """Models that each learned from the earlier rows of a fold, oldest first.

    inputs: the rows (rows, columns) of all folds, with the columns that tell leads apart. share: so much of the regression they start from.
    settings: all that the trees were grown with. best: the number of trees that served them best on the whole; loss: their mean log loss.
    """

    inputs: Values
    columns: tuple[str, ...]
    settings: Settings
    folds: tuple[Split, ...]
    regression: Regression
    share: float
    boosters: tuple[lgb.Booster, ...]
    best: int
    loss: float

    def trees(self, rows: int) -> int:
        """How many trees so many rows bear, where `best` served the folds on the whole."""
        usual = np.mean([fold.earlier.sum() for fold in self.folds])
        return max(1, round(self.best * float((rows / usual) ** MORE_TREES)))

    def later_margins(self, trees: Sequence[int]) -> list[Floats]:
        """What each model, with so many trees, says of its fold's later rows."""
        return [
            self.share * line + booster.predict(self.inputs[fold.later], raw_score=True, num_iteration=number)
            for line, booster, fold, number in zip(self.regression.later, self.boosters, self.folds, trees, strict=True)
        ]


def fit_head(
    head: Head,
    values: Values,
    columns: Sequence[str],
    outcomes: Floats,
    as_of: Days,
    leads: Ints,
    settings: Settings = SETTINGS,
    monotone: Mapping[str, Monotone] | None = None,
) -> Learned:
    """The model of a head from snapshots (rows): values (rows, columns), outcomes 0 or 1, as_of (UTC) and leads, numbered from 0.

    Where the trees start and how many there are is what grow_forward finds; their number then grows with the rows learned from
    (MORE_TREES). The calibrator is fitted to the same out-of-time margins, and at last the trees are grown once more on all rows. The same
    rows give the same model on any machine. Raises what grow_forward raises.
    """
    grown = grow_forward(head, values, columns, outcomes, as_of, leads, settings, monotone)
    said = grown.later_margins([grown.trees(int(fold.earlier.sum())) for fold in grown.folds])
    number, start = grown.trees(len(outcomes)), grown.regression
    everything = _rows(grown.inputs, outcomes, _given(grown.share * start.unseen), grown.settings)
    booster = lgb.train(dict(grown.settings), everything, num_boost_round=number)
    model = HeadModel(
        head=head,
        booster=_text(booster),
        calibrator=_calibrator(said, outcomes, leads, grown.folds),
        columns=grown.columns,
        trees=number,
        trained_from=_moment(as_of.min()),
        trained_to=_moment(as_of.max()),
        rows=len(outcomes),
        yes=int(outcomes.sum()),
        start=start.logistic.scaled(grown.share) if grown.share else None,
    )
    return Learned(model, Served(start.logistic, _calibrator(start.later, outcomes, leads, grown.folds)))


def fit_regression(
    head: Head,
    values: Values,
    columns: Sequence[str],
    outcomes: Floats,
    as_of: Days,
    leads: Ints,
    monotone: Mapping[str, Monotone] | None = None,
) -> Served:
    """The regression alone, as fit_head learns it from the same rows."""
    inputs, names, taught = _taught(head, values, columns, outcomes, as_of)
    regression = learn_regression(_free(inputs, names, monotone), names, outcomes, leads, taught)
    return Served(regression.logistic, _calibrator(regression.later, outcomes, leads, taught))


def grow_forward(
    head: Head,
    values: Values,
    columns: Sequence[str],
    outcomes: Floats,
    as_of: Days,
    leads: Ints,
    settings: Settings = SETTINGS,
    monotone: Mapping[str, Monotone] | None = None,
) -> Growth:
    """Trees that had the least log loss on up to two later blocks of weeks, each judged by what the weeks before it taught.

    They start from nothing, or from half of what a logistic regression says that has not seen the row's lead (models.regression),
    and correct it. settings: in place of those of SETTINGS. monotone: what is declared of columns; the chance holds to it
    (models.monotone), and the regression knows nothing of them. Raises OneOutcomeError when all outcomes are the same, TooLittlePastError
    when there are too few days, FunnelcastError when a setting is refused (models.settings).
    """
    check_settings(settings, SETTINGS)
    inputs, names, taught = _taught(head, values, columns, outcomes, as_of)
    regression = learn_regression(_free(inputs, names, monotone), names, outcomes, leads, taught)
    held = constraints(head, names, monotone or {})
    whole = {**SETTINGS, **settings, **held, "num_threads": _threads(len(outcomes))}
    beds = [_bed(inputs, outcomes, fold, whole) for fold in taught]
    tried = [_grow(beds, regression, share, whole) for share in STARTS]
    share, (boosters, best, loss) = min(zip(STARTS, tried, strict=True), key=lambda one: one[1][2])
    return Growth(inputs, names, whole, taught, regression, share, boosters, best, loss)


def _taught(
    head: Head, values: Values, columns: Sequence[str], outcomes: Floats, as_of: Days
) -> tuple[Values, tuple[str, ...], tuple[Split, ...]]:
    """The columns that tell rows apart, their names, and the folds whose earlier rows know both outcomes."""
    if not _has_both(outcomes):
        raise _one_class(head, outcomes, as_of)
    used = np.flatnonzero(_tells_apart(values, as_of))
    folds = expanding_folds(as_of, head)
    taught = tuple(fold for fold in folds if _has_both(outcomes[fold.earlier]))
    if not taught:
        raise _one_class(head, outcomes[folds[-1].earlier], as_of[folds[-1].earlier])
    return np.ascontiguousarray(values[:, used]), tuple(columns[int(place)] for place in used), taught


def _free(inputs: Values, names: Sequence[str], monotone: Mapping[str, Monotone] | None) -> Values:
    """The inputs without what is known of columns of which something is declared."""
    held = [name in (monotone or {}) for name in names]
    return np.where(held, np.float32(np.nan), inputs) if any(held) else inputs


def _threads(rows: int) -> int:
    """How many threads learn from so many rows; the model is the same with any number."""
    return max(1, min((os.cpu_count() or 1) // AT_ONCE, MOST_THREADS, rows // ROWS_PER_THREAD))


def _rows(inputs: Values, outcomes: Floats, start: Floats | None, settings: Settings) -> lgb.Dataset:
    return lgb.Dataset(inputs, outcomes, init_score=start, params=dict(settings))


def _given(start: Floats) -> Floats | None:
    """What LightGBM is told of margins to start from: none where they are all zero."""
    # rounded, because the last digits of a sum of products depend on how many threads add it up
    return np.round(start, 9) if start.any() else None


@dataclass(frozen=True)
class _Bed:
    """The rows of a fold in LightGBM's bins, to learn from and to be judged on: any number of models grow on them."""

    earlier: lgb.Dataset
    later: lgb.Dataset

    def seedling(self, starts: Sequence[Floats], settings: Settings) -> lgb.Booster:
        """A model without trees that will learn from the earlier rows and be judged on the later ones; starts: the margins of both."""
        # A model takes a copy of where it starts from, so that the next one may start elsewhere.
        for data, start in zip((self.earlier, self.later), starts, strict=True):
            data.set_field("init_score", _given(start))
        return lgb.Booster(dict(settings), self.earlier).add_valid(self.later, "later")


def _bed(inputs: Values, outcomes: Floats, fold: Split, settings: Settings) -> _Bed:
    # Each fold has a Dataset of its own: lgb.cv would cut them out of one, whose bins are made with the rows it is judged on.
    earlier, later = (_rows(inputs[rows], outcomes[rows], None, settings) for rows in (fold.earlier, fold.later))
    return _Bed(earlier.construct(), later.set_reference(earlier).construct())


def _grow(
    beds: Sequence[_Bed], regression: Regression, share: float, settings: Settings
) -> tuple[tuple[lgb.Booster, ...], int, float]:
    """Models that start from this share of the regression, how many trees serve them best, and their mean loss on later rows then."""
    # LightGBM keeps one number of threads for all: data made without it would change it for models that are growing.
    boosters = tuple(
        bed.seedling([share * earlier, share * later], settings)
        for bed, earlier, later in zip(beds, regression.earlier, regression.later, strict=True)
    )
    losses: list[float] = []
    best = 0
    while len(losses) < min(best + 1 + PATIENCE_TREES, MOST_TREES):
        for booster in boosters:
            booster.update()
        # rounded, because the last digits depend on how many threads add up the loss
        losses.append(round(float(np.mean([booster.eval_valid()[0][2] for booster in boosters])), 10))
        best = int(np.argmin(losses))
    return boosters, best + 1, losses[best]


def _calibrator(margins: Sequence[Floats], outcomes: Floats, leads: Ints, folds: Sequence[Split]) -> Calibrator:
    """The calibrator that makes the chances honest that margins of each fold's later rows stand for."""
    newest = np.repeat(np.arange(len(folds)), [len(seen) for seen in margins]) == len(folds) - 1
    known, whose = (np.concatenate([rows[fold.later] for fold in folds]) for rows in (outcomes, leads))
    return choose_calibrator(np.concatenate(margins), known, newest, whose)


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


def _one_class(head: Head, outcomes: Floats, as_of: Days) -> OneOutcomeError:
    said = "yes" if outcomes.sum() else "no"
    return OneOutcomeError(
        f"{head.name}: the outcome is '{said}' for all {len(outcomes):,} snapshots from {_moment(as_of.min()):%Y-%m-%d} to "
        f"{_moment(as_of.max()):%Y-%m-%d} (or in the older part of them), so there is nothing to tell apart. Check the stages that end "
        f"the funnel, set another horizon than {head.horizon_days} days, bring more history, or take {head.name} out of heads."
    )


def _moment(day: np.datetime64) -> datetime:
    moment = day.item()
    assert isinstance(moment, datetime)
    return moment
