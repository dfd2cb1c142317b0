"""Gathers what the model page tells of a training: windows, rivals, curves, stages and what each model looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from configs.project import HeadName
from features.evidence import GRADES
from features.matrix import Matrix
from models.bundle import HeadModel
from models.depth import Depth, Reach, StageFigures, by_stage, depths, reaches
from models.heads import Head
from models.importance import Weight, weights
from models.leaks import LeakReport
from models.metrics import reliability
from models.predict import contributions, inputs
from models.rivals.rival import Rival
from models.split import days_of, hold_out
from models.track import Version
from models.train import MODEL, Judgement, TrainingResult, outcomes_of, rows_to_learn
from pipelines.job import Job

ROWS_EXPLAINED = 2_000
BEHAVIOURS_SHOWN = 15
VERSIONS_SHOWN = 10


@dataclass(frozen=True)
class Window:
    """Rows of the days first to last (as_of, both included, UTC), and how many of them are a yes."""

    rows: int
    yes: int
    first: date
    last: date


@dataclass(frozen=True)
class Step:
    """The step of the ladder on which a head stands: its name, and a sentence that says why."""

    name: str
    says: str


@dataclass(frozen=True)
class Moved:
    """One thing that may drift after a training: how far it has moved, from where on that is too far, and a sentence."""

    name: str
    moved: float
    limit: float
    says: str


@dataclass(frozen=True)
class Bin:
    """Rows of like chances: how many, their mean chance and their share of yes."""

    rows: int
    chance: float
    share: float


@dataclass(frozen=True)
class HeadFigures:
    """What is told of one head.

    serves: the rows that the serving model learned from; learned, judged: those of the trial whose figures these are. metrics: by the name
    of the model and of each rival. rival: the name of the rival with the highest AUC. depths: by the name of the model and of that rival.
    step: None where there is no ladder.
    """

    head: Head
    serves: Window
    learned: Window
    judged: Window
    metrics: Mapping[str, Mapping[str, float]]
    rival: str
    bins: tuple[Bin, ...]
    depths: Mapping[str, tuple[Depth, ...]]
    reaches: tuple[Reach, ...]
    stages: tuple[StageFigures, ...]
    weights: tuple[Weight, ...]
    step: Step | None = None


@dataclass(frozen=True)
class ModelFigures:
    """What is told of a training; no row of it is of a single lead.

    until: the day up to which all was known. grades: columns by leak grade. versions: those trained before, newest first. drift: nothing
    when nobody has looked yet.
    """

    project: str
    funnel: str
    until: date
    leaks_day: date
    capacity: int
    grades: Mapping[str, int]
    heads: tuple[HeadFigures, ...]
    versions: tuple[Version, ...]
    drift: tuple[Moved, ...] = ()


def figures_of(
    job: Job,
    matrix: Matrix,
    result: TrainingResult,
    report: LeakReport,
    versions: Sequence[Version],
    ladder: Mapping[HeadName, Step] | None = None,
) -> ModelFigures:
    """The figures of a training on the matrix; versions: those trained before it, newest first; ladder: the step of each head, if any."""
    until, steps = result.bundle.trained_until, ladder or {}
    heads = tuple(
        _head(job, matrix, result.bundle.heads[judgement.head.name], judgement, until, steps.get(judgement.head.name))
        for judgement in result.judgements
    )
    return ModelFigures(
        project=result.bundle.origin.project,
        funnel=result.bundle.origin.funnel,
        until=until.date(),
        leaks_day=report.day,
        capacity=job.project.list.capacity,
        grades={grade: len(report.of(grade)) for grade in GRADES},
        heads=heads,
        versions=tuple(versions[:VERSIONS_SHOWN]),
    )


def _head(
    job: Job, matrix: Matrix, model: HeadModel, judgement: Judgement, until: datetime, step: Step | None
) -> HeadFigures:
    head, capacity = model.head, job.project.list.capacity
    rows = rows_to_learn(matrix, head, until)
    split = hold_out(days_of(rows.snapshots), head)
    learned, judged = rows.take(split.earlier), rows.take(split.later)
    assert np.array_equal(outcomes_of(judged, head), judgement.outcomes), "the judged rows are the newest of these"
    ours, rival = strongest(judgement)
    outcomes, stages = judgement.outcomes, judged.snapshots.replace({"stage": job.project.funnel.stage_words})
    return HeadFigures(
        head=head,
        serves=Window(model.rows, model.yes, model.trained_from.date(), model.trained_to.date()),
        learned=_window(learned, head),
        judged=_window(judged, head),
        metrics=_metrics(judgement.metrics),
        rival=rival.name,
        bins=_bins(judgement),
        depths={one.name: depths(outcomes, one.scores) for one in (ours, rival)},
        reaches=reaches(outcomes, ours.scores, rival.scores, judgement.as_of, capacity),
        stages=by_stage(outcomes, judgement.chances, stages),
        weights=_weights(job, model, judged),
        step=step,
    )


def strongest(judgement: Judgement) -> tuple[Rival, Rival]:
    """What the model said, and what its rival with the highest AUC said; the model itself where it has no rival."""
    ours = next(one for one in judgement.said if one.name == MODEL)
    others = [one for one in judgement.said if one.name != MODEL]
    alone = judgement.metrics["auc"].to_dict()
    return ours, max(others, key=lambda one: float(alone[one.name]), default=ours)


def _window(rows: Matrix, head: Head) -> Window:
    days, outcomes = days_of(rows.snapshots), outcomes_of(rows, head)
    first, last = (pd.Timestamp(day).date() for day in (days.min(), days.max()))
    return Window(len(outcomes), int(outcomes.sum()), first, last)


def _metrics(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {str(name): {str(metric): float(value) for metric, value in row.items()} for name, row in table.iterrows()}


def _bins(judgement: Judgement) -> tuple[Bin, ...]:
    found = reliability(judgement.outcomes, judgement.chances)
    return tuple(
        Bin(int(rows), float(chance), float(share))
        for rows, chance, share in found[["rows", "chance", "share"]].to_numpy()
    )


def _weights(job: Job, model: HeadModel, judged: Matrix) -> tuple[Weight, ...]:
    """What the serving model looks at, on judged rows spread evenly."""
    some = np.linspace(0, len(judged.values) - 1, min(len(judged.values), ROWS_EXPLAINED)).astype(np.int64)
    values = inputs(model, judged.values[some], judged.columns)
    columns = {column.name: column for column in job.columns}
    known = [columns[name] for name in model.columns]
    return weights(contributions(model, values), values, known, job.stage_words)[:BEHAVIOURS_SHOWN]
