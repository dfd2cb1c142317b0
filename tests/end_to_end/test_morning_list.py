"""A list by owners, with calls by lot and letters that stay, comes out the same for the same day and says how much of it changed."""

import csv
import re
from collections import Counter
from io import StringIO
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from configs.project import LetterSetting
from models.letters import edges, letters
from pipelines.ingest import ingest_project
from pipelines.narrator import Narrator
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from tests.corner_shop import Shop, open_shop

DAYS = ("2025-08-20", "2025-08-21")
SETTING = "list: {head: win, owners: {web: 4, fair: 2}, nurture: 10, explore: 0.5}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    opened = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=500)
    opened.edit("project.yaml", "source: source", "owner_id: source")
    opened.edit("project.yaml", "list: {head: win, capacity: 5, nurture: 10}", SETTING)
    with open_job(Order(str(opened.project), DAYS[0], str(opened.workspace), str(opened.data))) as job:
        ingest_project(job)
        train_project(job)
    for day in DAYS:
        score(opened, day)
    return opened


def score(shop: Shop, day: str) -> str:
    screen = StringIO()
    order = Order(str(shop.project), day, str(shop.workspace), str(shop.data))
    with open_job(order, Narrator(Console(file=screen, width=1_000))) as job:
        score_project(job, champion_of(job))
    return screen.getvalue()


def calls(shop: Shop, day: str) -> list[dict[str, str]]:
    text = (shop.workspace / "lists" / day / "call.csv").read_text("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def table(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
    return frame


def test_every_owner_gets_as_many_calls_as_they_can_make(shop: Shop) -> None:
    listed = calls(shop, DAYS[0])
    assert Counter(call["owner_id"] for call in listed) == {"web": 4, "fair": 2}
    assert Counter(call["owner_id"] for call in listed if call["drawn"]) == {"web": 2, "fair": 1}


def test_the_line_says_that_it_was_drawn_and_deliveries_how_likely(shop: Shop) -> None:
    kept = table(shop.workspace / "lake" / "deliveries" / f"as_of={DAYS[0]}.parquet").set_index("lead_id")
    drawn = {call["lead_id"] for call in calls(shop, DAYS[0]) if call["drawn"]}
    called = kept[kept["band"] == "call"]
    assert set(called.index[called["chance_of_listing"] < 1]) == drawn
    assert kept["chance_of_listing"].between(0, 1, inclusive="right").all()
    page = (shop.workspace / "lists" / DAYS[0] / "index.html").read_text("utf-8")
    assert page.count("Drawn at random to learn from.") >= len(drawn)
    assert "3 calls are drawn at random from below the cut, to learn from." in page
    assert re.search(r"The cut leaves [\d.]+ wins behind", page)


def test_the_same_day_gives_the_same_bytes_and_tells_what_changed_without_news(shop: Shop) -> None:
    folder = shop.workspace / "lists" / DAYS[1]
    before = written(folder)
    said = score(shop, DAYS[1])
    assert written(folder) == before
    found = re.search(rf"Without news (\d+) of 3 calls changed since {DAYS[0]} \((\d+)\.\d %\)", said)
    assert found, said
    assert int(found[1]) <= 3


def test_letters_are_kept_with_the_scores_and_held_from_day_to_day(shop: Shop) -> None:
    first, second = (table(shop.workspace / "scores" / f"as_of={day}" / "scores.parquet") for day in DAYS)
    assert set(first["letter"]) == {"A", "B", "C", "D"}
    then = dict(zip(first["lead_id"], first["letter"], strict=True))
    chances, setting = second["win"].to_numpy(), LetterSetting()
    before = [then.get(lead) for lead in second["lead_id"]]
    assert sum(one is not None for one in before) > 20
    assert list(second["letter"]) == letters(chances, edges(chances, setting), before, setting.margin)
    assert list(second["letter"]) != letters(chances, edges(chances, setting), before, 0.0)
