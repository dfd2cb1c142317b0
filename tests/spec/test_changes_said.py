"""Which share of the calls changed without news is told for all, and with owners for each, so that one restless list does not hide."""

from collections.abc import Mapping
from datetime import date

import pandas as pd
import pytest

from models.steady import Standing
from pipelines.steady import changes_say

SINCE = date(2026, 6, 1)


def said(owners: Mapping[str, str | None], called: str, before: str, *, by_owner: bool = True, quiet: str = "") -> str:
    """Leads a, b, c ...: who owns each, who is called today and who was called before; all are quiet unless some are named."""
    leads = pd.DataFrame({"lead_id": list(owners), "owner_id": list(owners.values()), "drawn": False})
    leads["band"] = ["call" if lead in called else "skip" for lead in owners]
    return changes_say(leads, Standing(frozenset(before), frozenset(quiet or owners)), SINCE, by_owner=by_owner)


OWNED: Mapping[str, str | None] = {"a": "jo", "b": "jo", "c": "jo", "d": "mia", "e": "mia"}


def test_without_owners_one_share_is_told() -> None:
    told = said(OWNED, "acd", "abd", by_owner=False)
    assert told == "Without news 1 of 3 calls changed since 2026-06-01 (33.3 %)."


def test_each_owner_has_a_share_of_their_own() -> None:
    assert said(OWNED, "acd", "abd") == (
        "Without news 1 of 3 calls changed since 2026-06-01 (33.3 %); by owner: jo 1 of 2 (50.0 %), mia 0 of 1 (0.0 %)."
    )


def test_a_call_that_went_from_one_owner_to_another_is_no_exchange_within_a_list() -> None:
    told = said(OWNED, "ade", "abd")
    assert told.endswith("(33.3 %); by owner: jo 0 of 1 (0.0 %), mia 0 of 2 (0.0 %).")


@pytest.mark.parametrize(("quiet", "share"), [("abcde", "jo 1 of 2 (50.0 %)"), ("abde", "jo 0 of 2 (0.0 %)")])
def test_news_is_no_exchange(quiet: str, share: str) -> None:
    assert share in said(OWNED, "acd", "abd", quiet=quiet)


def test_a_lead_that_nobody_owns_may_have_left_any_list() -> None:
    assert "mia 1 of 2 (50.0 %)" in said({**OWNED, "b": None}, "ade", "abd")


def test_of_many_owners_the_largest_share_is_told() -> None:
    leads = "abcdefg"
    many = {lead: lead.upper() for lead in leads} | {"x": "C", "y": "C"}
    assert said(many, leads + "y", leads + "x").endswith("; most: C 1 of 2 (50.0 %).")
