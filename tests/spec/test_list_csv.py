"""The tables of a list: stable columns, plain texts, and nothing that a spreadsheet would run."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import overload

import pytest

from models.reasons import Reason
from pipelines.lists.day import DayList, Line
from pipelines.lists.page import write_list
from pipelines.lists.plain import cell, clipped, plain

DAY = date(2026, 3, 9)
FOREIGN = "\uff1d\uff0b\uff0d\uff20\u2212\ufe66"  # full-width and other twins of = + - @
# A word and an emoji, both with joiners.
PERSIAN = "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \U0001f469\u200d\U0001f4bb"
ANNA = Line(
    rank=1,
    lead_id="L-1",
    name="Anna Müller",
    company="Müller, Söhne",
    account_id="A-1",
    owner_id="jo",
    stage="Offer sent",
    band="call",
    chance=0.381234567,
    chance_says="38 in 100 advance by 23 March",
    chances={"progress": 0.381234567, "win": 0.00004, "leave": float("nan")},
    expected_value=1234.5,
    currency="EUR",
    fit=80.6,
    engagement=35.2,
    reasons_for=(Reason("a", "Opened a mail", 3.0), Reason("b", "Called us", 2.0)),
    reasons_against=(Reason("c", "No budget", -2.0), Reason("d", "Old", -1.0), Reason("e", "Third", -0.5)),
    letter="B",
)


def the_list(*lines: Line, customers: tuple[Line, ...] = ()) -> DayList:
    return DayList("demo", "b2b", DAY, 25, "Ranked by chance.", lines, customers)


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_a_line_becomes_a_row_of_stable_columns(tmp_path: Path) -> None:
    write_list(tmp_path, the_list(ANNA))
    assert read(tmp_path / "call.csv") == [
        {
            "lead_id": "L-1",
            "as_of": "2026-03-09",
            "rank": "1",
            "band": "call",
            "name": "Anna Müller",
            "company": "Müller, Söhne",
            "account_id": "A-1",
            "owner_id": "jo",
            "stage": "Offer sent",
            "chance": "0.381235",
            "chance_says": "38 in 100 advance by 23 March",
            "chance_progress": "0.381235",
            "chance_win": "0.000040",
            "chance_leave": "",
            "chance_churn": "",
            "expected_value": "1234.50",
            "currency": "EUR",
            "fit": "81",
            "engagement": "35",
            "reason_1": "Opened a mail",
            "reason_2": "Called us",
            "reason_3": "",
            "against_1": "No budget",
            "against_2": "Old",
            "letter": "B",
            "drawn": "",
            "send": "",
        }
    ]


def test_every_band_has_its_table_even_when_empty(tmp_path: Path) -> None:
    nurture, skip, keep = (replace(ANNA, lead_id=band, band=band) for band in ("nurture", "skip", "keep"))
    write_list(tmp_path, the_list(ANNA, nurture, skip, customers=(keep,)))
    found = {
        name: [row["lead_id"] for row in read(tmp_path / f"{name}.csv")] for name in ("call", "nurture", "skip", "keep")
    }
    assert found == {"call": ["L-1"], "nurture": ["nurture"], "skip": ["skip"], "keep": ["keep"]}
    write_list(tmp_path, the_list())
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "call.csv", "index.html", "keep.csv", "list.xlsx", "nurture.csv", "right_now.csv", "skip.csv",
    ]  # fmt: skip
    assert (
        (tmp_path / "right_now.csv")
        .read_bytes()
        .endswith(b"lead_id,as_of,rule,found,band,name,company,owner_id,says\r\n")
    )
    (tmp_path / "right_now.csv").unlink()
    assert all(read(path) == [] and path.stat().st_size > 100 for path in tmp_path.glob("*.csv"))


def test_excel_and_rfc_4180_are_content(tmp_path: Path) -> None:
    write_list(tmp_path, the_list(replace(ANNA, name='Bo "the\nbuilder"')))
    raw = (tmp_path / "call.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbflead_id,as_of,")
    assert raw.count(b"\r\n") == raw.count(b"\n") == 2
    assert b'"Bo ""the builder""","M\xc3\xbcller, S\xc3\xb6hne"' in raw


