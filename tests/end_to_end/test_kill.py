"""A run that is killed in the middle leaves yesterday's files whole, and the next run goes on as if nothing had been."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from configs.load import load_project
from pipelines.ingest import ingest_project
from pipelines.job import Job
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.store import open_workspace
from pipelines.train import champion_of, train_project
from tests.corner_shop import Shop, open_shop

DAY = "2025-10-01"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=600)
    with open_job(order(shop)) as job:
        ingest_project(job)
        train_project(job)
        score_project(job, champion_of(job))
    return shop


def order(shop: Shop) -> Order:
    return Order(str(shop.project), DAY, str(shop.workspace), str(shop.data))


def contents(folder: Path) -> dict[str, bytes]:
    kept = ("scores", "lists")
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for name in kept
        for path in sorted((folder / name).rglob("*"))
        if path.is_file()
    }


KILLED = """
import os, signal, sys
import pipelines.score
from pipelines.order import Order, open_job
from pipelines.train import champion_of
setattr(pipelines.score, sys.argv[1], lambda *given: os.kill(os.getpid(), signal.SIGKILL))
with open_job(Order(*sys.argv[2:])) as job:
    pipelines.score.score_project(job, champion_of(job))
"""


def killed_when_called(shop: Shop, name: str) -> int:
    """Scores in another process that is killed the moment it calls pipelines.score.NAME; returns the signal that ended it."""
    asked = order(shop)
    words = [name, asked.project, str(asked.as_of), str(asked.workspace), str(asked.data)]
    return -subprocess.run([sys.executable, "-c", KILLED, *words], check=False, timeout=120).returncode


@pytest.mark.parametrize("step", ["write_scores", "write_list", "day_list", "write_deliveries"])
def test_a_kill_in_the_middle_leaves_the_old_files_whole(shop: Shop, step: str) -> None:
    before = contents(shop.workspace)
    assert any(name.endswith("index.html") for name in before)
    assert killed_when_called(shop, step) == signal.SIGKILL
    after = {name: data for name, data in contents(shop.workspace).items() if "/." not in name}
    assert after == before
    with open_job(order(shop)) as job:
        score_project(job, champion_of(job))
    assert contents(shop.workspace) == before


def test_the_shop_is_scored_by_value_with_reasons(shop: Shop) -> None:
    project = load_project(shop.project)
    with open_workspace(shop.workspace) as workspace:
        job = Job(project, workspace, shop.data)
        scored = score_project(job, champion_of(job))
    scores, explanations = scored.ranked.scores, scored.ranked.explanations
    calls = scores[scores["band"] == "call"]
    assert len(calls) == project.list.capacity
    assert calls["expected_value"].is_monotonic_decreasing
    assert all(explanations[row].reasons for row in calls["explained"])
    assert "Person" in scored.page.read_text(encoding="utf-8")
