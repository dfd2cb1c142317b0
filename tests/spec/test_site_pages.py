"""The pages of a lead, of accounts and of receipts: what stands on them adds up, and whatever strangers type stays a text."""

import re
from dataclasses import replace
from datetime import date, timedelta
from html import unescape
from pathlib import Path

import pytest

from configs.project import Language
from features.languages import ENGLISH, voice_of
from pipelines.lists.day import DayList
from pipelines.lists.packed import packed, unpacked
from pipelines.lists.row import line_key, rows
from pipelines.lists.strike import strike
from pipelines.site.drawn import steps, trend
from pipelines.site.history import Happening, History
from pipelines.site.words import told_days
from pipelines.waterfall import fall_of
from tests.golden.test_list_page import made_up_day
from tests.hostile import HOSTILE
from tests.made_up_site import same_account, write_made_up_site
from tests.spec.test_hostile import DAY, Markup, line


def pages(folder: Path) -> dict[str, str]:
    """The text of every page of a list, by its path."""
    return {str(page.relative_to(folder)): page.read_text("utf-8") for page in sorted(folder.rglob("*.html"))}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    write_made_up_site(made)
    return made


def test_the_numbers_of_a_waterfall_add_up_as_they_are_read() -> None:
    bars = [(f"reason {number}", points) for number, points in enumerate((3.14, -1.26, 0.449, 0.251, -0.33))]
    end = 20.04 + sum(points for _, points in bars)
    told = steps(fall_of("", "Base", 20.04, bars, "Lead", end), 100, ENGLISH)
    numbers = [float(step.number.replace("\N{MINUS SIGN}", "-").split()[0]) for step in told]
    assert sum(numbers[:-1]) == pytest.approx(numbers[-1])
    assert [step.kind for step in told] == ["level", *["up"] * 3, *["down"] * 2, "level"]
    assert all(step.left >= 0 and step.left + step.width <= 100.01 for step in told)


def test_a_chance_over_time_needs_more_than_one_list() -> None:
    day = date(2026, 3, 9)
    assert trend([(day, 0.2)], day, 100, ENGLISH) is None
    drawn = trend([(day - timedelta(days=7), 0.1), (day, 0.2)], day, 100, ENGLISH)
    assert drawn is not None
    assert [(dot.day, dot.chance) for dot in drawn.dots] == [("2 March", "10 in 100"), ("9 March", "20 in 100")]
    assert drawn.dots[0].x < drawn.dots[1].x
    assert drawn.dots[0].y > drawn.dots[1].y


def test_recent_days_are_told_one_by_one_and_older_touches_by_week() -> None:
    day = date(2026, 3, 9)  # a Monday
    old = [Happening(date(2026, 2, 10 + more), "touch", "page_view", "pricing", 2, "inbound") for more in (1, 0)]
    history = History(
        (
            Happening(date(2026, 3, 8), "touch", "call", "", 1, "outbound"),
            Happening(date(2026, 2, 12), "stage", "Offer sent"),
            *old,
            Happening(date(2026, 2, 10), "touch", "site_walk", "", 1, "outbound"),
        )
    )
    told = [(one.says, one.marks, one.rest) for one in told_days(history, day, ENGLISH)]
    assert told == [
        ("8 March", (), ("We called",)),
        ("12 February", ("Stage: Offer sent",), ()),
        ("Week of 9 February", (), ("Opened our pages 4 times: pricing", "Site walk, by us")),
    ]


def test_two_owners_with_calls_in_one_account_are_told_of_each_other() -> None:
    day = same_account(made_up_day())
    first, second, *rest = rows(list(day.lines), day.stages)
    assert [one.says for one in first.beside] == [
        f"{second.name} of the same account is on the list of {second.owner}."
    ]
    assert [one.says for one in second.beside] == [f"{first.name} of the same account is on the list of {first.owner}."]
    assert not any(row.beside for row in rest)
    first_line, second_line, third_line = list(day.lines)[:3]
    assert third_line.owner_id == first_line.owner_id != second_line.owner_id
    three = [first_line, second_line, replace(third_line, account_id=first_line.account_id)]
    assert [len(row.beside) for row in rows(three, day.stages)] == [1, 2, 1]
    one_owner = [replace(one, owner_id="Anna") for one in day.lines]
    assert not any(row.beside for row in rows(one_owner, day.stages))


