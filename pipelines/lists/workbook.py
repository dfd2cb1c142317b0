"""Writes the day's list as a workbook for people: one sheet with everybody on it, and one for each owner."""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from features.languages import ENGLISH, Voice
from pipelines.lists.plain import clipped

NAME = "list.xlsx"
TABLES = ("call", "nurture", "keep")
LONGEST_CELL = 1_000  # signs; a spreadsheet holds 32,767, and nobody reads them
LONGEST_SHEET = 31  # signs in the name of a sheet, as Excel allows
NO_TIME = datetime(
    1980, 1, 1, tzinfo=UTC
)  # a workbook names when it was made, and the same list is to be the same bytes
NOT_IN_A_SHEET_NAME = re.compile(r"[\[\]:*?/\\]")
Table = Sequence[dict[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of the workbook: the one of the tables that it shows, its heading, its width in signs, and how its numbers look.

    place: of a reason, among those for or against.
    """

    name: str
    says: str
    width: int
    number: str = ""
    place: int = 0


COLUMNS = (
    Column("rank", "Rank", 7, "0"),
    Column("band", "List", 9),
    Column("letter", "Band", 7),
    Column("name", "Name", 26),
    Column("company", "Company", 28),
    Column("owner_id", "Owner", 18),
    Column("stage", "Stage", 16),
    Column("chance", "Chance", 9, "0.0%"),
    Column("chance_says", "Chance in words", 34),
    Column("expected_value", "Expected value", 15, "#,##0"),
    Column("currency", "Currency", 10),
    Column("fit", "Fit", 7, "0"),
    Column("engagement", "Engagement", 12, "0"),
    *(Column(f"reason_{place}", "For {place}", 44, place=place) for place in (1, 2, 3)),
    *(Column(f"against_{place}", "Against {place}", 44, place=place) for place in (1, 2)),
    Column("send", "Worth a mail", 44),
    Column("drawn", "Drawn at random", 16),
    Column("lead_id", "Lead number", 16),
)


def write_workbook(folder: Path, voice: Voice = ENGLISH) -> None:
    """Writes list.xlsx from the call.csv, nurture.csv and keep.csv that lie in the folder; the same tables give the same bytes.

    Headings, the name of the first sheet and the lists are said in the voice.

    Texts are text cells and stand as in the tables, with an apostrophe before what would be a formula, so that saving the workbook as CSV
    makes none either; texts beyond LONGEST_CELL signs are cut. Numbers are numbers, an unknown one is an empty cell.
    """
    rows = [row for table in TABLES for row in _read(folder / f"{table}.csv")]
    owners = sorted({row["owner_id"] for row in rows} - {""})
    names = sheet_names([voice.say("Everybody"), *owners])
    with Workbook(folder / NAME, {"in_memory": True, "strings_to_urls": False, "strings_to_formulas": False}) as book:
        book.set_properties({"created": NO_TIME})
        bold = book.add_format({"bold": True, "bottom": 1})
        numbers = {column.number: book.add_format({"num_format": column.number}) for column in COLUMNS if column.number}
        for name, owner in zip(names, (None, *owners), strict=True):
            own = [row for row in rows if owner in (None, row["owner_id"])]
            _write_sheet(book.add_worksheet(name), own, bold, numbers, voice)


def sheet_names(wanted: Sequence[str]) -> list[str]:
    """A name for each sheet that Excel takes: short, without its forbidden signs, and no two alike, whatever the case.

    >>> sheet_names(["Anna", "anna", "a/b", "'", "history"])
    ['Anna', 'anna 2', 'a b', 'Owner', 'history 2']
    """
    taken, names = {"history"}, []
    for text in wanted:
        short = _cut(NOT_IN_A_SHEET_NAME.sub(" ", clipped(text)), LONGEST_SHEET - 6).strip(" '") or "Owner"
        name = next(name for name in _numbered(short) if name.casefold() not in taken)
        taken.add(name.casefold())
        names.append(name)
    return names


def _cut(text: str, longest: int) -> str:
    """The text cut as Excel counts, where an emoji is two signs."""
    return text.encode("utf-16-le")[: 2 * longest].decode("utf-16-le", "ignore")


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} {number}"
        number += 1


def _read(table: Path) -> Table:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _write_sheet(sheet: Worksheet, rows: Table, bold: Format, numbers: dict[str, Format], voice: Voice) -> None:
    for place, column in enumerate(COLUMNS):
        sheet.set_column(place, place, column.width)
        sheet.write_string(0, place, voice.say(column.says, place=str(column.place)), bold)
        for line, row in enumerate(rows, start=1):
            text = row.get(column.name, "")  # a list of long ago has fewer columns
            text = voice.say(text) if column.name == "band" else text
            if column.number and text:
                sheet.write_number(line, place, float(text), numbers[column.number])
            elif text:
                sheet.write_string(line, place, clipped(text, LONGEST_CELL))
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, len(rows), len(COLUMNS) - 1)
