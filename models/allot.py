"""Who calls whom today: owners call their own leads, and those that nobody owns go to who works their account, or has most room left."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.project import ListSetting
from models.lot import draw, slots
from models.steady import NO_LIST_BEFORE, Contest, Standing, steady_callers

EVERYONE = ""  # calls on the one list of a project without owners


def with_bands(
    ranked: pd.DataFrame, setting: ListSetting, seed: str, standing: Standing = NO_LIST_BEFORE
) -> pd.DataFrame:
    """The ranked leads with their band: call (as many as there is room for), nurture (the next by rank), skip.

    ranked: lead_id, worth (what they rank by), made_of (the chance in it) and, where the setting names owners, owner_id and account_id, in
    the order of rank; worth and made_of are not given back. standing: where they stood before, see models.steady. A called lead that nobody
    owns gets the owner who calls it as owner_id. A lead whose owner has no calls in the setting is never given to another one. Of the calls
    a share (setting.explore) is drawn by lot from below the cut; the same seed draws the same leads. drawn: whether a lead was.
    chance_of_listing: how likely it was to stand in its band, given how many calls were to be drawn.
    """
    room = setting.owners or {EVERYONE: setting.capacity}
    by_lot = slots(room, setting.explore, seed)
    owners = _owners(ranked, setting)
    left = {owner: room[owner] - by_lot[owner] for owner in room}
    callers = np.array(_called(ranked, owners, left, setting, seed, standing), dtype=object)
    below = np.flatnonzero([caller is None for caller in callers])
    leads = ranked["lead_id"].to_numpy(dtype=object)[below].tolist()
    lots = draw(leads, [owners[place] for place in below.tolist()], by_lot, seed)
    bands, chances = np.full(len(ranked), "call", dtype=object), np.ones(len(ranked))
    bands[below] = np.where(np.arange(len(below)) < setting.nurture, "nurture", "skip")
    chances[below] = 1 - lots.chances
    won = np.array([caller is not None for caller in lots.callers], dtype=np.bool_)
    bands[below[won]], chances[below[won]] = "call", lots.chances[won]
    callers[below] = lots.callers
    # Where all in a pool are called, nothing was left to the lot.
    banded = ranked.drop(columns=["worth", "made_of"]).assign(
        band=bands, chance_of_listing=chances, drawn=(bands == "call") & (chances < 1)
    )
    if setting.owners:
        banded["owner_id"] = [caller or owner for caller, owner in zip(callers, owners, strict=True)]
    return banded


def _called(
    ranked: pd.DataFrame,
    owners: Sequence[str | None],
    room: Mapping[str, int],
    setting: ListSetting,
    seed: str,
    standing: Standing,
) -> Sequence[str | None]:
    accounts = _accounts(ranked, setting) or [None] * len(owners)

    def call(order: NDArray[np.intp]) -> Sequence[str | None]:
        taken = allot([owners[place] for place in order], room, [accounts[place] for place in order])
        return [taken[turn] for turn in np.argsort(order)]

    worth, chances = (ranked[name].to_numpy(dtype=np.float64) for name in ("worth", "made_of"))
    contest = Contest(ranked["lead_id"], worth, chances, owners)
    return steady_callers(contest, standing, setting.steady, seed, sum(room.values()), call)


def allot(
    owners: Sequence[str | None], room: Mapping[str, int], accounts: Sequence[str | None] | None = None
) -> list[str | None]:
    """Who calls each lead; None: nobody today.

    owners: of leads in the order of rank, None where nobody owns one. room: how many calls each owner can make. accounts: of the same
    leads, None where one has none. The list is the best that the room allows: a set of leads can be called when no owner has too many and
    all together are not too many, and of such sets (a matroid) taking the best lead first finds the best (Edmonds, Matroids and the greedy
    algorithm, 1971). What nobody owns then goes, in the order of rank, to the owner of the best lead of its account, or to who was given
    another one of it, while there is room; and the rest to the owner with the largest share of the day still free, of
    equals the first by name.
    """
    free, total = dict(room), sum(room.values())
    callers: list[str | None] = [None] * len(owners)
    given_away: list[int] = []
    for place, owner in enumerate(owners):
        if total == 0:
            break
        if owner is None:
            given_away.append(place)
        elif free.get(owner, 0) > 0:
            free[owner] -= 1
            callers[place] = owner
        total -= owner is None or callers[place] is not None
    of_leads = accounts or [None] * len(owners)
    for place, caller in _given(given_away, of_leads, _who_works(owners, of_leads, room), free, room):
        callers[place] = caller
    return callers


def _who_works(
    owners: Sequence[str | None], accounts: Sequence[str | None], room: Mapping[str, int]
) -> dict[str | None, str]:
    """The owner of the best lead of each account, of those who call today."""
    both = zip(reversed(accounts), reversed(owners), strict=True)
    return {account: owner for account, owner in both if account is not None and owner in room and owner is not None}


def _given(
    places: Sequence[int],
    accounts: Sequence[str | None],
    works: dict[str | None, str],
    free: dict[str, int],
    room: Mapping[str, int],
) -> Iterator[tuple[int, str]]:
    """Who gets each lead that nobody owns; first those whose account somebody works, so that nobody else takes their calls."""
    rest = []
    for place in places:
        caller = works.get(accounts[place])
        if caller is None or not free[caller]:
            rest.append(place)
            continue
        free[caller] -= 1
        yield place, caller
    for place in rest:
        known = works.get(accounts[place])
        caller = known if known is not None and free[known] else _freest(free, room)
        if accounts[place] is not None:
            works.setdefault(accounts[place], caller)
        free[caller] -= 1
        yield place, caller


def _freest(free: Mapping[str, int], room: Mapping[str, int]) -> str:
    return min((name for name in room if free[name]), key=lambda name: (-free[name] / room[name], name))


def _owners(ranked: pd.DataFrame, setting: ListSetting) -> list[str | None]:
    return _named(ranked["owner_id"]) or [] if setting.owners else [EVERYONE] * len(ranked)


def _named(names: pd.Series | None) -> list[str | None] | None:
    """The names, None where there is none."""
    return None if names is None else [None if pd.isna(name) or not str(name).strip() else str(name) for name in names]


def _accounts(ranked: pd.DataFrame, setting: ListSetting) -> list[str | None] | None:
    return _named(ranked.get("account_id")) if setting.owners else None
