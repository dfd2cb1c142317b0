"""Trains every head: first judged on weeks that it has not seen, then made from everything that is known."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from importlib.metadata import version
from types import MappingProxyType

import numpy as np

from configs.project import HeadName
from features.matrix import Matrix
from models.agreement import disagreement
from models.bundle import Bundle, HeadModel, Origin
from models.calibrate import IDENTITY
from models.fit import SETTINGS
from models.heads import Head
from models.honesty import UNPROVEN
from models.judgement import Judgement, judge_on_newest, learn, outcomes_of, rows_to_learn
from models.ladder import STEPS, Standing, Step, Tried, climb
from models.predict import inputs
from models.regression import Logistic
from models.regrown import spread_of, spread_of_regression
from models.rivals.points import points_card
from models.rivals.roster import NOTHING_KNOWN, Background, served_rivals
from models.rivals.served import Served
from models.settings import Settings, told
from models.side_by_side import AT_ONCE, each_on_one_core
from models.split import OneOutcomeError, TooLittlePastError, days_of, leads_of

LIBRARIES = ("lightgbm", "numpy")
ROWS_COMPARED = 500
SURELY_BOTH = 50  # after so many closed leads one outcome alone is a wrong setting, not a young company


@dataclass(frozen=True)
class TrainingResult:
    """The bundle that will serve, and how models made the same way did on the newest weeks, which they had not seen.

    notes: a sentence for each model that only LightGBM itself can answer for. standings: the step of the ladder that each head stands on.
    """

    bundle: Bundle
    judgements: tuple[Judgement, ...]
    notes: tuple[str, ...] = ()
    standings: Mapping[HeadName, Standing] = field(default_factory=dict)


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

    Each stands on the highest step of the ladder that was better than those below it on later rows (models.ladder), and on a points table
    where there is too little past. capacity: the k of precision at capacity, a day. on_head is called with the name of each head that
    is done. background: what its rivals know. settings: by head, in place of the defaults. Raises FunnelcastError when a setting is
    refused (models.settings), and when all outcomes are the same although many leads have been closed.
    """

    def trained(head: Head) -> _Trained:
        found = _train_head(matrix, head, until, capacity, background, settings.get(head.name, SETTINGS), work)
        on_head(head.name)
        return found

    # two pools: a head waits in the one for what it learns in the other, so that the last head does not leave a core idle
    with each_on_one_core(), ThreadPoolExecutor(AT_ONCE) as work, ThreadPoolExecutor(AT_ONCE) as pool:
        found = list(pool.map(trained, heads))
    versions = {library: version(library) for library in LIBRARIES}
    bundle = Bundle(
        origin, until, told(SETTINGS, settings), versions, {one.model.head.name: one.model for one in found}
    )
    return TrainingResult(
        bundle,
        tuple(one.judgement for one in found if one.judgement is not None),
        tuple(one.note for one in found if one.note),
        {one.model.head.name: one.standing for one in found},
    )


@dataclass(frozen=True)
class _Trained:
    """One head, trained: how models made so did on later rows (None: too little past), where it stands, its model, and a warning or ''."""

    judgement: Judgement | None
    standing: Standing
    model: HeadModel
    note: str


def _train_head(
    matrix: Matrix,
    head: Head,
    until: datetime,
    capacity: int,
    background: Background,
    settings: Settings,
    work: Executor,
) -> _Trained:
    try:
        rows = rows_to_learn(matrix, head, until)
        judgement = judge_on_newest(rows, head, capacity, background, settings, work)
    except (TooLittlePastError, OneOutcomeError) as error:
        if isinstance(error, OneOutcomeError) and len(background.closed_by(np.datetime64(until, "us"))) >= SURELY_BOTH:
            raise
        standing = Standing("points", f"It stands on a points table, which needs no past. {error}")
        return _Trained(None, standing, points_alone(head, background, until), "")
    standing = climb(_tried(judgement))
    model, note = work.submit(_stand, standing.step, rows, head, background, until, settings).result()
    return _Trained(judgement, standing, replace(model, honesty=judgement.honesty(standing.step)), note)


def _stand(
    step: Step, rows: Matrix, head: Head, background: Background, until: datetime, settings: Settings
) -> tuple[HeadModel, str]:
    """The model on a step of the ladder, from all rows, and a warning where only LightGBM itself can answer for it."""
    outcomes, leads = outcomes_of(rows, head), leads_of(rows.snapshots)
    if step == "model":
        model, note = compared(learn(rows, head, settings).model, rows)
        spread = spread_of(model, inputs(model, rows.values, rows.columns), outcomes, leads)
        return replace(model, spread=spread), note
    (served,) = (one for one in served_rivals(rows, head, background, np.datetime64(until, "us")) if one.name == step)
    model = _in_place_of_trees(served, rows, head)
    if isinstance(served.sum, Logistic):
        values = rows.values[:, [rows.columns.index(name) for name in served.sum.columns]]
        return replace(model, spread=spread_of_regression(served.sum, values, outcomes, leads)), ""
    return model, ""


def _tried(judgement: Judgement) -> Tried:
    chances = {one.name: one.chances for one in judgement.said}
    steps = {step: chances[step] for step in STEPS if step in chances}
    leads, blocks = leads_of(judgement.judged.snapshots), judgement.cut_offs.astype(np.int64)
    return Tried(leads, blocks, judgement.outcomes, steps, judgement.met)


def _in_place_of_trees(served: Served, rows: Matrix, head: Head) -> HeadModel:
    days, yes = days_of(rows.snapshots), outcomes_of(rows, head)
    return HeadModel(
        head=head,
        booster="",
        calibrator=served.calibrator,
        columns=(),
        trees=0,
        trained_from=days.min().item(),
        trained_to=days.max().item(),
        rows=len(yes),
        yes=int(yes.sum()),
        served=served,
    )


def points_alone(head: Head, background: Background, until: datetime) -> HeadModel:
    """The points table as it is written, for a company without a past."""
    served = Served(points_card(background.points, head, background.stages), IDENTITY)
    return HeadModel(head, "", IDENTITY, (), 0, until, until, 0, 0, served=served, honesty=UNPROVEN)


def compared(model: HeadModel, rows: Matrix) -> tuple[HeadModel, str]:
    """The model, fast if the compiled trees answer as LightGBM does on some of the rows, evenly spread; else why not."""
    some = np.linspace(0, len(rows.values) - 1, min(len(rows.values), ROWS_COMPARED)).astype(np.int64)
    warning = disagreement(model, inputs(model, rows.values[some], rows.columns))
    return replace(model, is_fast=not warning), warning
