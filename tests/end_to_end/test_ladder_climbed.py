"""With any number of closed leads the demo company is served by what is best out of time, or as good as that."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from benchmarks.ladder import CAPACITY, PROJECT, everything_of, head_of, stood
from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Origin
from models.contest import NO_BETTER, contest
from models.judgement import outcomes_of, rows_to_learn
from models.split import leads_of
from models.train import train
from pipelines.ingest import ingest_project
from pipelines.job import Job, background_of
from pipelines.order import Order, open_job
from tests.made_up import little_truth

CLOSED = [0, 20, 100, 1_000]  # for 10,000: python -m benchmarks.ladder


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    workspace = tmp_path_factory.mktemp("demo")
    with open_job(Order(PROJECT, None, str(workspace), None, leads=2_500)) as opened:
        with little_truth():
            ingest_project(opened)
        yield opened


@pytest.fixture(scope="module")
def everything(job: Job) -> Matrix:
    return everything_of(job)


@pytest.mark.parametrize("closed", CLOSED)
def test_the_served_step_is_the_best_or_as_good(job: Job, everything: Matrix, closed: int) -> None:
    """As good: within three standard errors, by lead, of the log loss on what came in the next weeks; a dozen pairs are compared."""
    found = stood(job, everything, closed)
    assert np.isfinite(found.loss)
    for step, more in found.beside.items():
        assert more.is_noise, (
            f"{closed} closed leads: {found.model.step} loses to {step} by {more.loss:.4f}, {more.error:.4f}"
        )
    if closed < 20:
        assert found.model.step == "points"
        assert not found.model.honesty.holds, "what has met no outcome is shown as a rank"


@pytest.mark.parametrize("draw_of", [11, 12, 13])
def test_shuffled_outcomes_are_refused_and_the_list_falls_to_the_first_step(
    job: Job, everything: Matrix, draw_of: int
) -> None:
    until = midnight(date(2026, 3, 2))
    head = head_of(job)
    known = rows_to_learn(everything, head, until)
    draw = np.random.default_rng(draw_of)
    leads = leads_of(known.snapshots)
    # whole leads change places, so that the rows of a lead go on repeating each other
    by_lead = draw.random(leads.max() + 1) < outcomes_of(known, head).mean()
    null = replace(known, outcomes=pd.DataFrame({head.name: by_lead[leads].astype(np.float64)}))
    result = train(null, [head], until, Origin("demo", "b2b", "any"), CAPACITY, background=background_of(job, until))
    assert result.standings[head.name].step == "points"
    assert contest(result, None, null, until) == NO_BETTER
