"""A tiny business for tests: a few hundred leads as CSV files, a funnel and a project, all in one folder."""

import csv
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

FUNNEL = """\
name: shop
stages:
  - {name: new, says: new, group: top, stale_after_days: 7}
  - {name: talking, says: in talks, group: middle, stale_after_days: 14}
won: [{name: won, says: won}]
lost: [{name: lost, says: lost}]
horizon_days: 14
win_horizon_days: 14
"""

PROJECT = """\
name: shop
funnel: funnel.yaml
data: data
workspace: workspace
privacy: {basis: contract}
sources:
  - table: leads
    files: leads.csv
    columns: {lead_id: id, happened_at: created, display_name: name, source: source, amount: amount}
    constants: {currency: EUR}
  - table: stage_moves
    files: stages.csv
    columns: {lead_id: id, happened_at: entered, stage: stage}
  - table: touches
    files: touches.csv
    columns: {lead_id: id, happened_at: at, kind: kind}
    constants: {direction: inbound, channel: phone}
heads: {progress: {}, win: {}}
list: {head: win, capacity: 5, nurture: 10}
"""

START = datetime(2025, 1, 1, 9)
DAYS = 300


@dataclass(frozen=True)
class Shop:
    """The folder of a shop; its files may be broken on purpose before a command is run."""

    folder: Path

    @property
    def project(self) -> Path:
        """The project file."""
        return self.folder / "project.yaml"

    @property
    def data(self) -> Path:
        """The folder of the CSV files."""
        return self.folder / "data"

    @property
    def workspace(self) -> Path:
        """The workspace."""
        return self.folder / "workspace"

    def edit(self, name: str, old: str, new: str) -> None:
        """Replaces a text that must be in the file."""
        path = self.folder / name
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{old!r} is not in {name}"
        path.write_text(text.replace(old, new), encoding="utf-8")

    def arguments(self, command: str, *more: str) -> list[str]:
        """A command line over this shop."""
        places = ["--workspace", str(self.workspace)]
        data = [] if command in ("backtest", "schedule") else ["--data", str(self.data)]
        return [command, "--project", str(self.project), *places, *data, *more]


def open_shop(folder: Path, leads: int = 240) -> Shop:
    """Writes the files of a shop; the same number of leads gives the same files. Leads that call are won more often."""
    shop = Shop(folder)
    shop.data.mkdir(parents=True)
    (folder / "funnel.yaml").write_text(FUNNEL, encoding="utf-8")
    shop.project.write_text(PROJECT, encoding="utf-8")
    chance = random.Random(7)  # noqa: S311 - a shop for tests, not a secret
    people, moves, touches = [], [], []
    for number in range(leads):
        lead, created = f"L{number:04}", START + timedelta(days=chance.random() * (DAYS - 30))
        people.append(
            [lead, created.isoformat(), f"Person {number}", chance.choice(["web", "fair"]), 100 + 10 * (number % 7)]
        )
        calls = chance.choice([0, 0, 1, 4])
        touches += [
            [lead, (created + timedelta(days=1 + chance.random() * 12)).isoformat(), "call"] for _ in range(calls)
        ]
        moves += [[lead, created.isoformat(), "new"]]
        if chance.random() < 0.7:
            moves.append([lead, (created + timedelta(days=3)).isoformat(), "talking"])
        if chance.random() < 0.8:
            end = "won" if chance.random() < 0.15 + 0.17 * calls else "lost"
            moves.append([lead, (created + timedelta(days=14 + chance.random() * 20)).isoformat(), end])
    _write(shop.data / "leads.csv", ["id", "created", "name", "source", "amount"], people)
    _write(shop.data / "stages.csv", ["id", "entered", "stage"], moves)
    _write(shop.data / "touches.csv", ["id", "at", "kind"], touches)
    return shop


def _write(path: Path, header: list[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows([header, *rows])
