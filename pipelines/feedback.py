"""Reads what sales has said of the leads of a list: personal, and for the list alone."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.feedback import last_verdicts_sql, resting_sql
from features.query import answer
from features.snapshots import midnight
from features.tables import feedback
from pipelines.job import Job
from pipelines.lists.verdicts import verdict_says
from pipelines.sources.given import Given, take_feedback
from pipelines.store import lake_files, open_lake

MOST_TOLD = 20


def verdicts_of(job: Job) -> pd.Series:
    """The sentence on the last verdict known by midnight (UTC) of the job's day, by lead_id; named feedback."""
    moment = midnight(job.day)
    if not _is_given(job):
        return pd.Series(name="feedback", dtype=object)
    with open_lake(job.workspace, job.project, moment) as con:
        rows = answer(con, f"SELECT f.*, l.owner_id FROM ({last_verdicts_sql(moment)}) f JOIN leads l USING (lead_id)")
    said = {
        row["lead_id"]: verdict_says(
            row["verdict"],
            row["reason"] or "",
            row["by"] or "",
            row["owner_id"] or "",
            row["happened_at"].date(),
            job.day,
            job.voice,
        )
        for row in rows.to_pylist()
    }
    return pd.Series(said, name="feedback", dtype=object)


def resting(job: Job, leads: pd.Series) -> NDArray[np.bool_]:
    """Which leads (n,) rest on the job's day because sales has rejected them (see features.feedback)."""
    moment = midnight(job.day)
    if not _is_given(job):
        return np.zeros(len(leads), dtype=np.bool_)
    with open_lake(job.workspace, job.project, moment) as con:
        found = answer(con, resting_sql(moment, job.project.feedback.rests_days))["lead_id"].to_pylist()
    return leads.isin(found).to_numpy(dtype=np.bool_)


def take(job: Job, file: Path) -> Given:
    """Adds the verdicts of a file to the lake and says what became of each row (see pipelines.sources.given)."""
    found = take_feedback(job.project, job.workspace, file, datetime.now(UTC))
    job.narrator.say(f"  {found.report.says}")
    for line, reason in found.rejected[:MOST_TOLD]:
        job.narrator.say(f"  {file.name} line {line} was rejected: {reason}")
    if len(found.rejected) > MOST_TOLD:
        job.narrator.say(f"  and {len(found.rejected) - MOST_TOLD:,} more")
    known = found.report.kept - found.added
    job.narrator.say(
        f"  {found.added:,} added{f', {known:,} known before' if known else ''}; the next list knows them."
    )
    return found


def _is_given(job: Job) -> bool:
    """Whether any source fills the table: else no question is asked of a lake that may be large."""
    return feedback.name in lake_files(job.workspace)
