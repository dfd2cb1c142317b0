"""What a receipt says of the leads of a small list."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest

from configs.errors import FunnelcastError
from models.receipt import Brought, Listed, Receipt, Tally, receipt_from, write_up
from models.rivals.rival import Rival

NAN = float("nan")
LISTED = Listed(date(2026, 6, 1), "win", 14, datetime(2026, 6, 20), "3", "ab12", not_judged=1)
#                         band      chance came amount
LEADS = pd.DataFrame(
    [
        ("call", 0.50, 1.0, 100.0, "EUR"),
        ("call", 0.25, 0.0, 400.0, "EUR"),
        ("nurture", 0.25, 1.0, NAN, "EUR"),
        ("skip", 0.10, 0.0, 50.0, None),
        ("skip", 0.10, 1.0, 30.0, None),
    ],
    columns=["band", "chance", "came", "amount", "currency"],
)


def receipt(rows: pd.DataFrame = LEADS, **scores: Sequence[float]) -> Receipt:
    said = [Rival(name, np.array(order, dtype=float), np.zeros(len(order))) for name, order in scores.items()]
    return write_up(LISTED, rows, said, {"logistic": "too little past"})


def test_each_band_is_counted_in_yes_and_in_known_amounts() -> None:
    found = receipt().tallies
    assert found["call"] == Tally(2, 0.75, 1.0, 150.0, 100.0)
    assert found["nurture"] == Tally(1, 0.25, 1.0, 0.0, 0.0)
    assert found["skip"] == Tally(2, 0.2, 1.0, 8.0, 30.0)
    assert list(vars(found["all"]).values()) == pytest.approx([5, 1.2, 3, 158, 130])
    assert receipt().precision_at_capacity == 0.5


def test_a_rival_calls_its_own_first_two() -> None:
    found = receipt(last_first=[1, 2, 3, 4, 5], first_first=[5, 4, 3, 2, 1]).rivals
    assert found == {"last_first": Brought(1.0, 30.0), "first_first": Brought(1.0, 100.0)}


def test_leads_that_a_rival_cannot_tell_apart_bring_their_mean() -> None:
    found = receipt(none=[7] * 5, some=[1, 1, 1, 1, 9]).rivals
    assert list(vars(found["none"]).values()) == pytest.approx([2 * 3 / 5, 2 * 130 / 5])
    assert list(vars(found["some"]).values()) == pytest.approx([1 + 2 / 4, 30 + 100 / 4])


@pytest.mark.parametrize("rows", [LEADS.assign(amount=NAN), LEADS.assign(currency=["EUR", "USD", "EUR", "EUR", "EUR"])])
def test_without_amounts_or_in_two_currencies_nothing_is_added_up(rows: pd.DataFrame) -> None:
    found = receipt(rows, last_first=[1, 2, 3, 4, 5])
    assert found.currency is None
    assert found.tallies["call"] == Tally(2, 0.75, 1.0, None, None)
    assert found.rivals["last_first"] == Brought(1.0, None)


def test_without_calls_there_is_no_precision() -> None:
    assert receipt(LEADS[LEADS["band"] != "call"].reset_index(drop=True)).precision_at_capacity is None


def test_what_is_written_is_read_again() -> None:
    found = receipt(last_first=[1, 2, 3, 4, 5])
    assert receipt_from(found.to_json()) == found
    assert "NaN" not in receipt(LEADS.assign(amount=NAN)).to_json()
    assert LISTED.ends_at == datetime(2026, 6, 15)
    assert replace(LISTED, horizon_days=1).ends_at == datetime(2026, 6, 2)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"listed": {"day": "2026-06-01"}}'])
def test_another_text_is_no_receipt(text: str) -> None:
    with pytest.raises(FunnelcastError, match="no whole receipt"):
        receipt_from(text)
