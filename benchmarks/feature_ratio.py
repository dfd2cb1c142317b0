"""How long all features of the touches take, against DuckDB's scan and hash aggregate of the same files."""

from pathlib import Path

import duckdb

from benchmarks.made_up import MadeUp, make
from benchmarks.measure import Result, compare
from features.engine import compute
from features.feature import Measure
from features.registry import FEATURES

COLUMNS = tuple(
    column
    for feature in FEATURES
    if isinstance(feature.measure, Measure)
    and feature.measure.selection.table.name == "touches"
    and feature.measure.selection.scope == "lead"
    for column in feature.columns
)
FLOOR = "SELECT lead_id, count(*), sum(value), max(happened_at) FROM touches GROUP BY lead_id"


def measure(folder: Path, size: MadeUp, must: float, reach: float) -> Result:
    """The ratio for one size; the matrix is thrown away."""
    made = make(folder, size)
    with duckdb.connect() as con:
        con.execute(f"CREATE VIEW touches AS SELECT * FROM '{made}/touches.parquet'")
        con.execute(f"CREATE TABLE snapshots AS SELECT * FROM '{made}/snapshots.parquet'")
        con.execute("CREATE TABLE days AS SELECT DISTINCT as_of FROM snapshots")
        name = f"features: {len(COLUMNS)} columns, {size.leads:,} leads, {size.touches:,} touches, {size.snapshots_each} snapshots each"
        return compare(name, lambda: compute(con, COLUMNS), lambda: con.sql(FLOOR).to_arrow_table(), must, reach)
