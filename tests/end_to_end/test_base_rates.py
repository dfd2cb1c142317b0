"""When yes has become more frequent since the training, the scores follow and say so; when it has not, nothing is moved."""

from dataclasses import replace
from datetime import date
from math import log

import numpy as np
import pandas as pd
import pytest

from models.metrics import calibration_error
from models.predict import predict
from models.track import Champion
from pipelines.base_rates import shifted, shifts_say, shifts_since
from pipelines.ingest import ingest_project
from pipelines.job import matrix_of, matrix_to_score
from pipelines.lists.site import MODEL_PAGE
from pipelines.model_page.drift import drift_since
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import train_project
from tests.corner_shop import Shop, open_shop

PAST, DAY, LATER = "2025-07-28", "2025-09-08", date(2025, 9, 8)
RARER = -log(3)  # chances of a time in which yes was about three times rarer


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Champion]:
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=900)
    with open_job(order(shop, PAST)) as job:
        ingest_project(job)
        return shop, train_project(job)


def order(shop: Shop, day: str) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


def of_a_rarer_time(champion: Champion) -> Champion:
    win = champion.bundle.heads["win"]
    before = replace(win, calibrator=win.calibrator.shifted(RARER))
    return replace(champion, bundle=replace(champion.bundle, heads={**champion.bundle.heads, "win": before}))


def test_chances_of_a_rarer_time_are_raised_and_honest_again(trained: tuple[Shop, Champion]) -> None:
    shop, champion = trained
    old = of_a_rarer_time(champion).bundle
    with open_job(order(shop, DAY)) as job:
        shifts = shifts_since(job, old, job.day)
        later = matrix_of(job, [LATER], None)
    assert shifts["win"].log_odds > 0.3
    assert shifts["progress"].log_odds == 0
    (says,) = shifts_say(shifts)
    assert says.startswith("The chances to buy were raised: of ")
    known = later.outcomes["win"].notna().to_numpy()
    before, after = (
        calibration_error(later.outcomes["win"][known].to_numpy(), predict(one, later)["win"][known].to_numpy())
        for one in (old, shifted(old, shifts))
    )
    assert after < before


def test_nothing_is_moved_while_all_is_as_it_was(trained: tuple[Shop, Champion]) -> None:
    shop, champion = trained
    with open_job(order(shop, DAY)) as job:
        shifts = shifts_since(job, champion.bundle, job.day)
    assert {name: shift.log_odds for name, shift in shifts.items()} == {"progress": 0, "win": 0}
    assert all(shift.rows > 100 for shift in shifts.values())
    assert shifted(champion.bundle, shifts) == champion.bundle


def test_nothing_has_settled_on_the_day_of_the_training(trained: tuple[Shop, Champion]) -> None:
    shop, champion = trained
    with open_job(order(shop, PAST)) as job:
        assert {shift.rows for shift in shifts_since(job, champion.bundle, job.day).values()} == {0}


def test_the_scores_keep_what_was_added(trained: tuple[Shop, Champion]) -> None:
    shop, champion = trained
    with open_job(order(shop, DAY)) as job:
        scored = score_project(job, of_a_rarer_time(champion))
    kept = pd.read_parquet(scored.scores_file)
    assert (kept["shift_win"] > 0.3).all()
    assert (kept["shift_progress"] == 0).all()
    assert "The chances to buy were raised" in scored.page.read_text("utf-8")
    page = scored.page.with_name(MODEL_PAGE).read_text("utf-8")
    assert "Chances were raised by " in page[page.index('id="drift"') :]
    assert ((kept["low_win"] < kept["win"]) & (kept["win"] < kept["high_win"])).all()


def test_the_column_that_has_moved_is_told_and_the_others_are_not(trained: tuple[Shop, Champion]) -> None:
    """The leads of six weeks later are like those learned from, until one column is twice as large and unknown for some."""
    shop, champion = trained
    with open_job(order(shop, DAY)) as job:
        as_it_was = matrix_to_score(job)
        shifts = shifts_since(job, champion.bundle, job.day)
        place = as_it_was.columns.index("days_in_stage")
        values = as_it_was.values.copy()
        values[:, place] = 2 * values[:, place] + 20
        values[::4, place] = np.nan
        before, after = (
            drift_since(job, champion, matrix, shifts).moved["open"]
            for matrix in (as_it_was, replace(as_it_was, values=values))
        )
    assert "days_in_stage" not in {one.column for one in before}
    assert after[0].column == "days_in_stage"
    assert [one.column for one in after[1:]] == [one.column for one in before]
    assert after[0].now.unknown == pytest.approx(0.25, abs=0.01)
    assert after[0].then.unknown == 0
