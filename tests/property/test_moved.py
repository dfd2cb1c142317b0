"""What is said to have moved a chance adds up to the change, and no cause answers for what another one did."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
import pytest
from duckdb import DuckDBPyConnection

from features.feature import FeatureColumn
from features.matrix import Matrix
from features.news import SOURCES, letting_of, read_news, sources_of
from features.snapshots import midnight
from models.calibrate import Calibrator
from models.moved import Look, differs, moved
from models.predict import contributions_of, to_chance
from models.tell_moves import MoveWords, tell_moves
from pipelines.ingest import ingest_project
from pipelines.job import Job
from pipelines.order import Order, open_job
from pipelines.store import open_lake
from tests.everyone_moved import both_of, days_with, models_of, of_everybody
from tests.made_up import little_truth
from tests.two_days import EXACT, NOW, TABLES, THEN, Days, aligned, by_cause, days_of, look, movement, unexplained

LATE = """
    SELECT lead_id, TIMESTAMP '{0}' - INTERVAL 3 DAY AS happened_at, TIMESTAMP '{0}' + INTERVAL 1 HOUR AS known_at,
        'meeting' AS kind, 'meeting' AS channel, 'inbound' AS direction
    FROM leads
"""


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


@pytest.fixture(scope="module")
def days(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Days]:
    folder = tmp_path_factory.mktemp("moved")
    order = Order("configs/projects/demo.yaml", None, str(folder), None, leads=4000, months=12, seed=5)
    with little_truth(), open_job(order) as job:
        ingest_project(job)
        yield days_of(job)


def test_the_company_has_news_of_every_kind(days: Days) -> None:
    found = movement(days, days.models[1], days.models[0], days.later)
    assert len(found.before) > 500
    assert {"model", "base", "time", *SOURCES} <= set(by_cause(found))


def test_parts_add_up_whatever_model_came_before(days: Days) -> None:
    for place, new in enumerate(days.models):
        for old in (None, new) if place == 0 else (days.models[place - 1],):
            assert unexplained(movement(days, old, new, days.later)) <= EXACT


@pytest.mark.parametrize("table", TABLES)
def test_news_of_one_table_moves_nothing_else(days: Days, table: str) -> None:
    with world(days.job, table) as con:
        later = aligned(look(con, days.job, NOW), NOW, days.later.snapshots[["lead_id", "cohort"]])
        letting = letting_of(
            days.job.columns, later.snapshots["lead_id"], read_news(con, days.job.columns, midnight(THEN))
        )
    found = movement(days, days.models[2], days.models[2], later, letting)
    assert unexplained(found) <= EXACT
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
    assert unexplained(found) <= EXACT
    assert set(by_cause(found)) <= {"time", "others", "agreement", "records"}
    assert np.abs(by_cause(found)["time"]).max() > 0.01


def test_rows_told_late_are_news_of_their_source(days: Days) -> None:
    with world(days.job, late=True) as con:
        later = aligned(look(con, days.job, NOW), NOW, days.later.snapshots[["lead_id", "cohort"]])
        letting = letting_of(
            days.job.columns, later.snapshots["lead_id"], read_news(con, days.job.columns, midnight(THEN))
        )
    found = movement(days, days.models[1], days.models[1], later, letting)
    assert unexplained(found) <= EXACT
    causes = by_cause(found)
    met = later.columns.index("meetings_held_30d")
    assert (later.values[:, met] == days.waited.values[:, met] + 1).all()
    assert np.abs(causes["touches"]).max() > 0.01
    assert not set(causes) - {"touches", "time", "others", "agreement", "records"}


def test_a_new_model_and_its_base_are_told_apart(days: Days) -> None:
    still = replace(days, waited=days.earlier)
    shifted = replace(days.models[0], calibrator=Calibrator(intercept=0.5))
    found = movement(still, days.models[0], shifted, days.earlier)
    assert unexplained(found) <= EXACT
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
    assert unexplained(found) <= EXACT
    assert np.abs(by_cause(found)["records"]).max() > 0.01
    columns: dict[str, FeatureColumn] = {column.name: column for column in days.job.columns}
    for move, now in zip(tell_moves(found, days.later, MoveWords(columns, days.job.stage_words)), chance, strict=True):
        assert move.points == pytest.approx(100 * (now - 0.123), abs=1e-9)
        assert sum(part.points for part in move.parts) == pytest.approx(move.points, abs=1e-6)


@dataclass(frozen=True)
class Everybody:
    """Thousands of leads, all open on both days, before the news and with the models that are asked."""

    before: Matrix
    mixed: Days


@pytest.fixture(scope="module")
def everybody(days: Days) -> Everybody:
    before = both_of(of_everybody(days.job))
    return Everybody(before, models_of(days_with(of_everybody(days.job), TABLES, before, mixed=True)))


@pytest.mark.parametrize("table", TABLES)
def test_one_cause_adds_up_for_thousands_of_leads(everybody: Everybody, table: str) -> None:
    alone = days_with(everybody.mixed.job, (table,), everybody.before)
    model = everybody.mixed.models[0]
    found = movement(alone, model, model, alone.later)
    assert len(found.before) > 2_000
    assert unexplained(found) <= EXACT
    causes = by_cause(found)
    assert (causes[table] != 0).sum() > 1_000
    assert not {cause for cause in TABLES if cause != table and np.abs(causes.get(cause, np.zeros(1))).max() > 1e-9}


def test_time_a_new_model_and_a_moved_base_rate_add_up_for_thousands_of_leads(everybody: Everybody) -> None:
    mixed = everybody.mixed
    old, new = mixed.models
    still, waiting = replace(mixed, waited=mixed.earlier), replace(mixed, later=mixed.waited)
    moved_base = replace(new, calibrator=new.calibrator.shifted(0.4))
    waited = movement(waiting, new, new, waiting.later)
    for cause, found, beside in (
        ("time", waited, {"others"}),  # the other leads wait as well, and grow old enough to compare with
        ("model", movement(still, old, new, mixed.earlier), {"base"}),
        ("base", movement(still, new, moved_base, mixed.earlier), set()),
    ):
        assert unexplained(found) <= EXACT
        causes = by_cause(found)
        assert (np.abs(causes[cause]) > 1e-6).sum() > 2_000
        assert {name for name, one in causes.items() if np.abs(one).max() > 1e-9} <= {cause, *beside}


def test_all_causes_at_once_add_up_for_thousands_of_leads(everybody: Everybody) -> None:
    """Each lead has its own mix of news, beside time, a new model, a moved base rate, and chances that were served otherwise."""
    mixed = everybody.mixed
    old, new = mixed.models
    new = replace(new, calibrator=new.calibrator.shifted(-0.3))
    given, earlier = contributions_of(new, mixed.later), contributions_of(old, mixed.earlier)
    chance, then = to_chance(new, given.sum(axis=1)), to_chance(old, earlier.sum(axis=1))
    before, after = Look(old, mixed.earlier, then, then**1.1), Look(new, mixed.later, chance**0.9, chance**0.95)
    found = moved(before, mixed.waited, after, given, mixed.letting)
    assert unexplained(found) <= EXACT
    causes = by_cause(found)
    assert {"model", "base", "time", "agreement", "records", *TABLES} <= set(causes)
    kinds = np.sum([np.abs(causes[table]) > 1e-9 for table in TABLES], axis=0)
    assert set(np.unique(kinds)) == {0, 1, 2, 3, 4}
    assert min((kinds == number).sum() for number in (0, 1, 2, 3, 4)) > 50
    for step in found.steps:
        np.testing.assert_allclose(step.parts.sum(axis=1) + step.rest, step.whole, rtol=0, atol=1e-12)
