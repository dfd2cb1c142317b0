"""What is said of a day does not change when the future is cut off: every column, every snapshot, of the whole demo company."""

from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd
import pytest

from features.snapshots import midnight
from pipelines.ingest import ingest_project
from pipelines.job import Job, matrix_of
from pipelines.order import Order, open_job
from tests.made_up import little_truth

DAYS = [date(2025, 9, 1), date(2025, 12, 15), date(2026, 3, 2), date(2026, 4, 27)]


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    workspace = tmp_path_factory.mktemp("demo")
    with open_job(Order("configs/projects/demo.yaml", None, str(workspace), None, leads=1_500)) as opened:
        with little_truth():
            ingest_project(opened)
        yield opened


@pytest.mark.parametrize("day", DAYS, ids=str)
def test_a_day_looks_the_same_with_its_future_and_without(job: Job, day: date) -> None:
    then, since = matrix_of(job, [day], midnight(day)), matrix_of(job, [day], None)
    assert (then.snapshots["cohort"] == "customer").sum() > 20
    pd.testing.assert_frame_equal(then.snapshots, since.snapshots)
    differ = ~((then.values == since.values) | (np.isnan(then.values) & np.isnan(since.values)))
    assert [then.columns[at] for at in np.flatnonzero(differ.any(axis=0))] == []
