"""Seats the leads of an account side by side, so that one reading of their log serves the leads and their accounts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numba import njit
from numpy.typing import NDArray

from features.identity import finder, numbered
from features.ledger import Spine
from features.plan import Reading
from features.query import answer, whole_numbers
from features.rhythm import Step

Codes = NDArray[np.int32]
Ints = NDArray[np.int64]

NOBODY = -1
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Seats:
    """Places for the leads that are looked at and for all others of the accounts that are; those of no account sit last.

    names (places,): who sits there, empty for nobody. at: the place of each lead that is looked at. starts (accounts + 1,): account a has
    the places from starts[a] to starts[a + 1]; it stretches over more than one bucket of 2 ** shift places only if it has more leads.
    known_at (places,): when it was known that the lead belongs there (microseconds since 1970 UTC), NEVER where there is none.
    """

    names: pa.Array
    at: Codes
    starts: Ints
    known_at: Ints


class Share(NamedTuple):
    """Neighbouring accounts, from number `first` on, whose leads are those of a bucket.

    starts (accounts + 1,) and known_at (leads,): as in Seats, the leads counted from that of the bucket. tells: as in Accounts.
    """

    first: int
    starts: Ints
    known_at: Ints
    tells: NDArray[np.bool_]


@dataclass(frozen=True)
class Accounts:
    """What is asked of the accounts whose leads are read; starts and known_at as in Seats.

    spine: the moments to look from. tells (patterns,): whether a row of a pattern shows anything that is looked at here. Behind the values
    of the leads stands one more, the number of a row's lead among its colleagues.
    """

    starts: Ints
    known_at: Ints
    spine: Spine
    tells: NDArray[np.bool_]
    readings: Sequence[tuple[int, Reading]]
    steps: Sequence[Step] = ()

    def straddle(self, shift: int) -> NDArray[np.bool_]:
        """Whether an account lies on both sides of the edge before each bucket of 2 ** shift places."""
        edges = np.arange(0, len(self.known_at) + (1 << shift), 1 << shift)
        holder = np.searchsorted(self.starts, edges, side="right") - 1
        return (holder < len(self.starts) - 1) & (self.starts[holder] < edges)

    def among(self, first: int, last: int) -> Share:
        """The accounts of the leads from first to last (not included)."""
        ends = np.searchsorted(self.starts[:-1], [first, last])
        begin, end = int(ends[0]), len(self.starts) - 1 if last == len(self.known_at) else int(ends[1])
        return Share(begin, self.starts[begin : end + 1] - first, self.known_at[first:last], self.tells)


def seated(con: DuckDBPyConnection, leads: pa.Array, accounts: pa.Array, shift: int) -> Seats:
    """The seats for leads and accounts (distinct names) in buckets of 2 ** shift places."""
    told = answer(
        con, "SELECT lead_id, account_id, epoch_us(known_at) AS known_at FROM leads WHERE account_id IS NOT NULL"
    )
    account = finder(accounts)(told["account_id"].combine_chunks())
    asked = account != NOBODY
    members = told["lead_id"].combine_chunks().filter(pa.array(asked))
    names, codes = numbered(pa.concat_arrays([leads, members.cast(leads.type)]))
    belongs, known_at = np.full(len(names), len(accounts)), np.full(len(names), NEVER)
    belongs[codes[len(leads) :]] = account[asked]
    known_at[codes[len(leads) :]] = whole_numbers(told, "known_at")[asked]
    starts, place = _places(belongs, len(accounts), shift)
    sitting = np.full(int(place.max(initial=-1)) + 1, NOBODY)
    sitting[place] = np.arange(len(names))
    taken, at = sitting != NOBODY, place[codes[: len(leads)]].astype(np.int32)
    return Seats(names.take(pa.array(sitting, mask=~taken)), at, starts, np.where(taken, known_at[sitting], NEVER))


def _places(belongs: Ints, accounts: int, shift: int) -> tuple[Ints, Ints]:
    """Where the places of each account start and the last ends, and the place of each lead; belongs: its account."""
    order, sizes = np.argsort(belongs, kind="stable"), np.bincount(belongs, minlength=accounts + 1)
    starts = _starts(sizes[:-1], 1 << shift)
    place = np.empty(len(belongs), dtype=np.int64)
    place[order] = np.arange(len(belongs)) + np.repeat(starts - np.cumsum(sizes) + sizes, sizes)
    return starts, place


@njit(cache=True)
def _starts(sizes: Ints, bucket: int) -> Ints:
    """One account after the other; one that does not fit into what is left of a bucket begins with the next."""
    starts, at = np.empty(len(sizes) + 1, dtype=np.int64), 0
    for account in range(len(sizes)):
        left = -at % bucket
        if left and sizes[account] > left:
            at += left
        starts[account] = at
        at += sizes[account]
    starts[-1] = at
    return starts
