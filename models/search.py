"""Looks for the way of growing trees that pays off best on later weeks, and takes it only where that is more than luck."""

import hashlib
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from features.matrix import Matrix
from models.fit import SETTINGS, grow_forward
from models.heads import Head
from models.judgement import outcomes_of, rows_to_learn
from models.settings import Settings
from models.split import days_of, hold_out, leads_of

if TYPE_CHECKING:
    from optuna import Study
    from optuna.distributions import BaseDistribution
    from optuna.trial import FrozenTrial

Floats = NDArray[np.float64]

# What is searched, from and to; whole numbers where the ends are whole. All but the shares are searched by their logarithm.
SPACE: dict[str, tuple[float, float]] = {
    "learning_rate": (0.01, 0.1),
    "num_leaves": (3, 31),
    "min_data_in_leaf": (10, 400),
    "min_sum_hessian_in_leaf": (0.5, 50.0),
    "lambda_l2": (0.1, 100.0),
    "feature_fraction": (0.2, 1.0),
    "bagging_fraction": (0.4, 1.0),
}
WHOLE = ("num_leaves", "min_data_in_leaf")
SHARES = ("feature_fraction", "bagging_fraction")
SEED = 7
DRAWN_AT_RANDOM = 8
SURE = 2.0  # standard errors: the best of many trials is the best partly by luck


@dataclass(frozen=True)
class Store:
    """Where trials are kept: an SQLAlchemy URL; meaning: what else they depend on beside the rows, such as the code that grows trees."""

    url: str
    meaning: str = ""


@dataclass(frozen=True)
class Trial:
    """One way of growing trees: its settings, its mean log loss on later weeks, and how many trees and seconds it took; 0: the defaults."""

    number: int
    settings: Settings
    loss: float
    trees: int
    seconds: float


@dataclass(frozen=True)
class Search:
    """All trials of a head in their order, and the settings that it is to be grown with: none where the defaults stay.

    gain: how much less log loss the best trial has than the defaults; error: the standard error of that, by lead.
    """

    head: Head
    trials: tuple[Trial, ...]
    chosen: Settings
    gain: float
    error: float

    @property
    def says(self) -> str:
        """What was found, as a sentence."""
        tried = f"{self.head.name}: of {len(self.trials)} ways of growing trees"
        best = min(self.trials, key=lambda trial: trial.loss)
        if best.number == 0:
            return f"{tried} none lost less on later weeks than the defaults, which stay."
        less = f"trial {best.number} lost {self.gain:.5f} less on later weeks than the defaults (standard error {self.error:.5f} by lead)"
        return f"{tried} {less}; {'it is used.' if self.chosen else 'that may be luck, so the defaults stay.'}"


@dataclass(frozen=True)
class Forward:
    """What trees lost on the later rows of all folds (n,), what each row weighs (all together 1), and whose row it is."""

    losses: Floats
    weights: Floats
    leads: NDArray[np.object_]
    trees: int

    @property
    def mean(self) -> float:
        """The mean over the folds of their mean log loss; rounded, because the last digits depend on the number of threads."""
        return round(float((self.losses * self.weights).sum()), 10)


def search(
    matrix: Matrix,
    head: Head,
    until: datetime,
    trials: int,
    store: Store,
    on_trial: Callable[[str], None] = lambda part: None,
) -> Search:
    """The first `trials` trials of a head on the rows whose windows end by `until` (UTC without zone), made or read from the store.

    Trial 0 is the defaults. A trial is judged by grow_forward on the older part of the rows (models.split.hold_out), so that the newest
    fifth of the days, on which the training is judged, stays unseen. Each head is searched by itself: heads look at other leads and over
    other horizons, and in a mean the one with the highest log loss would decide. A killed search goes on with the next trial; the same
    rows give the same trials. The rest is Optuna's tree-structured Parzen estimator. Raises FunnelcastError when there is too little past.
    """
    rows = rows_to_learn(matrix, head, until)
    older = rows.take(hold_out(days_of(rows.snapshots), head).earlier)
    study = _open_study(store, f"{head.name} {_digest(older, head, store.meaning)}")
    while (done := len(study.trials)) < trials:
        settings = _proposed(study.trials) if done else {name: SETTINGS[name] for name in SPACE}
        started = perf_counter()
        found = look_forward(older, head, settings)
        study.add_trial(_kept(settings, found, perf_counter() - started))
        on_trial(head.name)
    return _chosen(older, head, [_trial(one) for one in study.trials[:trials]])


