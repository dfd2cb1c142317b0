"""With any number of closed leads the demo company is served by what is best out of time, or as good as that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Origin
from models.clusters import standard_error
from models.contest import NO_BETTER, contest
from models.heads import Head
from models.judgement import learn, outcomes_of, rows_to_learn
from models.metrics import surprise
from models.predict import margins_of, to_chance
from models.rivals.roster import Background, able_rivals
from models.split import OneOutcomeError, TooLittlePastError, leads_of, usable
from models.train import TrainingResult, train
from pipelines.ingest import ingest_project
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.order import Order, open_job
from tests.made_up import little_truth

Floats = NDArray[np.float64]
CLOSED = [0, 20, 100, 1_000]
STEPS = ("points", "bayes", "logistic")
ORIGIN = Origin("demo", "b2b", "any")
LAST = date(2026, 6, 1)
WIN = "win"


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    workspace = tmp_path_factory.mktemp("demo")
    with open_job(Order("configs/projects/demo.yaml", None, str(workspace), None, leads=2_500)) as opened:
        with little_truth():
            ingest_project(opened)
        yield opened


@pytest.fixture(scope="module")
def everything(job: Job) -> Matrix:
    """All snapshots with the outcomes as they came, of the columns that are learned from."""
    matrix = matrix_of(job, training_days(job, LAST), None)
    kept = [place for place, column in enumerate(job.columns) if column.is_learned]
    columns = tuple(matrix.columns[place] for place in kept)
    return replace(matrix, values=matrix.values[:, kept], columns=columns)


def day_with(background: Background, closed: int) -> datetime:
    """The first midnight by which so many leads had been closed; the very first day for none."""
    if not closed:
        return midnight(date(2024, 9, 2))
    moments = np.sort(background.closed["closed_at"].to_numpy())
    return midnight(pd.Timestamp(moments[closed - 1]).date() + pd.Timedelta(days=1))


def known_by(matrix: Matrix, until: datetime) -> Matrix:
    return matrix.take((matrix.snapshots["as_of"] <= until).to_numpy())


def trained(job: Job, matrix: Matrix, head: Head, until: datetime) -> TrainingResult:
    return train(known_by(matrix, until), [head], until, ORIGIN, 25, background=background_of(job, until))


def chances_of_each(known: Matrix, later: Matrix, head: Head, background: Background) -> dict[str, Floats]:
    """What each step that could be made of the known rows says of the later ones."""
    able, _ = able_rivals(known, later, head, background)
    said = {one.name: one.chances for one in able if one.name in STEPS}
    try:
        model = learn(known, head).model
        said["model"] = to_chance(model, margins_of(model, later))
    except (TooLittlePastError, OneOutcomeError):
        pass
    return said


@pytest.mark.parametrize("closed", CLOSED)
def test_the_served_step_is_the_best_or_as_good(job: Job, everything: Matrix, closed: int) -> None:
    """As good: within three standard errors, by lead, of the log loss on what came in the next weeks; a dozen pairs are compared."""
    until = day_with(background_of(job, None), closed)
    head = next(one for one in job.heads if one.name == WIN)
    result = trained(job, everything, head, until)
    served = result.bundle.heads[head.name]
    days = everything.snapshots["as_of"]
    after = (days > until) & (days <= until + pd.Timedelta(weeks=8))
    later = everything.take(after.to_numpy() & ~np.isnan(outcomes_of(everything, head)))
    as_of = everything.snapshots["as_of"].to_numpy().astype("datetime64[us]")
    known = everything.take(usable(as_of, outcomes_of(everything, head), head, until))
    said = chances_of_each(known, later, head, background_of(job, until)) if len(known.values) else {}
    outcomes, leads = outcomes_of(later, head), leads_of(later.snapshots)
    ours = surprise(outcomes, to_chance(served, margins_of(served, later)))
    assert np.isfinite(ours).all()
    for step, chances in said.items():
        more = ours - surprise(outcomes, chances)
        error = standard_error(more - more.mean(), leads) / len(more)
        assert more.mean() <= 3 * error, (
            f"{closed} closed leads: {served.step} loses to {step} by {more.mean():.4f}, {error:.4f}"
        )
    if closed < 20:
        assert served.step == "points"
        assert not served.honesty.holds, "what has met no outcome is shown as a rank"


def test_shuffled_outcomes_are_refused_and_the_list_falls_to_the_first_step(job: Job, everything: Matrix) -> None:
    until = midnight(date(2026, 3, 2))
    head = next(one for one in job.heads if one.name == WIN)
    known = rows_to_learn(everything, head, until)
    draw = np.random.default_rng(11)
    leads = leads_of(known.snapshots)
    # whole leads change places, so that the rows of a lead go on repeating each other
    by_lead = draw.random(leads.max() + 1) < outcomes_of(known, head).mean()
    null = replace(known, outcomes=pd.DataFrame({head.name: by_lead[leads].astype(np.float64)}))
    result = train(null, [head], until, ORIGIN, 25, background=background_of(job, until))
    assert result.standings[head.name].step == "points"
    assert contest(result, None, null, until) == NO_BETTER
