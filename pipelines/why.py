"""Answers the question why one lead has its chance, and why that is not what it was."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
from rich.console import Console
from rich.table import Table

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.matrix import Matrix, known_matrix
from features.snapshots import midnight
from models.bundle import Bundle
from models.moved import Floats
from models.predict import contributions_of, predict
from models.tell_moves import Move
from pipelines.base_rates import as_served
from pipelines.job import Job
from pipelines.lists.words import day_says, points_says
from pipelines.look_back import Now, list_before, look_back, moves_of
from pipelines.narrator import printable
from pipelines.pages import templates
from pipelines.plainly import read_plain
from pipelines.since import read_scores, scored_days
from pipelines.store import lake_files, open_lake, write_beside
from pipelines.tracking import tracking_of
from pipelines.waterfall import WIDTH, Fall
from pipelines.whole import Sayings, moved_fall, whole_reasons

HERE = Path(__file__).parent
EVERY_PART = 1_000
SAID_OF: dict[HeadName, str] = {
    "progress": "the chance to advance",
    "win": "the chance to be won",
    "leave": "the chance to be lost or fall silent",
    "churn": "the chance to leave",
}


@dataclass(frozen=True)
class Why:
    """What stands behind a lead's chance: all reasons from the base to it, and, where it was scored before, what moved it.

    helps: the sentence on what leads like it were won more often after, empty where its list has none.
    """

    lead_id: str
    day: date
    reasons: Fall
    since: date | None = None
    moved: Fall | None = None
    helps: str = ""


@dataclass(frozen=True)
class Asked:
    """A lead on a day that was scored: its line of the scores, the head that it is ranked by, and the model as it was trained."""

    line: pd.Series
    day: date
    head: HeadName
    trained: Bundle

    @cached_property
    def bundle(self) -> Bundle:
        """The model as it served that day."""
        return as_served(self.trained, self.line)


def why_lead(job: Job, lead_id: str, since: date | None = None) -> Why:
    """The whole explanation of a lead on a scored day (the newest one where the job names none), by the model that served then.

    Raises FunnelcastError when nobody knows the lead, when it was not scored on the day or on `since`, or when that model is gone.
    """
    asked = _asked(job, lead_id)
    then = _since(job, lead_id, asked, since)
    matrix = _matrix_of(job, lead_id, asked)
    given = contributions_of(asked.bundle.heads[asked.head], matrix)
    reasons, helps = _reasons(job, asked, matrix, given), str(asked.line.get("helps") or "")
    if then is None:
        return Why(lead_id, asked.day, reasons, helps=helps)
    past = look_back(job, then, str(asked.line["model_version"]), asked.trained, [lead_id], asked.day)
    agreed = predict(asked.bundle, matrix)[asked.head].to_numpy()
    now = Now(asked.head, asked.bundle, matrix, agreed, np.array([float(asked.line[asked.head])]), given)
    move = moves_of(job, past, now, EVERY_PART)[0]
    assert move is not None, "the lead was scored on both days"
    return Why(lead_id, asked.day, reasons, then, _moved(asked, move, then), helps)


def _asked(job: Job, lead_id: str) -> Asked:
    days = scored_days(job)
    if not days:
        raise FunnelcastError(f"No list of {job.project.name} has been made yet; run funnelcast score first.")
    day = days[-1] if job.as_of is None else job.as_of
    if day not in days:
        raise FunnelcastError(f"{day} was not scored; the last scored days are {', '.join(map(str, days[-3:]))}.")
    scores = read_scores(job, day)
    found = scores[scores["lead_id"] == lead_id]
    if not len(found):
        raise FunnelcastError(_never(job, lead_id, day))
    line = found.iloc[0]
    head: HeadName = "churn" if line["cohort"] == "customer" else job.project.list.head
    return Asked(line, day, head, _bundle_of(job, line))


def _never(job: Job, lead_id: str, day: date) -> str:
    with open_lake(job.workspace, job.project) as con:
        known = con.execute("SELECT 1 FROM leads WHERE lead_id = ?", [lead_id]).fetchone()
    if known is None:
        return f"There is no lead '{lead_id}'; give a lead id as it stands in the column lead_id of the lists."
    return f"The lead '{lead_id}' was not scored on {day}: it was closed, not yet known or not to be looked at; give another --as-of."


def _bundle_of(job: Job, line: pd.Series) -> Bundle:
    version = str(line["model_version"])
    bundle = tracking_of(job).bundle(version) if line["feature_fingerprint"] == job.fingerprint else None
    if bundle is None:
        raise FunnelcastError(
            f"Model version {version}, which served that day, was trained on other features or is gone, so it cannot be asked; "
            "run `funnelcast score` and ask again."
        )
    return bundle


def _since(job: Job, lead_id: str, asked: Asked, since: date | None) -> date | None:
    """The earlier day to compare with; None where the lead stood on no list just before and no day was asked for."""
    before = list_before(job, asked.day) if since is None else since
    if before is None:
        return None
    days = [day for day in scored_days(job) if day < asked.day]
    if before not in days:
        known = (
            f"the scored days before it are {', '.join(map(str, days[-3:]))}" if days else "there is no earlier list"
        )
        raise FunnelcastError(f"--since {before} is no scored day before {asked.day}; {known}.")
    scores = read_scores(job, before)
    on_it = (scores["lead_id"] == lead_id) & (scores["cohort"] == asked.line["cohort"])
    if on_it.any() and asked.head in scores:
        return before
    if since is None:
        return None
    raise FunnelcastError(
        f"The lead '{lead_id}' was not scored on {since}, so there is nothing to compare with; give another --since."
    )


def _matrix_of(job: Job, lead_id: str, asked: Asked) -> Matrix:
    moment = midnight(asked.day)
    with open_lake(job.workspace, job.project, moment) as con:
        files = lake_files(job.workspace, moment)
        matrix = known_matrix(con, job.project, job.columns, [asked.day], files, leads=[lead_id])
    matrix = matrix.take((matrix.snapshots["cohort"] == asked.line["cohort"]).to_numpy())
    if not len(matrix.values):
        raise FunnelcastError(
            f"The records no longer show the lead '{lead_id}' on {asked.day}; run funnelcast score for that day again."
        )
    return matrix


def _reasons(job: Job, asked: Asked, matrix: Matrix, given: Floats) -> Fall:
    """From the base to the served chance, a bar a behaviour, in points of chance."""
    served = np.array([float(asked.line[asked.head])])
    plain = read_plain(job.workspace, str(asked.line["model_version"])).get(asked.head, {})
    words = Sayings(job.columns, job.stage_words, plain=plain)
    fall = whole_reasons(words, asked.bundle.heads[asked.head], matrix, given, served)[0]
    return replace(fall, title=f"Why {SAID_OF[asked.head]} on {day_says(asked.day, asked.day)} {asked.day.year}")


def _moved(asked: Asked, move: Move, since: date) -> Fall:
    fall = moved_fall(move, since, asked.day, float(asked.line[asked.head]))
    return replace(fall, title=f"What has moved {SAID_OF[asked.head]} since {day_says(since, asked.day)}")


def tell_why(told: Why, console: Console | None = None) -> None:
    """Prints both waterfalls on the terminal, and what leads like this one were won more often after."""
    console = console or Console(highlight=False)
    for fall in (told.reasons, told.moved):
        if fall is not None:
            console.print(_table(fall))
    if told.helps:
        console.print(_plain(told.helps))


def _table(fall: Fall) -> Table:
    table = Table(title=fall.title, title_justify="left", box=None, padding=(0, 1))
    table.add_column("", overflow="fold")
    table.add_column("points", justify="right")
    table.add_column("", no_wrap=True, min_width=WIDTH)
    for bar in fall.shown:
        said = f"{bar.after:.1f} in 100" if bar.is_level else points_says(bar.points)
        table.add_row(_plain(bar.says), said, bar.drawn(fall))
    return table


def _plain(text: str) -> str:
    return printable(text).replace("[", "\\[")


def draw_why(told: Why, file: Path) -> None:
    """Writes both waterfalls as one SVG picture that needs nothing else."""
    falls = [fall for fall in (told.reasons, told.moved) if fall is not None]
    picture = templates(HERE).get_template("waterfall.svg.j2").render(falls=falls, lead_id=told.lead_id)
    with write_beside(file.resolve()) as part:
        part.write_text(picture, encoding="utf-8")