def test_packed_rows_come_back_as_they_were_whatever_they_say() -> None:
    lines = [replace(line(text, place), band="call") for place, text in enumerate(HOSTILE, start=1)]
    told = rows([*lines, *list(same_account(made_up_day()).lines)], ("New",))
    assert unpacked(packed(told)) == told
    assert not re.search("[<>&\u2028\u2029]", packed(told))


def test_every_link_leads_to_a_page_and_every_page_is_linked(folder: Path) -> None:
    found = pages(folder)
    linked = {
        str((folder / name).parent.joinpath(link).resolve().relative_to(folder.resolve()))
        for name, text in found.items()
        for link in re.findall(r'href="([^"#]+)"', text)
    }
    assert all((folder / name).is_file() for name in linked)
    boards = re.findall(r'<script type="application/json">(.*?)</script>', found["index.html"], re.DOTALL)
    shown = {row.key for board in boards for row in unpacked(board)}
    assert found.keys() == {name for name in linked if name.endswith(".html")} | {f"leads/{key}.html" for key in shown}


@pytest.mark.parametrize("language", ["fr", "nl"])
def test_the_pages_speak_the_language_of_the_list(language: Language, tmp_path: Path) -> None:
    day = replace(same_account(made_up_day()), language=language)
    write_made_up_site(tmp_path, day)
    text = (tmp_path / "leads" / f"{line_key(next(iter(day.lines)).lead_id)}.html").read_text("utf-8")
    voice = voice_of(day.language)
    for says in ("What happened", "Why it moved", "The chance over time", "We called"):
        assert voice.say(says) in unescape(text)
        assert says not in text


def test_no_text_becomes_an_element_an_attribute_or_a_link(folder: Path, tmp_path: Path) -> None:
    lines = [line(text, place) for place, text in enumerate(HOSTILE, start=1)]
    day = DayList(HOSTILE[0], HOSTILE[1], DAY, 25, HOSTILE[2], lines, (), HOSTILE[:9], HOSTILE[3], HOSTILE[:9])
    write_made_up_site(tmp_path, day, strange=True)
    found, hostile, harmless = pages(tmp_path), Markup(), Markup()
    assert len(found) == len(HOSTILE) + 3
    for name, page in found.items():
        hostile.feed(page)
        links = set(re.findall(r'(?:href|src)="([^"]*)"', page))
        assert all(re.fullmatch(r"(\.\./)?(leads/)?[0-9a-z]+\.(html|csv|xlsx)", link) for link in links), name
        assert "<script" not in page or name == "index.html"
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", page), name
    for page in pages(folder).values():
        harmless.feed(page)
    assert hostile.elements <= harmless.elements | {"label", "select", "option"}
    assert hostile.attributes <= harmless.attributes
    assert {page.name for page in (tmp_path / "leads").iterdir()} == {f"{line_key(text)}.html" for text in HOSTILE}


def test_whoever_is_struck_off_is_named_on_no_page(tmp_path: Path) -> None:
    day = write_made_up_site(tmp_path)
    first, second, third = list(day.lines)[:3]
    fourth = list(day.lines)[3]
    before = pages(tmp_path)
    assert sum(second.name in unescape(text) for text in before.values()) > 3
    assert strike(tmp_path, [second.lead_id]) == 1
    after = pages(tmp_path)
    assert before.keys() - after.keys() == {f"leads/{line_key(second.lead_id)}.html"}
    for name, text in after.items():
        assert second.name not in unescape(text), name
        assert line_key(second.lead_id) not in text, name
    assert f'href="{line_key(first.lead_id)}.html"' not in after[f"leads/{line_key(third.lead_id)}.html"]
    assert all(one.name in unescape(after["index.html"]) for one in (first, third, fourth))
    assert fourth.name in unescape(after["accounts.html"])
