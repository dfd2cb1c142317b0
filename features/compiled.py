"""Compiles everything that is compiled, once a machine, so that nobody waits for it when the day's list is due."""

from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from features.engine import compute
from features.feature import Feature, FeatureColumn, Measure, Rhythm, Selection
from features.reading import Files
from features.tables import touches as touches_table
from features.words import number

LEADS = {"texts": "'lead ' || i", "numbers": "i", "numbers far apart": "i * 1000000000000000"}
PAGES = "(['home', 'pricing', NULL])[1 + i % 3]"
STORED = {"plainly": "DICTIONARY_SIZE_LIMIT 1", "as dictionaries": "DICTIONARY_SIZE_LIMIT 1000000"}


def compile_kernels() -> None:
    """Works out a few columns of a few touches in every form that a log may have, which compiles whatever is not yet on disk.

    It is kept beside the sources; where those cannot be written, in the user's cache folder, or in that named by NUMBA_CACHE_DIR.
    """
    with TemporaryDirectory() as folder:
        for lead in LEADS.values():
            with duckdb.connect(config={"threads": 1}) as con:
                _create(con, lead)
                compute(con, _columns())
                for place, stored in enumerate(STORED.values()):
                    path = Path(folder) / f"{place}.parquet"
                    con.execute(f"COPY touches TO '{path}' (FORMAT parquet, {stored})")
                    compute(con, _columns(), files={"touches": Files((str(path),))})


def _columns() -> tuple[FeatureColumn, ...]:
    """One column for each way to read a log, a pause for the walk back over it, and one of the account."""
    touches = Selection(touches_table)
    asked: tuple[tuple[Measure | Rhythm, tuple[int, ...]], ...] = (
        (touches.where(kind="home").count(), (30,)),
        (touches.sum("value"), (30,)),
        (touches.distinct("page"), (30,)),
        (touches.longest_gap(), ()),
        (touches.of_account().count(), (30,)),
    )
    return tuple(
        column
        for place, (measure, over_days) in enumerate(asked)
        for column in Feature(measure, number, "{value}", "none", over_days, f"column_{place}").columns
    )


def _create(con: duckdb.DuckDBPyConnection, lead: str) -> None:
    con.execute(f"""
        CREATE TABLE touches AS
        SELECT {lead} AS lead_id, moment AS happened_at, moment + to_hours(i % 2) AS known_at,
            {PAGES} AS kind, {PAGES} AS page, i::DOUBLE AS value
        FROM (SELECT i, TIMESTAMP '2026-01-01' + to_hours(i) AS moment FROM range(9) t(i))
    """)
    con.execute("""
        CREATE TABLE snapshots AS
        SELECT row_number() OVER ()::INTEGER - 1 AS snapshot_id, lead_id, TIMESTAMP '2026-01-02' AS as_of, 'a' AS account_id
        FROM (SELECT DISTINCT lead_id FROM touches)
    """)
    con.execute("CREATE TABLE leads AS SELECT lead_id, as_of AS known_at, account_id FROM snapshots")
    con.execute("CREATE TABLE days AS SELECT DISTINCT as_of FROM snapshots")


if __name__ == "__main__":
    compile_kernels()
