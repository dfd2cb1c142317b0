"""Judges the heads on past days, each trained only on what was known before them."""

from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from configs.errors import FunnelcastError
from features.snapshots import midnight, snapshot_days
from models.backtest import Backtest, backtest
from models.leaks import without
from pipelines.job import Job, matrix_of, training_days
from pipelines.leaks.screen import check_setting, screen, tell
from pipelines.order import parse_day
from pipelines.store import write_beside
from pipelines.train import tell_judgements

UTC_TIME = pa.timestamp("us", tz="UTC")
SCHEMA = pa.schema(
    {
        "lead_id": pa.string(),
        "as_of": UTC_TIME,
        "head": pa.string(),
        "cut_off": UTC_TIME,
        "probability": pa.float64(),
        "outcome": pa.int8(),
    }
)


def backtest_project(job: Job, test_from: str, test_to: str, train_until: str | None) -> Path:
    """Writes backtests/RUN/predictions.parquet and metrics.csv, prints the metrics and returns the folder.

    test_from, test_to: first and last test day (included); train_until: the last as_of learned from (included). The past is read as it was
    known at midnight of the first test day; windows that end later are never learned from. Raises FunnelcastError for days in the
    wrong order or without data.
    """
    check_setting(job)
    first, last = parse_day(test_from), parse_day(test_to)
    days = snapshot_days(job.project.snapshots, first, last)
    if not days:
        raise FunnelcastError(
            f"There is no snapshot day from {first} to {last}; give --from before --to, and a {job.project.snapshots.on} between."
        )
    until = (
        parse_day(train_until) if train_until else first - timedelta(days=min(head.horizon_days for head in job.heads))
    )
    with job.narrator.step(f"Working out {len(job.columns)} features up to {until} and from {days[0]} to {days[-1]}"):
        learned = training_days(job, until)
        past = matrix_of(job, learned, midnight(days[0]))
        later = matrix_of(job, days, None)
    report = screen(job, past, learned, midnight(days[0]))
    tell(job, report)
    past, later = (without(matrix, report.kept_out | job.for_people) for matrix in (past, later))
    with job.narrator.step(f"Training {len(job.heads)} heads and judging them", len(job.heads)) as bar:
        found = backtest(past, later, job.heads, midnight(until), job.project.list.capacity, bar.advance)
    target = _write(job, found, f"{until}_{days[0]}_{days[-1]}")
    for note in found.notes:
        job.narrator.say(f"  {note}")
    tell_judgements(job, found.judgements)
    job.narrator.say(f"  Predictions: {target / 'predictions.parquet'}")
    return target


def _write(job: Job, found: Backtest, run: str) -> Path:
    target = job.workspace.backtests / run
    metrics = pd.concat(
        {judgement.head.name: judgement.metrics for judgement in found.judgements}, names=["head", "model"]
    )
    with write_beside(target) as folder:
        folder.mkdir()
        pq.write_table(
            pa.Table.from_pandas(found.predictions, SCHEMA, preserve_index=False), folder / "predictions.parquet"
        )
        metrics.to_csv(folder / "metrics.csv")
    return target
