"""Gives a few of the day's calls to leads drawn by lot from below the cut, so that we learn what becomes of those too."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from math import floor

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Drawn:
    """callers: who calls each lead that was drawn, else None. chances (n,): how likely each was to be drawn, 0 for one in no pool."""

    callers: list[str | None]
    chances: NDArray[np.float64]


def lot(seed: str, name: str) -> float:
    """A number in [0, 1) that looks like chance and is the same for the same seed and name on every machine."""
    return float(lots(seed, [name])[0])


def lots(seed: str, names: Iterable[str]) -> NDArray[np.float64]:
    """The lot of each name."""
    keyed, digests = blake2b(digest_size=8, key=_key_of(seed)), []
    for name in names:
        one = keyed.copy()  # the key has been worked in, which takes as long as a name
        one.update(name.encode("utf-8", "surrogatepass"))
        digests.append(one.digest())
    return np.frombuffer(b"".join(digests), dtype=">u8") / 2.0**64


@lru_cache(maxsize=8)
def _key_of(seed: str) -> bytes:
    return blake2b(seed.encode()).digest()


def slots(room: Mapping[str, int], share: float, seed: str) -> dict[str, int]:
    """How many of each owner's calls are drawn: the share of them, rounded up or down by lot so that it is met over many days."""
    return {owner: floor(share * calls + lot(f"{seed} slots", owner)) for owner, calls in room.items()}


def draw(leads: Sequence[str], owners: Sequence[str | None], wanted: Mapping[str, int], seed: str) -> Drawn:
    """Draws so many leads for each owner, all of one owner's pool as likely as each other.

    leads, owners: those below the cut in the order of rank; an owner's pool is their own leads and their part of those that nobody owns,
    which are dealt out one for each call to draw. A lead that is owned by somebody without a call to draw is in no pool.
    """
    callers: list[str | None] = [None] * len(leads)
    chances = np.zeros(len(leads))
    for owner, pool in _pools(owners, wanted).items():
        first = _first(pool, leads, wanted[owner], seed)
        chances[pool] = len(first) / len(pool) if pool else 0.0
        for place in first:
            callers[place] = owner
    return Drawn(callers, chances)


def _first(pool: Sequence[int], leads: Sequence[str], wanted: int, seed: str) -> list[int]:
    """The places of a pool with the smallest lots, of equals the first lead by name."""
    found = lots(seed, [leads[place] for place in pool])
    last = np.partition(found, wanted - 1)[wanted - 1] if wanted < len(pool) else 1.0
    near = np.flatnonzero(found <= last).tolist()
    near.sort(key=lambda at: (found[at], leads[pool[at]]))
    return [pool[at] for at in near[:wanted]]


def _pools(owners: Sequence[str | None], wanted: Mapping[str, int]) -> dict[str, list[int]]:
    pools: dict[str, list[int]] = {owner: [] for owner, calls in wanted.items() if calls}
    unowned = []
    for place, owner in enumerate(owners):
        if owner is None:
            unowned.append(place)
        elif owner in pools:
            pools[owner].append(place)
    turns = sorted((len(pools[owner]), owner) for owner in pools for _ in range(wanted[owner]))
    for turn, place in enumerate(unowned if turns else ()):
        pools[turns[turn % len(turns)][1]].append(place)
    return pools
