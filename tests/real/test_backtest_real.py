"""The real data sets on the yardsticks' protocol: at least as good as what a competent analyst does in an hour."""

from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from configs.project import HeadName, HeadSetting
from models.metrics import auc, calibration_error, lift
from pipelines.backtest import backtest_project
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
pytestmark = pytest.mark.skipif(not DATA.exists(), reason="../shared is absent")

# measured with ../shared/bench/reference_bpic12.py and reference_d365.py
BPIC12: dict[HeadName, float] = {"progress": 0.781, "win": 0.801, "leave": 0.737}
D365_WIN, D365_LIFT = 0.747, 4.13


def predictions(folder: Path, name: str, heads: tuple[HeadName, ...], days: tuple[str, str, str]) -> pd.DataFrame:
    """The predictions of a backtest of some heads; days: last training day, first and last test day."""
    train_until, test_from, test_to = days
    project = f"configs/projects/{name}.yaml"
    data = next(DATA.glob(f"{name}_crm"))
    with open_job(Order(project, workspace=str(folder), data=str(data))) as job:
        ingest_project(job)
        judged = job.project.model_copy(update={"heads": {head: HeadSetting() for head in heads}})
        run = backtest_project(replace(job, project=judged), test_from, test_to, train_until)
    return pd.read_parquet(run / "predictions.parquet")


@pytest.fixture(scope="module")
def bpic12(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return predictions(
        tmp_path_factory.mktemp("bpic12"), "bpic12", tuple(BPIC12), ("2011-12-26", "2012-01-09", "2012-02-27")
    )


@pytest.fixture(scope="module")
def d365(tmp_path_factory: pytest.TempPathFactory) -> pd.DataFrame:
    return predictions(tmp_path_factory.mktemp("d365"), "d365", ("win",), ("2022-07-18", "2022-08-22", "2022-09-19"))


@pytest.mark.parametrize("head", BPIC12)
def test_bpic12_is_at_least_as_good_as_the_yardstick(bpic12: pd.DataFrame, head: HeadName) -> None:
    found = bpic12[bpic12["head"] == head]
    assert len(found) == 6973  # the yardstick's open leads on its eight Mondays
    outcomes, chances = found["outcome"].to_numpy(dtype=float), found["probability"].to_numpy()
    assert auc(outcomes, chances) >= BPIC12[head]
    assert calibration_error(outcomes, chances) < 0.05


def test_a_first_purchase_is_found_at_least_as_well_as_by_the_yardstick(d365: pd.DataFrame) -> None:
    found = d365[d365["head"] == "win"]
    assert len(found) == 74_209  # the yardstick's leads that never paid and registered less than 120 days ago
    outcomes, chances = found["outcome"].to_numpy(dtype=float), found["probability"].to_numpy()
    assert auc(outcomes, chances) >= D365_WIN
    assert lift(outcomes, chances, 0.1) >= D365_LIFT


def test_predictions_are_all_out_of_time(bpic12: pd.DataFrame, d365: pd.DataFrame) -> None:
    for found, horizon in ((bpic12, 14), (d365, 30)):
        assert (found["cut_off"] + pd.Timedelta(days=horizon) <= found["as_of"].min()).all()
        assert not found.duplicated(["lead_id", "as_of", "head"]).any()
