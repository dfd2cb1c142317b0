"""A backtest at many past days: the same answer in any number of workers, after a kill, and as if each day had been looked at alone."""

import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

import pipelines.backtest
from configs.errors import FunnelcastError
from pipelines import commands
from pipelines.backtest import backtest_all, backtest_rolling
from pipelines.cut_offs import CutOff, rolling
from pipelines.ingest import ingest_project
from pipelines.job import Job, matrix_of, outcomes_known
from pipelines.order import Order, open_job
from pipelines.recall import forget
from tests.corner_shop import Shop, open_shop


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop that hears of what it won, and of some calls, three weeks late."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=500)
    with open_job(order(shop)) as job:
        ingest_project(job)
        for table, late in (("stage_moves", "stage = 'won'"), ("touches", "hash(lead_id) % 3 = 0")):
            for file in (job.workspace.lake / table).glob("*.parquet"):
                _tell_late(file, late)
    return shop


def _tell_late(file: Path, which: str) -> None:
    told = file.with_suffix(".told")
    known = f"CASE WHEN {which} THEN happened_at + INTERVAL 21 DAY ELSE known_at END AS known_at"
    duckdb.sql(f"COPY (SELECT * REPLACE ({known}) FROM '{file}') TO '{told}' (FORMAT parquet)")
    told.replace(file)


def order(shop: Shop) -> Order:
    return Order(str(shop.project), None, str(shop.workspace), str(shop.data))


@pytest.fixture
def job(shop: Shop) -> Iterator[Job]:
    with open_job(order(shop)) as job:
        shutil.rmtree(job.workspace.judged, ignore_errors=True)
        yield job


@pytest.fixture(scope="module")
def alone(shop: Shop) -> pd.DataFrame:
    """The predictions of three cut-offs, made one after the other by one worker."""
    with open_job(order(shop)) as job:
        return predictions(backtest_all(job, rolling(job, 3, None, None), "alone", workers=1))


def predictions(run: Path) -> pd.DataFrame:
    return pd.read_parquet(run / "predictions.parquet")


def test_no_day_is_judged_twice_and_nothing_is_learned_from_what_came_later(job: Job, alone: pd.DataFrame) -> None:
    cut_offs = rolling(job, 3, None, None)
    judged = [day for cut_off in cut_offs for day in cut_off.judged]
    assert judged == sorted(set(judged))
    assert sorted(set(alone["as_of"].dt.date)) == judged
    assert not alone.duplicated(["lead_id", "as_of", "head"]).any()
    by_cut_off = alone.groupby(["head", "cut_off"])["as_of"].min().reset_index()
    assert len(by_cut_off) == 2 * 3
    assert (by_cut_off["cut_off"] + timedelta(days=14) <= by_cut_off["as_of"]).all()


def test_the_cut_offs_may_be_bounded_and_there_must_be_room(job: Job) -> None:
    (cut_off,) = rolling(job, 1, date(2025, 6, 2), date(2025, 6, 16))
    assert cut_off == CutOff(date(2025, 5, 19), (date(2025, 6, 2), date(2025, 6, 9), date(2025, 6, 16)))
    with pytest.raises(
        FunnelcastError, match=r"no room for 4 cut-offs: from 2025-06-02.* to 2025-06-16.* 3 snapshot days"
    ):
        rolling(job, 4, date(2025, 6, 2), date(2025, 6, 16))


@pytest.mark.parametrize(
    "asked", [(None, None, None, None), (None, "2025-06-02", None, None), (3, None, None, "2025-05-19")]
)
def test_it_takes_many_cut_offs_or_one(
    shop: Shop, asked: tuple[int | None, str | None, str | None, str | None]
) -> None:
    with pytest.raises(FunnelcastError, match=r"Give --cut-offs with a number, .* or one cut-off by --from and --to"):
        commands.backtest(order(shop), *asked)


def test_any_number_of_workers_gives_the_same(job: Job, alone: pd.DataFrame) -> None:
    run = backtest_all(job, rolling(job, 3, None, None), "together", workers=3)
    pd.testing.assert_frame_equal(predictions(run), alone, check_exact=True)
    one, three = (pd.read_csv(job.workspace.backtests / name / "metrics.csv") for name in ("alone", "together"))
    pd.testing.assert_frame_equal(one, three, check_exact=True)


def test_one_matrix_is_as_good_as_one_made_on_each_day(job: Job) -> None:
    """What was known late changes no feature, and an outcome only from then on."""
    days = [date(2025, 1, 6) + timedelta(weeks=week) for week in range(30)]
    stands_at = pd.Timestamp(days[20]).to_pydatetime()
    of_then, of_now = matrix_of(job, days[:20], stands_at), matrix_of(job, days, None)
    past = of_now.take((of_now.snapshots["as_of"] < stands_at).to_numpy())
    found = outcomes_known(job, past, stands_at)
    np.testing.assert_array_equal(found.values, of_then.values)
    pd.testing.assert_frame_equal(found.snapshots, of_then.snapshots)
    pd.testing.assert_frame_equal(found.outcomes, of_then.outcomes)
    assert not past.outcomes.equals(found.outcomes)


KILLED = """
import os, signal, sys
import pipelines.backtest
from pipelines.order import Order, open_job
judge, seen = pipelines.backtest._judge_at, []
def judge_or_die(*given):
    seen.append(given)
    if len(seen) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return judge(*given)
pipelines.backtest._judge_at = judge_or_die
with open_job(Order(sys.argv[1], None, *sys.argv[2:])) as job:
    pipelines.backtest.backtest_all(job, pipelines.backtest.rolling(job, 3, None, None), "killed", workers=1)
"""


def test_a_killed_backtest_goes_on_where_it_stopped(
    shop: Shop, alone: pd.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(shop.workspace / "judged", ignore_errors=True)
    words = [str(shop.project), str(shop.workspace), str(shop.data)]
    ended = subprocess.run([sys.executable, "-c", KILLED, *words], check=False, capture_output=True)
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    judged, judge = [], pipelines.backtest._judge_at

    def judge_and_tell(job: Job, cut_off: CutOff, *rest: object) -> object:
        judged.append(cut_off)
        return judge(job, cut_off, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(pipelines.backtest, "_judge_at", judge_and_tell)
    with open_job(order(shop)) as job:
        assert not (job.workspace.backtests / "killed").exists()
        run = backtest_rolling(job, 3)
        assert judged == [rolling(job, 3, None, None)[-1]]
        pd.testing.assert_frame_equal(predictions(run), alone, check_exact=True)
        assert len(list(job.workspace.judged.iterdir())) == 3
        backtest_rolling(job, 2)
        assert len(list(job.workspace.judged.iterdir())) == 2
        forget(job.workspace)
        assert not job.workspace.judged.exists()
