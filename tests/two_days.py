"""A made-up company on two days, as it was, as it would have waited and as it became; and what moved its chances in between."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

import lightgbm as lgb
import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.matrix import Matrix, known_matrix
from features.news import Letting, letting_of, read_news
from features.snapshots import midnight
from models.bundle import HeadModel
from models.calibrate import Calibrator
from models.heads import Head
from models.moved import Look, Movement, moved
from models.predict import contributions_of, to_chance
from pipelines.job import Job
from pipelines.store import open_lake

THEN, NOW = date(2026, 4, 6), date(2026, 4, 20)
EXACT = 1e-9
TABLES = ("stage_moves", "field_changes", "touches", "purchases")
CALIBRATORS = (
    Calibrator(),
    Calibrator(0.7, 1.3, -0.2, method="beta"),
    Calibrator(knots=((-1.0, -2.0), (-0.2, -0.5), (0.3, 0.1), (1.2, 2.0)), method="isotonic"),
)


@dataclass(frozen=True)
class Days:
    """The leads of a made-up company that were looked at on both days, and models to ask about them."""

    job: Job
    earlier: Matrix
    waited: Matrix
    later: Matrix
    letting: Letting
    models: tuple[HeadModel, ...]


def look(con: DuckDBPyConnection, job: Job, *days: date) -> Matrix:
    return known_matrix(con, job.project, job.columns, days)


def aligned(matrix: Matrix, day: date, leads: pd.DataFrame) -> Matrix:
    here = matrix.take((matrix.snapshots["as_of"] == midnight(day)).to_numpy())
    wanted = leads.merge(here.snapshots.assign(place=np.arange(len(here.values))), on=["lead_id", "cohort"], how="left")
    place = wanted["place"].to_numpy().astype(int)
    snapshots = here.snapshots.iloc[place].reset_index(drop=True)
    return Matrix(snapshots, here.values[place], here.columns, pd.DataFrame(index=snapshots.index))


def keys(matrix: Matrix, day: date) -> pd.DataFrame:
    of_day = matrix.snapshots["as_of"] == midnight(day)
    return matrix.snapshots.loc[of_day, ["lead_id", "cohort"]]


def model_of(matrix: Matrix, columns: tuple[str, ...], seed: int, calibrator: Calibrator) -> HeadModel:
    chance = np.random.default_rng(seed)
    places = [matrix.columns.index(name) for name in columns]
    outcomes = (chance.random(len(matrix.values)) < 0.3).astype(float)
    settings = {
        "objective": "binary",
        "num_leaves": 15,
        "verbosity": -1,
        "num_threads": 1,
        "seed": seed,
        "min_data_in_leaf": 5,
    }
    booster = lgb.train(settings, lgb.Dataset(matrix.values[:, places], outcomes), 40)
    text = booster.model_to_string()
    return HeadModel(
        Head("win", "open", 56, "buy"), text, calibrator, columns, 40, datetime(2026, 1, 1), datetime(2026, 2, 1), 9, 3
    )


def days_of(job: Job) -> Days:
    with open_lake(job.workspace, job.project, midnight(THEN)) as con:
        both = look(con, job, THEN, NOW)
    with open_lake(job.workspace, job.project, midnight(NOW)) as con:
        later = look(con, job, NOW)
        news = read_news(con, job.columns, midnight(THEN))
    leads = keys(later, NOW).merge(keys(both, NOW)).merge(keys(both, THEN))
    then, waited, now = aligned(both, THEN, leads), aligned(both, NOW, leads), aligned(later, NOW, leads)
    names = tuple(column.name for column in job.columns if column.is_learned)
    models = tuple(
        model_of(now, names[seed % 3 :: 1 + seed % 2], seed, calibrator)
        for seed, calibrator in enumerate((*CALIBRATORS, *CALIBRATORS))
    )
    return Days(job, then, waited, now, letting_of(job.columns, now.snapshots["lead_id"], news), models)


def movement(
    days: Days, old: HeadModel | None, new: HeadModel, later: Matrix, letting: Letting | None = None
) -> Movement:
    given = contributions_of(new, later)
    chance = to_chance(new, given.sum(axis=1))
    then = to_chance(old or new, contributions_of(old or new, days.earlier).sum(axis=1))
    before = Look(old, days.earlier, then, then)
    return moved(before, days.waited, Look(new, later, chance, chance), given, letting or days.letting)


def by_cause(found: Movement) -> Mapping[str, NDArray[np.float64]]:
    causes = {}
    for step in found.steps:
        causes[str(step.cause)] = np.zeros(len(found.before))
        causes[str(step.cause)][step.rows] = step.whole
    return causes


def unexplained(found: Movement) -> float:
    """The most that the causes of any lead's change leave out of it, in log odds."""
    total = np.sum(list(by_cause(found).values()), axis=0)
    return float(np.abs(total - (found.after - found.before)).max())
