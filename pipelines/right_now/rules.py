"""Finds on a day who cannot wait, rule by rule."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection

from configs.project import HeadName
from configs.right_now import Leaving, MeetingsToday, Moved, OverdueStage, Unanswered
from features import dialogue
from features.feature import Selection
from features.fields import create_field_spans
from features.matrix import Matrix
from features.pending import meetings_sql, waiting_sql
from features.snapshots import midnight
from features.tables import Table, project_tables
from pipelines.job import Job
from pipelines.lists.moves import move_says
from pipelines.lists.words import chance_says, out_of
from pipelines.right_now.words import leaving_says, meeting_says, overdue_says, waiting_says

KEYS = ["lead_id", "cohort"]
STAY, STOOD = "stay_against_usual", "days_in_stage"  # features of journey
Row = Mapping[Hashable, Any]


@dataclass(frozen=True)
class Morning:
    """What the rules look at.

    scores: the ranked scores of the job's day (lead_id, cohort, stage, owner_id, band, rank, a chance a head, move); matrix: their rows as
    they were looked at. withheld: the heads whose chances may not be told. since: the day of the list that chances moved from.
    """

    job: Job
    scores: pd.DataFrame
    matrix: Matrix
    withheld: frozenset[HeadName]
    since: date | None

    @property
    def first_rows(self) -> pd.DataFrame:
        """The scores, each lead once: as an open one where it is that and a customer too."""
        return self.scores.drop_duplicates("lead_id")


@dataclass(frozen=True)
class Found:
    """What a rule found: all its rows of the scores in the rule's order, and how one of them is said.

    concerns: how many rows the rule could have found; most_share: of more than this share of them it says nothing one by one.
    """

    rows: pd.DataFrame
    says: Callable[[Row], str]
    concerns: int = 0
    most_share: float = 1

    @property
    def is_no_news(self) -> bool:
        """Whether it is true of so many that it is no news of anybody."""
        return len(self.rows) > self.most_share * self.concerns > 0


def unanswered(morning: Morning, rule: Unanswered, con: DuckDBPyConnection) -> Found:
    """Who waits for our answer, the latest first: the sooner an answer comes, the more it is worth."""
    job, as_of = morning.job, midnight(morning.job.day)
    touches = Selection(_tables(job)["touches"])
    asked = touches.where(**rule.asked) if rule.asked else dialogue.requests
    answered = touches.where(**rule.answered) if rule.answered else dialogue.outbound
    waiting = con.execute(waiting_sql(asked.conditions, answered.conditions, rule, as_of)).df()
    rows = morning.first_rows.merge(waiting, on="lead_id").sort_values(["since", "lead_id"], ascending=[False, True])
    return Found(rows, lambda row: waiting_says(row["times"], row["since"], job.day, job.voice))


def meetings_today(morning: Morning, rule: MeetingsToday, con: DuckDBPyConnection) -> Found:
    """Whom we meet in the course of the day, the first meeting first; one without a time stands before all others."""
    create_field_spans(con, _tables(morning.job)["leads"], [rule.field])
    booked = con.execute(meetings_sql(rule, midnight(morning.job.day))).df()
    rows = morning.first_rows.merge(booked, on="lead_id").sort_values(["meets_at", "rank", "lead_id"])
    voice = morning.job.voice
    return Found(rows, lambda row: meeting_says(row["meets_at"], voice, whole_day=bool(row["whole_day"])))


def risen(morning: Morning, rule: Moved) -> Found:
    """Whose chance has risen by at least so many points, the furthest first."""
    return _moved(morning, rule, 1)


def fallen(morning: Morning, rule: Moved) -> Found:
    """Whose chance has fallen by at least so many points, the furthest first."""
    return _moved(morning, rule, -1)


def _moved(morning: Morning, rule: Moved, way: int) -> Found:
    job, since, scores = morning.job, morning.since, morning.scores
    may_tell = since is not None and job.project.list.head not in morning.withheld
    rows = scores[(scores["cohort"] == "open") & scores["move"].notna()] if may_tell else scores[:0]
    points = way * np.array([move.points for move in rows["move"]], dtype=np.float64)
    # 12.000000000000002 points are what is left of 0.62 less 0.5, and a threshold of 12 is met
    enough = np.round(points, 9) >= rule.points
    sorted_rows = (
        rows[enough].assign(moved_by=points[enough]).sort_values(["moved_by", "rank"], ascending=[False, True])
    )

    def says(row: Row) -> str:
        return move_says(row["move"], since or job.day, job.day, job.voice).rstrip(".")

    return Found(sorted_rows, says, len(rows), rule.most_share)


def overdue_stage(morning: Morning, rule: OverdueStage) -> Found:
    """Who has stood in a stage for long past its usual days, the best of the list first: the others are not worth the time."""
    matrix, project = morning.matrix, morning.job.project
    at = {name: place for place, name in enumerate(matrix.columns)}
    stay, stood = (matrix.values[:, at[name]] for name in (STAY, STOOD))
    concerned = (matrix.snapshots["cohort"] == "open").to_numpy() & ~np.isnan(stay)
    overdue = concerned & (stay >= np.float32(rule.times_usual))
    late = matrix.snapshots.loc[overdue, KEYS].assign(stood=stood[overdue])
    rows = morning.scores.merge(late, on=KEYS).sort_values("rank")
    usual = {stage.name: stage.stale_after_days or 0 for stage in project.funnel.stages}
    words, voice = project.funnel.stage_words, morning.job.voice

    def says(row: Row) -> str:
        return overdue_says(words[row["stage"]], float(row["stood"]), usual[row["stage"]], voice)

    return Found(rows, says, int(concerned.sum()), rule.most_share)


def leaving(morning: Morning, rule: Leaving) -> Found:
    """The customers most likely to leave, the likeliest first; none where that chance may not be told."""
    job, scores = morning.job, morning.scores
    if "churn" in morning.withheld or "churn" not in scores:
        return Found(scores[:0], lambda row: "")
    customers = scores[scores["cohort"] == "customer"]
    rows = customers[customers["churn"] >= rule.chance].sort_values(["churn", "rank"], ascending=[False, True])
    until = job.day + timedelta(days=next(head.horizon_days for head in job.heads if head.name == "churn"))
    size = out_of(rows["churn"])

    def says(row: Row) -> str:
        return leaving_says(chance_says(float(row["churn"]), "churn", until, job.day, size, job.voice), job.voice)

    return Found(rows, says)


def _tables(job: Job) -> Mapping[str, Table]:
    project = job.project
    return project_tables(project.touch_details, project.lead_attributes, project.personal)
