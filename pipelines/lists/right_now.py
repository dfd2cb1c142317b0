"""What cannot wait, as the page shows it above the ranking and as a table for other programs."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import get_args

from configs.right_now import RuleName
from features.languages import Voice
from pipelines.lists.day import Band, Entry, Urgent
from pipelines.lists.plain import cell, clipped
from pipelines.lists.row import LONGEST_MOVE, line_key
from pipelines.right_now.words import count_says, title_says

NAME = "right_now.csv"
COLUMNS = ("lead_id", "as_of", "rule", "found", "band", "name", "company", "owner_id", "says")
RULES: tuple[RuleName, ...] = get_args(RuleName)
BANDS: tuple[Band, ...] = get_args(Band)


@dataclass(frozen=True)
class ShownEntry:
    """An entry in plain and short texts; key is its line_key, and place where its line stands on the page, empty where it has none."""

    key: str
    place: str
    name: str
    company: str
    owner: str
    says: str


@dataclass(frozen=True)
class ShownRule:
    """A rule with its heading, how many entries it has (and of how many), the entries, and what stands in their place."""

    rule: RuleName
    title: str
    count: str
    entries: tuple[ShownEntry, ...]
    says: str = ""


def shown(urgent: Sequence[Urgent], voice: Voice) -> list[ShownRule]:
    """The rules as the page shows them."""
    return [
        ShownRule(
            one.rule,
            title_says(one.rule, voice),
            count_says(len(one.entries), one.found, voice),
            tuple(_shown(entry) for entry in one.entries),
            one.says,
        )
        for one in urgent
        if one.entries or one.says
    ]


def _shown(entry: Entry) -> ShownEntry:
    key = line_key(entry.lead_id)
    board = {"skip": "", "keep": "customers"}.get(entry.band, "leads")
    return ShownEntry(
        key=key,
        place=f"{board}-{key}" if board else "",
        name=clipped(entry.name, 80) or clipped(entry.lead_id, 80),
        company=clipped(entry.company, 80),
        owner=clipped(entry.owner_id, 80),
        says=clipped(entry.says, LONGEST_MOVE),
    )


def write_right_now(folder: Path, as_of: date, urgent: Sequence[Urgent]) -> None:
    """Writes right_now.csv, one row an entry, in the form of the other tables (see sheets.write_sheets); without entries, its header.

    rule is the name in the project file, found how many the rule found before it was cut, band as in the other tables. A rule that is true
    of too many has one row, of nobody: only rule, found and says.
    """
    with (folder / NAME).open("w", encoding="utf-8-sig", newline="") as file:
        sheet = csv.writer(file)
        sheet.writerow(COLUMNS)
        for one in urgent:
            if one.says:
                sheet.writerow(("", as_of.isoformat(), one.rule, one.found, "", "", "", "", cell(one.says)))
            for entry in one.entries:
                texts = map(cell, (entry.name, entry.company, entry.owner_id, entry.says))
                sheet.writerow((cell(entry.lead_id), as_of.isoformat(), one.rule, one.found, entry.band, *texts))


def read_right_now(folder: Path) -> Iterator[Urgent]:
    """What was written into a folder, rule by rule; nothing where the list is older than the table."""
    if not (folder / NAME).is_file():
        return
    with (folder / NAME).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for rule in RULES:
        of_rule = [row for row in rows if row["rule"] == rule]
        if of_rule:
            entries = tuple(_entry(row) for row in of_rule if row["lead_id"])
            says = "".join(row["says"] for row in of_rule if not row["lead_id"])
            yield Urgent(rule, entries, int(of_rule[0]["found"]), says)


def _entry(row: dict[str, str]) -> Entry:
    band = next(band for band in BANDS if band == row["band"])
    return Entry(row["lead_id"], row["name"], row["company"], row["owner_id"], band, row["says"])
