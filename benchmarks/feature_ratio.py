"""How long the features of the touches take, against DuckDB's scan and hash aggregate of the same files."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
from numpy.typing import NDArray

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
KIND_COUNTS = [place for place, column in enumerate(COLUMNS) if column.name in {f"{kind}_count_ever" for kind in KINDS}]
TIMES = 3
FLOOR = "SELECT lead_id, count(*), sum(value), max(happened_at) FROM touches GROUP BY lead_id"


def measure(
    folder: Path, size: MadeUp, file: str, must: float, reach: float, peak_must_gb: float | None = None
) -> Result:
    """The ratio for one size and one of its files; the matrix is thrown away."""
    made = make(folder, size)
    ids = "whole numbers" if file == "numbered" else "texts"
    name = f"features: {len(COLUMNS)} columns, {size.leads:,} leads ({ids}), {size.touches:,} touches, {size.snapshots_each} snapshots each"
    with duckdb.connect() as con:
        return compare(name, _work(con, made, file, size), _floor(con), must, reach, peak_must_gb)


def measure_beyond_memory(folder: Path, size: MadeUp, must: float, reach: float, peak_must_gb: float) -> Result:
    """The numbered file read TIMES times over under MEMORY_GB, measured once; raises ValueError where a touch is not counted."""
    made = make(folder, size)
    name = f"features: {TIMES * size.touches:,} touches under {MEMORY_GB:g} GB"
    with duckdb.connect() as con:
        work = _work(con, made, "numbered", size, TIMES)
        known = con.sql(
            "SELECT count(*) FROM touches WHERE happened_at <= (SELECT max(as_of) FROM snapshots)"
        ).fetchall()

        def counted() -> None:
            matrix = work()
            found = sum(matrix[:, place].sum(dtype=np.float64) for place in KIND_COUNTS)
            if found != known[0][0]:
                raise ValueError(f"{found:,.0f} touches are counted by the features, {known[0][0]:,} by DuckDB")

        return compare(name, counted, _floor(con), must, reach, peak_must_gb, runs=1)


def measure_reversed(folder: Path, size: MadeUp, must: float, reach: float) -> Result:
    """The newest row first, against the same rows in order."""
    made = make(folder, size)
    make_reversed(made)
    name = f"features: {size.touches:,} touches, the newest first, against in order"
    with duckdb.connect() as con:
        return compare(name, _work(con, made, "reversed", size), _work(con, made, "numbered", size), must, reach)


def _floor(con: duckdb.DuckDBPyConnection) -> Callable[[], object]:
    return lambda: con.sql(FLOOR).to_arrow_table()


def _work(
    con: duckdb.DuckDBPyConnection, made: Path, file: str, size: MadeUp, times: int = 1
) -> Callable[[], NDArray[np.float32]]:
    matrix_gb = 4e-9 * size.leads * size.snapshots_each * len(COLUMNS)
    memory_gb = MEMORY_GB if times > 1 else max(MEMORY_GB, 2 + 2 * matrix_gb)
    lead = "lead_id" if file == "touches" else "substr(lead_id, 2)::BIGINT"
    paths = (str(made / f"{file}.parquet"),) * times
    con.execute("SET enable_progress_bar = false")
    con.execute(f"CREATE OR REPLACE VIEW touches AS SELECT * FROM read_parquet({list(paths)})")
    con.execute(
        f"CREATE OR REPLACE TABLE snapshots AS SELECT * REPLACE ({lead} AS lead_id) FROM '{made}/snapshots.parquet'"
    )
    return lambda: compute(con, COLUMNS, files={"touches": Files(paths)}, memory_gb=memory_gb)
