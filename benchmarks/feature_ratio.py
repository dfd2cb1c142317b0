"""How long the features of the touches take, against DuckDB's scan and hash aggregate of the same files."""

from collections.abc import Callable
from pathlib import Path

import duckdb

from benchmarks.made_up import CHANNELS, KINDS, MadeUp, make, make_reversed
from benchmarks.measure import Result, compare
from features.engine import MEMORY_GB, compute
from features.feature import Feature, FeatureColumn, Measure, Selection
from features.reading import Files
from features.registry import FEATURES
from features.tables import touches as touches_table
from features.words import days, times

touches = Selection(touches_table)
SHIPPED = tuple(
    feature
    for feature in FEATURES
    if isinstance(feature.measure, Measure)
    and feature.measure.selection.table.name == "touches"
    and feature.measure.selection.scope == "lead"
)


def _more() -> list[Feature]:
    """As many again, so that a project with features of its own is measured too."""
    more = []
    for kind in sorted(set(KINDS)):
        rows = touches.where(kind=kind)
        more.append(Feature(rows.count(), times, "{value}", "none", (365, "ever"), f"{kind}_count"))
        more.append(Feature(rows.days_since_last(), days, "{value}", "none", (), f"{kind}_last"))
    for channel in sorted(set(CHANNELS)):
        rows = touches.where(channel=channel)
        more.append(Feature(rows.count(), times, "{value}", "none", (30,), f"{channel}_count"))
        more.append(Feature(rows.days_since_last(), days, "{value}", "none", (), f"{channel}_last"))
    return more


COLUMNS: tuple[FeatureColumn, ...] = tuple(column for feature in (*SHIPPED, *_more()) for column in feature.columns)
FLOOR = "SELECT lead_id, count(*), sum(value), max(happened_at) FROM touches GROUP BY lead_id"


def measure(folder: Path, size: MadeUp, file: str, must: float, reach: float) -> Result:
    """The ratio for one size and one of its files; the matrix is thrown away."""
    made = make(folder, size)
    ids = "whole numbers" if file == "numbered" else "texts"
    name = f"features: {len(COLUMNS)} columns, {size.leads:,} leads ({ids}), {size.touches:,} touches, {size.snapshots_each} snapshots each"
    with duckdb.connect() as con:
        return compare(name, _work(con, made, file, size), lambda: con.sql(FLOOR).to_arrow_table(), must, reach)


def measure_reversed(folder: Path, size: MadeUp, must: float, reach: float) -> Result:
    """The newest row first, against the same rows in order."""
    made = make(folder, size)
    make_reversed(made)
    name = f"features: {size.touches:,} touches, the newest first, against in order"
    with duckdb.connect() as con:
        return compare(name, _work(con, made, "reversed", size), _work(con, made, "numbered", size), must, reach)


def _work(con: duckdb.DuckDBPyConnection, made: Path, file: str, size: MadeUp) -> Callable[[], object]:
    matrix_gb = 4e-9 * size.leads * size.snapshots_each * len(COLUMNS)
    lead = "lead_id" if file == "touches" else "substr(lead_id, 2)::BIGINT"
    con.execute("SET enable_progress_bar = false")
    con.execute(f"CREATE OR REPLACE VIEW touches AS SELECT * FROM '{made}/{file}.parquet'")
    con.execute(
        f"CREATE OR REPLACE TABLE snapshots AS SELECT * REPLACE ({lead} AS lead_id) FROM '{made}/snapshots.parquet'"
    )
    files = {"touches": Files((str(made / f"{file}.parquet"),))}
    return lambda: compute(con, COLUMNS, files=files, memory_gb=max(MEMORY_GB, 2 + 2 * matrix_gb))
