"""Gathers what the model page tells of a training: windows, rivals, curves, stages and what each model looks at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import isnan, nan, sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.evidence import GRADES
from features.matrix import Matrix
from models.bundle import HeadModel
from models.depth import Depth, Reach, StageFigures, by_stage, depths, reaches
from models.heads import Head
from models.importance import Weight, weights
from models.judgement import Judgement, Window, window
from models.ladder import Standing
from models.leaks import LeakReport
from models.metrics import reliability
from models.parts import spoken, spoken_values
from models.predict import contributions_of, parts_of
from models.rivals.rival import Rival
from models.spread import NINETY_OF_100, Spread
from models.track import Version
from models.train import TrainingResult
from pipelines.job import Job

Floats = NDArray[np.float64]

ROWS_EXPLAINED = 2_000
BEHAVIOURS_SHOWN = 15
VERSIONS_SHOWN = 10


@dataclass(frozen=True)
class Bin:
    """Rows of like chances: how many, their mean chance, share of yes, and the means of both ends of their ranges (NaN: no ranges)."""

    rows: int
    chance: float
    share: float
    low: float = nan
    high: float = nan

    @property
    def is_held(self) -> bool:
        """Whether the share of yes lies in the range that was said, but for what luck brings about in 90 of 100 such sets of rows."""
        luck = NINETY_OF_100 * sqrt(self.chance * (1 - self.chance) / self.rows)
        return self.low - luck <= self.share <= self.high + luck


@dataclass(frozen=True)
class HeadFigures:
    """What is told of one head.

    serves: the rows that the serving model learned from; learned, judged: those of the trial whose figures these are. metrics: by the name
    of the model and of each rival. ours: the name of the step that serves; rival: of the others the one with the highest AUC. depths: by
    these two names.
    """

    head: Head
    serves: Window
    learned: Window
    judged: Window
    metrics: Mapping[str, Mapping[str, float]]
    ours: str
    rival: str
    bins: tuple[Bin, ...]
    depths: Mapping[str, tuple[Depth, ...]]
    reaches: tuple[Reach, ...]
    stages: tuple[StageFigures, ...]
    weights: tuple[Weight, ...]
    standing: Standing

    @property
    def ranged(self) -> tuple[Bin, ...]:
        """The bins whose chances have a range."""
        return tuple(one for one in self.bins if not isnan(one.low))


@dataclass(frozen=True)
class ModelFigures:
    """What is told of a training; no row of it is of a single lead.

    until: the day up to which all was known. unjudged: a sentence for each head with too little past to be judged. grades: columns by leak
    grade. versions: those trained before, newest first. calls: what calls among the rows are worth, empty where all rows count once.
    """

    project: str
    funnel: str
    until: date
    leaks_day: date
    capacity: int
    grades: Mapping[str, int]
    heads: tuple[HeadFigures, ...]
    unjudged: tuple[str, ...]
    versions: tuple[Version, ...]
    calls: str = ""


def figures_of(
    job: Job, result: TrainingResult, report: LeakReport, versions: Sequence[Version], calls: str = ""
) -> ModelFigures:
    """The figures of a training; versions: those trained before it, newest first; calls: see ModelFigures."""
    return ModelFigures(
        project=result.bundle.origin.project,
        funnel=result.bundle.origin.funnel,
        until=result.bundle.trained_until.date(),
        leaks_day=report.day,
        capacity=job.project.list.capacity,
        grades={grade: len(report.of(grade)) for grade in GRADES},
        heads=tuple(
            _head(job, result.bundle.heads[name], judgement, result.standings[name])
            for judgement in result.judgements
            for name in [judgement.head.name]
        ),
        unjudged=tuple(
            f"{name}: {standing.says}"
            for name, standing in result.standings.items()
            if name not in {judgement.head.name for judgement in result.judgements}
        ),
        versions=tuple(versions[:VERSIONS_SHOWN]),
        calls=calls,
    )


def _head(job: Job, model: HeadModel, judgement: Judgement, standing: Standing) -> HeadFigures:
    ours, rival = strongest(judgement, standing)
    outcomes = judgement.outcomes
    stages = judgement.judged.snapshots.replace({"stage": job.project.funnel.stage_words})
    return HeadFigures(
        head=model.head,
        serves=Window(model.rows, model.yes, model.trained_from.date(), model.trained_to.date()),
        learned=judgement.learned,
        judged=window(judgement.judged, model.head),
        metrics=_metrics(judgement.metrics),
        ours=ours.name,
        rival=rival.name,
        bins=_bins(outcomes, ours.chances, model.spread),
        depths={one.name: depths(outcomes, one.scores) for one in (ours, rival)},
        reaches=reaches(outcomes, ours.scores, rival.scores, judgement.as_of, job.project.list.capacity),
        stages=by_stage(outcomes, ours.chances, stages),
        weights=_weights(job, model, judgement.judged),
        standing=standing,
    )


def strongest(judgement: Judgement, standing: Standing) -> tuple[Rival, Rival]:
    """What the step that serves said, and what the one with the highest AUC of the others said; itself where it is alone."""
    ours = judgement.of(standing.step)
    others = [one for one in judgement.said if one.name != ours.name]
    alone = judgement.metrics["auc"].to_dict()
    return ours, max(others, key=lambda one: float(alone[one.name]), default=ours)


def _metrics(table: pd.DataFrame) -> dict[str, dict[str, float]]:
    return {str(name): {str(metric): float(value) for metric, value in row.items()} for name, row in table.iterrows()}


def _bins(outcomes: Floats, chances: Floats, spread: Spread) -> tuple[Bin, ...]:
    found = reliability(outcomes, chances)
    low, high = (reliability(ends, chances)["share"] for ends in (spread.low(chances), spread.high(chances)))
    columns = (found["rows"], found["chance"], found["share"], low, high)
    return tuple(Bin(int(rows), *map(float, figures)) for rows, *figures in zip(*columns, strict=True))


def _weights(job: Job, model: HeadModel, judged: Matrix) -> tuple[Weight, ...]:
    """What the serving model looks at, on judged rows spread evenly."""
    some = np.zeros(len(judged.values), dtype=np.bool_)
    some[np.linspace(0, len(some) - 1, min(len(some), ROWS_EXPLAINED)).astype(np.int64)] = True
    rows, said = judged.take(some), spoken(parts_of(model), job.columns)
    found = weights(contributions_of(model, rows), spoken_values(said, rows), said, job.stage_words)
    return found[:BEHAVIOURS_SHOWN]
