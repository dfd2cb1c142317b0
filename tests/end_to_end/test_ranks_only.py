"""Where chances failed on later weeks the list shows ranks, in the page, in the tables and on the screen."""

import csv
import re
from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from features.snapshots import midnight
from models.calibrate import Calibrator
from models.honesty import Honesty
from models.judgement import judge_on_newest, rows_to_learn
from models.track import Champion
from pipelines.ingest import ingest_project
from pipelines.job import matrix_of, training_days
from pipelines.narrator import Narrator
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import train_project
from tests.corner_shop import Shop, open_shop

DAY = "2025-09-22"
SAYS = "The chances to buy missed what came by 21 in 100 on later weeks, so the list shows ranks instead of them."


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> tuple[Shop, Champion]:
    opened = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=600)
    with open_job(order(opened)) as job:
        ingest_project(job)
        return opened, train_project(job)


def order(shop: Shop) -> Order:
    return Order(str(shop.project), DAY, str(shop.workspace), str(shop.data))


def listed(shop: Shop, champion: Champion) -> tuple[str, list[dict[str, str]], str]:
    """The page, the calls, and what was printed."""
    screen = StringIO()
    with open_job(order(shop), Narrator(Console(file=screen, width=1_000))) as job:
        page = score_project(job, champion).page
    calls = (page.parent / "call.csv").read_text("utf-8-sig")
    return page.read_text("utf-8"), list(csv.DictReader(StringIO(calls))), screen.getvalue()


def failed(champion: Champion) -> Champion:
    win = replace(champion.bundle.heads["win"], honesty=Honesty(0.21, 0.001))
    return replace(champion, bundle=replace(champion.bundle, heads={**champion.bundle.heads, "win": win}))


def test_chances_that_hold_are_shown(shop: tuple[Shop, Champion]) -> None:
    page, calls, said = listed(*shop)
    assert shop[1].bundle.heads["win"].honesty.holds
    assert all(0 < float(call["chance"]) < 1 for call in calls)
    assert "shows ranks" not in page + said


def test_chances_that_failed_are_nowhere(shop: tuple[Shop, Champion]) -> None:
    page, calls, said = listed(shop[0], failed(shop[1]))
    assert page.count(SAYS) == 1
    assert SAYS in said
    assert {(call["chance"], call["chance_win"], call["expected_value"]) for call in calls} == {("", "", "")}
    assert all(float(call["chance_progress"]) > 0 for call in calls)
    assert all(re.fullmatch(r"rank [\d,]+ of [\d,]+, chance withheld", call["chance_says"]) for call in calls)
    assert not re.search(r'"points": "[^"]', page)
    assert not re.search(r"\d in 100 are won", page)


def test_the_order_stays(shop: tuple[Shop, Champion]) -> None:
    before, after = (
        [call["lead_id"] for call in listed(shop[0], champion)[1]] for champion in (shop[1], failed(shop[1]))
    )
    assert before == after


def test_a_broken_calibrator_fails_the_trial(shop: tuple[Shop, Champion], monkeypatch: pytest.MonkeyPatch) -> None:
    broken = Calibrator(3.0, 3.0, 4.0)
    monkeypatch.setattr("models.fit.choose_calibrator", lambda *_: broken)
    with open_job(order(shop[0])) as job:
        matrix = matrix_of(job, training_days(job, job.day), midnight(job.day))
        head = next(head for head in job.heads if head.name == "win")
        rows = rows_to_learn(matrix, head, midnight(job.day))
        judged = judge_on_newest(rows, head, 5, None)
    assert not judged.honesty().holds
