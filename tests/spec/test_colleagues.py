"""The log of an account, read from the files of its leads, gives what a query gives."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from features import colleagues, kernel, reading, signals
from features.engine import compute
from features.feature import Selection
from features.oracle import oracle
from features.reading import Files
from features.tables import touches as touches_table
from tests.histories import lake, spine
from tests.spec.test_odd_logs import LATER, START, columns, log_file, steady

touches = Selection(touches_table).of_account()
COLUMNS = columns(
    all=touches.count(),
    calls=touches.where(kind="call").count(),
    people=touches.distinct("lead_id"),
    callers=touches.where(kind="call").distinct("lead_id"),
    last=touches.days_since_last(),
    mark=touches.last("value"),
)
own = Selection(touches_table)
LEAD_COLUMNS = columns(
    own=own.count(),
    pages=own.distinct("page"),
    minutes=own.where(kind="form").sum("value"),
    leads=own.distinct("lead_id"),
)
# lead 2 belongs nowhere, lead 3 is known to belong to A only ten days after it began, and nobody asks for account C
ACCOUNTS = {"lead 0": "A", "lead 1": "B", "lead 3": "A", "lead 4": "B", "lead 5": "C", "lead 6": "A"}
KNOWN = {"lead 3": START + timedelta(days=10)}
LEADS: list[dict[str, object]] = [
    {"lead_id": f"lead {n}", "happened_at": START, "known_at": KNOWN.get(f"lead {n}", START), "account_id": account}
    for n, account in ((n, ACCOUNTS.get(f"lead {n}")) for n in range(7))
]
LOOKED = [
    (lead, START + timedelta(days=days, microseconds=77))
    for days in (-1, 4, 9, 12, 40)
    for lead in ("lead 0", "lead 1", "lead 2", "lead 6", "lead 9")
]


def both(folder: Path, *, late: bool, looked: list[tuple[str, datetime]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rows = steady(900, lead_count=9)
    if late:
        rows = [{**row, "known_at": row["happened_at"] + timedelta(days=n % 3)} for n, row in enumerate(rows)]  # type: ignore[operator]
    files = {"touches": log_file(folder, rows)}
    with lake({"touches": rows, "leads": LEADS}) as con:
        spine(con, looked, ACCOUNTS)
        return compute(con, COLUMNS, files=files), compute(con, COLUMNS), oracle(con, COLUMNS)


@pytest.mark.parametrize("late", [False, True])
def test_files_give_what_queries_give_of_accounts(tmp_path: Path, late: bool) -> None:  # noqa: FBT001
    by_file, by_query, sql = both(tmp_path, late=late, looked=LOOKED)
    np.testing.assert_array_equal(by_file, by_query)
    belongs = [lead in ACCOUNTS for lead, _ in LOOKED]
    np.testing.assert_allclose(by_file[belongs], sql[belongs], rtol=1e-6, atol=1e-6)
    assert np.isnan(by_file[np.logical_not(belongs)]).all()
    people = by_file[:, [column.name for column in COLUMNS].index("people_ever")]
    assert set(people[~np.isnan(people)]) == {0, 2, 3}


def test_nobody_who_is_looked_at_has_an_account(tmp_path: Path) -> None:
    by_file, by_query, _ = both(tmp_path, late=False, looked=[("lead 2", LATER)])
    np.testing.assert_array_equal(by_file, by_query)
    assert np.isnan(by_file).all()


def test_a_row_counted_before_its_lead_was_known_there_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(colleagues, "whole_numbers", lambda rows, _: np.zeros(len(rows), dtype=np.int64))
    by_file, by_query, _ = both(tmp_path, late=False, looked=LOOKED)
    assert (by_file != by_query).any()


def test_accounts_and_leads_are_told_from_one_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows, read = steady(900, lead_count=9), list[str]()
    files = {"touches": log_file(tmp_path, rows)}
    parts = reading.source_of_files

    def counted(files: Files, lead: str, columns: Sequence[str], texts: Sequence[str]) -> reading.Source:
        read.append(lead)
        return parts(files, lead, columns, texts)

    monkeypatch.setattr(signals, "source_of_files", counted)
    both_scopes = (*COLUMNS, *LEAD_COLUMNS)
    with lake({"touches": rows, "leads": LEADS}) as con:
        spine(con, LOOKED, ACCOUNTS)
        by_file = compute(con, both_scopes, files=files)
        np.testing.assert_array_equal(by_file, compute(con, both_scopes))
        apart = np.hstack([compute(con, some, files=files) for some in (COLUMNS, LEAD_COLUMNS)])
        np.testing.assert_array_equal(by_file, apart)
    assert read == ["lead_id"] * 3


@pytest.mark.parametrize("late", [False, True])
def test_buckets_and_passes_do_not_cut_an_account(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    late: bool,  # noqa: FBT001
) -> None:
    rows = steady(3000, lead_count=40)
    if late:
        rows = [{**row, "known_at": row["happened_at"] + timedelta(days=n % 3)} for n, row in enumerate(rows)]  # type: ignore[operator]
    # account 0 has as many leads as ten buckets, the others from one to three
    account = {f"lead {n}": f"account {max(0, n - 20) * 2 // 5}" for n in range(39)}
    leads: list[dict[str, object]] = [
        {"lead_id": lead, "happened_at": START, "account_id": account.get(lead)}
        for lead in (f"lead {n}" for n in range(40))
    ]
    looked = [(f"lead {n}", LATER) for n in (0, 7, 25, 30, 31, 38, 39)]
    files = {"touches": log_file(tmp_path, rows)}
    with lake({"touches": rows, "leads": leads}) as con:
        spine(con, looked, account)
        by_query = compute(con, (*COLUMNS, *LEAD_COLUMNS))
        for name, size in (("LEAST_GB", 2e-5), ("ROWS_A_BUCKET", 150)):
            monkeypatch.setattr(kernel, name, size)
        by_file = compute(con, (*COLUMNS, *LEAD_COLUMNS), files=files, memory_gb=0.0)
    np.testing.assert_array_equal(by_file, by_query)


@pytest.mark.parametrize("shift", [0, 1, 3])
def test_an_account_begins_a_bucket_where_it_does_not_fit(shift: int) -> None:
    sizes = [3, 4, 2, 21, 0, 1, 8]
    names = [f"{account} {n}" for account, size in enumerate(sizes) for n in range(size)]
    told: list[dict[str, object]] = [{"lead_id": one, "happened_at": START, "account_id": one[0]} for one in names]
    with lake({"leads": [*told, {"lead_id": "alone", "happened_at": START}]}) as con:
        accounts = pa.array([str(account) for account in range(len(sizes))])
        seats = colleagues.seated(con, pa.array(["alone", "3 5"]), accounts, shift)
    sitting = seats.names.to_pylist()
    assert [sitting[place] for place in seats.at] == ["alone", "3 5"]
    assert sorted(filter(None, sitting)) == sorted([*names, "alone"])
    for account, size in enumerate(sizes):
        first, end = int(seats.starts[account]), int(seats.starts[account + 1])
        assert sorted(filter(None, sitting[first:end])) == sorted(one for one in names if one[0] == str(account))
        assert size == 0 or (first >> shift) == (first + size - 1) >> shift or first % (1 << shift) == 0
