"""What is said to have moved a chance adds up to the change, and no cause answers for what another one did."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

import lightgbm as lgb
import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.feature import FeatureColumn
from features.matrix import Matrix, known_matrix
from features.news import SOURCES, Letting, letting_of, read_news, sources_of
from features.snapshots import midnight
from models.bundle import HeadModel
from models.calibrate import Calibrator
from models.heads import Head
from models.moved import Look, Movement, differs, moved
from models.predict import contributions_of, to_chance
from models.tell_moves import MoveWords, tell_moves
from pipelines.ingest import ingest_project
from pipelines.job import Job
from pipelines.order import Order, open_job
from pipelines.store import open_lake

THEN, NOW = date(2026, 4, 6), date(2026, 4, 20)
TABLES = ("stage_moves", "field_changes", "touches", "purchases")
CALIBRATORS = (
    Calibrator(),
    Calibrator(0.7, 1.3, -0.2, method="beta"),
    Calibrator(knots=((-1.0, -2.0), (-0.2, -0.5), (0.3, 0.1), (1.2, 2.0)), method="isotonic"),
)
LATE = """
    SELECT lead_id, TIMESTAMP '{0}' - INTERVAL 3 DAY AS happened_at, TIMESTAMP '{0}' + INTERVAL 1 HOUR AS known_at,
        'meeting' AS kind, 'meeting' AS channel, 'inbound' AS direction
    FROM leads
"""


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


def world(job: Job, *heard: str, late: bool = False) -> DuckDBPyConnection:
    """The lake on the later day where only these tables have any news."""
    con = open_lake(job.workspace, job.project, midnight(NOW))
    for table in TABLES:
        if table not in heard:
            con.execute(f"ALTER VIEW {table} RENAME TO all_{table}")
            con.execute(
                f"CREATE VIEW {table} AS SELECT * FROM all_{table} WHERE known_at <= TIMESTAMP '{midnight(THEN)}'"
            )
    if late:
        con.execute("ALTER VIEW touches RENAME TO told_touches")
        con.execute(f"CREATE VIEW touches AS FROM told_touches UNION ALL BY NAME {LATE.format(midnight(THEN))}")
    return con


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


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    folder = tmp_path_factory.mktemp("moved")
    order = Order("configs/projects/demo.yaml", None, str(folder), None, leads=4000, months=12, seed=5)
    with open_job(order) as job:
        ingest_project(job)
        yield days_of(job)


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


def check_sum(found: Movement) -> None:
    total = sum(by_cause(found).values())
    np.testing.assert_allclose(total, found.after - found.before, rtol=0, atol=1e-9)


def test_the_company_has_news_of_every_kind(days: Days) -> None:
    found = movement(days, days.models[1], days.models[0], days.later)
    assert len(found.before) > 500
    assert {"model", "base", "time", *SOURCES} <= set(by_cause(found))


def test_parts_add_up_whatever_model_came_before(days: Days) -> None:
    for place, new in enumerate(days.models):
        for old in (None, new) if place == 0 else (days.models[place - 1],):
            check_sum(movement(days, old, new, days.later))


@pytest.mark.parametrize("table", TABLES)
def test_news_of_one_table_moves_nothing_else(days: Days, table: str) -> None:
    with world(days.job, table) as con:
        later = aligned(look(con, days.job, NOW), NOW, days.later.snapshots[["lead_id", "cohort"]])
        letting = letting_of(
            days.job.columns, later.snapshots["lead_id"], read_news(con, days.job.columns, midnight(THEN))
        )
    found = movement(days, days.models[2], days.models[2], later, letting)
    check_sum(found)
    causes = by_cause(found)
    assert np.abs(causes[table]).max() > 0.01
    strangers = set(causes) - {table, "time", "others"}
    assert {cause: np.abs(causes[cause]).max() for cause in strangers if np.abs(causes[cause]).max() > 1e-9} == {}
    own = np.array(["others" not in sources_of(column) for column in days.job.columns])
    heard = differs(
        replace(days.waited, values=days.waited.values[:, own]), replace(later, values=later.values[:, own])
    )
    silent = np.abs(causes[table])[~heard]
    assert len(silent)
    assert silent.max() == 0


@pytest.mark.parametrize("table", TABLES)
def test_what_is_let_in_is_what_the_rows_say(days: Days, table: str) -> None:
    """The matrix in which one source's columns are the later ones is the one worked out from its rows."""
    single = [sources_of(column) in ((), (table,)) or table not in sources_of(column) for column in days.job.columns]
    known = [
        ("others" not in sources_of(column)) and alone for column, alone in zip(days.job.columns, single, strict=True)
    ]
    with world(days.job, table) as con:
        worked_out = aligned(look(con, days.job, NOW), NOW, days.later.snapshots[["lead_id", "cohort"]])
    let_in = days.letting.let_in(days.waited, days.later, table)  # type: ignore[arg-type]
    np.testing.assert_array_equal(let_in.values[:, known], worked_out.values[:, known])


def test_time_alone_is_time(days: Days) -> None:
    letting = letting_of(
        days.job.columns, days.waited.snapshots["lead_id"], pd.DataFrame(columns=["lead_id", "source", "name"])
    )
    found = movement(days, days.models[0], days.models[0], days.waited, letting)
    check_sum(found)
    assert set(by_cause(found)) <= {"time", "others", "agreement", "records"}
    assert np.abs(by_cause(found)["time"]).max() > 0.01


def test_rows_told_late_are_news_of_their_source(days: Days) -> None:
    with world(days.job, late=True) as con:
        later = aligned(look(con, days.job, NOW), NOW, days.later.snapshots[["lead_id", "cohort"]])
        letting = letting_of(
            days.job.columns, later.snapshots["lead_id"], read_news(con, days.job.columns, midnight(THEN))
        )
    found = movement(days, days.models[1], days.models[1], later, letting)
    check_sum(found)
    causes = by_cause(found)
    met = later.columns.index("meetings_held_30d")
    assert (later.values[:, met] == days.waited.values[:, met] + 1).all()
    assert np.abs(causes["touches"]).max() > 0.01
    assert not set(causes) - {"touches", "time", "others", "agreement", "records"}


def test_a_new_model_and_its_base_are_told_apart(days: Days) -> None:
    still = replace(days, waited=days.earlier)
    shifted = replace(days.models[0], calibrator=Calibrator(intercept=0.5))
    found = movement(still, days.models[0], shifted, days.earlier)
    check_sum(found)
    causes = by_cause(found)
    np.testing.assert_allclose(causes["base"], 0.5, atol=1e-9)
    np.testing.assert_allclose(causes["model"], 0, atol=1e-9)
    assert not set(causes) - {"base", "model", "agreement", "records"}


def test_points_add_up_and_what_was_served_counts(days: Days) -> None:
    new = days.models[0]
    given = contributions_of(new, days.later)
    chance = to_chance(new, given.sum(axis=1))
    said = np.full(len(chance), 0.123)
    agreed = to_chance(new, contributions_of(new, days.earlier).sum(axis=1))
    before = Look(new, days.earlier, agreed, said)
    found = moved(before, days.waited, Look(new, days.later, chance, chance), given, days.letting)
    check_sum(found)
    assert np.abs(by_cause(found)["records"]).max() > 0.01
    columns: dict[str, FeatureColumn] = {column.name: column for column in days.job.columns}
    for move, now in zip(tell_moves(found, days.later, MoveWords(columns, days.job.stage_words)), chance, strict=True):
        assert move.points == pytest.approx(100 * (now - 0.123), abs=1e-9)
        assert sum(part.points for part in move.parts) == pytest.approx(move.points, abs=1e-6)
