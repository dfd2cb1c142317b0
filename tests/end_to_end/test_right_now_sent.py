"""What cannot wait, from the files of a shop to page, webhook and exit code; and a full disk, which leaves the list before whole."""

import csv
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Any

import pytest

from features.languages import Voice
from pipelines import written
from pipelines.cli import main
from pipelines.ingest import ingest_project
from pipelines.lists.workbook import write_workbook
from pipelines.order import Order, open_job
from pipelines.store import write_beside
from pipelines.train import train_project
from tests.corner_shop import Shop, open_shop
from tests.listeners import closed_port, webhook

DAY, MIDNIGHT = "2025-08-20", datetime(2025, 8, 20)
RULES = """
right_now:
  {unanswered: {channels: [chat]}, meetings_today: {channels: [chat, desk]}, overdue_stage: {most: 2, most_share: 1}, leaving: null}
channels:
  webhooks: {chat: {url_from: SHOP_HOOK}}
  mail: {desk: {host: 127.0.0.1, port: PORT, starttls: false, sender: list@example.org, recipients: [jo@example.org], deadline_s: 0.5}}
"""
FULL = Path(os.devnull).with_name("full")  # the device on which no byte finds room
BOOKED = """
  - table: field_changes
    files: fields.csv
    columns: {lead_id: id, happened_at: at, field: field, value: value}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop in which one lead asked yesterday, one long ago, one is met today and one of those meetings is booked only in the morning."""
    opened = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=150)
    asked, asked_long_ago, met, met_unknown = open_leads(opened)[:4]
    with (opened.data / "touches.csv").open("a", encoding="utf-8") as touches:
        touches.write(
            f"{asked},{MIDNIGHT - timedelta(hours=10)},form\n{asked_long_ago},{MIDNIGHT - timedelta(days=9)},form\n"
        )
    booked = [(met, MIDNIGHT - timedelta(days=1)), (met_unknown, MIDNIGHT + timedelta(hours=1))]
    rows = "".join(f"{lead},{at},next_meeting,2025-08-20T14:00:00\n" for lead, at in booked)
    (opened.data / "fields.csv").write_text(f"id,at,field,value\n{rows}", encoding="utf-8")
    opened.edit("project.yaml", "heads:", f"{BOOKED.strip()}\nheads:".replace("- table", "  - table", 1))
    with opened.project.open("a", encoding="utf-8") as project:
        project.write(RULES.replace("PORT", str(closed_port())))
    with open_job(Order(str(opened.project), DAY, str(opened.workspace), str(opened.data))) as job:
        ingest_project(job)
        train_project(job)
    return opened


def open_leads(shop: Shop) -> list[str]:
    """The leads that are open at midnight, those with the latest stage first."""
    with (shop.data / "stages.csv").open(encoding="utf-8") as file:
        moves = [row for row in csv.DictReader(file) if datetime.fromisoformat(row["entered"]) < MIDNIGHT]
    last = {row["id"]: row for row in sorted(moves, key=lambda row: row["entered"])}
    return [lead for lead, row in reversed(last.items()) if row["stage"] not in ("won", "lost")]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def score(shop: Shop, patch: pytest.MonkeyPatch) -> int:
    """The exit code of `funnelcast score`."""
    patch.setattr(sys, "argv", ["funnelcast", *shop.arguments("score", "--as-of", DAY)])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def table(shop: Shop) -> list[dict[str, str]]:
    with (shop.workspace / "lists" / DAY / "right_now.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_the_list_stands_and_the_exit_code_says_that_a_channel_failed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with webhook() as chat:
        monkeypatch.setenv("SHOP_HOOK", chat.url)
        assert score(shop, monkeypatch) == 3
        said = capsys.readouterr().err
        assert "The channel 'desk' failed: nobody listens there. The list stands" in said
        assert "Person" not in said
        assert "SECRET" not in said
        asked, _, met, _ = open_leads(shop)[:4]
        rules = ("unanswered", "meetings_today", "leaving")
        rows = {rule: [row["lead_id"] for row in table(shop) if row["rule"] == rule] for rule in rules}
        assert rows == {"unanswered": [asked], "meetings_today": [met], "leaving": []}
        assert [row["says"] for row in table(shop) if row["rule"] != "overdue_stage"] == [
            "Has waited for our answer since 19 August, 14:00 UTC", "Meets us at 14:00 UTC",
        ]  # fmt: skip
        assert len(chat.posts) == 2
        assert score(shop, monkeypatch) == 3
        assert len(chat.posts) == 2
    page = (shop.workspace / "lists" / DAY / "index.html").read_text("utf-8")
    assert "Longer in a stage than usual <small>2 of " in page


def full(name: str, patch: pytest.MonkeyPatch) -> None:
    """From now on the disk is full as soon as a file of that name is written."""
    if name == "scores.parquet":
        patch.setattr(written, "write_beside", _beside_a_full_disk)
    elif name == "list.xlsx":
        patch.setattr("pipelines.lists.page.write_workbook", _workbook_on_a_full_disk)
    else:
        opened = Path.open

        def full_open(
            path: Path, mode: str = "r", buffering: int = -1, encoding: str | None = None, errors: str | None = None,
            newline: str | None = None,
        ) -> IO[Any]:  # fmt: skip
            place = FULL if path.name == name else path
            return opened(place, mode, buffering, encoding, errors, newline)

        patch.setattr(Path, "open", full_open)


@contextmanager
def _beside_a_full_disk(target: Path) -> Iterator[Path]:
    with write_beside(target) as part:
        part.symlink_to(FULL)
        yield part


def _workbook_on_a_full_disk(folder: Path, voice: Voice) -> None:
    (folder / "list.xlsx").symlink_to(FULL)
    write_workbook(folder, voice)


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # of the workbook's file, which ends unwritten
@pytest.mark.parametrize("name", ["scores.parquet", "nurture.csv", "right_now.csv", "list.xlsx", "index.html"])
def test_a_full_disk_leaves_the_list_before_whole_and_ends_with_a_line(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    before = {path: path.read_bytes() for path in (shop.workspace / "lists").rglob("*") if path.is_file()}
    assert any(path.name == name for path in before) or name == "scores.parquet"
    with monkeypatch.context() as patch:
        full(name, patch)
        assert score(shop, patch) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("funnelcast: The disk is full. What stood before is whole")
    assert {path: path.read_bytes() for path in (shop.workspace / "lists").rglob("*") if path.is_file()} == before
