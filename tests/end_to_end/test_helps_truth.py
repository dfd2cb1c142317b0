"""In the made-up company meetings move leads most, and calls only by what is heard in them: meetings are named before all else."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime

import lightgbm as lgb
import numpy as np
import pytest

from features.matrix import Matrix, build_matrix
from features.snapshots import midnight, snapshot_days
from models.bundle import Bundle, HeadModel, Origin
from models.calibrate import Calibrator
from models.heads import heads_of
from models.helped import Tried, helped
from models.track import Champion
from pipelines.helps import helped_file, keep_helped, read_helped, tried_of
from pipelines.ingest import ingest_project
from pipelines.job import Job, first_day
from pipelines.order import Order, open_job
from pipelines.sources.demo.rates import STRONG_SIGNALS
from pipelines.store import observed_until, open_lake
from tests.made_up import little_truth

SEEN = 60  # columns, evenly spread: enough to tell likely leads from others


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    folder = tmp_path_factory.mktemp("helps")
    order = Order("configs/projects/demo.yaml", None, str(folder), None, leads=3000, months=15, seed=7)
    with little_truth(), open_job(order) as job:
        ingest_project(job)
        yield job


@pytest.fixture(scope="module")
def matrix(job: Job) -> Matrix:
    learned = [column for column in job.columns if column.is_learned]
    days = snapshot_days(job.project.snapshots, first_day(job), job.day)
    horizons: dict[str, int] = {head.name: head.horizon_days for head in job.heads}
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        until = min(observed_until(job.workspace), midnight(job.day))
        return build_matrix(con, job.project, learned[:: len(learned) // SEEN], days, horizons, until)


@pytest.fixture(scope="module")
def champion(job: Job, matrix: Matrix) -> Champion:
    """A small model of the chance to win, which every open lead is asked."""
    head = next(head for head in heads_of(job.project) if head.name == "win")
    outcomes = matrix.outcomes["win"].to_numpy()
    known = ~np.isnan(outcomes)
    settings = {
        "objective": "binary",
        "num_leaves": 7,
        "learning_rate": 0.1,
        "verbosity": -1,
        "num_threads": 1,
        "seed": 1,
    }
    text = lgb.train(settings, lgb.Dataset(matrix.values[known], outcomes[known]), 80).model_to_string()
    day = datetime(2026, 1, 1)
    model = HeadModel(
        head, text, Calibrator(), matrix.columns, 80, day, day, int(known.sum()), int(outcomes[known].sum())
    )
    return Champion(Bundle(Origin("demo", "b2b", ""), day, {}, {}, {"win": model}), "1")


@pytest.fixture(scope="module")
def tried(job: Job, champion: Champion, matrix: Matrix) -> dict[str, Tried]:
    return tried_of(job, champion, matrix)


def test_the_action_with_the_largest_true_effect_is_named_before_all_else(
    job: Job, champion: Champion, matrix: Matrix, tried: dict[str, Tried]
) -> None:
    """Calls have no effect of their own in the formula but lead to meetings and to a budget; a late answer only ends what it has cost."""
    assert "meetings" in STRONG_SIGNALS
    assert not [signal for signal in STRONG_SIGNALS if "call" in signal]
    keep_helped(job, champion, matrix)
    found = read_helped(job, "1")
    assert found == helped(tried)
    named = Counter(one.action for one in found)
    assert named["meeting"] >= 3
    assert named["meeting"] > 2 * named["call"]
    assert named["answer"] == 0
    assert max(found, key=lambda one: one.after - one.without).action == "meeting"
    assert all(one.after - one.without > one.least > 0 for one in found)


def test_nothing_is_promised_once_the_actions_are_shuffled(tried: dict[str, Tried]) -> None:
    luck = np.random.default_rng(3)
    shuffled = {name: Tried(**{**vars(one), "did": luck.permutation(one.did)}) for name, one in tried.items()}
    assert helped(shuffled) == ()


def test_who_is_compared_was_open_a_week_later_and_only_who_waits_can_be_answered(
    job: Job, matrix: Matrix, tried: dict[str, Tried]
) -> None:
    open_rows = (matrix.snapshots["cohort"] == "open").sum()
    assert 0.5 * open_rows < len(tried["call"].did) < open_rows
    assert 0 < len(tried["answer"].did) < 0.5 * len(tried["call"].did)
    assert not np.isnan(tried["call"].yes).any()
    assert helped_file(job.workspace, "1").parent.name == "1"
    assert read_helped(job, "no such version") == ()
