"""A list of twenty thousand lines is a page that can be mailed, and whoever types finds the right lines."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from benchmarks.page import long_page

LINES = 20_000


def test_twenty_thousand_lines_are_small_enough_and_searched(open_page: Callable[..., Page], tmp_path: Path) -> None:
    assert long_page(tmp_path, LINES).stat().st_size < 8_000_000
    page = open_page(tmp_path)
    page.get_by_label("Both").check(force=True)
    page.get_by_label("Search").fill("L-119999 owner 2")
    expect(page.locator("#leads-status")).to_have_text("1 of 20,000 leads · “L-119999 owner 2”")
    assert page.locator("#leads tbody [data-say=name]").all_inner_texts() == ["Person 19999 of Houses"]
    page.get_by_label("Search").fill("a-3999")
    ranks = page.locator("#leads tbody [data-say=rank]").all_inner_texts()
    assert ranks == ["3999", "7999", "11999", "15999", "19999"]
