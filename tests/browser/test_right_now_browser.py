"""What cannot wait, in a real browser: above the list, linked to its lines wherever they are, harmless, never wider than a phone."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from pipelines.lists.day import DayList
from pipelines.lists.page import write_list
from tests.browser.test_hostile_browser import OUTSIDE
from tests.golden.test_list_page import made_up_day
from tests.spec.test_hostile import DAY
from tests.spec.test_right_now_page import hostile_urgent
from tests.urgent import urgent_day

OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("now")
    write_list(made, replace(made_up_day(), right_now=urgent_day()))
    return made


def test_the_section_is_seen_above_the_list_and_read_by_its_headings(open_page: OpenPage, folder: Path) -> None:
    page = open_page(folder)
    section = page.get_by_role("region", name="Right now")
    expect(section.get_by_role("heading", level=3)).to_have_count(6)
    expect(section.get_by_role("heading", level=3).first).to_have_text("Waiting for our answer 2 of 7")
    expect(section.get_by_role("listitem").first).to_contain_text("Has waited for our answer since 8 March, 13:52 UTC")
    here, leads = section.bounding_box(), page.locator("#leads").bounding_box()
    assert here
    assert leads
    assert here["y"] + here["height"] < leads["y"]


@pytest.mark.parametrize("width", [390, 1280])
def test_a_link_leads_to_its_line_whatever_is_searched_or_shown(width: int, open_page: OpenPage, folder: Path) -> None:
    page = open_page(folder, width=width)
    now = page.get_by_role("region", name="Right now")
    for name in ("Tomás Ferreira", "Ibrahim Sowah", "Astrid Nygaard"):
        page.get_by_label("Search").fill("nobody of that name")
        now.get_by_role("link", name=name).click()
        line = page.locator("tbody tr", has=page.locator(":target"))
        expect(line).to_contain_text(name)
        expect(line).to_be_in_viewport()
    expect(now.get_by_role("link", name="Pavel Horák")).to_have_count(0)


def test_a_line_that_is_not_drawn_yet_is_drawn(open_page: OpenPage, tmp_path: Path) -> None:
    day = made_up_day()
    first, *others = day.lines
    many = [replace(first, lead_id=f"L-{place}", rank=place) for place in range(1, 121)]
    last = replace(first, lead_id="L-10037", rank=121, name="The last one")
    write_list(tmp_path, replace(day, lines=[*many, last, *others], right_now=urgent_day()[:1]))
    page = open_page(tmp_path)
    page.get_by_role("region", name="Right now").get_by_role("link").click()
    expect(page.locator("tbody tr", has=page.locator(":target"))).to_contain_text("The last one")


def test_without_scripts_the_links_work_too(open_page: OpenPage, folder: Path) -> None:
    page = open_page(folder, scripts=False)
    page.locator(".now a", has_text="Tomás Ferreira").click()
    expect(page.locator("tbody tr", has=page.locator(":target"))).to_contain_text("Tomás Ferreira")


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_nothing_hostile_runs_or_breaks_out(width: int, open_page: OpenPage, tmp_path: Path, folder: Path) -> None:
    page = open_page(folder, width=width)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OUTSIDE) == []
    write_list(tmp_path, DayList("demo", "b2b", DAY, 25, "", [], right_now=(hostile_urgent(),)))
    page = open_page(tmp_path, width=width)
    assert page.evaluate("window.hit") is None
    assert (
        page.locator("main img, main iframe, main style, main form, main script:not([type='application/json'])").count()
        == 0
    )
    assert page.locator(".now a").count() == len(hostile_urgent().entries)
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OUTSIDE) == []


def test_it_is_printed_and_needs_no_colour(open_page: OpenPage, folder: Path) -> None:
    page = open_page(folder)
    page.emulate_media(media="print")
    section = page.get_by_role("region", name="Right now")
    expect(section).to_be_visible()
    link, text = section.get_by_role("link").first, section.locator(".says").first
    assert link.evaluate("(one) => getComputedStyle(one).color") == text.evaluate(
        "(one) => getComputedStyle(one).color"
    )
    assert link.evaluate("(one) => getComputedStyle(one).fontWeight") == "600"
