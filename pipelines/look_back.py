"""Looks at the leads of a day once more as they stood on an earlier list, and says what has moved their chances since."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.matrix import Matrix, known_matrix
from features.news import letting_of, read_news
from features.snapshots import midnight
from models.bundle import Bundle
from models.moved import Look, Movement, moved
from models.predict import predict
from models.tell_moves import MOST_TOLD, Move, MoveWords, tell_moves
from pipelines.base_rates import as_served
from pipelines.job import Job
from pipelines.since import read_scores, scored_days
from pipelines.store import lake_files, open_lake
from pipelines.tracking import tracking_of

KEYS = ["lead_id", "cohort"]
Floats = NDArray[np.float64]
Places = NDArray[np.intp]


@dataclass(frozen=True)
class Past:
    """An earlier list, and its leads as they stood on that day and would stand later had nothing been heard since.

    served: its scores. earlier, waited: on the earlier and on the later day, by what was known on the earlier one. news: as
    features.news.read_news gives it. bundles: the models of the versions that served, None where they can no longer be asked. renewed:
    whether another version serves now.
    """

    day: date
    served: pd.DataFrame
    earlier: Matrix
    waited: Matrix
    news: pd.DataFrame
    bundles: Mapping[str, Bundle | None]
    renewed: bool


@dataclass(frozen=True)
class Now:
    """The later look of some leads of one cohort: what they look like, what is said of them, and why.

    agreed: the head's chances (rows,) worked out now; served: those on the list. given: the contributions of the head's model.
    """

    head: HeadName
    bundle: Bundle
    matrix: Matrix
    agreed: Floats
    served: Floats
    given: Floats


def list_before(job: Job, day: date) -> date | None:
    """The last day before this one that was scored; None where there is none."""
    return max((made for made in scored_days(job) if made < day), default=None)


def look_back(
    job: Job, since: date, version: str, bundle: Bundle, leads: Sequence[str] | None = None, day: date | None = None
) -> Past:
    """What is needed to say what has moved since a scored day, for these leads (None: all).

    bundle, of that version, serves now; its chances as they were trained, before the base rate has moved them.
    """
    until = day or job.day
    served = read_scores(job, since)
    if leads is not None:
        served = served[served["lead_id"].isin(leads)]
    moment = midnight(since)
    with open_lake(job.workspace, job.project, moment) as con:
        files = lake_files(job.workspace, moment)
        both = known_matrix(con, job.project, job.columns, [since, until], files, leads=leads)
    with open_lake(job.workspace, job.project, midnight(until)) as con:
        news = read_news(con, job.columns, moment)
    of_day = (both.snapshots["as_of"] == moment).to_numpy()
    bundles = {
        str(number): _as_served(job, rows, bundle if number == version else None)
        for number, rows in served.groupby("model_version")
    }
    return Past(since, served, both.take(of_day), both.take(~of_day), news, bundles, set(bundles) != {version})


def _as_served(job: Job, served: pd.DataFrame, bundle: Bundle | None) -> Bundle | None:
    """The model of scores of one version, its chances moved as they were that day.

    None where it can no longer be asked: trained on other features, gone or unreadable, which is no reason to make no list.
    """
    if (served["feature_fingerprint"] != job.fingerprint).any():
        return None
    try:
        found = bundle or tracking_of(job).bundle(str(served["model_version"].iloc[0]))
    except FunnelcastError:
        return None
    return as_served(found, served.iloc[0]) if found else None


def movement_of(job: Job, past: Past, now: Now) -> tuple[Places, Movement] | None:
    """Which rows of now stood on the earlier list, and how they have moved since; None where none did.

    A lead that would not have been looked at without the news is taken to have waited unchanged; one that the records of that day no
    longer show, to have looked as it does now: the records then answer for the whole change.
    """
    if now.head not in past.served:
        return None
    served = past.served.dropna(subset=[now.head])
    place = _found(served, now.matrix.snapshots)
    rows = np.flatnonzero(place >= 0)
    if not len(rows):
        return None
    said = served.iloc[place[rows]]
    mask = place >= 0
    matrix = now.matrix.take(mask)
    earlier = _standing_in(past.earlier, matrix)
    waited = _standing_in(past.waited, earlier)
    bundle = past.bundles[str(said["model_version"].iloc[0])]
    model = None if bundle is None else bundle.heads.get(now.head)
    chances = said[now.head].to_numpy(dtype=np.float64)
    agreed = chances if bundle is None or model is None else predict(bundle, earlier)[now.head].to_numpy()
    return rows, moved(
        Look(model, earlier, agreed, chances),
        waited,
        Look(now.bundle.heads[now.head], matrix, now.agreed[rows], now.served[rows]),
        now.given[rows],
        letting_of(job.columns, matrix.snapshots["lead_id"], past.news),
    )


def moves_of(job: Job, past: Past | None, now: Now, most: int = MOST_TOLD) -> list[Move | None]:
    """One for each row of now: how its chance has moved since the earlier list; None where it did not stand on it."""
    told: list[Move | None] = [None] * len(now.matrix.values)
    found = movement_of(job, past, now) if past else None
    if found:
        rows, movement = found
        mask = np.zeros(len(told), dtype=np.bool_)
        mask[rows] = True
        columns = {column.name: column for column in job.columns}
        words = MoveWords(columns, job.stage_words, job.voice)
        for row, move in zip(rows, tell_moves(movement, now.matrix.take(mask), words, most), strict=True):
            told[int(row)] = move
    return told


def _standing_in(matrix: Matrix, wanted: Matrix) -> Matrix:
    """The rows of a matrix for the leads of the wanted one, in its order; the wanted row itself where there is none."""
    place = _found(matrix.snapshots, wanted.snapshots)
    both = pd.concat([matrix.snapshots, wanted.snapshots], ignore_index=True)
    rows = np.where(place >= 0, place, len(matrix.values) + np.arange(len(place)))
    values = np.concatenate([matrix.values, wanted.values])[rows]
    snapshots = both.iloc[rows].reset_index(drop=True)
    return Matrix(snapshots, values, wanted.columns, pd.DataFrame(index=snapshots.index))


def _found(frame: pd.DataFrame, wanted: pd.DataFrame) -> Places:
    """The place of each wanted (lead, cohort) in a frame, -1 where it has none."""
    places: Places = pd.MultiIndex.from_frame(frame[KEYS]).get_indexer(pd.MultiIndex.from_frame(wanted[KEYS]))
    return places
