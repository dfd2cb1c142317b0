"""Measures which step of the ladder serves the demo company after so many closed leads, and what every other step would have lost."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import HeadModel, Origin
from models.clusters import standard_error
from models.heads import Head
from models.judgement import learn, outcomes_of
from models.metrics import surprise
from models.predict import margins_of, to_chance
from models.rivals.roster import Background, able_rivals
from models.split import OneOutcomeError, TooLittlePastError, leads_of, usable
from models.train import TrainingResult, train
from pipelines.ingest import ingest_project
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.order import Order, open_job

Floats = NDArray[np.float64]
PROJECT = "configs/projects/demo.yaml"
HEAD = "win"
STEPS = ("points", "bayes", "logistic")
NOISE = 3.0  # standard errors, by lead, that one of a dozen pairs may differ by luck
AHEAD = pd.Timedelta(weeks=8)
LAST = date(2026, 6, 1)
CAPACITY = 25


@dataclass(frozen=True)
class More:
    """By how much more log loss the step that serves had than another one, and the standard error of that by lead."""

    loss: float
    error: float

    @property
    def is_noise(self) -> bool:
        """Whether the step that serves is better, or as good within the noise."""
        return self.loss <= NOISE * self.error


@dataclass(frozen=True)
class Stood:
    """On what the head stood when so many leads had been closed, what it lost in the eight weeks after, and beside each other step."""

    closed: int
    until: datetime
    rows: int
    model: HeadModel
    loss: float
    beside: Mapping[str, More]


def everything_of(job: Job) -> Matrix:
    """All snapshots up to LAST with the outcomes as they came, of the columns that are learned from."""
    matrix = matrix_of(job, training_days(job, LAST), None)
    kept = [place for place, column in enumerate(job.columns) if column.is_learned]
    columns = tuple(matrix.columns[place] for place in kept)
    return replace(matrix, values=matrix.values[:, kept], columns=columns)


def head_of(job: Job) -> Head:
    """The head that is looked at."""
    return next(one for one in job.heads if one.name == HEAD)


def stood(job: Job, everything: Matrix, closed: int) -> Stood:
    """Trains on what was known when so many leads had been closed, and judges on the eight weeks after.

    Beside the model that serves stand all steps that could be made then, each from all rows known then.
    """
    head, until = head_of(job), day_with(background_of(job, None), closed)
    result = trained(job, everything, until)
    days = everything.snapshots["as_of"]
    after = ((days > until) & (days <= until + AHEAD)).to_numpy()
    later = everything.take(after & ~np.isnan(outcomes_of(everything, head)))
    as_of = days.to_numpy().astype("datetime64[us]")
    known = everything.take(usable(as_of, outcomes_of(everything, head), head, until))
    said = _of_each(known, later, head, background_of(job, until)) if len(known.values) else {}
    outcomes, leads = outcomes_of(later, head), leads_of(later.snapshots)
    served = result.bundle.heads[head.name]
    ours = surprise(outcomes, to_chance(served, margins_of(served, later)))
    beside = {step: _more(ours - surprise(outcomes, chances), leads) for step, chances in said.items()}
    return Stood(closed, until, len(later.values), served, float(ours.mean()), beside)


def trained(job: Job, everything: Matrix, until: datetime) -> TrainingResult:
    """The head trained on what was known at a moment (UTC without zone)."""
    known = everything.take((everything.snapshots["as_of"] <= until).to_numpy())
    origin = Origin("demo", "b2b", "any")
    return train(known, [head_of(job)], until, origin, CAPACITY, background=background_of(job, until))


def day_with(background: Background, closed: int) -> datetime:
    """The first midnight (UTC without zone) by which so many leads had been closed; for none the last one before the first was."""
    moments = np.sort(background.closed["closed_at"].to_numpy())
    if not closed:
        return midnight(pd.Timestamp(moments[0]).date())
    return midnight(pd.Timestamp(moments[closed - 1]).date() + pd.Timedelta(days=1))


def _of_each(known: Matrix, later: Matrix, head: Head, background: Background) -> dict[str, Floats]:
    """What each step that could be made of the known rows says of the later ones."""
    able, _ = able_rivals(known, later, head, background)
    said = {one.name: one.chances for one in able if one.name in STEPS}
    try:
        model = learn(known, head).model
        said["model"] = to_chance(model, margins_of(model, later))
    except (TooLittlePastError, OneOutcomeError):
        pass
    return said


def _more(lost: Floats, leads: NDArray[np.int64]) -> More:
    return More(float(lost.mean()), float(standard_error(lost - lost.mean(), leads)) / len(lost))


def main() -> None:
    """Prints for each number of closed leads what serves, and whether a step would have served better."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--leads", type=int, default=15_000, help="of the company that is made up")
    parser.add_argument("--closed", type=int, nargs="+", default=[10_000], help="closed leads to stand at")
    asked = parser.parse_args()
    with TemporaryDirectory() as folder, open_job(Order(PROJECT, None, folder, None, leads=asked.leads)) as job:
        ingest_project(job)
        everything = everything_of(job)
        good = [_tell(stood(job, everything, closed)) for closed in asked.closed]
    if not all(good):
        raise SystemExit(1)


def _tell(found: Stood) -> bool:
    """Prints what was found, and returns whether nothing else would surely have been better."""
    model = found.model
    print(
        f"{found.closed:,} closed leads, {found.until:%Y-%m-%d}: {HEAD} stands on {model.step}, learned from {model.rows:,} rows; "
        f"log loss {found.loss:.4f} on {found.rows:,} rows of the eight weeks after"
    )
    for step, more in found.beside.items():
        beside = "" if more.is_noise else "  BETTER than what serves"
        print(f"  against {step:9} {more.loss:+.4f}, standard error {more.error:.4f}{beside}")
    return all(more.is_noise for more in found.beside.values())


if __name__ == "__main__":
    main()
