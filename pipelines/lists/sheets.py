"""Writes each band of a day as a table that a spreadsheet or a CRM can read."""

import csv
from collections.abc import Iterable
from contextlib import ExitStack
from datetime import date
from math import isnan
from pathlib import Path
from typing import get_args

import pyarrow as pa

from configs.project import HeadName
from models.reasons import MOST_AGAINST, MOST_FOR, Reason
from pipelines.lists.csv_text import csv_lines
from pipelines.lists.day import Band, Line
from pipelines.lists.plain import cell

BANDS: tuple[Band, ...] = get_args(Band)
HEADS: tuple[HeadName, ...] = get_args(HeadName)
COLUMNS = (
    *(
        "lead_id",
        "as_of",
        "rank",
        "band",
        "name",
        "company",
        "account_id",
        "owner_id",
        "stage",
        "chance",
        "chance_says",
    ),
    *(f"chance_{head}" for head in HEADS),
    *("expected_value", "currency", "fit", "engagement"),
    *(f"reason_{place}" for place in range(1, MOST_FOR + 1)),
    *(f"against_{place}" for place in range(1, MOST_AGAINST + 1)),
    *("letter", "drawn", "send"),
)


def write_sheets(folder: Path, as_of: date, lines: Iterable[Line]) -> tuple[list[Line], int]:
    """Writes call.csv, nurture.csv, skip.csv and keep.csv in one pass; returns all but the skipped lines, and how many were skipped.

    A file is RFC 4180 (commas, CRLF) in UTF-8 with a byte order mark, without which Excel garbles umlauts. It has the
    columns COLUMNS in every project, even when it has no lines. as_of is YYYY-MM-DD; chances are 0..1 with 6 decimals;
    expected_value has 2 decimals and no separators; fit and engagement are 0..100; drawn is yes or empty; send is said of leads to nurture;
    what is unknown is empty.
    A text is one line and begins with an apostrophe where a spreadsheet would take it for a formula; that goes for a lead_id too.
    """
    shown: list[Line] = []
    count = 0
    with ExitStack() as files:
        texts = {
            band: files.enter_context((folder / f"{band}.csv").open("w", encoding="utf-8-sig", newline=""))
            for band in BANDS
        }
        sheets = {band: csv.writer(text) for band, text in texts.items()}
        for sheet in sheets.values():
            sheet.writerow(COLUMNS)
        for line in lines:
            sheets[line.band].writerow(record(line, as_of))
            if line.band == "skip":
                count += 1
            else:
                shown.append(line)
    return shown, count


def add_skipped(folder: Path, tables: Iterable[pa.Table]) -> int:
    """Adds further lines to skip.csv, some at a time, and returns how many.

    tables: texts with the columns COLUMNS, the cells as record gives them.
    """
    count = 0
    with (folder / "skip.csv").open("a", encoding="utf-8", newline="") as text:
        for table in tables:
            text.write(csv_lines(table))
            count += len(table)
    return count


def record(line: Line, as_of: date) -> tuple[str, ...]:
    """The cells of a line, in the order of COLUMNS."""
    return (
        cell(line.lead_id),
        as_of.isoformat(),
        str(line.rank),
        line.band,
        *map(cell, (line.name, line.company, line.account_id, line.owner_id, line.stage)),
        _number(line.chance, 6),
        cell(line.chance_says),
        *(_number(line.chances.get(head), 6) for head in HEADS),
        _number(line.expected_value, 2),
        cell(line.currency),
        _number(line.fit, 0),
        _number(line.engagement, 0),
        *_reasons(line.reasons_for, MOST_FOR),
        *_reasons(line.reasons_against, MOST_AGAINST),
        line.letter,
        "yes" if line.drawn else "",
        cell(line.send),
    )


def _number(value: float | None, decimals: int) -> str:
    return "" if value is None or isnan(value) else f"{value:.{decimals}f}"


def _reasons(reasons: tuple[Reason, ...], places: int) -> list[str]:
    said = [cell(reason.says) for reason in reasons[:places]]
    return said + [""] * (places - len(said))
