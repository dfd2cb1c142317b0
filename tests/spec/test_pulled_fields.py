"""A field without a history is true from the pull on in which its value was first seen, never before."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from pipelines.store import observed_until
from tests.shop import LEAD_SOURCE, Shop, at

COLUMNS = {"lead_id": "id", "happened_at": "created", "owner_id": "owner", "source": "from", "display_name": "owner"}
SOURCE = {
    **LEAD_SOURCE,
    "columns": COLUMNS,
    "fields": {"owner_id": "current", "source": "log", "display_name": "current"},
}


def pull(shop: Shop, owners: Sequence[str], day: int) -> list[tuple[object, ...]]:
    """Ingests leads 0, 1, ... with these owners on a day of June; the changes that were added: lead, field, value."""
    lines = [f"{lead},2024-01-01,{owner},web\n" for lead, owner in enumerate(owners)]
    shop.write("leads.csv", "id,created,owner,from\n" + "".join(lines))
    shop.ingest(SOURCE, now=datetime(2024, 6, day, tzinfo=UTC))
    return shop.rows(f"""
        SELECT lead_id, field, value FROM field_changes
        WHERE happened_at = known_at AND known_at = TIMESTAMP '2024-06-{day:02}' ORDER BY ALL
    """)


def test_only_what_differs_from_the_last_pull_is_added(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert pull(shop, ["ann", "bob", ""], 1) == [("0", "owner_id", "ann"), ("1", "owner_id", "bob")]
    assert pull(shop, ["ann", "bob", ""], 2) == []
    assert pull(shop, ["ann", "", "cy"], 3) == [("1", "owner_id", None), ("2", "owner_id", "cy")]
    assert pull(shop, ["ann", "", "cy"], 4) == []
    assert shop.rows("SELECT count(*) FROM field_changes") == [(4,)]


def test_todays_value_does_not_stand_in_the_row_of_the_leads_creation(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    pull(shop, ["ann"], 1)
    assert shop.rows("SELECT owner_id, source FROM leads") == [(None, "web")]


def test_a_personal_field_is_only_shown_so_it_stays_with_the_lead(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    pull(shop, ["ann"], 1)
    assert shop.rows("SELECT display_name FROM leads") == [("ann",)]


def test_a_pull_does_not_make_the_data_reach_further(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    pull(shop, ["ann"], 1)
    assert observed_until(shop.workspace) == at("2024-01-01 23:59:59.999999")


def test_a_change_pulled_before_the_last_one_is_refused(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    pull(shop, ["ann"], 2)
    with pytest.raises(FunnelcastError, match="put this machine's clock right"):
        pull(shop, ["bob"], 1)
    assert shop.rows("SELECT value FROM field_changes") == [("ann",)]
