"""The company of the two days once more, with everybody open and rows planted so that every lead has news of every kind."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from duckdb import DuckDBPyConnection

from features.matrix import Matrix
from features.news import letting_of, read_news
from features.snapshots import midnight
from models.calibrate import Calibrator
from pipelines.job import Job
from pipelines.store import open_lake
from tests.two_days import NOW, TABLES, THEN, Days, aligned, keys, look, model_of

# What becomes known of a lead between the days, in the columns of each table.
PLANTED: Mapping[str, str] = {
    "stage_moves": "'proposal' AS stage",
    "field_changes": "unnest(['budget', 'amount']) AS field, unnest(['yes', '98765']) AS value",
    "touches": "unnest(['meeting', 'form']) AS kind, 'web' AS channel, 'inbound' AS direction, 30.0 AS value",
    "purchases": "'training' AS plan, 500.0 AS amount, 'EUR' AS currency",
}
BEFORE = f"known_at <= TIMESTAMP '{midnight(THEN)}'"
REOPENED = f"TIMESTAMP '{midnight(THEN)}' - to_days((1 + hash(lead_id) % 40)::INTEGER)"
MOMENT = f"TIMESTAMP '{midnight(NOW)}' - to_days((1 + hash(lead_id, 7) % 12)::INTEGER)"


def of_everybody(job: Job) -> Job:
    """The job of a company that needs nobody's consent to look at them."""
    project = job.project
    return replace(
        job, project=project.model_copy(update={"privacy": project.privacy.model_copy(update={"basis": "contract"})})
    )


def world_of(job: Job, planted: Sequence[str], *, now: bool, mixed: bool = False) -> DuckDBPyConnection:
    """The lake with every lead open again before the earlier day, and news of the planted tables alone.

    now: on the later day, with the planted rows, of every lead or, where mixed, of half of the leads for each table by lot.
    """
    con = open_lake(job.workspace, job.project, midnight(NOW if now else THEN))
    con.execute(f"CREATE TABLE known_leads AS SELECT lead_id FROM leads WHERE {BEFORE}")
    for place, table in enumerate(TABLES):
        con.execute(f"CREATE TABLE real_{table} AS SELECT * FROM {table} WHERE {BEFORE}; DROP VIEW {table}")
        if table == "stage_moves":
            con.execute(
                f"INSERT INTO real_{table} BY NAME SELECT lead_id, 'qualified' AS stage, {REOPENED} AS happened_at, "
                f"{REOPENED} AS known_at FROM known_leads"
            )
            con.execute(f"DELETE FROM real_{table} WHERE known_at > {REOPENED}")
        if now and table in planted:
            some = f"WHERE (hash(lead_id) >> {20 + place}) % 2 = 1" if mixed else ""
            con.execute(
                f"INSERT INTO real_{table} BY NAME SELECT lead_id, {MOMENT} AS happened_at, {MOMENT} AS known_at, "
                f"{PLANTED[table]} FROM known_leads {some}"
            )
        con.execute(f"ALTER TABLE real_{table} RENAME TO {table}")
    return con


def days_with(job: Job, planted: Sequence[str], before: Matrix, *, mixed: bool = False) -> Days:
    """Everybody on both days, with news of these tables alone; before: the earlier look and the waiting one, as both_of gives them."""
    with world_of(job, planted, now=True, mixed=mixed) as con:
        later, news = look(con, job, NOW), read_news(con, job.columns, midnight(THEN))
    leads = keys(later, NOW).merge(keys(before, NOW)).merge(keys(before, THEN))
    then, waited, now = aligned(before, THEN, leads), aligned(before, NOW, leads), aligned(later, NOW, leads)
    return Days(job, then, waited, now, letting_of(job.columns, now.snapshots["lead_id"], news), ())


def both_of(job: Job) -> Matrix:
    """Everybody on both days by what was known on the earlier one."""
    with world_of(job, (), now=False) as con:
        return look(con, job, THEN, NOW)


def models_of(days: Days) -> Days:
    """The same days with two models, each of which looks at other columns of the later one."""
    names = tuple(column.name for column in days.job.columns if column.is_learned)
    told = Calibrator(0.8, 1.1, -0.1, method="beta")
    models = tuple(
        model_of(days.later, seen, seed, told) for seed, seen in enumerate((names[::2], names[::3] + names[1::3]))
    )
    return replace(days, models=models)
