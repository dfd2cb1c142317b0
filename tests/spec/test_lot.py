"""Some calls go to leads drawn at random, as likely as it is written down, and the same on the same day."""

from collections import Counter
from collections.abc import Sequence
from math import sqrt

import numpy as np
import pandas as pd
import pytest

from configs.project import ListSetting
from models.lot import slots
from models.rank import rank_open

DAYS = [f"shop {day}" for day in range(600)]


def listed(seed: str, *, leads: int = 60, owned_by: Sequence[str | None] = (), **setting: object) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "lead_id": [f"L{number}" for number in range(leads)],
            "owner_id": list(owned_by) or [None] * leads,
            "win": np.linspace(0.9, 0.1, leads),
            "amount": float("nan"),
            "last_touch_at": pd.NaT,
        }
    )
    return rank_open(frame, ListSetting.model_validate({"head": "win", **setting}), seed).scores


def test_the_same_day_draws_the_same_leads_and_another_day_others() -> None:
    draws = [listed(seed, capacity=20, explore=0.2) for seed in ("shop 1", "shop 1", "shop 2")]
    assert draws[0].equals(draws[1])
    assert set(draws[0]["lead_id"][draws[0]["drawn"]]) != set(draws[2]["lead_id"][draws[2]["drawn"]])


def test_the_list_stays_as_long_as_the_capacity_and_the_best_stay_on_it() -> None:
    found = listed("shop 1", capacity=20, nurture=10, explore=0.2)
    assert (found["band"] == "call").sum() == 20
    assert found["drawn"].sum() == 4
    assert (found["band"][:16] == "call").all()
    assert found["chance_of_listing"][:16].eq(1).all()
    assert found["chance_of_listing"][found["drawn"]].tolist() == pytest.approx([4 / 44] * 4)
    rest = found[found["band"] != "call"]
    assert rest["chance_of_listing"].tolist() == pytest.approx([40 / 44] * 40)
    assert set(rest["rank"][rest["band"] == "nurture"]) == set(range(17, 27)) - set(found["rank"][found["drawn"]])


def test_over_many_days_the_share_and_each_lead_come_up_as_often_as_is_said() -> None:
    days = [listed(seed, capacity=25, explore=0.05) for seed in DAYS]
    drawn = np.array([day["drawn"].sum() for day in days])
    assert set(drawn) == {1, 2}
    assert abs(drawn.mean() - 1.25) < 3 * sqrt(0.25 * 0.75 / len(DAYS))
    last = [day.loc[day["lead_id"] == "L59"].iloc[0] for day in days]
    often = sum(bool(one["drawn"]) for one in last)
    expected = sum(count / (60 - 25 + count) for count in drawn)
    assert abs(often - expected) < 3 * sqrt(expected)
    told = {one["chance_of_listing"] for one in last if one["drawn"]}
    assert told <= {1 / 36, 2 / 37}


def test_every_owner_has_their_own_share_and_what_nobody_owns_may_come_to_any() -> None:
    owners = ["anna", "bo", None] * 20
    room = {"anna": 10, "bo": 5}
    found = listed("shop 3", owned_by=owners, owners=room, explore=0.2)
    calls = found[found["band"] == "call"]
    assert Counter(calls["owner_id"]) == room
    assert Counter(calls["owner_id"][calls["drawn"]]) == {"anna": 2, "bo": 1}
    seen = [listed(seed, owned_by=owners, owners=room, explore=0.2).query("drawn")["lead_id"] for seed in DAYS[:200]]
    below = found["lead_id"][(found["band"] != "call") | found["drawn"]]
    assert set().union(*seen) == set(below)


def test_nobody_is_drawn_where_all_can_be_called_or_none_shall_be() -> None:
    assert listed("shop 1", leads=25, capacity=25, explore=0).query("drawn").empty
    for leads in (10, 25):
        all_called = listed("shop 1", leads=leads, capacity=25)
        assert (all_called["band"] == "call").all()
        assert all_called["drawn"].sum() == 0
    assert slots({"anna": 10}, 1.0, "shop") == {"anna": 10}
