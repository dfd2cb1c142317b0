"""The workbook for people: a sheet for each owner, texts that stay texts, numbers that are numbers, and the same bytes each time."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from configs.project import Language
from pipelines.lists.day import DayList, Line
from pipelines.lists.page import write_list
from pipelines.lists.plain import cell, clipped
from pipelines.lists.strike import strike
from pipelines.lists.workbook import LONGEST_CELL, NO_TIME, sheet_names
from tests.golden.test_list_page import made_up_day
from tests.hostile import HOSTILE
from tests.spec.test_hostile import DAY, line

NAMES = ("name", "company", "owner_id", "stage", "reason_1", "against_1", "currency", "chance_says")


def sheets(folder: Path) -> dict[str, Worksheet]:
    book = load_workbook(folder / "list.xlsx")
    return {sheet.title: sheet for sheet in book.worksheets}


def column(sheet: Worksheet, heading: str) -> list[object]:
    place = next(cell.column for cell in sheet[1] if cell.value == heading)
    return [sheet.cell(row, place).value for row in range(2, sheet.max_row + 1)]


def write(folder: Path, lines: Iterable[Line]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    write_list(folder, DayList("demo", "b2b", DAY, 25, "Ranked.", list(lines)))
    return folder


def test_everybody_stands_on_one_sheet_and_each_owner_on_their_own(tmp_path: Path) -> None:
    write_list(tmp_path, made_up_day())
    found = sheets(tmp_path)
    assert list(found) == ["Everybody", "Anna Berg", "Jonas Weiss", "Sofia Marin"]
    assert len(column(found["Everybody"], "Name")) == 20
    assert set(column(found["Anna Berg"], "Owner")) == {"Anna Berg"}
    assert column(found["Anna Berg"], "Name")[:2] == ["Marta Lindqvist", "Priya Raghunathan"]
    assert column(found["Anna Berg"], "Chance")[0] == 0.71
    assert column(found["Everybody"], "Expected value")[0] == pytest.approx(24_000 * 0.58)


def test_the_header_stays_filters_stand_ready_and_columns_are_wide_enough_to_read(tmp_path: Path) -> None:
    write_list(tmp_path, made_up_day())
    for sheet in sheets(tmp_path).values():
        assert sheet.freeze_panes == "A2"
        assert sheet.auto_filter.ref == f"A1:U{sheet.max_row}"
        assert sheet.column_dimensions["D"].width > 20


def test_every_hostile_text_is_a_text_cell_and_comes_back_as_it_was_written(tmp_path: Path) -> None:
    everybody = sheets(write(tmp_path, [line(text, rank) for rank, text in enumerate(HOSTILE, start=1)]))["Everybody"]
    headings = ["Name", "Company", "Owner", "Stage", "Currency", "Chance in words", "For 1", "Against 1", "Lead number"]
    for heading in headings:
        assert column(everybody, heading) == [clipped(cell(text), LONGEST_CELL) or None for text in HOSTILE], heading
    kinds = {one.data_type for row in everybody.iter_rows() for one in row if one.value is not None}
    assert kinds == {"s", "n"}
    assert not any(one.hyperlink for row in everybody.iter_rows() for one in row)


def test_the_same_list_is_the_same_bytes(tmp_path: Path) -> None:
    made = [write(tmp_path / name, [line("Anna", 1)]) / "list.xlsx" for name in ("a", "b")]
    assert made[0].read_bytes() == made[1].read_bytes()
    told = load_workbook(made[0]).properties
    assert {told.created, told.modified} == {NO_TIME.replace(tzinfo=None)}
    with ZipFile(made[0]) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_who_is_erased_leaves_the_workbook_too(tmp_path: Path) -> None:
    anna, bo = replace(line("Anna", 1), owner_id="jo"), replace(line("Bo", 2), band="nurture")
    folder = write(tmp_path / "2026-03-09", [anna, bo])
    assert strike(folder, ["Anna"]) == 1
    found = sheets(folder)
    assert list(found) == ["Everybody", "Bo"]
    assert column(found["Everybody"], "Lead number") == ["Bo"]
    with ZipFile(folder / "list.xlsx") as parts:
        assert not any(b"Anna" in parts.read(name) for name in parts.namelist())


@pytest.mark.parametrize(
    ("language", "first", "heading", "reason", "call"),
    [("fr", "Tous", "Responsable", "Pour 2", "appeler"), ("nl", "Iedereen", "Eigenaar", "Voor 2", "bellen")],
)
def test_its_columns_are_said_in_the_language_of_the_list_also_when_somebody_is_erased(
    language: Language, first: str, heading: str, reason: str, call: str, tmp_path: Path
) -> None:
    folder = tmp_path / "2026-03-09"
    folder.mkdir()
    write_list(folder, replace(made_up_day(), language=language))
    for gone, left in ((), 20), (["L-10037"], 19):
        strike(folder, gone)
        everybody = sheets(folder)[first]
        headings = [one.value for one in everybody[1]]
        assert {heading, reason} <= set(headings)
        assert len(headings) == len(set(headings))
        assert column(everybody, headings[1])[0] == call
        assert len(column(everybody, heading)) == left


@pytest.mark.parametrize("texts", [HOSTILE, ["x" * 40, "x" * 41], ["Everybody", "everybody", "HISTORY"]])
def test_names_of_sheets_are_such_as_excel_takes(texts: list[str]) -> None:
    names = sheet_names(texts)
    assert len({name.casefold() for name in names}) == len(names) == len(texts)
    for name in names:
        assert 0 < len(name) <= 31
        assert not set(name) & set("[]:*?/\\")
        assert name.strip("'") == name
        assert name.casefold() != "history"
