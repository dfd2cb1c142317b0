"""Judges the heads on past days, each trained only on what was known before them."""

import os
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from features.matrix import Matrix
from features.snapshots import midnight
from models.backtest import Backtest, backtest
from models.leaks import LeakReport
from models.rivals.roster import Background
from models.side_by_side import each_on_one_core
from models.verdict import verdicts
from pipelines.as_called import taught
from pipelines.cut_offs import CutOff, given, rolling
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.judged import Kept, open_kept
from pipelines.leaks.screen import check_setting, tell
from pipelines.order import parse_day
from pipelines.standpoint import look_from
from pipelines.store import write_beside
from pipelines.told import tell_verdicts

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
MOST_BYTES = 4 << 30  # what the copies of the matrix may take that are made at each cut-off
COPIES = 3


def backtest_project(job: Job, test_from: str, test_to: str, train_until: str | None) -> Path:
    """Writes backtests/RUN/predictions.parquet and metrics.csv for one cut-off, prints the metrics and returns the folder.

    test_from, test_to: first and last test day (included); train_until: the last as_of learned from (included). The past is read as it was
    known at midnight of the first test day; windows that end later are never learned from. Raises FunnelcastError for days in the
    wrong order or without data.
    """
    first, last = parse_day(test_from), parse_day(test_to)
    cut_off = given(job, first, last, parse_day(train_until) if train_until else None)
    return backtest_all(job, [cut_off], f"{cut_off.learned_until}_{cut_off.judged[0]}_{cut_off.judged[-1]}")


def backtest_rolling(job: Job, count: int, test_from: str | None = None, test_to: str | None = None) -> Path:
    """The same for so many cut-offs one after the other, see pipelines.cut_offs.rolling; test_from, test_to: bounds of all test days."""
    bounds = (parse_day(day) if day else None for day in (test_from, test_to))
    cut_offs = rolling(job, count, *bounds)
    return backtest_all(job, cut_offs, f"{count}_cut_offs_{cut_offs[0].judged[0]}_{cut_offs[-1].judged[-1]}")


def backtest_all(job: Job, cut_offs: Sequence[CutOff], run: str, workers: int | None = None) -> Path:
    """Judges at all cut-offs, writes backtests/RUN and returns it; what a killed backtest found is not worked out again.

    workers: how many cut-offs at once (None: as many as there are processors, fewer where memory is short); the answer is the same.
    """
    check_setting(job)
    kept = open_kept(job)
    missing = [cut_off for cut_off in cut_offs if not kept.place(cut_off).exists()]
    if len(missing) < len(cut_offs):
        job.narrator.say(f"  {len(cut_offs) - len(missing)} of {len(cut_offs)} cut-offs were judged before")
    if missing:
        _judge(job, kept, missing, workers)
    found = [one for cut_off in cut_offs if (one := kept.read(cut_off)) is not None]
    rows = pd.concat([one.rows for one in found], ignore_index=True)
    with job.narrator.step("Drawing leads anew, to see how sure the figures are"):
        table = verdicts(rows, job.project.list.capacity, workers or os.cpu_count() or 1)
    target = _write(job, Backtest(rows, ()), table, run)
    for note in found[0].notes if len(found) == 1 else ():
        job.narrator.say(f"  {note}")
    tell_verdicts(job, rows, table)
    job.narrator.say(f"  Predictions: {target / 'predictions.parquet'}; all figures: {target / 'metrics.csv'}")
    for place in kept.others(cut_offs):
        shutil.rmtree(place)
    return target


def _judge(job: Job, kept: Kept, cut_offs: Sequence[CutOff], workers: int | None) -> None:
    """Judges at each cut-off, several at once, and keeps what is found."""
    days = sorted({day for cut_off in cut_offs for day in (*_learned(job, cut_off), *cut_off.judged)})
    with job.narrator.step(f"Working out {len(job.columns)} features on {len(days)} days up to {days[-1]}"):
        matrix = matrix_of(job, days, None)
        background = background_of(job, None)
    at_once = workers or max(1, min(os.cpu_count() or 1, MOST_BYTES // (COPIES * matrix.values.nbytes + 1)))

    def judge(cut_off: CutOff, on_head: Callable[[str], None]) -> LeakReport:
        report, found = _judge_at(job, cut_off, matrix, background, on_head)
        kept.write(cut_off, found)
        return report

    several = f" at {len(cut_offs)} cut-offs" if len(cut_offs) > 1 else ""
    title = f"Training {len(job.heads)} heads{several} and judging them"
    step = job.narrator.step(title, len(job.heads) * len(cut_offs))
    with step as bar, each_on_one_core(), ThreadPoolExecutor(at_once) as pool:
        reports = list(pool.map(lambda cut_off: judge(cut_off, bar.advance), cut_offs))
    for report in reports:
        if several:
            job.narrator.say(f"  What could be known on {report.day}:")
        tell(job, report)


def _judge_at(
    job: Job, cut_off: CutOff, matrix: Matrix, background: Background, on_head: Callable[[str], None]
) -> tuple[LeakReport, Backtest]:
    """Screens, trains and judges as one would have at a cut-off."""
    then = look_from(job, matrix, background, _learned(job, cut_off), cut_off.judged)
    until = midnight(cut_off.learned_until)
    later = taught(job, then.later)  # it is judged as it learns
    found = backtest(then.past, later, job.heads, until, job.project.list.capacity, on_head, then.background)
    return then.report, found


def _learned(job: Job, cut_off: CutOff) -> list[date]:
    return training_days(job, cut_off.learned_until)


def _write(job: Job, found: Backtest, table: pd.DataFrame, run: str) -> Path:
    target = job.workspace.backtests / run
    with write_beside(target) as folder:
        folder.mkdir()
        pq.write_table(
            pa.Table.from_pandas(found.predictions, SCHEMA, preserve_index=False), folder / "predictions.parquet"
        )
        table.to_csv(folder / "metrics.csv", index=False)
    return target
