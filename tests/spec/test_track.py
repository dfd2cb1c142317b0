"""Keeping a training is quiet, stays in its workspace, tells nobody, and keeps nothing of a single lead."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HOUSE = Path(__file__).resolve().parents[2]

SCRIPT = """
import sys
from datetime import datetime
from pathlib import Path
import numpy as np, pandas as pd
from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.bundle import Origin
from models.heads import Head
from models.track import Tracking
from models.train import train

workspace = Path(sys.argv[1])
rng = np.random.default_rng(0)
as_of = np.repeat(pd.date_range("2024-01-01", periods=12, freq="7D").to_numpy(), 50)
values = rng.normal(size=(600, 2)).astype(np.float32)
yes = (rng.random(600) < 1 / (1 + np.exp(-values[:, 0]))).astype(float)
known = {"stage_rank": 0, "last_touch_at": as_of, "opened_at": as_of, "amount": 9.0, "engagement_score": 5.0, "fit_score": 5.0}
people = pd.DataFrame({"lead_id": "SECRET-LEAD", "as_of": as_of, "cohort": "open", "stage": "new", **known})
matrix = Matrix(people, values, ("interest", "noise"), pd.DataFrame({"win": yes}))
head = Head("win", "open", 14, "buy")
result = train(matrix, [head], datetime(2024, 6, 1), Origin("shop", "funnel", "abc"), 5)
tracking = Tracking(f"sqlite:///{workspace / 'mlflow.db'}", "shop", "shop", workspace / "mlartifacts")
tracking.record_training(result)
assert tracking.champion().bundle == result.bundle

from mlflow import MlflowClient
from mlflow.telemetry import get_telemetry_client
assert get_telemetry_client() is None, "telemetry is on"
client = MlflowClient(tracking_uri=tracking.uri)
(run,) = client.search_runs([client.get_experiment_by_name("shop").experiment_id])
assert run.info.status == "FINISHED"
assert {"win.auc", "win.stage_rate.auc", "win.recency.log_loss"} <= run.data.metrics.keys()
assert {"learning_rate", "win.rows", "win.trained_from", "trained_until", "feature_fingerprint"} <= run.data.params.keys()

(workspace / "mlartifacts").rename(workspace / "moved")
try:
    tracking.champion()
except FunnelcastError as error:
    assert "run `funnelcast train`" in str(error)
else:
    sys.exit("a champion whose files are gone was found")
"""


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """The folder of a run in a fresh interpreter with an empty home, and all that it printed."""
    folder = tmp_path_factory.mktemp("kept")
    (folder / "home").mkdir()
    (folder / "workspace").mkdir()
    known = {name: os.environ[name] for name in ("PATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(folder / "workspace")],
        cwd=folder / "home",
        env={**known, "HOME": str(folder / "home"), "PYTHONPATH": str(HOUSE)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return folder, done.stdout + done.stderr


def test_nothing_is_printed(kept: tuple[Path, str]) -> None:
    assert kept[1] == ""


def test_no_file_lies_outside_the_workspace(kept: tuple[Path, str]) -> None:
    stray = [path for path in (kept[0] / "home").rglob("*") if path.is_file() and ".cache" not in path.parts]
    assert stray == []


def test_no_lead_is_named(kept: tuple[Path, str]) -> None:
    files = [path for path in (kept[0] / "workspace").rglob("*") if path.is_file()]
    assert len(files) > 5
    assert not [path for path in files if b"SECRET-LEAD" in path.read_bytes()]
    assert shutil.which("git") is None or not (kept[0] / "home" / "mlruns").exists()
