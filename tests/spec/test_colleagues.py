"""The log of an account, read from the files of its leads, gives what a query gives."""

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from features import colleagues
from features.engine import compute
from features.feature import Selection
from features.oracle import oracle
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
