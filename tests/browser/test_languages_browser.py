"""The list in another language, in a real browser: what its script says is said in that language too."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

GOLDEN = Path(__file__).parents[2] / "tests" / "golden" / "files" / "languages"


@pytest.mark.parametrize(
    ("language", "search", "both", "statuses", "bands"),
    [
        (
            "fr",
            "Rechercher",
            "Tous",
            ["4 prospects", "1 sur 4 prospects · “lefevre”", "0 sur 4 prospects · “xyz”"],
            ["appeler", "appeler", "appeler", "entretenir"],
        ),
        (
            "nl",
            "Zoeken",
            "Beide",
            ["4 leads", "1 van 4 leads · “lefevre”", "0 van 4 leads · “xyz”"],
            ["bellen", "bellen", "bellen", "warmhouden"],
        ),
    ],
)
def test_the_script_speaks_the_language_of_the_page(
    language: str,
    search: str,
    both: str,
    statuses: list[str],
    bands: list[str],
    open_page: Callable[..., Page],
    tmp_path: Path,
) -> None:
    shutil.copyfile(GOLDEN / f"index.{language}.html", tmp_path / "index.html")
    page = open_page(tmp_path)
    status = page.locator("#leads-status")
    page.get_by_label(both).check(force=True)
    assert page.locator("#leads tbody [data-say=band]").all_inner_texts() == bands
    for typed, says in zip(("", "lefevre", "xyz"), statuses, strict=True):
        page.get_by_label(search).fill(typed)
        expect(status).to_have_text(says)
    expect(page.locator("html")).to_have_attribute("lang", language)
