"""Leads that are held back are always the same, are never listed, and tell what the list adds."""

import re
from datetime import date, datetime
from io import StringIO

import numpy as np
import pandas as pd
import pytest
from rich.console import Console

from configs.project import ListSetting
from models.holdout import HELD, added, held_back
from models.rank import Ranking, rank_open
from models.receipt import Listed, receipt_from, write_up
from pipelines.narrator import Narrator
from pipelines.settled import tell_receipts

LEADS = pd.Series([f"L{number}" for number in range(2000)])


def ranked(leads: int = 100, share: float = 0.3, **setting: object) -> Ranking:
    frame = pd.DataFrame(
        {
            "lead_id": LEADS[:leads],
            "owner_id": [["anna", "bo", None][number % 3] for number in range(leads)],
            "win": np.linspace(0.9, 0.1, leads),
            "amount": float("nan"),
            "last_touch_at": pd.Timestamp("2026-03-01"),
            "held": held_back(LEADS[:leads], share, "shop"),
        }
    )
    return rank_open(frame, ListSetting.model_validate({"head": "win", **setting}), "shop 2026-03-09")


def test_the_share_is_held_back_and_a_lead_stays_in_or_out() -> None:
    held = held_back(LEADS, 0.2, "shop")
    assert abs(held.mean() - 0.2) < 3 * np.sqrt(0.2 * 0.8 / len(LEADS))
    assert (held_back(LEADS[::-1], 0.2, "shop")[::-1] == held).all()
    assert (held_back(LEADS, 0.1, "shop") <= held).all()
    assert (held_back(LEADS, 0.2, "school") != held).any()
    assert not held_back(LEADS, 0.0, "shop").any()


def test_who_is_held_back_is_ranked_and_stands_in_no_other_band() -> None:
    found = ranked(capacity=20, nurture=30, explore=0.2).scores
    held = found["band"] == HELD
    assert (held == held_back(found["lead_id"], 0.3, "shop")).all()
    assert list(found["rank"]) == list(range(1, 101))
    assert found.loc[held, "chance_of_listing"].eq(0).all()
    assert not found.loc[held, "drawn"].any()
    assert (found["band"] == "call").sum() == 20
    assert set(found["band"]) == {"call", "nurture", "skip", HELD}


def test_above_the_cut_are_held_and_listed_leads_alike() -> None:
    found = ranked(capacity=20, explore=0.2).scores
    last = found.loc[(found["band"] == "call") & ~found["drawn"], "rank"].max()
    assert (found["above_cut"] == (found["rank"] <= last)).all()
    assert (found["above_cut"] & (found["band"] == HELD)).any()
    assert not ranked(share=0.0, capacity=20).scores["above_cut"].any()


def test_each_owner_has_a_cut_of_their_own() -> None:
    found = ranked(owners={"anna": 8, "bo": 2}, explore=0).scores
    for owner in ("anna", "bo"):
        own = found[found["owner_id"] == owner]
        last = own.loc[own["band"] == "call", "rank"].max()
        assert (own["above_cut"] == (own["rank"] <= last)).all()


@pytest.mark.parametrize("language", ["en", "fr", "nl"])
def test_the_list_says_how_many(language: str) -> None:
    many = held_back(LEADS[:100], 0.3, "shop").sum()
    assert re.search(rf"\b{many} (leads|prospects) [^.]+\.$", ranked(language=language).says)
    assert "never listed" not in ranked(share=0.0).says


def rows(listed: int, listed_came: int, held: int, held_came: int) -> pd.DataFrame:
    came = [1.0] * listed_came + [0.0] * (listed - listed_came) + [1.0] * held_came + [0.0] * (held - held_came)
    bands = ["call"] * listed + [HELD] * held
    frame = pd.DataFrame({"band": bands, "came": came, "above_cut": True, "chance": 0.5, "amount": 10.0})
    below = pd.DataFrame({"band": [HELD, "skip"], "came": 1.0, "above_cut": False, "chance": 0.1, "amount": 10.0})
    return pd.concat([frame, below], ignore_index=True).assign(currency="EUR")


def test_what_was_added_is_the_difference_above_the_cut_with_newcombes_range() -> None:
    given = rows(70, 56, 80, 48)
    found = added(given["band"], given["above_cut"], given["came"])
    assert found is not None
    assert (found.listed, found.held) == (70, 80)
    assert found.difference == pytest.approx(0.2)
    # Newcombe 1998, table II (a): 56/70 against 48/80 has 0.0524 to 0.3339 by method 10 where 95 of 100 lie between
    assert 0.0524 < found.low < found.difference < found.high < 0.3339


def test_nothing_is_said_where_one_side_is_missing() -> None:
    for given in (rows(70, 56, 0, 0), rows(0, 0, 80, 48)):
        assert added(given["band"], given["above_cut"], given["came"]) is None


def test_the_range_holds_what_listing_truly_adds_nine_times_of_ten() -> None:
    dice, inside = np.random.default_rng(5), 0
    for _ in range(400):
        given = rows(90, int(dice.binomial(90, 0.4)), 60, int(dice.binomial(60, 0.3)))
        found = added(given["band"], given["above_cut"], given["came"])
        assert found is not None
        inside += found.low <= 0.1 <= found.high
    assert abs(inside / 400 - 0.9) < 0.045


def test_the_receipt_keeps_it_and_tells_it() -> None:
    listed = Listed(date(2026, 6, 1), "win", 14, datetime(2026, 6, 20), "3", "ab12")
    receipt = write_up(listed, rows(70, 56, 80, 48), (), {})
    assert receipt_from(receipt.to_json()) == receipt
    assert receipt.tallies["skip"].leads == 1
    screen = StringIO()
    tell_receipts(Narrator(Console(file=screen, width=1_000)), [receipt], None)
    assert "80.0 % of 70 leads were won, and 60.0 % of 80 that were held back" in screen.getvalue()
