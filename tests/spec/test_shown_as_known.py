"""What a list shows of a lead is what was known on its day: who owns it, what it is worth and in which currency."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import pandas as pd
import pytest

from features.matrix import known_matrix
from features.snapshots import midnight
from pipelines.morning import _currencies
from pipelines.store import open_lake
from tests.shop import LEAD_SOURCE, Shop

COLUMNS = {"lead_id": "id", "happened_at": "created", "owner_id": "owner", "amount": "worth", "currency": "money"}
PULLED = {
    **LEAD_SOURCE,
    "columns": COLUMNS,
    "fields": {"owner_id": "current", "amount": "current", "currency": "current"},
}
MOVES = {
    "table": "stage_moves",
    "files": "leads.csv",
    "columns": {"lead_id": "id", "happened_at": "created"},
    "constants": {"stage": "new"},
}
EDITS = {
    "table": "field_changes",
    "files": "edits.csv",
    "columns": {"lead_id": "lead", "happened_at": "at", "field": "field", "value": "value"},
}


def shown(shop: Shop, day: date, *sources: Mapping[str, object]) -> tuple[object, ...]:
    """Owner, amount and currency of the first lead as they stand on the list of a day."""
    project = shop.project(*sources)
    with open_lake(shop.workspace, project, midnight(day)) as con:
        frame = known_matrix(con, project, (), [day]).snapshots
    row = frame[["owner_id", "amount", "currency"]].iloc[0]
    return tuple(None if pd.isna(cell) or cell == "" else cell for cell in row)


def test_fields_without_a_history_are_shown_from_their_first_pull_on(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    for day, line in ((3, "ann,100,EUR"), (5, "bob,90,USD")):
        shop.write("leads.csv", f"id,created,owner,worth,money\n1,2024-01-01,{line}\n")
        shop.ingest(PULLED, MOVES, now=datetime(2024, 6, day, tzinfo=UTC))
    days = {day: shown(shop, date(2024, 6, day), PULLED, MOVES) for day in (2, 3, 4, 6)}
    assert days == {2: (None, None, None), 3: ("ann", 100.0, "EUR"), 4: ("ann", 100.0, "EUR"), 6: ("bob", 90.0, "USD")}


def test_who_was_taken_off_a_lead_owns_it_no_more(tmp_path: Path) -> None:
    shop, source = Shop(tmp_path), {**LEAD_SOURCE, "columns": COLUMNS}
    shop.write("leads.csv", "id,created,owner,worth,money\n1,2024-01-01,ann,100,EUR\n")
    shop.write(
        "edits.csv", "lead,at,field,value\n1,2024-02-01T00:00:00Z,owner_id,\n1,2024-02-01T00:00:00Z,currency,CHF\n"
    )
    shop.ingest(source, MOVES, EDITS)
    assert shown(shop, date(2024, 1, 31), source, MOVES, EDITS) == ("ann", 100.0, "EUR")
    assert shown(shop, date(2024, 2, 2), source, MOVES, EDITS) == (None, 100.0, "CHF")


@pytest.mark.parametrize(
    ("given", "taken"),
    [(["EUR", None], ["EUR", "EUR"]), ([None, None], ["", ""]), (["EUR", "USD", None], ["EUR", "USD", ""])],
)
def test_an_amount_without_a_currency_is_in_that_of_the_others(given: list[str | None], taken: list[str]) -> None:
    assert _currencies(pd.DataFrame({"currency": pd.Series(given, dtype="str")})).tolist() == taken
