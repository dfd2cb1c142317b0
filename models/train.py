"""Trains every head: first judged on weeks that it has not seen, then made from everything that is known."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.matrix import Matrix
from models.agreement import disagreement
from models.bundle import Bundle, HeadModel, Origin
from models.fit import SETTINGS, fit_head
from models.heads import Head
from models.metrics import METRICS, measure
from models.predict import inputs, margins, to_chance
from models.rivals.rival import Rival
from models.rivals.roster import NOTHING_KNOWN, Background, rivals
from models.settings import Settings, told
from models.split import days_of, hold_out, usable

Floats = NDArray[np.float64]
LIBRARIES = ("lightgbm", "numpy")
MODEL = "model"
ROWS_COMPARED = 500


@dataclass(frozen=True)
class Judgement:
    """How one head did on later rows: its outcomes and chances (n,), what the model and its rivals said, and their metrics (rows)."""

    head: Head
    outcomes: Floats
    chances: Floats
    as_of: NDArray[np.datetime64]
    said: tuple[Rival, ...]
    metrics: pd.DataFrame


@dataclass(frozen=True)
class TrainingResult:
    """The bundle that will serve, and how models made the same way did on the newest weeks, which they had not seen.

    notes: a sentence for each model that only LightGBM itself can answer for.
    """

    bundle: Bundle
    judgements: tuple[Judgement, ...]
    notes: tuple[str, ...] = ()


def train(
    matrix: Matrix,
    heads: Sequence[Head],
    until: datetime,
    origin: Origin,
    capacity: int,
    on_head: Callable[[str], None] = lambda name: None,
    background: Background = NOTHING_KNOWN,
    settings: Mapping[HeadName, Settings] = MappingProxyType({}),
) -> TrainingResult:
    """Learns every head from the rows whose outcome windows end by `until` (UTC without zone).

    capacity: the k of precision at capacity, a day. on_head is called with the name of each head that is done. background: what its rivals
    know. settings: by head, in place of the defaults. Raises FunnelcastError when there is too little past, all outcomes are the same, or a
    setting is refused (models.settings).
    """
    judgements, models, notes = [], [], []
    for head in heads:
        rows = rows_to_learn(matrix, head, until)
        own = settings.get(head.name, SETTINGS)
        judgements.append(judge_on_newest(rows, head, capacity, background, own))
        model, warning = compared(learn(rows, head, own), rows)
        models.append(model)
        notes += [warning] if warning else []
        on_head(head.name)
    versions = {library: version(library) for library in LIBRARIES}
    by_head = {model.head.name: model for model in models}
    bundle = Bundle(origin, until, told(SETTINGS, settings), versions, by_head)
    return TrainingResult(bundle, tuple(judgements), tuple(notes))


def rows_to_learn(matrix: Matrix, head: Head, until: datetime) -> Matrix:
    """The rows with a known outcome of the head whose window ends by `until`. Raises FunnelcastError when there is none."""
    found = matrix.take(usable(days_of(matrix.snapshots), outcomes_of(matrix, head), head, until))
    if not len(found.values):
        raise FunnelcastError(
            f"{head.name}: there is nothing to learn from by {until:%Y-%m-%d}. No snapshot has a window of {head.horizon_days} days "
            "that is over by then; give a later --as-of, or set a shorter horizon_days."
        )
    return found


def compared(model: HeadModel, rows: Matrix) -> tuple[HeadModel, str]:
    """The model, fast if the compiled trees answer as LightGBM does on some of the rows, evenly spread; else why not."""
    some = np.linspace(0, len(rows.values) - 1, min(len(rows.values), ROWS_COMPARED)).astype(np.int64)
    warning = disagreement(model, inputs(model, rows.values[some], rows.columns))
    return replace(model, is_fast=not warning), warning


def learn(rows: Matrix, head: Head, settings: Settings = SETTINGS) -> HeadModel:
    """The model of a head from rows with known outcomes."""
    outcomes, days = outcomes_of(rows, head), days_of(rows.snapshots)
    return fit_head(head, rows.values, rows.columns, outcomes, days, settings, rows.monotone)


def judge(model: HeadModel, learned: Matrix, later: Matrix, capacity: int, background: Background | None) -> Judgement:
    """How a model, and its rivals that know the learned rows and the background, do on later rows with known outcomes.

    Without a background there are no rivals.
    """
    head, outcomes, days = model.head, outcomes_of(later, model.head), days_of(later.snapshots)
    scores = margins(model, inputs(model, later.values, later.columns))
    chances = to_chance(model, scores)
    others = () if background is None else rivals(learned, later, head, background)
    said = (Rival(MODEL, scores, chances), *others)
    worth = later.snapshots["amount"].to_numpy(dtype=np.float64)
    table = {one.name: measure(outcomes, one.scores, one.chances, days, capacity, worth) for one in said}
    return Judgement(head, outcomes, chances, days, said, pd.DataFrame(table).T[list(METRICS)])


def judge_on_newest(
    rows: Matrix, head: Head, capacity: int, background: Background | None, settings: Settings = SETTINGS
) -> Judgement:
    """How a model learned from the older of the rows does on the newest fifth of the days; see models.split.hold_out."""
    split = hold_out(days_of(rows.snapshots), head)
    learned, later = rows.take(split.earlier), rows.take(split.later)
    return judge(learn(learned, head, settings), learned, later, capacity, background)


def outcomes_of(matrix: Matrix, head: Head) -> Floats:
    """The outcomes of a head (rows,): 1 yes, 0 no, NaN not applicable or too early to tell."""
    outcomes: Floats = matrix.outcomes[head.name].to_numpy(dtype=np.float64)
    return outcomes
