"""What cannot wait on the page and in its table: compact, linked to its lines, harmless, and gone when somebody is erased."""

import csv
import re
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from pipelines.lists.day import DayList, Entry, Urgent
from pipelines.lists.page import write_list
from pipelines.lists.plain import cell, clipped
from pipelines.lists.right_now import read_right_now
from pipelines.lists.row import line_key
from pipelines.lists.strike import strike
from pipelines.right_now.words import no_news_says
from tests.golden.test_list_page import made_up_day
from tests.hostile import HOSTILE
from tests.urgent import urgent_day

DAY = date(2026, 3, 9)


def written(folder: Path, *urgent: Urgent) -> str:
    write_list(folder, replace(made_up_day(), right_now=urgent))
    return (folder / "index.html").read_text("utf-8")


def test_no_rule_no_section(tmp_path: Path) -> None:
    page = written(tmp_path)
    assert "Right now" not in page
    assert "right_now.csv" not in page


def test_an_empty_rule_shows_nothing(tmp_path: Path) -> None:
    page = written(tmp_path, *urgent_day()[:1], Urgent("risen", (), 0))
    assert "Waiting for our answer <small>2 of 7</small>" in page
    assert "Chance has risen" not in page
    assert page.index("Right now") < page.index('id="controls"') < page.index('id="leads-title"')


def test_each_entry_links_to_its_line_where_there_is_one(tmp_path: Path) -> None:
    page = written(tmp_path, *urgent_day())
    links = re.findall(r'<a href="#((?:leads|customers)-[0-9a-f]+)"><bdi>(.*?)</bdi>', page)
    assert [name for _, name in links] == [
        "Marta Lindqvist", "Tomás Ferreira", "L-10111", "Ibrahim Sowah", "Noor van der Velde", "Marta Lindqvist", "Astrid Nygaard",
    ]  # fmt: skip
    assert "<b><bdi>Pavel Horák</bdi></b>" in page
    assert links[0][0] == f"leads-{line_key('L-10037')}"
    assert links[-1][0] == f"customers-{line_key('C-10037')}"
    assert page.count(f'id="{links[0][0]}"') == 1


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    written(tmp_path, *urgent_day())
    assert tuple(read_right_now(tmp_path)) == urgent_day()
    (tmp_path / "right_now.csv").unlink()
    assert list(read_right_now(tmp_path)) == []


def test_a_rule_that_is_true_of_too_many_says_how_many_and_names_nobody(tmp_path: Path) -> None:
    no_news = Urgent("overdue_stage", (), 10_190, no_news_says(10_190, 21_402))
    page = written(tmp_path, *urgent_day()[:1], no_news)
    assert "Longer in a stage than usual <small>10,190</small>" in page
    assert page.count("True of 10,190 of 21,402 today, too many to name one by one") == 1
    assert tuple(read_right_now(tmp_path)) == (urgent_day()[0], no_news)
    assert strike(tmp_path, ["L-99999"]) == 0


class Tags(HTMLParser):
    """The tags that stand in the section of a page, and its texts."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert {name for name, _ in attrs} <= {"class", "aria-labelledby", "id", "role", "data-urgent", "href"}

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def hostile_urgent() -> Urgent:
    """An entry for each hostile text, which is all of its texts."""
    return Urgent("risen", tuple(Entry(text, text, text, text, "call", text) for text in HOSTILE), len(HOSTILE))


@pytest.fixture(scope="module")
def hostile_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("urgent")
    write_list(made, DayList("demo", "b2b", DAY, 25, "", [], right_now=(hostile_urgent(),)))
    return made


def test_hostile_texts_are_texts_in_the_section(hostile_folder: Path) -> None:
    page = (hostile_folder / "index.html").read_text("utf-8")
    (section,) = re.findall(r'(?s)<section class="now".*?</section>\n(?=<div id="controls")', page)
    found = Tags()
    found.feed(section)
    assert found.tags == {"section", "h2", "h3", "small", "div", "ul", "li", "a", "bdi", "span"}
    told = "".join(found.texts)
    assert all(clipped(text, 80) in told for text in HOSTILE)


def test_hostile_texts_are_no_formulas_in_the_table(hostile_folder: Path) -> None:
    with (hostile_folder / "right_now.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(HOSTILE)
    for row, text in zip(rows, HOSTILE, strict=True):
        assert {row[name] for name in ("lead_id", "name", "company", "owner_id", "says")} == {cell(text)}


def test_who_is_erased_leaves_page_and_table(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    assert written(folder, *urgent_day()).count("Pavel Horák") == 1
    assert strike(folder, ["L-10703"]) == 2
    left = (folder / "index.html").read_text("utf-8")
    assert "Pavel Horák" not in left
    assert "Marta Lindqvist" in left
    assert "Pavel" not in (folder / "right_now.csv").read_text("utf-8-sig")


def test_who_stands_above_the_ranking_alone_is_erased_too(tmp_path: Path) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    written(folder, Urgent("leaving", (Entry("C-99", "Only Here", "", "", "skip", "Leaves"),), 1))
    assert strike(folder, ["C-99"]) == 1
    assert "Only Here" not in "".join(path.read_text("utf-8") for path in folder.iterdir() if path.suffix != ".xlsx")
