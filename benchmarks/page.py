"""Measures how large the page of a very long list is, and how soon a browser lets its reader search it."""

import argparse
import shutil
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from playwright.sync_api import Browser, sync_playwright

from models.reasons import Reason
from pipelines.lists.day import DayList, Line
from pipelines.lists.page import page_html

RUNS = 5
MUST_MB, MUST_S = 8.0, 2.0
DAY = date(2026, 3, 9)
FOR = (
    "Opened the pricing page {} times in the last 7 days",
    "Answered our last mail within {} hours",
    "Met us {} times",
)
AGAINST = ("Has not answered our last {} mails", "Has been in this stage for {} days, longer than usual")


def long_list(lines: int) -> DayList:
    """A day with so many leads, each with five reasons and a move, of which 25 are to call."""
    return DayList("demo", "b2b", DAY, 25, "Ranked.", [_line(rank) for rank in range(1, lines + 1)])


def long_page(folder: Path, lines: int) -> Path:
    """Writes the page of long_list into a folder, its leads linked, and returns its path."""
    (folder / "leads").mkdir()
    day = long_list(lines)
    page = folder / "index.html"
    page.write_text(page_html(day, list(day.lines), 0, folder), encoding="utf-8")
    return page


def _line(rank: int) -> Line:
    return Line(
        rank=rank,
        lead_id=f"L-{100_000 + rank}",
        name=f"Person {rank} of Houses",
        company=f"Company {rank % 4_000} Ltd",
        account_id=f"A-{rank % 4_000}",
        owner_id=f"owner {rank % 9}",
        stage=f"Stage {rank % 4}",
        band="call" if rank <= 25 else "nurture",
        chance=1 / (rank + 1),
        chance_says="38 in 100 are won by 24 August (25 to 53)",
        chances={"win": 1 / (rank + 1)},
        expected_value=1e6 / rank,
        currency="EUR",
        fit=float(rank % 100),
        engagement=float(rank % 91),
        reasons_for=tuple(Reason("f", says.format(rank % 9 + 2), 9.0) for says in FOR),
        reasons_against=tuple(Reason("g", says.format(rank % 7 + 2), -2.0) for says in AGAINST),
        moved="Up 12 points since yesterday: Met us once in the last 30 days +9, time passing +3.",
        letter="ABCD"[rank % 4],
        country=("BE", "NL", "FR")[rank % 3],
    )


def seconds_to_search(browser: Browser, page: Path, lines: int) -> tuple[float, float]:
    """From asking for the page until what was typed into its search is answered, by the clock and in the page's own work."""
    opened = browser.new_page()
    session = opened.context.new_cdp_session(opened)
    session.send("Performance.enable", {"timeDomain": "threadTicks"})
    started = perf_counter()
    opened.goto(page.as_uri())
    opened.get_by_label("Search").fill(f"L-{100_000 + lines}")
    opened.locator("#leads-status").get_by_text("1 more under Nurture").wait_for()
    seconds = perf_counter() - started
    measured = {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}
    opened.close()
    return seconds, measured["ProcessTime"]


def main() -> None:
    """Prints both figures beside their bars."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=20_000, help="how many lines the list has")
    lines = parser.parse_args().lines
    with TemporaryDirectory() as folder, sync_playwright() as play:
        page = long_page(Path(folder), lines)
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        found = [seconds_to_search(browser, page, lines) for _ in range(RUNS)]
        size = page.stat().st_size / 1e6
    clock, own = (median(times) for times in zip(*found, strict=True))
    print(
        f"{lines:,} lines: {size:.1f} MB (must {MUST_MB}), searched after {clock:.2f} s (must {MUST_S}), of which {own:.2f} s are its own"
    )


if __name__ == "__main__":
    main()
