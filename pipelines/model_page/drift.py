"""Tells what has changed since a model was trained: which columns of the leads have moved, and whether yes came as often as promised."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from math import nan
from pathlib import Path

import numpy as np

from configs.project import HeadName
from features.matrix import Matrix
from models.base_rate import Shift
from models.bundle import Bundle, HeadModel
from models.drift import TIMES_USUAL, Shape, moved_from, shape_of
from models.heads import Cohort
from models.track import Champion
from pipelines.job import Job
from pipelines.model_page.learned import COMPARED_DAYS, Learned, cohorts_of, of_cohort, read_learned
from pipelines.model_page.words import figure_says, percent_says
from pipelines.pages import templates

HERE = Path(__file__).parent
LEAST_MOVED = 0.1  # below, a distribution is called stable (Siddiqi 2006)
COLUMNS_SHOWN = 10
LEADS_COMPARED = 20_000


@dataclass(frozen=True)
class Moved:
    """A column that lies elsewhere than in the last weeks of the training: how far, then and now; says: what the middle lead shows now."""

    column: str
    says: str
    by: float
    then: Shape
    now: Shape


@dataclass(frozen=True)
class Rate:
    """How often yes came among the rows that a head learned from, and of those that have settled since, what was promised and came."""

    head: HeadName
    learned: float
    learned_rows: int
    since: Shift


@dataclass(frozen=True)
class Drift:
    """What has changed from the training to a day: by cohort the columns that moved, furthest first, and the rates of the heads.

    A cohort of which nothing can be compared is left out. limit: from where on the project calls a move too far.
    """

    day: str
    limit: float
    moved: Mapping[Cohort, tuple[Moved, ...]]
    rates: tuple[Rate, ...]


def drift_since(job: Job, champion: Champion, matrix: Matrix, shifts: Mapping[HeadName, Shift]) -> Drift:
    """The drift from the training of a model to the job's day; matrix: that day's rows; shifts: what has settled since."""
    learned = read_learned(job.workspace, champion.version)
    moved = {
        cohort: _moved(job, learned[cohort], rows)
        for cohort in cohorts_of(champion.bundle)
        if learned.get(cohort) and len((rows := of_cohort(matrix, cohort)).values)
    }
    return Drift(str(job.day), job.project.watch.drift, moved, _rates(champion.bundle, shifts))


def section(drift: Drift) -> str:
    """The section of the model page, with the id `drift`."""
    environment = templates(HERE)
    environment.filters |= {"figure": figure_says, "percent": percent_says}
    return environment.get_template("drift.html.j2").render(
        drift=drift, compared_days=COMPARED_DAYS, least=LEAST_MOVED, missing=nan
    )


def _moved(job: Job, learned: Mapping[str, Learned], rows: Matrix) -> tuple[Moved, ...]:
    """The columns that moved furthest, looked at on rows spread evenly; not those that move so from week to week."""
    some = np.linspace(0, len(rows.values) - 1, min(len(rows.values), LEADS_COMPARED)).astype(np.int64)
    found = []
    for column in job.columns:
        if column.name in learned:
            then, now = learned[column.name], rows.values[some, rows.columns.index(column.name)].astype(np.float64)
            by = moved_from(then.shape, now)
            if by >= max(LEAST_MOVED, TIMES_USUAL * then.usual):
                middle = float(np.sort(now)[len(now) // 2])
                says = replace(column, language="en").sentence(middle, job.stage_words)
                found.append(Moved(column.name, says, by, then.shape, shape_of(now, len(now))))
    return tuple(sorted(found, key=lambda one: -one.by)[:COLUMNS_SHOWN])


def _rates(bundle: Bundle, shifts: Mapping[HeadName, Shift]) -> tuple[Rate, ...]:
    return tuple(_rate(model, shifts[name]) for name, model in bundle.heads.items())


def _rate(model: HeadModel, since: Shift) -> Rate:
    return Rate(model.head.name, model.base_rate, model.rows, since)
