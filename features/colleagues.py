"""Reads the log of leads as the log of their accounts, straight from its files."""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.identity import finder
from features.query import answer, whole_numbers
from features.reading import Part, Source
from features.tables import HAPPENED, KNOWN

Codes = NDArray[np.int32]
Ints = NDArray[np.int64]

ACCOUNT = "entity"
NOBODY = -1


@dataclass(frozen=True)
class Members:
    """The leads that belong to some accounts, and after the last of them one that stands for all others.

    find gives a lead's place here, NOBODY for any other. account: the place of its account, NOBODY for the last. number: its number among
    its colleagues. known_at: when it was known that it belongs there (microseconds since 1970 UTC).
    """

    find: Callable[[pa.Array], Codes]
    account: Codes
    number: Codes
    known_at: Ints


def of_accounts(con: DuckDBPyConnection, source: Source, accounts: pa.Array) -> Source:
    """The rows of a source of leads, each under the place of its lead's account among `accounts`, from the moment that both are known.

    Rows of other leads have no place. Where the rows name the lead besides, the name becomes the lead's number among its colleagues,
    which tells them apart as well.
    """
    members = _members(con, accounts)
    parts = tuple(_part(part, source.lead, members) for part in source.parts)
    return replace(source, lead=ACCOUNT, parts=parts)


def _members(con: DuckDBPyConnection, accounts: pa.Array) -> Members:
    rows = answer(
        con, "SELECT lead_id, account_id, epoch_us(known_at) AS known_at FROM leads WHERE account_id IS NOT NULL"
    )
    account = finder(accounts)(rows["account_id"].combine_chunks())
    asked = account != NOBODY
    names = rows["lead_id"].combine_chunks().filter(pa.array(asked))
    account = account[asked]
    return Members(
        finder(names),
        np.append(account, np.int32(NOBODY)),
        np.append(_numbers(account), np.int32(NOBODY)),
        np.append(whole_numbers(rows, "known_at")[asked], np.iinfo(np.int64).max),
    )


def _numbers(account: Codes) -> Codes:
    """The number of each lead among those of its account, from 0."""
    order = np.argsort(account, kind="stable")
    first = np.searchsorted(account[order], account[order])
    numbers = np.empty(len(account), dtype=np.int32)
    numbers[order] = np.arange(len(account)) - first
    return numbers


def _part(part: Part, lead: str, members: Members) -> Part:
    def read() -> Generator[pa.RecordBatch, None, None]:
        for batch in part():
            yield _of_accounts(batch, lead, members)

    return read


def _of_accounts(batch: pa.RecordBatch, lead: str, members: Members) -> pa.RecordBatch:
    columns = dict(zip(batch.schema.names, batch.columns, strict=True))
    place = members.find(columns[lead])
    known = columns[KNOWN.name if KNOWN.name in columns else HAPPENED.name]
    moments = known.cast(pa.timestamp("us", known.type.tz)).cast(pa.int64()).to_numpy()
    account = members.account[place]
    columns[KNOWN.name] = pa.array(np.maximum(moments, members.known_at[place])).cast(pa.timestamp("us"))
    columns[lead] = pa.array(members.number[place])
    columns[ACCOUNT] = pa.array(account, mask=account == NOBODY)
    return pa.RecordBatch.from_pydict(columns)