@pytest.mark.parametrize("text", [*(f"{mark}1+1" for mark in "=+-@"), *(f"{mark}1" for mark in FOREIGN)])
@pytest.mark.parametrize("before", ["", " ", "\t", "\r", "\n", "\u00a0 ", "\u200b", "\u200d", "\x00", "\u202e"])
def test_a_formula_becomes_text(before: str, text: str) -> None:
    assert cell(before + text).startswith("'")
    assert cell(before + text).endswith(text)


def test_a_formula_behind_a_semicolon_becomes_text_for_those_who_cut_there() -> None:
    assert cell("Bo;=1+1; @x") == "Bo;'=1+1;' @x"


@pytest.mark.parametrize("text", ["Anna-Lena = Bo", "a@b.example", "'quoted'", "", "3+4", "Ng; Bo"])
def test_other_texts_stay(text: str) -> None:
    assert cell(text) == text


@pytest.mark.parametrize(
    "column", ["lead_id", "name", "company", "account_id", "owner_id", "stage", "chance_says", "currency"]
)
def test_every_text_column_is_guarded(column: str, tmp_path: Path) -> None:
    hostile = Line(**{**vars(ANNA), column: "=cmd|' /C calc'!A0"})
    write_list(tmp_path, the_list(hostile))
    assert read(tmp_path / "call.csv")[0][column] == "'=cmd|' /C calc'!A0"


def test_reasons_are_guarded_and_our_own_numbers_stay_numbers(tmp_path: Path) -> None:
    said = (Reason("x", "@x\ty", 1.0),)
    write_list(tmp_path, the_list(replace(ANNA, expected_value=-5.0, reasons_for=said, reasons_against=said)))
    row = read(tmp_path / "call.csv")[0]
    assert (row["expected_value"], row["reason_1"], row["against_1"]) == ("-5.00", "'@x y", "'@x y")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Anna\r\n  Bo\u2028C", "Anna Bo C"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("\u202egpj.exe\u202c \u2066x\u2069 \u200f", "gpj.exe x"),
        (PERSIAN, PERSIAN),
        ("\ud800x\ufeff", "x"),
        ("  Åsa\u00a0 Ek ", "Åsa Ek"),
    ],
)
def test_control_and_direction_characters_go_and_lines_become_one(typed: str, kept: str) -> None:
    assert plain(typed) == kept


def test_a_very_long_name_is_cut_on_the_page_and_whole_in_the_table(tmp_path: Path) -> None:
    long = "x" * 5_000
    write_list(tmp_path, the_list(replace(ANNA, name=long)))
    assert read(tmp_path / "call.csv")[0]["name"] == long
    assert clipped(long) == "x" * 159 + "…"
    assert long[:160] not in (tmp_path / "index.html").read_text(encoding="utf-8")


class OnceOnly(Sequence[Line]):
    """Lines that are made while they are read, and only once."""

    def __init__(self, count: int) -> None:
        self._left = iter([replace(ANNA, rank=rank, band="skip") for rank in range(1, count + 1)])

    def __iter__(self) -> Iterator[Line]:
        return self._left

    def __len__(self) -> int:
        raise AssertionError("nobody needs to count the lines")

    @overload
    def __getitem__(self, place: int) -> Line: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Line]: ...
    def __getitem__(self, place: int | slice) -> Line | Sequence[Line]:
        raise AssertionError("nobody needs to look lines up")


def test_lines_are_read_once_and_the_skipped_are_only_counted_on_the_page(tmp_path: Path) -> None:
    write_list(tmp_path, DayList("demo", "b2b", DAY, 25, "Ranked by chance.", OnceOnly(1_234)))
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert '<a href="skip.csv">skip.csv</a> (1,234 leads that are not worth a call today)' in page
    assert "Anna" not in page
    assert "There is nobody to call today." in page
