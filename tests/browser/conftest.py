"""Chromium for the tests of the pages, which are opened from disk as a reader would."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

QUIET = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
Scheme = Literal["light", "dark"]
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    found = [path for name in ("chromium", "chromium-browser", "google-chrome") if (path := shutil.which(name))]
    if not found:
        missing = "no Chromium or Chrome is installed here; install one (Debian: apt-get install chromium)"
        if os.environ.get("CI") or os.environ.get("FUNNELCAST_FORBID_SKIPS"):
            pytest.fail(missing)
        pytest.skip(missing)
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=found[0], args=QUIET)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Opens a folder's index.html; when the test ends, the page must have complained of nothing and asked for nothing."""
    complaints: list[str] = []
    asked: list[str] = []
    opened: list[str] = []
    contexts = []

    def open_it(
        folder: Path, width: int = 1280, height: int = 900, *, scheme: Scheme = "light", scripts: bool = True
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", lambda dialog: complaints.append(dialog.message))
        page.on("request", lambda request: asked.append(request.url))
        opened.append((folder / "index.html").resolve().as_uri())
        page.goto(opened[-1])
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []
    assert asked == opened
