"""Reads from past lists who was called and how likely that was, and lets rows teach by it where the project says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.matrix import Matrix
from models.as_called import times_counted, worth
from models.lot import lot
from models.receipt import CALL
from pipelines.job import Job
from pipelines.tracking import trained_until
from pipelines.written import CERTAIN, deliveries_file, scores_file


@dataclass(frozen=True)
class Calls:
    """Of the rows (n,) of a matrix, how likely the call was that each had, and how often it counts.

    chances: 0 for an open lead that was not called, NaN for a customer and on a day without a list. days: how many had a list.
    """

    chances: NDArray[np.float64]
    times: NDArray[np.int64]
    days: int

    @property
    def says(self) -> str:
        """Who was called, and what the rows of those days tell."""
        if not self.days:
            return "No list was served on a day that is learned from, so all rows count once."
        called = self.chances > 0
        by_lot = called & (self.chances < CERTAIN)
        times = self.times[~np.isnan(self.chances)]
        return (
            f"On {self.days:,} of the days there was a list, which called {called.sum():,} of {len(times):,} open leads, "
            f"{by_lot.sum():,} of them by lot. These alone teach there: they count as {times.sum():,} rows and tell as much as "
            f"{worth(times):,.0f}."
        )


def calls_of(job: Job, matrix: Matrix) -> Calls:
    """What the lists that were served on the days of a matrix say of its rows.

    A list that was made after the fact, by a model that knew what came, called nobody.
    """
    days, trained = matrix.snapshots["as_of"].dt.date, trained_until(job)
    lists = {day: _called(job, day) for day in days.unique() if _was_served(job, day, trained)}
    chances = np.full(len(days), np.nan)
    for day, called in lists.items():
        rows = ((days == day) & (matrix.snapshots["cohort"] == "open")).to_numpy()
        chances[rows] = matrix.snapshots["lead_id"][rows].map(called).fillna(0.0)
    lots = np.zeros(len(days))
    uncertain = np.flatnonzero((chances > 0) & (chances < CERTAIN))
    lots[uncertain] = [
        lot(f"{job.project.name} {days.iloc[row]}", matrix.snapshots["lead_id"].iloc[row]) for row in uncertain
    ]
    return Calls(chances, times_counted(chances, lots, job.project.learning.most), len(lists))


def taught(job: Job, matrix: Matrix) -> Matrix:
    """The rows to learn from and to judge on: each once or, with learning.as_called, as often as its call counts."""
    return matrix.repeated(calls_of(job, matrix).times) if job.project.learning.as_called else matrix


def spoken_for(job: Job, matrix: Matrix) -> Matrix:
    """The rows whose outcomes the chances promise, each once: with learning.as_called and a list on their day, those that were called."""
    return matrix.take(calls_of(job, matrix).times > 0) if job.project.learning.as_called else matrix


def calls_say(job: Job, matrix: Matrix) -> str:
    """What the calls among the rows are worth to a training; empty where all rows count once."""
    return calls_of(job, matrix).says if job.project.learning.as_called else ""


def _was_served(job: Job, day: date, trained: Mapping[str, str]) -> bool:
    """Whether a list was made for a day, and not by a model that knew of later ones."""
    listed, scores = deliveries_file(job.workspace, day).is_file(), scores_file(job.workspace, day)
    if not listed or not scores.is_file():
        return listed
    version = pq.ParquetFile(scores).read_row_group(0, columns=["model_version"])["model_version"][0].as_py()
    return trained.get(version, "") <= str(day)


def _called(job: Job, day: date) -> pd.Series:
    """How likely the call of each lead was that the list of a day called."""
    file = pq.ParquetFile(deliveries_file(job.workspace, day))
    listed: pd.DataFrame = file.read(columns=["lead_id", "band", "chance_of_listing"]).to_pandas()
    called: pd.Series = listed[listed["band"] == CALL].set_index("lead_id")["chance_of_listing"]
    return called
