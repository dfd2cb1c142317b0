"""What is written of the leads that a list skips is what the line of each would say, whether it is made by line or by column."""

import csv
from collections.abc import Iterable
from datetime import date
from io import StringIO
from math import isnan
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from configs.load import CONFIGS, load_project
from configs.project import HeadName
from models.reasons import MOST_AGAINST, MOST_FOR, NOTHING, Explanations
from pipelines.job import Job
from pipelines.lines import Lines, Words, line_of, says_of
from pipelines.lists.csv_text import csv_lines, number_cells, text_cells
from pipelines.lists.plain import cell
from pipelines.lists.sheets import COLUMNS, record
from pipelines.skipped import Skipped, _texts
from pipelines.workspace import Workspace
from tests.hostile import HOSTILE

DAY = date(2026, 3, 9)
ROWS = 600
HEADS: tuple[HeadName, ...] = ("progress", "win", "leave", "churn")
WIN: HeadName = "win"
KEPT = [
    text for text in HOSTILE if text.isascii() or not any("\ud800" <= sign <= "\udfff" for sign in text)
]  # a lake holds UTF-8
TEXTS: NDArray[np.object_] = np.array([*KEPT, "Anna", "", None], dtype=object)


def explanations(draw: np.random.Generator) -> Explanations:
    shape = (ROWS, MOST_FOR + MOST_AGAINST)
    sentences = [f"Says {number}" for number in range(20)] + ["=1+1", "a\nb"]
    says = draw.integers(-1, len(sentences), shape).astype(np.int32)
    for first, last in ((0, MOST_FOR), (MOST_FOR, shape[1])):
        # what a side says stands at its front
        says[:, first:last] = -np.sort(-says[:, first:last], axis=1)
    features = np.where(says == NOTHING, NOTHING, says % 3).astype(np.int32)
    return Explanations(["one", "two", "three"], sentences, features, says, draw.normal(size=shape))


def scores(draw: np.random.Generator) -> pd.DataFrame:
    chances: dict[str, NDArray[np.float64]] = {
        head: draw.choice([np.nan, 0.0, 0.0004, 1.0, *draw.random(40) ** 3], ROWS) for head in HEADS[:3]
    }
    bounds = {f"low_{head}": 0.9 * said for head, said in chances.items()}
    bounds |= {f"high_{head}": 1.1 * said for head, said in chances.items()}
    frame = pd.DataFrame(
        {
            "lead_id": [f"{KEPT[row % len(KEPT)]}{row}" for row in range(ROWS)],
            "stage": draw.choice(np.array(["new", "demo", "gone", None], dtype=object), ROWS),
            "account_id": draw.choice(TEXTS, ROWS),
            "owner_id": draw.choice(TEXTS, ROWS),
            "currency": draw.choice(np.array(["EUR", "USD", None], dtype=object), ROWS),
            **chances,
            **bounds,
            "churn": np.nan,
            "expected_value": draw.choice([np.nan, 0.0, 12.345, 1e6], ROWS),
            "fit": draw.choice([np.nan, 12.0, 100.0], ROWS),
            "engagement": draw.choice([np.nan, 0.0, 55.5], ROWS),
            "letter": draw.choice(["A", "B", ""], ROWS),
            "explained": draw.permutation(ROWS),
        }
    )
    bands = np.where(np.arange(ROWS) < 25, "call", np.where(np.arange(ROWS) < 60, "nurture", "skip"))
    return frame.assign(rank=np.arange(1, ROWS + 1), band=bands, cohort="open", drawn=False, move=None)


def words(draw: np.random.Generator, leads: pd.Series, withheld: frozenset[HeadName]) -> Words:
    job = Job(load_project(CONFIGS / "projects" / "demo.yaml"), Workspace(Path("nowhere")), Path("nowhere"), DAY)
    names = draw.choice(TEXTS, (ROWS, 2))
    people = pd.DataFrame(names, index=leads, columns=["display_name", "company"]).iloc[: ROWS - 5]
    return Words(job, explanations(draw), people, dict.fromkeys(HEADS, date(2026, 5, 4)), withheld, None)


def by_writer(rows: Iterable[tuple[str, ...]]) -> str:
    text = StringIO(newline="")
    csv.writer(text).writerows(rows)
    return text.getvalue()


