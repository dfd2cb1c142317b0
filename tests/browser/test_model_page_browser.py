"""The model page in a real browser: opens from disk, asks nothing of anybody, and fits a telephone, the dark and paper."""

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, expect

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "files" / "model" / "beside_list"
Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]

# the lightest of the colour and its background, over the darkest (WCAG 2.2)
CONTRAST = """([selector, property, behind]) => {
    const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, place) => sum + part * [0.2126, 0.7152, 0.0722][place], 0);
    const colours = [[selector, property], [behind, "backgroundColor"]]
        .map(([found, name]) => light(getComputedStyle(document.querySelector(found))[name]));
    return (Math.max(...colours) + 0.05) / (Math.min(...colours) + 0.05);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1280])
def test_it_fits_the_screen_and_only_tables_scroll(scheme: Scheme, width: int, open_page: OpenPage) -> None:
    page = open_page(GOLDEN, width=width, scheme=scheme)
    expect(page.get_by_role("heading", level=1)).to_contain_text("How good is the model?")
    assert page.evaluate("document.documentElement.scrollWidth") == width
    outside = """() => [...document.querySelectorAll("main *, header *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return !element.closest(".wide, svg") && (box.left < 0 || box.right > innerWidth + 0.5);
    }).map((element) => element.outerHTML.slice(0, 90))"""
    assert page.evaluate(outside) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_and_curves_stand_out_in_both_schemes(scheme: Scheme, open_page: OpenPage) -> None:
    page = open_page(GOLDEN, scheme=scheme)
    for text, behind in (
        ("h1", "body"),
        (".how", "body"),
        ("nav a", "body"),
        (".under", ".ours"),
        ("thead th", "table"),
    ):
        assert page.evaluate(CONTRAST, [text, "color", behind]) >= 4.5, text
    assert page.evaluate(CONTRAST, [".tick", "fill", "figure svg"]) >= 4.5
    for curve in ("model", "rival", "chance"):
        assert page.evaluate(CONTRAST, [f"polyline.{curve}", "stroke", "figure svg"]) >= 3, curve


def test_a_reader_without_eyes_finds_charts_and_their_tables(open_page: OpenPage) -> None:
    page = open_page(GOLDEN, scripts=False)
    charts = page.get_by_role("img")
    assert charts.count() == 6
    expect(charts.first).to_have_accessible_name(
        "Chance said, and share that came true; the numbers stand in the table beside it"
    )
    regions = page.get_by_role("region", name="Reliability of win")
    expect(regions.get_by_role("row")).to_have_count(3)
    assert page.get_by_role("navigation").get_by_role("link").all_inner_texts() == [
        *("win", "churn", "drift", "leaks", "versions")
    ]


def test_tables_are_whole_on_paper(open_page: OpenPage) -> None:
    page = open_page(GOLDEN, width=1000)
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 28, 26)"
    cut = (
        '[...document.querySelectorAll(".wide")].filter((one) => getComputedStyle(one).overflowX !== "visible").length'
    )
    assert page.evaluate(cut) == 0
    assert (
        page.evaluate('getComputedStyle(document.querySelector(".three")).gridTemplateColumns.split(" ").length') == 2
    )


def test_no_script_and_no_foreign_style_would_run(browser: Browser) -> None:
    page = browser.new_page()
    page.goto((GOLDEN / "index.html").as_uri())
    page.evaluate("""() => {
        const script = document.createElement("script");
        script.textContent = "window.hit = 1";
        document.body.append(script);
        const style = document.createElement("style");
        style.textContent = "body { color: rgb(1, 2, 3) !important }";
        document.body.append(style);
    }""")
    assert page.evaluate("window.hit") is None
    assert page.evaluate("getComputedStyle(document.body).color") != "rgb(1, 2, 3)"
    page.close()
