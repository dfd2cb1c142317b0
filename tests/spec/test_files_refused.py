"""What an ingest that cannot be trusted says: one sentence with the place and the near miss, and the old lake stays whole."""

import gzip
from pathlib import Path

import pytest

from tests.shop import CALL_COLUMNS, LEAD_SOURCE, LEADS, Shop, touches_from

MOVES = {"table": "stage_moves", "files": "moves.csv", "columns": {**CALL_COLUMNS, "stage": "stage"}}


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.write("leads.csv", LEADS)
    made.write("calls.csv", "lead,at,type\n1,2024-03-01,C\n")
    made.write("moves.csv", "lead,at,stage\n1,2024-03-01,offer\n")
    return made


def test_a_missing_file_is_named_with_the_near_miss(shop: Shop) -> None:
    said = shop.refusal(LEAD_SOURCE, touches_from("call.csv"))
    assert "sources item 2 (touches): there is no file 'call.csv'" in said
    assert "did you mean 'calls.csv'?" in said


def test_a_missing_data_folder_is_named(tmp_path: Path) -> None:
    assert "There is no data folder" in Shop(tmp_path).refusal()


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ({"columns": {**CALL_COLUMNS, "page": "typ"}}, "calls.csv has no column 'typ'; did you mean 'type'?"),
        ({"where": {"tipe": "C"}}, "calls.csv has no column 'tipe'; did you mean 'type'?"),
        ({"columns": {**CALL_COLUMNS, "pgae": "type"}}, "touches has no column 'pgae'; did you mean 'page'?"),
        ({"constants": {}}, "touches needs 'kind'; add it under columns or constants"),
        ({"maps": {"chanel": {"a": "b"}}}, "maps names 'chanel', which this source does not fill"),
        ({"whole_days": ["hapened_at"]}, "did you mean 'happened_at'?"),
        ({"time_zone": "Europe/Amsterdan"}, "did you mean 'Europe/Amsterdam'?"),
        ({"where": {"type": []}}, "where.type lists no value"),
        ({"where": {"type": float("nan")}}, "where.type: nan cannot be compared with"),
        ({"where": {"type": "c"}}, "where and without leave none of the 1 rows; type is never 'c'; did you mean 'C'?"),
        ({"files": "../calls.csv"}, "must lie within the data folder"),
        ({"columns": {**CALL_COLUMNS, "_line": "type"}}, "touches has no column '_line'"),
    ],
)
def test_a_setting_that_does_not_fit_is_explained(shop: Shop, setting: dict[str, object], said: str) -> None:
    assert said in shop.refusal(LEAD_SOURCE, {**touches_from(), **setting})


def test_a_stage_of_not_after_must_exist(shop: Shop) -> None:
    said = shop.refusal(LEAD_SOURCE, {**MOVES, "not_after": ["wonn"]})
    assert "not_after names a stage 'wonn' that the funnel lacks; did you mean 'won'?" in said


def test_a_project_needs_leads(shop: Shop) -> None:
    assert "no source fills the table leads" in shop.refusal(touches_from())


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("calls.csv", "lead,at\n", "there are columns and no rows"),
        ("calls.csv", "", "is empty; a first line with the names of the columns was expected"),
        ("calls.csv", "lead,at\n1,2024-03-01\n".encode("utf-16"), "export it again as UTF-8 CSV"),
        ("calls.csv", 'lead,at\n1,2024-03-01\n1,"2024-03-01\n1,2024-03-01\n', "calls.csv line 3: a quotation mark is opened"),
        ("calls.csv", "lead,at,lead\n1,2024-03-01,1\n", "has two columns 'lead' in its header"),
        ("calls.csv", b"lead,at\r\n1,2024-03-01\n1,2024-03-01\r\n", "with one kind of line end"),
        ("calls.csv.gz", b"lead,at\n1,2024-03-01\n", "Not a gzipped file"),
        ("calls.csv.gz", gzip.compress(b"lead,at\n1,2024-03-01\n", mtime=0)[:-9], "calls.csv.gz cannot be read"),
        ("calls.parquet", b"PAR1 no more", "calls.parquet cannot be read"),
        ("calls.xlsx", b"PK", "files are read as .csv"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_stops_the_run(shop: Shop, name: str, content: str | bytes, said: str) -> None:
    shop.write(name, content)
    assert said in shop.refusal(LEAD_SOURCE, touches_from(name))


def test_a_stage_that_the_funnel_lacks_is_named_with_the_near_miss(shop: Shop) -> None:
    shop.write(
        "moves.csv", "lead,at,stage\n1,2024-03-01,ofer\n1,2024-03-02,offer\n1,2024-03-03,ofer\n1,2024-03-04,lost\n"
    )
    said = shop.refusal(LEAD_SOURCE, MOVES, rejects={})
    assert "3 of 4 rows (75.0%) have a stage that the funnel shop lacks: 'ofer' (2 rows), 'lost' (1 rows)" in said
    assert "such as moves.csv line 2; did you mean 'offer'?" in said


def test_too_many_broken_rows_stop_the_run_and_are_listed_while_the_lake_stays(shop: Shop) -> None:
    shop.ingest(LEAD_SOURCE, touches_from())
    before = shop.rows("FROM touches")
    shop.write("calls.csv", "lead,at\n" + "1,2024-03-02\n" * 97 + "1,soon\n,2024-03-02\n1,later\n")
    said = shop.refusal(LEAD_SOURCE, touches_from(), rejects={"rows": 0.02})
    assert "3 of 100 rows (3.0%) break the contract, more than the 2.0% that rejects.rows allows" in said
    assert "most often: happened_at is not a time (2 rows, such as calls.csv line 99)" in said
    assert shop.rows("FROM touches") == before
    assert len(shop.rejected()) == 3


def test_as_many_broken_rows_as_the_project_allows_do_not_stop_it(shop: Shop) -> None:
    shop.write("calls.csv", "lead,at\n" + "1,2024-03-02\n" * 99 + "1,soon\n")
    assert shop.ingest(LEAD_SOURCE, touches_from(), rejects={"rows": 0.01}).rejects == 1


def test_rows_of_unknown_leads_are_counted_by_table(shop: Shop) -> None:
    shop.write("calls.csv", "lead,at\n1,2024-03-02\n7,2024-03-02\n8,2024-03-02\n")
    assert shop.ingest(LEAD_SOURCE, touches_from()).rows_of_unknown_leads == {"touches": 2}


def test_nothing_is_left_beside_the_lake_after_a_refusal(shop: Shop) -> None:
    shop.refusal(LEAD_SOURCE, touches_from("call.csv"))
    assert sorted(path.name for path in shop.workspace.root.iterdir()) == [".lock", "VERSION"]
