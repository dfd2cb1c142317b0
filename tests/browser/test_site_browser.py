"""The pages beside a list in a real browser: read from the list to a lead and back, by everybody, and asking nothing of any host."""

from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from pipelines.lists.day import DayList, Line
from pipelines.lists.row import line_key
from pipelines.model_page.page import beside_list
from tests.golden.test_list_page import made_up_day
from tests.hostile import HOSTILE
from tests.made_up_model import DRIFT
from tests.made_up_site import write_made_up_site
from tests.spec.test_hostile import DAY, line

GOLDEN_MODEL = Path(__file__).parents[1] / "golden" / "files" / "model" / "index.html"
LOOKED_AT = ("index", "leads/{key}", "accounts", "receipts", "model")
SERIOUS = ("serious", "critical")
OUTSIDE = """() => [...document.querySelectorAll("main *, header *")].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 1 && (box.left < 0 || box.right > innerWidth + 0.5) && !element.closest(".wide, svg, .spoken")
        && getComputedStyle(element).display !== "inline";
}).map((element) => element.outerHTML.slice(0, 90))"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("site")
    (made / "model.html").write_text(beside_list(GOLDEN_MODEL.read_text(encoding="utf-8"), DRIFT), encoding="utf-8")
    write_made_up_site(made)
    return made


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page that may go from file to file; when the test ends, nothing has complained and nothing but files was asked for."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened, complaints, asked = context.new_page(), list[str](), list[str]()
    opened.set_default_timeout(10_000)
    opened.on("console", lambda message: complaints.append(message.text))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", lambda dialog: complaints.append(dialog.message))
    opened.on("request", lambda request: asked.append(request.url))
    yield opened
    context.close()
    assert complaints == []
    assert [url for url in asked if not url.startswith("file:///") or not url.endswith(".html")] == []


def first_key() -> str:
    return line_key(next(iter(made_up_day().lines)).lead_id)


def test_a_lead_is_found_read_and_left_again(page: Page, folder: Path) -> None:
    page.goto((folder / "index.html").as_uri())
    page.get_by_label("Search").fill("lindqvist")
    page.get_by_role("link", name="Marta Lindqvist").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Marta Lindqvist")
    why = page.get_by_role("table", name="Why", exact=True).get_by_role("row")
    expect(why.nth(2)).to_contain_text("Opened the pricing page 6 times in the last 7 days")
    expect(why.last).to_contain_text("71.0 in 100")
    expect(page.get_by_role("img", name="The chance on each list")).to_be_visible()
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tomás Ferreira")
    page.get_by_role("link", name="Accounts").click()
    page.get_by_role("link", name="Marta Lindqvist").first.click()
    page.get_by_role("link", name="Receipts").click()
    expect(page.locator("tbody").first.get_by_role("row")).to_have_count(2)
    page.get_by_role("link", name="Model").click()
    page.get_by_role("link", name="Today's list").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Whom to call")


def test_the_list_says_who_else_calls_the_account_and_all_is_within_reach_of_the_keyboard(
    page: Page, folder: Path
) -> None:
    page.goto((folder / "index.html").as_uri())
    said = page.locator("#leads .beside bdi").all_inner_texts()
    assert said[0] == "Tomás Ferreira of the same account is on the list of Jonas Weiss."
    assert len(said) == 2
    page.locator("#leads tbody a").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".warn")).to_contain_text("Tomás Ferreira of the same account")
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_text("Today")


def test_letters_and_countries_narrow_the_list(page: Page, tmp_path: Path) -> None:
    lines = [
        line_of(place, letter, country)
        for place, (letter, country) in enumerate((("A", "BE"), ("A", "NL"), ("B", "BE")), start=1)
    ]
    write_made_up_site(tmp_path, DayList("demo", "b2b", DAY, 25, "Ranked.", lines))
    page.goto((tmp_path / "index.html").as_uri())
    status = page.locator("#leads-status")
    page.locator("#letter").select_option("A")
    expect(status).to_have_text("2 of 3 leads · Band A")
    page.locator("#country").select_option("BE")
    expect(status).to_have_text("1 of 3 leads · Band A · BE")
    assert page.locator("#leads tbody [data-say=name]").all_inner_texts() == ["lead 1"]
    page.get_by_label("Search").fill("nobody")
    page.locator("#leads .clear").click()
    expect(status).to_have_text("3 leads")


def line_of(place: int, letter: str, country: str) -> Line:
    return replace(line(f"lead {place}", place), letter=letter, country=country)


@pytest.mark.parametrize("name", LOOKED_AT)
def test_axe_finds_nothing_serious(name: str, browser: Browser, folder: Path) -> None:
    axe = (files("axe_playwright_python") / "axe.min.js").read_text("utf-8")
    for width, scheme in ((1280, "light"), (390, "dark")):
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]
        opened = context.new_page()
        opened.goto((folder / f"{name.format(key=first_key())}.html").as_uri())
        for details in opened.locator("details").all():
            details.evaluate("element => element.open = true")
        opened.evaluate(axe)
        found = opened.evaluate("axe.run().then((all) => all.violations)")
        wrong = [(one["id"], one["nodes"][0]["html"][:200]) for one in found if one["impact"] in SERIOUS]
        assert wrong == [], f"{name} at {width}, {scheme}"
        context.close()


@pytest.mark.parametrize("width", [320, 390, 820, 1280])
def test_every_word_of_every_page_is_within_the_screen(width: int, page: Page, folder: Path) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    for name in LOOKED_AT[1:4]:
        page.goto((folder / f"{name.format(key=first_key())}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") == width, name
        assert page.evaluate(OUTSIDE) == [], name


def test_strange_texts_run_nothing_and_break_nothing_on_the_pages(page: Page, tmp_path: Path) -> None:
    lines = [line(text, place) for place, text in enumerate(HOSTILE, start=1)]
    write_made_up_site(tmp_path, DayList("demo", "b2b", DAY, 25, "Ranked.", lines), strange=True)
    page.set_viewport_size({"width": 390, "height": 900})
    for name in ("accounts", *(f"leads/{line_key(text)}" for text in HOSTILE[::12])):
        page.goto((tmp_path / f"{name}.html").as_uri())
        assert page.evaluate("window.hit") is None
        assert page.evaluate("document.documentElement.scrollWidth") == 390, name
        assert page.locator("script, img, iframe, form, svg a").count() == 0


def test_a_lead_on_paper_has_all_of_it_and_no_links_to_follow(page: Page, folder: Path) -> None:
    page.goto((folder / "leads" / f"{first_key()}.html").as_uri())
    page.emulate_media(media="print", color_scheme="dark")
    expect(page.locator("nav").first).to_be_hidden()
    expect(page.get_by_role("table", name="Why", exact=True)).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).color") == "rgb(29, 28, 26)"
    assert page.pdf().startswith(b"%PDF")
