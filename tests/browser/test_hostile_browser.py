"""All that strangers may type, on one page in a real browser: nothing runs, nothing is asked for, and nothing leaves its place."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page

from pipelines.lists.day import DayList
from pipelines.lists.page import write_list
from pipelines.lists.plain import clipped
from tests.hostile import HOSTILE
from tests.spec.test_hostile import DAY, line

OUTSIDE = """() => [...document.querySelectorAll("main *, header *, footer *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && (box.left < 0 || box.right > innerWidth + 0.5) && getComputedStyle(element).display !== "inline";
}).map((element) => element.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    lines = [line(text, rank) for rank, text in enumerate(HOSTILE, start=1)]
    keep = [replace(one, band="keep") for one in lines[:60]]
    write_list(
        made, DayList(HOSTILE[0], HOSTILE[1], DAY, 25, HOSTILE[2], lines, keep, HOSTILE[:9], HOSTILE[3], HOSTILE[:9])
    )
    return made


@pytest.mark.parametrize("width", [320, 1280])
def test_nothing_runs_and_nothing_breaks(width: int, open_page: Callable[..., Page], folder: Path) -> None:
    page = open_page(folder, width=width)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    shown = page.locator("#leads tbody [data-say=name]").evaluate_all("all => all.map((one) => one.textContent)")
    assert shown == [clipped(text) for text in HOSTILE]
    assert page.evaluate("window.hit") is None
    assert (
        page.locator(
            "main img, main a, main iframe, main style, main form, main script:not([type='application/json'])"
        ).count()
        == 0
    )
    assert page.locator("main svg:not(.bar)").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth") == width
    assert page.evaluate(OUTSIDE) == []
    page.get_by_label("Search").fill(HOSTILE[0])
    assert page.locator("#leads tbody tr").count() > 0
    page.get_by_label("Search").fill("")
    page.get_by_label("Owner").first.select_option(index=7)
    assert page.locator("#leads tbody tr").count() > 0
    assert page.evaluate("window.hit") is None
