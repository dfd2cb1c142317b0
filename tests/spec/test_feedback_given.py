"""What sales says between two ingests is taken once, held against the contract, kept by the next ingest and erased with its lead."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from pipelines.erase import erase_leads
from pipelines.feedback import take
from pipelines.job import Job
from pipelines.narrator import Narrator
from pipelines.sources.given import GIVEN, Given, take_feedback
from pipelines.store import open_workspace
from tests.hostile import HOSTILE
from tests.shop import LEAD_SOURCE, LEADS, Shop

NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)
SAID = """lead_id,happened_at,verdict,reason,by
1,2024-03-01 09:00,rejected,wrong person,anna
2,2024-03-02 10:00,accepted,,
"""
ROWS = [
    ("1", datetime(2024, 3, 1, 9), datetime(2024, 3, 1, 9), "rejected", "wrong person", "anna"),
    ("2", datetime(2024, 3, 2, 10), datetime(2024, 3, 2, 10), "accepted", None, None),
]
FEEDBACK = {
    "table": "feedback",
    "files": "said.csv",
    "columns": {name: name for name in ("lead_id", "happened_at", "verdict", "reason", "by")},
}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    opened = Shop(tmp_path)
    opened.write("leads.csv", LEADS)
    opened.ingest(LEAD_SOURCE)
    return opened


def give(shop: Shop, content: str | bytes, name: str = "verdicts.csv") -> Given:
    shop.write(name, content)
    with open_workspace(shop.folder / "workspace") as workspace:
        return take_feedback(shop.project(LEAD_SOURCE), workspace, shop.folder / "data" / name, NOW)


def known(shop: Shop) -> list[tuple[object, ...]]:
    return shop.rows('SELECT lead_id, happened_at, known_at, verdict, reason, "by" FROM feedback ORDER BY happened_at')


def given_file(shop: Shop) -> Path:
    return shop.folder / "workspace" / "lake" / "feedback" / GIVEN


def test_a_file_is_taken_and_the_same_file_again_adds_nothing(shop: Shop) -> None:
    assert give(shop, SAID).added == 2
    before = given_file(shop).stat().st_mtime_ns
    again = give(shop, SAID)
    assert (again.added, again.report.kept) == (0, 2)
    assert given_file(shop).stat().st_mtime_ns == before
    assert known(shop) == ROWS


def test_a_longer_file_adds_what_is_new_and_a_row_twice_in_it_once(shop: Shop) -> None:
    give(shop, SAID)
    more = "1,2024-03-05 09:00,contacted,,anna\n"
    assert give(shop, SAID + more + more).added == 1
    assert [row[3] for row in known(shop)] == ["rejected", "accepted", "contacted"]


def test_rows_that_break_the_contract_are_told_with_line_and_reason(shop: Shop) -> None:
    broken = "3,2024-03-01 09:00,rejected,,\n1,soon,rejected,,\n1,2024-03-01 09:00,perhaps,,\n,2024-03-01,accepted,,\n"
    found = give(shop, SAID + broken)
    assert found.added == 2
    assert found.rejected == (
        (4, "lead not in leads"),
        (5, "happened_at is not a time"),
        (6, "verdict is none of accepted, rejected, contacted"),
        (7, "no lead"),
    )
    assert known(shop) == ROWS


def test_the_person_at_the_keyboard_is_told(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shop.write("verdicts.csv", SAID + "9,2024-03-01 09:00,rejected,secret,anna\n")
    with open_workspace(shop.folder / "workspace") as workspace:
        job = Job(shop.project(LEAD_SOURCE), workspace, shop.folder, narrator=Narrator())
        for _ in range(2):
            take(job, shop.folder / "data" / "verdicts.csv")
    told = capsys.readouterr().err
    assert "verdicts.csv line 4 was rejected: lead not in leads" in told
    assert "2 added; the next list knows them." in told
    assert "0 added, 2 known before; the next list knows them." in told
    assert "secret" not in told
    assert "wrong person" not in told


def test_the_next_ingest_keeps_it_and_a_source_that_says_the_same_does_not_double_it(shop: Shop) -> None:
    give(shop, SAID)
    shop.ingest(LEAD_SOURCE)
    assert known(shop) == ROWS
    shop.write("said.csv", SAID.splitlines()[0] + "\n" + SAID.splitlines()[1] + "\n")
    shop.ingest(LEAD_SOURCE, FEEDBACK)
    assert known(shop) == ROWS
    assert give(shop, SAID).added == 0


def test_it_is_erased_with_its_lead_and_does_not_come_back(shop: Shop) -> None:
    give(shop, SAID)
    with open_workspace(shop.folder / "workspace") as workspace:
        erase_leads(Job(shop.project(LEAD_SOURCE), workspace, shop.folder), ["1"])
    assert known(shop) == ROWS[1:]
    shop.ingest(LEAD_SOURCE)
    assert known(shop) == ROWS[1:]
    found = give(shop, SAID)
    assert (found.added, found.report.erased) == (0, 1)
    assert known(shop) == ROWS[1:]


def test_hostile_texts_are_texts(shop: Shop) -> None:
    quoted = [text.replace('"', '""') for text in HOSTILE if text.isprintable()]
    lines = (f'1,2024-03-01 09:00,rejected,"{text}","{text}"\n' for text in quoted)
    found = give(shop, SAID.splitlines()[0] + "\n" + "".join(lines))
    reasons = {row[4] for row in known(shop)}
    assert found.rejected == ()
    assert reasons == {text.strip() or None for text in HOSTILE if text.isprintable()}


@pytest.mark.parametrize(
    ("content", "name", "says"),
    [
        ("lead,happened_at,verdict\n1,2024-03-01,accepted\n", "a.csv", "a.csv has no column 'lead_id'; did you mean 'lead'?"),
        ("", "a.csv", "a.csv is empty; a first line with the names of the columns was expected."),
        (b"lead_id,happened_at,verdict\n1,2024-03-01,\xff\xfe\n", "a.csv", "a.csv cannot be read as UTF-8 text"),
        ("lead_id,happened_at,verdict\n1,2024-03-01,perhaps\n", "a.csv", "line 2: verdict is none of accepted, rejected, contacted."),
        ("lead_id,happened_at,verdict\n", "a.csv", "there are columns and no rows"),
        (SAID, "a.xlsx", "files are read as .csv"),
    ],
    ids=["a column is missing", "empty", "no text", "no row is right", "no rows", "another format"],
)  # fmt: skip
def test_a_broken_file_is_refused_and_changes_nothing(shop: Shop, content: str | bytes, name: str, says: str) -> None:
    give(shop, SAID)
    with pytest.raises(FunnelcastError) as error:
        give(shop, content, name)
    assert says in str(error.value)
    assert known(shop) == ROWS


def test_a_file_that_is_not_there(shop: Shop) -> None:
    shop.write("verdict.csv", SAID)
    missing = shop.folder / "data" / "verdicts.csv"
    with pytest.raises(
        FunnelcastError, match=r"There is no file .*verdicts.csv in which .*; did you mean 'verdict.csv'\?"
    ):
        take_feedback(shop.project(LEAD_SOURCE), shop.workspace, missing, NOW)


def test_without_a_lake_there_is_nobody_to_speak_of(tmp_path: Path) -> None:
    opened = Shop(tmp_path)
    opened.write("verdicts.csv", SAID)
    with pytest.raises(FunnelcastError, match="run funnelcast ingest first"):
        take_feedback(opened.project(LEAD_SOURCE), opened.workspace, tmp_path / "data" / "verdicts.csv", NOW)
