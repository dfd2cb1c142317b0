"""Finds out at training which of our actions went with more wins, and says so on the lines of the list whom it may concern."""

import json
from collections.abc import Sequence, Set
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.actions import WITHIN_DAYS, ActionColumns, action_columns
from features.engine import compute
from features.feature import FeatureColumn
from features.matrix import Matrix
from features.registry import tables_of
from features.snapshots import create_snapshots, midnight
from models.helped import Helped, Tried, best_for, helped
from models.predict import predict
from models.split import leads_of
from models.track import Champion
from pipelines.job import Job
from pipelines.lists.helps import HEADS, helps_say
from pipelines.lists.ranks import withheld_by
from pipelines.store import Workspace, lake_files, open_lake, write_beside

KEY = ["lead_id", "cohort", "as_of"]
LISTED = ("call", "nurture")
Flags = NDArray[np.bool_]


def helped_file(workspace: Workspace, version: str) -> Path:
    """Where it is kept what was found at the training of a version; it holds shares and counts, and nobody's name."""
    return workspace.models / version / "helped.json"


def keep_helped(job: Job, trained: Champion, matrix: Matrix) -> None:
    """Writes models/VERSION/helped.json: what went with more yes of the list's head, on the days and rows that the model learned from."""
    head = job.project.list.head
    found = helped(tried_of(job, trained, matrix)) if head in HEADS and head in trained.bundle.heads else ()
    with write_beside(helped_file(job.workspace, trained.version)) as part:
        part.write_text(json.dumps([asdict(one) for one in found], indent=1) + "\n", encoding="utf-8")


def read_helped(job: Job, version: str) -> tuple[Helped, ...]:
    """What was found at the training of a version; nothing where it was trained elsewhere, or before this was asked."""
    file = helped_file(job.workspace, version)
    return tuple(Helped(**one) for one in json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else ()


def tried_of(job: Job, trained: Champion, matrix: Matrix) -> dict[str, Tried]:
    """By action, the open leads of the matrix that were still open a week later, with what was done in that week and what came after it.

    A row is a snapshot (as_of); the action reads (as_of, as_of + 7 days], the outcome the horizon after that. Only rows known by the end
    of the training are read, by the same engine and in the same way as features.
    """
    head = job.project.list.head
    asked = _asked(job)
    days = [day.date() for day in pd.to_datetime(matrix.snapshots["as_of"].unique())]
    columns = [column for one in asked for column in (one.done, one.open_to) if column is not None]
    acted = _acted(job, columns, days).set_index(KEY).loc[pd.MultiIndex.from_frame(matrix.snapshots[KEY])]
    chances = predict(trained.bundle, matrix)[head].to_numpy(dtype=np.float64)
    then, later = _a_week_apart(matrix.snapshots)
    yes = matrix.outcomes[head].to_numpy(dtype=np.float64)[later]
    told = ~np.isnan(yes) & ~np.isnan(chances[then])
    then, later, yes = then[told], later[told], yes[told]
    leads, stages = leads_of(matrix.snapshots)[then], matrix.snapshots["stage"].to_numpy(dtype=object)[then]
    found = {}
    for one in asked:
        did = acted[one.done.name].to_numpy()[later] > 0
        rows = _is_open(one, acted)[then]
        found[one.action.name] = Tried(stages[rows], chances[then][rows], did[rows], yes[rows], leads[rows])
    return found


def _acted(
    job: Job, columns: Sequence[FeatureColumn], days: Sequence[date], leads: Sequence[str] | None = None
) -> pd.DataFrame:
    """Columns of actions by name, beside lead_id, cohort and as_of, by what was known by the job's day; leads: None for all."""
    known_until = midnight(job.day)
    with open_lake(job.workspace, job.project, known_until) as con:
        create_snapshots(con, job.project, days, leads)
        values = compute(con, columns, files=lake_files(job.workspace, known_until), memory_gb=job.project.memory_gb)
        looked_at: pd.DataFrame = con.execute("SELECT lead_id, cohort, as_of FROM snapshots ORDER BY snapshot_id").df()
    return looked_at.assign(**{column.name: values[:, place] for place, column in enumerate(columns)})


def _is_open(one: ActionColumns, acted: pd.DataFrame) -> Flags:
    """Whether an action is open to the lead of each row."""
    waits: Flags = np.ones(len(acted), np.bool_) if one.open_to is None else acted[one.open_to.name].notna().to_numpy()
    return waits


def _a_week_apart(snapshots: pd.DataFrame) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """The rows of open leads that have another one WITHIN_DAYS later, and those other ones."""
    rows = pd.MultiIndex.from_frame(snapshots[KEY])
    ahead = snapshots[KEY].assign(as_of=snapshots["as_of"] + timedelta(days=WITHIN_DAYS))
    later = rows.get_indexer(pd.MultiIndex.from_frame(ahead))
    then = np.flatnonzero((later >= 0) & (snapshots["cohort"] == "open").to_numpy())
    return then, later[then]


def with_helps(job: Job, ranked: pd.DataFrame, champion: Champion) -> pd.DataFrame:
    """The ranked scores with the column helps: the sentence of an open lead to call or nurture, empty where nothing is sure.

    Empty for everybody where the chances of the list's head are withheld. Only the listed leads are looked at, and only for whether an
    action that found its sentence is open to them: none of the rest costs anything.
    """
    head = job.project.list.head
    says = pd.Series("", index=ranked.index, dtype=object)
    found = read_helped(job, champion.version)
    if found and head in HEADS and head not in withheld_by(champion.bundle.heads):
        listed = ranked[(ranked["cohort"] == "open") & ranked["band"].isin(LISTED)]
        open_to = _open_to(job, {one.action for one in found}, listed["lead_id"].tolist())
        called = {action.name: action.says for action in job.project.actions}
        rows = zip(listed.index, listed["lead_id"], listed["stage"], listed[head], strict=True)
        for place, lead, stage, chance in rows:
            best = best_for(found, str(stage), float(chance), open_to[str(lead)])
            says[place] = helps_say(best, called[best.action], head, job.voice) if best else ""
    return ranked.assign(helps=says)


def _open_to(job: Job, wanted: Set[str], leads: Sequence[str]) -> dict[str, frozenset[str]]:
    """Which of the wanted actions are open to each of the leads on the job's day."""
    asked = [one for one in _asked(job) if one.action.name in wanted]
    always = frozenset(one.action.name for one in asked if one.open_to is None)
    open_to = dict.fromkeys(leads, always)
    waited_for = [one for one in asked if one.open_to is not None]
    if waited_for and leads:
        columns = [one.open_to for one in waited_for if one.open_to is not None]
        acted = _acted(job, columns, [job.day], leads)
        for one in waited_for:
            for lead in acted["lead_id"][_is_open(one, acted) & (acted["cohort"] == "open")]:
                open_to[lead] |= {one.action.name}
    return open_to


def _asked(job: Job) -> tuple[ActionColumns, ...]:
    return action_columns(job.project.actions, tables_of(job.project)["touches"])