@pytest.mark.parametrize("withheld", [frozenset[HeadName](), frozenset(("win", "leave"))])
def test_by_column_as_by_line(withheld: frozenset[HeadName]) -> None:
    draw = np.random.default_rng(5)
    ranked = scores(draw)
    said = words(draw, ranked["lead_id"], withheld)
    people = said.people.reindex(ranked["lead_id"]).set_axis(ranked.index)
    shown = ranked.join(people).astype(object).where(lambda cells: cells.notna(), None)
    says = says_of(said, ranked, WIN)(np.arange(ROWS))
    by_line = [record(line_of(said, row, WIN, says[place]), DAY) for place, row in enumerate(shown.to_dict("records"))]
    tables = list(Skipped(said, ranked, WIN))
    by_column = [cells for table in tables for cells in zip(*table.to_pydict().values(), strict=True)]
    assert by_column == by_line[60:]
    assert {tuple(table.column_names) for table in tables} == {COLUMNS}
    assert "".join(map(csv_lines, tables)) == by_writer(by_line[60:])
    assert [line.lead_id for line in Lines(said, ranked, WIN)] == list(ranked["lead_id"][:60])


def test_what_the_project_does_not_predict_has_no_rows() -> None:
    draw = np.random.default_rng(5)
    ranked = scores(draw).drop(columns="churn")
    assert not list(Skipped(words(draw, ranked["lead_id"], frozenset()), ranked, "churn"))


def test_cells_of_a_column_are_those_of_its_texts() -> None:
    texts = [*KEPT, *(f"Anna{text}" for text in KEPT), "a;=b", " a", "a ", "a  b", "a b", "-1", "A, B", "x\u00a0y", ""]
    assert text_cells(pa.array(texts, pa.string())).to_pylist() == [cell(text) for text in texts]
    assert text_cells(pa.array([None, "a b"], pa.string())).to_pylist() == ["", "a b"]


def test_texts_that_lie_in_several_pieces_are_written_as_well() -> None:
    texts = pd.concat([pd.Series(["a b", "=1"], dtype="str")] * 2, ignore_index=True)
    assert isinstance(pa.array(texts, pa.string(), from_pandas=True), pa.ChunkedArray)
    assert _texts(texts).to_pylist() == ["a b", "'=1"] * 2


@pytest.mark.parametrize(
    "odd", ["=1", "+1", "-1", "@x", " a", "a ", "a  b", "a;=b", "a\tb", "x\u00a0y", "\u2212", "", 'a "b", c']
)
def test_one_odd_cell_is_found_among_plain_ones(odd: str) -> None:
    texts = ["a b", "", "c", odd]
    cells = pa.array(["z", *texts, "z"], pa.string())[1:-1]
    assert text_cells(cells).to_pylist() == [cell(text) for text in texts]
    assert csv_lines(pa.table({"lead": cells, "name": cells[::-1]})) == by_writer(zip(texts, texts[::-1], strict=True))


@example(numbers=[-0.0, -0.001], decimals=2)
@example(numbers=[-0.0], decimals=0)
@given(
    numbers=st.lists(st.floats(allow_infinity=True, allow_nan=True), max_size=20), decimals=st.sampled_from([0, 2, 6])
)
def test_numbers_of_a_column_are_written_as_each_is(numbers: list[float], decimals: int) -> None:
    said = ["" if isnan(number) else f"{number:.{decimals}f}" for number in numbers]
    assert number_cells(np.array(numbers), decimals).to_pylist() == said


@given(numbers=st.lists(st.floats(0, 1) | st.floats(0, 1e6), max_size=50), decimals=st.sampled_from([0, 2, 6]))
def test_chances_and_amounts_are_written_as_each_is(numbers: list[float], decimals: int) -> None:
    assert number_cells(np.array(numbers), decimals).to_pylist() == [f"{number:.{decimals}f}" for number in numbers]


def test_halves_are_rounded_as_python_rounds_them() -> None:
    halves = np.arange(4000) / 8
    for decimals in (0, 2):
        assert number_cells(halves, decimals).to_pylist() == [f"{number:.{decimals}f}" for number in halves.tolist()]
