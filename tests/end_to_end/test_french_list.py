"""A list that is set to French is French from end to end, moves and notes included, and its model is the English one."""

import re
from pathlib import Path

import pytest

from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from tests.corner_shop import Shop, open_shop
from tests.said import every_text

FIRST, SECOND = "2025-08-20", "2025-08-21"
LONG_ENOUGH = 12  # shorter pieces of English may stand in French by chance


def order(shop: Shop, day: str) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The second list of a shop whose model was trained for English ones."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=600)
    with open_job(order(shop, FIRST)) as job:
        ingest_project(job)
        train_project(job)
    shop.edit("project.yaml", "list: {", "list: {language: fr, ")
    for day in (FIRST, SECOND):
        with open_job(order(shop, day)) as job:
            found = score_project(job, champion_of(job)).page
    return found


def english_pieces() -> set[str]:
    """What stands between the placeholders of every text of the list."""
    pieces = (piece.strip() for text in every_text() for form in text for piece in re.split(r"{\w+}", form))
    return {piece for piece in pieces if len(piece) >= LONG_ENOUGH}


def test_no_english_is_left_on_a_french_list(page: Path) -> None:
    shown = re.sub(r"(?s)<style>.*?</style>", "", page.read_text("utf-8"))
    shown += "".join(
        (page.parent / f"{band}.csv").read_text("utf-8-sig") for band in ("call", "nurture", "skip", "keep")
    )
    assert [piece for piece in sorted(english_pieces()) if piece in shown] == []


def test_chances_moves_and_notes_are_told_in_french(page: Path) -> None:
    shown = page.read_text("utf-8")
    for says in (r"sur 100", r"d'ici au \d", r"points? depuis hier", r"Version 1 du modèle", r"fois au cours des"):
        assert re.search(says, shown), says
