"""Strikes people off a list that was written before."""

import csv
import json
import re
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import get_args

from configs.project import Language
from features.languages import Voice, voice_of
from pipelines.lists import right_now
from pipelines.lists.packed import packed, unpacked
from pipelines.lists.plain import cell
from pipelines.lists.row import line_key
from pipelines.lists.sheets import BANDS, COLUMNS
from pipelines.lists.site import ACCOUNTS, INDEX, LEADS
from pipelines.lists.workbook import NAME, write_workbook
from pipelines.store import write_beside

LEAD_ID = COLUMNS.index("lead_id")
ROWS_OF_PAGE = re.compile(r'(?<=<script type="application/json">)[\[{].*?[\]}](?=</script>)', re.DOTALL)
LANGUAGE_OF_PAGE = re.compile(r'<html lang="([a-z]+)">')
LINE_OF_PAGE = re.compile(r'<tr role="row" class="line" data-line="([0-9a-f]+)">.*?</tr>\n*', re.DOTALL)
URGENT_OF_PAGE = re.compile(r'<li class="urgent" data-urgent="([0-9a-f]+)">.*?</li>\n*', re.DOTALL)
ACCOUNT_ON_PAGE = re.compile(r'<(section|article)\b[^>]*\bdata-account="([0-9a-f ]+)"[^>]*>.*?</\1>\n*', re.DOTALL)
LEAD_ON_PAGE = re.compile(r'<(tr|a|p|bdi)\b[^>]*\bdata-lead="([0-9a-f]+)"[^>]*>.*?</\1>\n*', re.DOTALL)


def strike(folder: Path, lead_ids: Sequence[str]) -> int:
    """Rewrites the pages, the tables and the workbook of one day's list without the leads, and returns how many lines of the tables went.

    Accounts that hold one of them are no longer told of. Ranks,
    counts and sums of the page stay what they were on its day. A list that names none of the leads is left alone.
    """
    if not names(folder, lead_ids):
        return 0
    cells = {cell(lead_id) for lead_id in lead_ids}
    keys = {line_key(lead_id) for lead_id in lead_ids}
    tables = _tables(folder)
    with write_beside(folder) as part:
        shutil.copytree(folder, part)
        page = part / INDEX
        page.write_bytes(_struck_page(page.read_bytes().decode(), keys).encode())
        _strike_site(part, keys)
        struck = sum(_strike_table(folder / name, part / name, cells) for name in tables)
        if (part / NAME).is_file():
            write_workbook(part, _voice_in(page))
        return struck


def names(folder: Path, lead_ids: Sequence[str]) -> bool:
    """Whether one day's list names one of the leads: in a table, or on the page of their account, where those stand who are in no table."""
    cells, keys = {cell(lead_id) for lead_id in lead_ids}, {line_key(lead_id) for lead_id in lead_ids}
    return any(_names(folder / name, cells) for name in _tables(folder)) or any(
        _without_mentions(text, keys) != text for text in (page.read_bytes().decode() for page in _pages(folder))
    )


def _tables(folder: Path) -> list[str]:
    return [name for name in (*(f"{band}.csv" for band in BANDS), right_now.NAME) if (folder / name).is_file()]


def _pages(folder: Path) -> list[Path]:
    """The pages beside the list."""
    return [*folder.glob(f"{LEADS}/*.html"), *folder.glob(ACCOUNTS)]


def _voice_in(page: Path) -> Voice:
    """The voice that a page is said in."""
    said = LANGUAGE_OF_PAGE.search(page.read_bytes().decode())
    return voice_of(next((language for language in get_args(Language) if said and language == said[1]), "en"))


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
    struck = ROWS_OF_PAGE.sub(lambda found: _struck_rows(found[0], keys), page)
    for lines in (LINE_OF_PAGE, URGENT_OF_PAGE):
        struck = lines.sub(lambda found: "" if found[1] in keys else found[0], struck)
    return _without_mentions(struck, keys)


def _struck_rows(data: str, keys: set[str]) -> str:
    """The lines of a page without those of struck leads, and without what is said of these; a page of long ago holds them unpacked."""
    if data.startswith("["):
        lines = data.removeprefix("[\n").removesuffix("\n]").split(",\n")
        return "[\n" + ",\n".join(line for line in lines if json.loads(line)["key"] not in keys) + "\n]"
    left = [row for row in unpacked(data) if row.key not in keys]
    return packed([replace(row, beside=tuple(one for one in row.beside if one.key not in keys)) for row in left])


def _strike_site(folder: Path, keys: set[str]) -> None:
    """Takes the pages of struck leads away, and from the other pages what names them and all that is told of their accounts."""
    for key in keys:
        (folder / LEADS / f"{key}.html").unlink(missing_ok=True)
    for page in _pages(folder):
        text = page.read_bytes().decode()
        page.write_bytes(_without_mentions(text, keys).encode())


def _without_mentions(page: str, keys: set[str]) -> str:
    without_accounts = ACCOUNT_ON_PAGE.sub(lambda found: "" if keys & set(found[2].split()) else found[0], page)
    return LEAD_ON_PAGE.sub(lambda found: "" if found[2] in keys else found[0], without_accounts)
