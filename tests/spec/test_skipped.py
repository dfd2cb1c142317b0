"""What is written of the leads that a list skips is what the line of each would say, whether it is made by line or by column."""

from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from configs.load import CONFIGS, load_project
from configs.project import HeadName
from models.reasons import MOST_AGAINST, MOST_FOR, NOTHING, Explanations
from pipelines.job import Job
from pipelines.lines import Lines, Words, line_of, says_of
from pipelines.lists.sheets import COLUMNS, record
from pipelines.skipped import Skipped
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


@pytest.mark.parametrize("withheld", [frozenset[HeadName](), frozenset(("win", "leave"))])
def test_by_column_as_by_line(withheld: frozenset[HeadName]) -> None:
    draw = np.random.default_rng(5)
    ranked = scores(draw)
    said = words(draw, ranked["lead_id"], withheld)
    people = said.people.reindex(ranked["lead_id"]).set_axis(ranked.index)
    shown = ranked.join(people).astype(object).where(lambda cells: cells.notna(), None)
    says = says_of(said, ranked, WIN)(np.arange(ROWS))
    by_line = [record(line_of(said, row, WIN, says[place]), DAY) for place, row in enumerate(shown.to_dict("records"))]
    by_column = list(Skipped(said, ranked, WIN))
    assert by_column == by_line[60:]
    assert {len(cells) for cells in by_column} == {len(COLUMNS)}
    assert [line.lead_id for line in Lines(said, ranked, WIN)] == list(ranked["lead_id"][:60])


def test_what_the_project_does_not_predict_has_no_rows() -> None:
    draw = np.random.default_rng(5)
    ranked = scores(draw).drop(columns="churn")
    assert not list(Skipped(words(draw, ranked["lead_id"], frozenset()), ranked, "churn"))
