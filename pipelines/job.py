"""What a command works on: a project, its workspace, its data and the day."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd

from configs.errors import FunnelcastError
from configs.project import Project
from features.closings import closed_leads
from features.engine import compute
from features.feature import FeatureColumn
from features.languages import Voice, voice_of
from features.matrix import Matrix, build_matrix, known_matrix, known_outcomes
from features.query import answer
from features.registry import fingerprint, project_columns
from features.snapshots import midnight, snapshot_days, today
from models.heads import Head, heads_of
from models.rivals.roster import Background
from pipelines.narrator import Narrator
from pipelines.recall import open_recall
from pipelines.store import Workspace, lake_files, observed_until, open_lake


@dataclass(frozen=True)
class Job:
    """A project in its workspace on a day; as_of None means the newest day that the data covers, at most today (UTC)."""

    project: Project
    workspace: Workspace
    data: Path
    as_of: date | None = None
    narrator: Narrator = field(default_factory=Narrator)

    @property
    def day(self) -> date:
        """The day that the job looks from. Raises FunnelcastError when nothing has been ingested."""
        if self.as_of is not None:
            return self.as_of
        last = observed_until(self.workspace)
        newest = last.date() if last == midnight(last.date()) else last.date() + timedelta(days=1)
        return min(newest, today())

    @property
    def columns(self) -> tuple[FeatureColumn, ...]:
        """The columns of the project's features."""
        return project_columns(self.project)

    @property
    def voice(self) -> Voice:
        """The voice of the project's list."""
        return voice_of(self.project.list.language)

    @property
    def for_people(self) -> frozenset[str]:
        """The names of the columns that are shown and not learned from."""
        return frozenset(column.name for column in self.columns if not column.is_learned)

    @property
    def fingerprint(self) -> str:
        """The fingerprint of the project's features."""
        return fingerprint(self.columns, self.project.funnel)

    @property
    def heads(self) -> tuple[Head, ...]:
        """The project's heads."""
        return heads_of(self.project)

    @property
    def stage_words(self) -> dict[int, str]:
        """Stage rank to what people call the stage; after the last open stage, a won one."""
        funnel = self.project.funnel
        words = [*(stage.says for stage in funnel.stages), funnel.won[0].says]
        return dict(enumerate(words))


def training_days(job: Job, last: date) -> list[date]:
    """The snapshot days from the first known row to `last`. Raises FunnelcastError when `last` is before the first row."""
    first = first_day(job)
    if last <= first:
        raise FunnelcastError(
            f"--as-of {last} is before anything is known: the first row of {job.project.name} is from {first}; "
            f"give a later day."
        )
    return snapshot_days(job.project.snapshots, first, last)


def first_day(job: Job) -> date:
    """The day (UTC) of the first known stage of a lead. Raises FunnelcastError when there is none."""
    with open_lake(job.workspace, job.project) as con:
        found = answer(con, "SELECT min(known_at) AS first FROM stage_moves")["first"][0].as_py()
    if found is None:
        raise FunnelcastError(
            f"No lead of {job.project.name} has a stage; check the source of stage_moves in the project file."
        )
    return date(found.year, found.month, found.day)


def matrix_of(job: Job, days: list[date], known_until: datetime | None) -> Matrix:
    """The matrix of the days as it could be made at known_until (UTC): no row known later is read, for features or outcomes."""
    covered = observed_until(job.workspace)
    until = covered if known_until is None else min(covered, known_until)
    horizons: dict[str, int] = {head.name: head.horizon_days for head in job.heads}
    # A single day is scored once; days that are looked at together are learned from again and again.
    work_out = open_recall(job.workspace, job.project, days, known_until).compute if len(days) > 1 else compute
    with open_lake(job.workspace, job.project, known_until) as con:
        files = lake_files(job.workspace, known_until)
        return build_matrix(con, job.project, job.columns, days, horizons, until, files, work_out)


def matrix_to_score(job: Job) -> Matrix:
    """The matrix of the job's day as it is known at its midnight (UTC), without outcomes."""
    moment = midnight(job.day)
    with open_lake(job.workspace, job.project, moment) as con:
        return known_matrix(con, job.project, job.columns, [job.day], lake_files(job.workspace, moment))


def outcomes_known(job: Job, matrix: Matrix, known_until: datetime) -> Matrix:
    """The rows of a matrix with their outcomes as they were known at known_until (UTC), which is after its last as_of."""
    days = [day.date() for day in pd.to_datetime(matrix.snapshots["as_of"].unique())]
    horizons: dict[str, int] = {head.name: head.horizon_days for head in job.heads}
    until = min(observed_until(job.workspace), known_until)
    with open_lake(job.workspace, job.project, known_until) as con:
        looked_at, outcomes = known_outcomes(con, job.project, days, horizons, until)
    same = looked_at.to_numpy() == matrix.snapshots[looked_at.columns].to_numpy()
    assert same.all(), "who is looked at on a day depends on nothing that was known later"
    return replace(matrix, outcomes=outcomes)


def background_of(job: Job, known_until: datetime | None) -> Background:
    """What the rivals of the job's models know, as it could be known at known_until (UTC; None: now)."""
    with open_lake(job.workspace, job.project, known_until) as con:
        closed = closed_leads(con, job.project)
    return Background(job.project.points, len(job.project.funnel.stages), closed)
