"""Who calls whom: owners keep their own leads, and those that nobody owns go to where there is room."""

from collections.abc import Sequence
from itertools import combinations, product

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from configs.project import ListSetting
from models.allot import allot
from models.rank import rank_open


def banded(owners: Sequence[str | None], nurture: int = 100, **room: int) -> pd.DataFrame:
    """Leads L0, L1 and so on, the best first, with these owners."""
    count = len(owners)
    frame = pd.DataFrame(
        {
            "lead_id": [f"L{number}" for number in range(count)],
            "owner_id": list(owners),
            "win": [1 - number / (count + 1) for number in range(count)],
            "amount": float("nan"),
            "last_touch_at": pd.NaT,
        }
    )
    setting = ListSetting.model_validate({"head": "win", "owners": room, "nurture": nurture, "explore": 0})
    return rank_open(frame, setting, "shop 2026-03-09").scores


def test_owners_call_their_own_leads_as_many_as_they_can() -> None:
    found = banded(["anna", "anna", "anna", "bo", "bo"], nurture=1, anna=2, bo=1)
    assert list(found["band"]) == ["call", "call", "nurture", "call", "skip"]
    assert list(found["rank"]) == [1, 2, 3, 4, 5]


def test_a_lead_that_nobody_owns_goes_to_whoever_has_most_room_left_and_bears_that_name() -> None:
    found = banded(["anna", None, None, "", None], anna=2, bo=2)
    assert list(found["band"]) == ["call", "call", "call", "call", "nurture"]
    assert list(found["owner_id"][:4]) == ["anna", "bo", "anna", "bo"]
    assert pd.isna(found["owner_id"][4])


def test_no_better_lead_waits_because_one_that_nobody_owns_took_its_place() -> None:
    assert allot([None, "anna"], {"anna": 1, "bo": 1}) == ["bo", "anna"]


def test_the_lead_of_an_owner_without_calls_is_not_given_to_another() -> None:
    found = banded(["cy", None], anna=1, cy=0)
    assert list(found["band"]) == ["nurture", "call"]
    assert list(found["owner_id"]) == ["cy", "anna"]


@given(
    st.lists(st.sampled_from([None, "anna", "bo", "cy"]), max_size=7),
    st.integers(0, 3),
    st.integers(0, 3),
)
def test_no_other_list_that_the_room_allows_is_better(owners: list[str | None], anna: int, bo: int) -> None:
    room = {"anna": anna, "bo": bo}
    callers = allot(owners, room)
    taken = [caller for caller in callers if caller]
    assert all(taken.count(name) <= room[name] for name in room)
    assert all(caller in (None, owner) for caller, owner in zip(callers, owners, strict=True) if owner)
    worth = [2.0**-place for place in range(len(owners))]
    assert sum(w for w, caller in zip(worth, callers, strict=True) if caller) == _best(owners, room, worth)


def _best(owners: list[str | None], room: dict[str, int], worth: list[float]) -> float:
    """The worth of the best set of leads that can be called, by trying all."""
    sets = (some for size in range(len(owners) + 1) for some in combinations(range(len(owners)), size))
    return max(sum(worth[place] for place in some) for some in sets if _can_be_called(owners, room, some))


def _can_be_called(owners: list[str | None], room: dict[str, int], some: tuple[int, ...]) -> bool:
    choices = [[owner] if (owner := owners[place]) else list(room) for place in some]
    return any(all(given.count(name) <= room.get(name, 0) for name in given) for given in product(*choices))


def test_capacity_is_what_the_owners_can_do() -> None:
    assert ListSetting.model_validate({"owners": {"anna": 8, "bo": 4}}).capacity == 12
    assert ListSetting.model_validate({"owners": {"anna": 8, "bo": 4}, "capacity": 12}).capacity == 12
    with pytest.raises(ValidationError, match="the owners can make 12 calls a day, not 25; leave capacity out"):
        ListSetting.model_validate({"owners": {"anna": 8, "bo": 4}, "capacity": 25})
    with pytest.raises(ValidationError, match=r"owners\.anna"):
        ListSetting.model_validate({"owners": {"anna": -1, "bo": 4}})


def test_what_nobody_owns_goes_first_to_who_works_its_account() -> None:
    accounts = ["X", "Y", "X", "Z", "Z"]
    owners = [None, "bo", "anna", None, None]
    assert allot(owners, {"anna": 3, "bo": 5}) == ["bo", "bo", "anna", "anna", "bo"]
    assert allot(owners, {"anna": 3, "bo": 5}, accounts) == ["anna", "bo", "anna", "bo", "bo"]


def test_a_full_day_sends_it_to_another_and_an_owner_without_calls_keeps_nothing() -> None:
    assert allot([None, "anna"], {"anna": 1, "bo": 1}, ["X", "X"]) == ["bo", "anna"]
    assert allot([None, "cy"], {"anna": 1}, ["X", "X"]) == ["anna", None]


def test_the_place_of_who_works_the_account_is_not_taken_by_a_better_lead_of_nobody() -> None:
    assert allot([None, None, "anna"], {"anna": 2, "bo": 1}, ["W", "X", "X"]) == ["bo", "anna", "anna"]


@given(st.lists(st.tuples(st.sampled_from([None, "anna", "bo"]), st.sampled_from([None, "X", "Y"])), max_size=7))
def test_accounts_change_who_calls_and_never_whom(leads: list[tuple[str | None, str | None]]) -> None:
    owners, accounts = [owner for owner, _ in leads], [account for _, account in leads]
    room = {"anna": 2, "bo": 1}
    plain, by_account = allot(owners, room), allot(owners, room, accounts)
    assert [caller is None for caller in plain] == [caller is None for caller in by_account]
    assert all(by_account.count(name) <= calls for name, calls in room.items())
