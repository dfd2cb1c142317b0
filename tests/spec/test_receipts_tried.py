"""The page of receipts says what the list added and what its calls by lot found, in the numbers of the receipts."""

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from features.languages import voice_of
from models.holdout import Added
from models.receipt import Listed, Tally, receipt_from, write_up
from pipelines.site.receipts import settled
from pipelines.site.tried import AddedRow, DrawnRow, added_rows, drawn_rows
from tests.made_up_site import made_up_receipt

DAY, ENGLISH = date(2026, 1, 5), voice_of("en")
MADE_UP = made_up_receipt(DAY)


def test_what_listing_added_stands_with_its_range() -> None:
    (row,) = added_rows([MADE_UP], ENGLISH)
    assert row == AddedRow(
        "5 January 2026", "2026-01-05", "6 of 24 (25.0 %)", "1 of 3 (33.3 %)", "−8.3 points (−51.2 to +21.4)"
    )


@pytest.mark.parametrize(
    ("language", "said"), [("fr", "−8,3 points (de −51,2 à +21,4)"), ("nl", "−8,3 punten (−51,2 tot +21,4)")]
)
def test_it_is_said_in_the_language_of_the_list(language: str, said: str) -> None:
    (row,) = added_rows([MADE_UP], voice_of(language))
    assert row.added == said


def test_calls_by_lot_stand_beside_all_calls() -> None:
    (row,) = drawn_rows([MADE_UP], ENGLISH)
    assert row == DrawnRow("5 January 2026", "2026-01-05", "12", "1", "0.1", "0")


def test_a_list_without_them_has_no_row_and_the_page_no_section() -> None:
    neither = replace(MADE_UP, added=None, drawn=None)
    found = settled([neither], ENGLISH)
    assert (found.added, found.drawn) == ([], [])
    both = settled([neither, made_up_receipt(date(2026, 2, 2))], ENGLISH)
    assert [one.iso for one in both.added] == [one.iso for one in both.drawn] == ["2026-02-02"]


def rows(drawn: list[bool]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "band": ["call", "call", "skip"],
            "chance": [0.5, 0.02, 0.01],
            "came": [0.0, 1.0, 1.0],
            "amount": [100.0, 300.0, 5.0],
            "currency": "EUR",
            "drawn": drawn,
        }
    )


def test_a_receipt_counts_what_came_of_the_calls_by_lot_and_is_read_again() -> None:
    listed = Listed(DAY, "win", 14, pd.Timestamp("2026-01-20").to_pydatetime(), "3", "ab12")
    found = write_up(listed, rows([False, True, False]), [], {})
    assert found.drawn == Tally(1, 0.02, 1.0, 6.0, 300.0)
    assert write_up(listed, rows([False] * 3), [], {}).drawn is None
    assert receipt_from(found.to_json()) == found
    older = found.to_json().replace('"drawn"', '"of another time"')
    assert receipt_from(older) == replace(found, drawn=None)


def test_what_was_added_is_kept_with_the_receipt() -> None:
    assert isinstance(receipt_from(MADE_UP.to_json()).added, Added)
