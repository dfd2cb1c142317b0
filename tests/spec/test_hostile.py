"""Whatever strangers type stays a text: in the tables, in the page's data and on the terminal."""

import csv
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html.parser import HTMLParser
from io import StringIO
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from configs.errors import FunnelcastError
from models.reasons import Reason
from pipelines.lists import shared
from pipelines.lists.csv_text import text_cells
from pipelines.lists.day import DayList, Line
from pipelines.lists.packed import unpacked
from pipelines.lists.page import page_html, write_list
from pipelines.lists.plain import FORMULA_MARKS, cell, clipped, plain
from pipelines.narrator import Narrator
from tests.hostile import HOSTILE

TEXTS = (
    "lead_id",
    "name",
    "company",
    "account_id",
    "owner_id",
    "stage",
    "chance_says",
    "currency",
    "reason_1",
    "against_1",
    "send",
)
# Half of a pair of surrogates is no Unicode: JSON may bring it in, no column of text can hold it.
WRITTEN = [text for text in HOSTILE if not any("\ud800" <= sign <= "\udfff" for sign in text)]
DAY = date(2026, 3, 9)


def line(text: str, rank: int) -> Line:
    """A line all of whose texts are this one."""
    return Line(
        rank=rank,
        lead_id=text,
        name=text,
        company=text,
        account_id=text,
        owner_id=text,
        stage=text,
        band="call",
        chance=0.5,
        chance_says=text,
        chances={"win": 0.5},
        expected_value=100.0,
        currency=text,
        reasons_for=(Reason("f", text, 2.0),),
        reasons_against=(Reason("g", text, -2.0),),
        moved=text,
        country=text,
        helps=text,
        feedback=text,
        send=text,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("hostile")
    lines = [line(text, rank) for rank, text in enumerate(HOSTILE, start=1)]
    kept = [replace(one, band="keep") for one in lines]
    day = DayList("demo", "b2b", DAY, len(lines), "".join(HOSTILE[:60]), lines, kept, HOSTILE, HOSTILE[1], HOSTILE[:9])
    write_list(made, day)
    return made


def test_the_corpus_is_large_and_every_text_is_another() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 200


@pytest.mark.parametrize("name", ["call.csv", "keep.csv"])
def test_no_cell_is_a_formula_or_holds_a_control_or_turns_the_writing(name: str, folder: Path) -> None:
    with (folder / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == len(HOSTILE)
    for row, text in zip(rows, HOSTILE, strict=True):
        for column in TEXTS:
            assert row[column] == cell(text), (column, text)
            assert row[column].lstrip(" \u200c\u200d")[:1] not in set(FORMULA_MARKS) | {"\t", "\r"}, (column, text)
            signs = {unicodedata.category(sign) for sign in row[column] if sign not in "\u200c\u200d"}
            assert not signs & {"Cc", "Cf", "Cs", "Zl", "Zp"}, (column, text)
        assert None not in row
        assert float(row["chance"]) == 0.5


class Markup(HTMLParser):
    """Every element of a page with the names of its attributes."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: set[str] = set()
        self.attributes: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        self.attributes |= {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.text += data


def test_no_text_becomes_an_element_or_an_attribute(folder: Path, tmp_path: Path) -> None:
    write_list(
        tmp_path,
        DayList(
            "demo", "b2b", DAY, 25, "Ranked.", [line("harmless", 1)], [replace(line("x", 1), band="keep")], ("x",), "x"
        ),
    )
    hostile, harmless = Markup(), Markup()
    hostile.feed((folder / "index.html").read_text("utf-8"))
    harmless.feed((tmp_path / "index.html").read_text("utf-8"))
    more = {"label", "select", "option", "div", "p"}
    assert hostile.elements <= harmless.elements | more
    assert hostile.attributes <= harmless.attributes | {"id"}


def test_what_calls_share_is_a_text_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared, "MOST_FOR", len(HOSTILE) + 1)

    def page(texts: Sequence[str]) -> Markup:
        said = tuple(Reason(f"f{place}", text, 2.0) for place, text in enumerate(texts))
        lines = [replace(line("x", rank), reasons_for=(*said, Reason("g", f"Own {rank}", 1.0))) for rank in range(10)]
        found = Markup()
        found.feed(page_html(DayList("demo", "b2b", DAY, 10, "Ranked.", ()), lines, 0))
        return found

    hostile, harmless = page(HOSTILE), page([f"Harmless {place}" for place in range(len(HOSTILE))])
    assert (hostile.elements, hostile.attributes) == (harmless.elements, harmless.attributes)
    share = "10 of the 10 calls share this"
    assert hostile.text.count(share) == harmless.text.count(share) > len(HOSTILE)
    assert all(clipped(text) in hostile.text for text in HOSTILE)


def test_the_data_of_the_page_is_what_was_typed_and_cannot_end_its_script(folder: Path) -> None:
    page = (folder / "index.html").read_text("utf-8")
    boards = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    assert len(boards) == 2
    for board in boards:
        rows = unpacked(board)
        assert [row.rank for row in rows] == list(range(1, len(HOSTILE) + 1))
        assert not re.search("[<>&\u2028\u2029]", board)
        short = [(row.name, text) for row, text in zip(rows, HOSTILE, strict=True) if 0 < len(plain(text)) < 160]
        assert all(shown == plain(text) for shown, text in short)


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_is_told_signs_and_no_commands(text: str) -> None:
    screen = StringIO()
    narrator = Narrator(Console(file=screen, force_terminal=True, width=10_000, highlight=False))
    narrator.say(f"A source of {text} ends")
    told = screen.getvalue().removesuffix("\n")
    assert told.isprintable()
    assert told == "A source of " + "".join(sign for sign in text if sign.isprintable()) + " ends"


@pytest.mark.parametrize("text", HOSTILE)
def test_an_error_that_quotes_it_is_no_command_either(text: str) -> None:
    assert str(FunnelcastError(f"There is no stage '{text}'.")).replace("\n", "").isprintable()


def test_joined_signs_and_stacked_marks_beyond_any_writing_come_apart_on_the_page_alone() -> None:
    laptop, family = "\U0001f469\u200d\U0001f4bb", "\u200d".join("\U0001f468\U0001f469\U0001f467\U0001f466")
    chain, stack = "\U0001f469\u200d" * 100, "Z" + "\u0351" * 300
    for text in (laptop, family, f"Zoe\u0308 {laptop} {family}"):
        assert clipped(text) == cell(text) == text
    assert clipped(chain) == "\U0001f469" * 100
    assert clipped(stack) == "Z" + "\u0351" * 4
    assert (cell(chain), cell(stack)) == (chain, stack)


@pytest.mark.parametrize("text", WRITTEN)
def test_cells_of_a_column_are_the_cells_of_each(text: str) -> None:
    for texts in ([text], ["Anna", text], [text, "Bo"], ["", text, ""]):
        assert text_cells(pa.array(texts, pa.string())).to_pylist() == [cell(one) for one in texts]


@given(st.lists(st.text(st.sampled_from("ab =-;,\n\t'\u200d\u00a0"), max_size=5), max_size=4))
def test_cells_of_a_column_of_any_texts_are_the_cells_of_each(texts: list[str]) -> None:
    assert text_cells(pa.array(texts, pa.string())).to_pylist() == [cell(one) for one in texts]
