"""Chances of called leads: on days with a list, training learns from its calls alone, as often as they count."""

from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from features.matrix import Matrix
from features.snapshots import midnight
from models.judgement import rows_to_learn
from models.track import Champion
from pipelines.as_called import spoken_for, taught
from pipelines.backtest import _judge_at
from pipelines.base_rates import shifts_since
from pipelines.cut_offs import CutOff
from pipelines.ingest import ingest_project
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.judged import open_kept
from pipelines.order import Order, open_job
from pipelines.standpoint import look_from
from pipelines.train import train_project
from pipelines.written import deliveries_file, scores_file, write_deliveries
from tests.corner_shop import open_shop

FIRST, SECOND, DAY = date(2025, 7, 7), date(2025, 7, 14), date(2025, 8, 25)
CALLS, DRAWN, CHANCE = 12, 4, 0.3  # 1 / .3 counts as 3 or, by lot, as 4


@dataclass
class Taught:
    """A shop of which two lists were served, trained three weeks on."""

    job: Job
    matrix: Matrix
    trained: Champion

    def of(self, day: date) -> pd.Series:
        """How often each lead that is open on a day counts."""
        rows = taught(self.job, self.matrix).snapshots
        then = self.matrix.snapshots[self.matrix.snapshots["as_of"] == midnight(day)]
        counted = rows[rows["as_of"] == midnight(day)].groupby("lead_id").size()
        return counted.reindex(then["lead_id"], fill_value=0)


def serve(job: Job, matrix: Matrix, day: date) -> None:
    """A list of the day's open leads: some called by rank, some by lot, ten to be nurtured, the rest skipped."""
    leads = matrix.snapshots["lead_id"][matrix.snapshots["as_of"] == midnight(day)].sort_values().to_numpy()
    bands = np.where(np.arange(len(leads)) < CALLS, "call", "skip")
    bands[CALLS : CALLS + 10] = "nurture"
    chances = np.where(np.arange(len(leads)) < CALLS - DRAWN, 1.0, CHANCE)
    ranked = pd.DataFrame({"lead_id": leads, "rank": np.arange(1, len(leads) + 1), "band": bands})
    write_deliveries(replace(job, as_of=day), ranked.assign(chance_of_listing=chances))


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Taught:
    opened = open_shop(tmp_path_factory.mktemp("taught") / "shop", leads=400)
    opened.edit("project.yaml", "heads:", "learning: {as_called: true, most: 10}\nheads:")
    with open_job(Order(str(opened.project), str(DAY), str(opened.workspace), str(opened.data))) as job:
        ingest_project(job)
        matrix = matrix_of(job, training_days(job, DAY), midnight(DAY))
        for day in (FIRST, SECOND):
            serve(job, matrix, day)
        return Taught(job, matrix, train_project(job))


def test_a_day_with_a_list_is_taught_by_its_calls_alone(shop: Taught) -> None:
    times = shop.of(FIRST).sort_index().to_numpy()
    assert (times[: CALLS - DRAWN] == 1).all()
    assert set(times[CALLS - DRAWN : CALLS]) <= {3, 4}
    assert len(times) > CALLS + 10
    assert not times[CALLS:].any()


def test_a_day_without_a_list_teaches_as_it_is(shop: Taught) -> None:
    for other in set(training_days(shop.job, DAY)) - {FIRST, SECOND}:
        assert (shop.of(other) == 1).all()


def test_a_list_that_was_made_after_the_fact_called_nobody(shop: Taught) -> None:
    scores = scores_file(shop.job.workspace, FIRST)
    scores.parent.mkdir(parents=True)
    for version, times in ((shop.trained.version, {1}), ("0", set(shop.of(FIRST)))):
        pq.write_table(pa.table({"model_version": [version]}), scores)
        assert set(shop.of(FIRST)) == times, version
    scores.unlink()


def test_lots_round_the_same_way_every_time(shop: Taught) -> None:
    one, other = taught(shop.job, shop.matrix), taught(shop.job, shop.matrix)
    pd.testing.assert_frame_equal(one.snapshots, other.snapshots)
    np.testing.assert_array_equal(one.values, other.values)


def test_the_model_learned_from_these_rows(shop: Taught) -> None:
    for name, model in shop.trained.bundle.heads.items():
        (head,) = (one for one in shop.job.heads if one.name == name)
        rows = rows_to_learn(taught(shop.job, shop.matrix), head, midnight(DAY))
        assert model.rows == len(rows.values) < len(rows_to_learn(shop.matrix, head, midnight(DAY)).values)


def test_the_model_page_says_whose_chances_they_are(shop: Taught) -> None:
    page = (shop.job.workspace.models / shop.trained.version / "model.html").read_text("utf-8")
    assert (
        "Its chances are those of leads that are called. On 2 of the days there was a list, which called 24 of" in page
    )


def test_a_backtest_learns_and_judges_so_too(shop: Taught) -> None:
    days = training_days(shop.job, DAY)
    learned, judged = [day for day in days if day < SECOND], [SECOND]
    background = background_of(shop.job, midnight(DAY))
    then = look_from(shop.job, shop.matrix, background, learned, judged)
    _, found = _judge_at(shop.job, CutOff(learned[-1], (SECOND,)), shop.matrix, background, lambda head: None)
    assert found.rows.groupby("head").size().eq(shop.of(SECOND).sum()).all()
    first = then.past.snapshots["as_of"] == midnight(FIRST)
    assert first.sum() == shop.of(FIRST).sum()


def test_who_was_not_called_is_in_what_a_receipt_judges_and_nobody_twice(shop: Taught) -> None:
    learned = [day for day in training_days(shop.job, DAY) if day < SECOND]
    later = look_from(shop.job, shop.matrix, background_of(shop.job, None), learned, [SECOND]).later.snapshots
    assert not later.duplicated(["lead_id", "cohort"]).any()
    assert len(later) == len(shop.of(SECOND)) > CALLS


def test_what_a_backtest_found_is_kept_only_as_long_as_the_lists_stay(shop: Taught) -> None:
    before, new = open_kept(shop.job).meaning, deliveries_file(shop.job.workspace, DAY)
    new.write_bytes(deliveries_file(shop.job.workspace, FIRST).read_bytes())
    assert open_kept(shop.job).meaning != before
    new.unlink()
    assert open_kept(shop.job).meaning == before


def test_promises_are_looked_at_for_whom_they_are_made(shop: Taught) -> None:
    rows = spoken_for(shop.job, shop.matrix).snapshots
    assert (rows["as_of"] == midnight(FIRST)).sum() == CALLS
    assert not rows.duplicated(["lead_id", "as_of", "cohort"]).any()


def test_what_has_settled_since_is_weighed_as_it_was_learned(shop: Taught) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("pipelines.base_rates._settled_days", lambda job, model, day: [FIRST])
        shifts = shifts_since(shop.job, shop.trained.bundle, DAY)
    (head,) = (one for one in shop.job.heads if one.name == "win")
    rows = rows_to_learn(taught(shop.job, shop.matrix), head, midnight(DAY)).snapshots
    assert shifts["win"].rows == (rows["as_of"] == midnight(FIRST)).sum()
