"""Stands on a day in the past and sees only what was known there, beside what came later."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import pandas as pd

from features.matrix import Matrix
from features.snapshots import midnight
from models.leaks import LeakReport, without
from models.rivals.roster import Background
from models.split import days_of
from pipelines.as_called import taught
from pipelines.job import Job, outcomes_known
from pipelines.leaks.screen import screen


@dataclass(frozen=True)
class Standpoint:
    """What was known on a day: the graded columns, the rows to learn from, what rivals know; and the later rows to judge on.

    Both kinds of rows lack the columns that were banned by then, and those that are only shown. The past has its rows as often as they
    teach (pipelines.as_called.taught), the later rows are there once each.
    """

    report: LeakReport
    past: Matrix
    later: Matrix
    background: Background


def look_from(
    job: Job, matrix: Matrix, background: Background, learned: Sequence[date], judged: Sequence[date]
) -> Standpoint:
    """What was known at midnight (UTC) of the first day judged on; learned, judged: as-of days of the matrix, oldest first.

    One matrix serves all standpoints, because features know no row that was known after their as_of. Outcomes do: those that are learned
    from are read once more as they were known then.
    """
    stands_at = midnight(judged[0])
    past = outcomes_known(job, _rows(matrix, learned), stands_at)
    report = screen(job, past, learned, stands_at)
    hidden = report.kept_out | job.for_people
    past, later = (without(rows, hidden, report.banned_fields) for rows in (past, _rows(matrix, judged)))
    return Standpoint(report, taught(job, past), later, background.without_fields(report.banned_fields))


def _rows(matrix: Matrix, days: Sequence[date]) -> Matrix:
    wanted = pd.DatetimeIndex([midnight(day) for day in days]).to_numpy().astype("datetime64[us]")
    return matrix.take(pd.Series(days_of(matrix.snapshots)).isin(wanted).to_numpy())
