"""Sets what was said of leads on a day beside what has happened since."""

from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray

from features.matrix import Matrix
from features.snapshots import midnight
from features.tables import deliveries
from models.heads import Head
from pipelines.job import Job
from pipelines.written import scores_file

SENTENCES = ("reasons", "moved_parts")


def scored_days(job: Job) -> list[date]:
    """The days that were scored, oldest first."""
    return sorted(
        date.fromisoformat(folder.name.removeprefix("as_of=")) for folder in job.workspace.scores.glob("as_of=*")
    )


def ends_at(made: date, head: Head) -> datetime:
    """When the outcome window of a head, looked at on a day, is over (UTC without zone, included)."""
    return midnight(made) + timedelta(days=head.horizon_days)


def served_days(job: Job) -> list[date]:
    """The days whose list was served, oldest first."""
    names = [file.stem for file in (job.workspace.lake / deliveries.name).glob("as_of=*.parquet")]
    return sorted(date.fromisoformat(name.removeprefix("as_of=")) for name in names)


def read_scores(job: Job, made: date) -> pd.DataFrame:
    """The scores of a day without their sentences, see pipelines.written.write_scores."""
    stored = pq.ParquetFile(scores_file(job.workspace, made))
    names = [name for name in stored.schema_arrow.names if name not in SENTENCES]
    scores: pd.DataFrame = stored.read(columns=names).to_pandas()
    return scores


def said_and_came(scores: pd.DataFrame, matrix: Matrix, head: Head) -> tuple[NDArray[np.bool_], pd.DataFrame]:
    """Which rows of a day's matrix were scored and have a known outcome of the head, and those rows of the scores in the same order.

    The second has two more columns: chance, what was said, and came, 0 or 1.
    """
    place = matrix.snapshots[["lead_id", "cohort"]].assign(
        came=matrix.outcomes[head.name].to_numpy(), place=np.arange(len(matrix.values))
    )
    said = scores.assign(chance=scores[head.name])
    both = place.merge(said, on=["lead_id", "cohort"]).dropna(subset=["chance", "came"]).reset_index(drop=True)
    return place["place"].isin(both["place"]).to_numpy(), both.drop(columns="place")