def look_forward(rows: Matrix, head: Head, settings: Settings) -> Forward:
    """What trees grown with the settings lose on the later rows of each fold, each with the number of trees that served best."""
    outcomes, days = outcomes_of(rows, head), days_of(rows.snapshots)
    grown = grow_forward(
        head, rows.values, rows.columns, outcomes, days, leads_of(rows.snapshots), settings, rows.monotone
    )
    leads = rows.snapshots["lead_id"].to_numpy(dtype=object)
    losses, weights = [], []
    for margins, fold in zip(grown.later_margins([grown.best] * len(grown.folds)), grown.folds, strict=True):
        losses.append(np.logaddexp(0.0, margins) - outcomes[fold.later] * margins)
        weights.append(np.full(len(margins), 1 / (len(grown.folds) * len(margins))))
    whose = np.concatenate([leads[fold.later] for fold in grown.folds])
    return Forward(np.concatenate(losses), np.concatenate(weights), whose, grown.best)


def gain_by_lead(ours: Forward, defaults: Forward) -> tuple[float, float]:
    """How much less ours lost than the defaults on the same rows, and its standard error when the rows of a lead stand or fall together.

    The error is that of a weighted mean over clusters (Liang and Zeger 1986), with the usual factor for few of them.
    """
    less = defaults.losses - ours.losses
    gain = float((ours.weights * less).sum())
    names, lead = np.unique(ours.leads, return_inverse=True)
    by_lead = np.bincount(lead, weights=ours.weights * (less - gain))
    return gain, float(np.sqrt(len(names) / max(1, len(names) - 1) * (by_lead**2).sum()))


def _chosen(rows: Matrix, head: Head, trials: Sequence[Trial]) -> Search:
    best = min(trials, key=lambda trial: trial.loss)
    if best.number == 0:
        return Search(head, tuple(trials), {}, 0.0, 0.0)
    gain, error = gain_by_lead(look_forward(rows, head, best.settings), look_forward(rows, head, trials[0].settings))
    return Search(head, tuple(trials), best.settings if gain > SURE * error else {}, gain, error)


def _proposed(done: Sequence["FrozenTrial"]) -> Settings:
    """The settings to try next: they depend on what was tried before and on nothing else, such as a process that was killed."""
    import optuna

    sampler = optuna.samplers.TPESampler(seed=SEED + len(done), n_startup_trials=DRAWN_AT_RANDOM)
    study = optuna.create_study(sampler=sampler)
    study.add_trials(done)
    return dict(study.ask(_distributions()).params)


def _open_study(store: Store, name: str) -> "Study":
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    with warnings.catch_warnings(action="ignore"):
        return optuna.create_study(storage=store.url, study_name=name, load_if_exists=True)


def _kept(settings: Settings, found: Forward, seconds: float) -> "FrozenTrial":
    import optuna

    attributes = {"trees": found.trees, "seconds": seconds}
    return optuna.trial.create_trial(
        value=found.mean, params=dict(settings), distributions=_distributions(), user_attrs=attributes
    )


def _trial(kept: "FrozenTrial") -> Trial:
    assert kept.value is not None
    return Trial(kept.number, kept.params, kept.value, kept.user_attrs["trees"], kept.user_attrs["seconds"])


def _distributions() -> dict[str, "BaseDistribution"]:
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        name: IntDistribution(int(low), int(high), log=True)
        if name in WHOLE
        else FloatDistribution(low, high, log=name not in SHARES)
        for name, (low, high) in SPACE.items()
    }


def _digest(rows: Matrix, head: Head, meaning: str) -> str:
    """32 hex digits that change with whatever a trial depends on."""
    plain = [head, rows.columns, sorted(rows.monotone.items()), sorted(SETTINGS.items()), SPACE, meaning]
    found = hashlib.sha256(repr(plain).encode())
    for numbers in (rows.values, outcomes_of(rows, head), days_of(rows.snapshots)):
        found.update(np.ascontiguousarray(numbers).tobytes())
    return found.hexdigest()[:32]
