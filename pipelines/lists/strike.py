"""Strikes people off a list that was written before."""

import csv
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from pipelines.lists import right_now
from pipelines.lists.plain import cell
from pipelines.lists.row import line_key
from pipelines.lists.sheets import BANDS, COLUMNS
from pipelines.lists.workbook import NAME, write_workbook
from pipelines.store import write_beside

LEAD_ID = COLUMNS.index("lead_id")
ROWS_OF_PAGE = re.compile(r'(?<=<script type="application/json">)\[\n(.*?)\n\](?=</script>)', re.DOTALL)
LINE_OF_PAGE = re.compile(r'<tr role="row" class="line" data-line="([0-9a-f]+)">.*?</tr>\n*', re.DOTALL)
URGENT_OF_PAGE = re.compile(r'<li class="urgent" data-urgent="([0-9a-f]+)">.*?</li>\n*', re.DOTALL)


def strike(folder: Path, lead_ids: Sequence[str]) -> int:
    """Rewrites the page, the tables and the workbook of one day's list without the leads, and returns how many lines of the tables went.

    Ranks, counts and sums of the page stay what they were on its day. A list that names none of the leads is left alone.
    """
    cells = {cell(lead_id) for lead_id in lead_ids}
    keys = {line_key(lead_id) for lead_id in lead_ids}
    tables = [name for name in (*(f"{band}.csv" for band in BANDS), right_now.NAME) if (folder / name).is_file()]
    if not any(_names(folder / name, cells) for name in tables):
        return 0
    with write_beside(folder) as part:
        shutil.copytree(folder, part)
        page = part / "index.html"
        page.write_bytes(_struck_page(page.read_bytes().decode(), keys).encode())
        struck = sum(_strike_table(folder / name, part / name, cells) for name in tables)
        if (part / NAME).is_file():
            write_workbook(part)
        return struck


def _names(table: Path, cells: set[str]) -> bool:
    with table.open(encoding="utf-8-sig", newline="") as file:
        return any(line[LEAD_ID] in cells for line in csv.reader(file))


def _strike_table(old: Path, new: Path, cells: set[str]) -> int:
    """Copies a table line by line, without the leads."""
    struck = 0
    with (
        old.open(encoding="utf-8-sig", newline="") as lines,
        new.open("w", encoding="utf-8-sig", newline="") as kept,
    ):
        sheet = csv.writer(kept)
        for line in csv.reader(lines):
            if line[LEAD_ID] in cells:
                struck += 1
            else:
                sheet.writerow(line)
    return struck


def _struck_page(page: str, keys: set[str]) -> str:
    def without(found: re.Match[str]) -> str:
        rows = [line for line in found[1].split(",\n") if json.loads(line)["key"] not in keys]
        return "[\n" + ",\n".join(rows) + "\n]"

    struck = ROWS_OF_PAGE.sub(without, page)
    for lines in (LINE_OF_PAGE, URGENT_OF_PAGE):
        struck = lines.sub(lambda found: "" if found[1] in keys else found[0], struck)
    return struck
