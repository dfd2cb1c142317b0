"""What becomes of a CRM export's rows: which are kept, how they read in our tables and why the others are rejected."""

import gzip
from pathlib import Path

import duckdb
import pytest

from tests.shop import CALL_COLUMNS, LEAD_SOURCE, LEADS, Shop, at, touches_from


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.write("leads.csv", LEADS)
    return made


TIMES = {
    None: {
        "2024-03-01T10:00:00Z": "2024-03-01 10:00",
        "2024-03-01T10:00:00.123Z": "2024-03-01 10:00:00.123",
        "2024-03-01T10:00:00.000+0000": "2024-03-01 10:00",
        "2024-03-01T10:00:00-05:30": "2024-03-01 15:30",
        "2024-03-01 10:00": "2024-03-01 10:00",
        "2024-03-01 10:00:00.123456789": "2024-03-01 10:00:00.123456",
        "2024-03-01 02:05 PM": "2024-03-01 14:05",
        "1704103200000": "2024-01-01 10:00",
        "1704103200": "2024-01-01 10:00",
        "2024-03-01": "2024-03-01 23:59:59.999999",
        "2024/03/01": "2024-03-01 23:59:59.999999",
        "31.01.2024": "2024-01-31 23:59:59.999999",
    },
    "Europe/Amsterdam": {
        "2024-03-01 10:00:00": "2024-03-01 09:00",
        "2024-05-01 10:00:00": "2024-05-01 08:00",
        "2024-05-01 10:00:00Z": "2024-05-01 10:00",
        "31.01.2024 14:05": "2024-01-31 13:05",
        "2024-03-31": "2024-03-31 21:59:59.999999",
    },
    "America/New_York": {
        "2024-03-01T10:00:00+02:00": "2024-03-01 08:00",
        "2024-03-01": "2024-03-02 04:59:59.999999",
    },
}
NO_TIMES = ["yesterday", "2024-02-30", "01/31/2024", "2024", "infinity", "epoch", "45321.5", "12:30", "-1704103200000"]


@pytest.mark.parametrize("zone", TIMES)
def test_times_in_the_forms_that_crms_write(shop: Shop, zone: str | None) -> None:
    shop.write("calls.csv", "lead,at,page\n" + "".join(f"1,{written},{written}\n" for written in TIMES[zone]))
    shop.ingest(LEAD_SOURCE, touches_from(columns={**CALL_COLUMNS, "page": "at"}, time_zone=zone))
    found = shop.rows("SELECT page, happened_at FROM touches WHERE known_at = happened_at")
    assert sorted(found) == sorted((written, at(understood)) for written, understood in TIMES[zone].items())


def test_what_is_not_a_time_is_rejected(shop: Shop) -> None:
    shop.write("calls.csv", "lead,at\n" + "".join(f"1,{written}\n" for written in NO_TIMES))
    shop.ingest(LEAD_SOURCE, touches_from())
    expected = [("touches", "calls.csv", line + 2, "happened_at is not a time") for line in range(len(NO_TIMES))]
    assert shop.rejected() == expected


def test_a_whole_day_column_counts_the_day_that_is_written_and_drops_its_time(shop: Shop) -> None:
    shop.write("calls.csv", "lead,at\n1,2024-03-01T00:00:00Z\n1,2024-03-02 17:00\n")
    shop.ingest(LEAD_SOURCE, touches_from(whole_days=["happened_at"], time_zone="America/New_York"))
    ends = [at("2024-03-02 04:59:59.999999"), at("2024-03-03 04:59:59.999999")]
    assert shop.rows("SELECT happened_at FROM touches ORDER BY ALL") == [(end,) for end in ends]


def test_a_day_is_known_when_it_is_over_even_if_it_was_entered_in_its_course(shop: Shop) -> None:
    shop.write(
        "calls.csv",
        "lead,at,entered\n1,2024-03-01,2024-03-01 09:00\n1,2024-03-05,2024-03-07 09:00\n1,2024-03-09,2024-03-08 09:00\n",
    )
    shop.ingest(LEAD_SOURCE, touches_from(columns={**CALL_COLUMNS, "known_at": "entered"}))
    assert shop.rows("SELECT known_at FROM touches ORDER BY ALL") == [
        (at("2024-03-01 23:59:59.999999"),),
        (at("2024-03-07 09:00"),),
    ]
    assert shop.rejected() == [("touches", "calls.csv", 4, "known before it happened")]


BROKEN = {
    ",2024-03-01 10:00,C,in,3,2024-03-01 10:00": "no lead",
    "1,,C,in,3,2024-03-01 10:00": "no time",
    "1,soon,C,in,3,2024-03-01 10:00": "happened_at is not a time",
    "1,2024-03-01 10:00,C,in,3,never": "known_at is not a time",
    "1,2024-03-01 10:00,X,in,3,2024-03-01 10:00": "kind has a value that its map lacks",
    "1,2024-03-01 10:00,,in,3,2024-03-01 10:00": "no kind",
    "1,2024-03-01 10:00,C,in,many,2024-03-01 10:00": "value is not a number",
    "1,2024-03-01 10:00,C,in,nan,2024-03-01 10:00": "value is not a number",
    "1,2024-03-01 10:00,C,sideways,3,2024-03-01 10:00": "direction is neither inbound nor outbound",
    "1,2024-03-01 10:00,C,in,3,2024-02-28 10:00": "known before it happened",
    "1,2199-03-01 10:00,C,in,3,2199-03-01 10:00": "dated after the pull",
    "9,2024-03-01 10:00,C,in,3,2024-03-01 10:00": "lead not in leads",
    "1,2024-03-01 10:00,C": "the line has too few columns",
    "1,2024-03-01 10:00,C,in,3,2024-03-01 10:00,more": "the line has too many columns",
}


def test_every_break_of_the_contract_is_rejected_with_its_line_and_reason(shop: Shop) -> None:
    whole = "1,2024-03-01 10:00,C,in,3,2024-03-01 10:00"
    shop.write("calls.csv", "\n".join(["lead,at,kind,dir,minutes,entered", *BROKEN, whole]) + "\n")
    columns = {**CALL_COLUMNS, "kind": "kind", "direction": "dir", "value": "minutes", "known_at": "entered"}
    maps = {"kind": {"C": "call"}, "direction": {"in": "inbound", "*": "*"}}
    report = shop.ingest(LEAD_SOURCE, touches_from(columns=columns, constants={}, maps=maps)).sources[1]
    expected = [("touches", "calls.csv", line, reason) for line, reason in enumerate(BROKEN.values(), start=2)]
    assert shop.rejected() == expected
    assert (report.read, report.kept, report.rejects) == (15, 1, 14)
    assert (report.rejected["value is not a number"], report.examples["value is not a number"].line) == (2, 8)


def test_no_personal_content_is_written_to_the_rejected_rows(shop: Shop) -> None:
    shop.write("leads.csv", "id,created,name\n1,2024-01-01,Ann\n,2024-01-01,Zacharias\n3,Zacharias,Zacharias\n1,Zach\n")
    shop.ingest({**LEAD_SOURCE, "columns": {"lead_id": "id", "happened_at": "created", "display_name": "name"}})
    assert len(shop.rejected()) == 3
    assert b"Zach" not in (shop.workspace.rejected / "rows.parquet").read_bytes()


def test_a_lead_that_stands_twice_keeps_its_earliest_row(shop: Shop) -> None:
    shop.write(
        "leads.csv", "id,created,from\n1,2024-02-01,web\n1,2024-01-01,fair\n2,2024-01-01,web\n1,2024-01-01,mail\n"
    )
    shop.ingest({**LEAD_SOURCE, "columns": {"lead_id": "id", "happened_at": "created", "source": "from"}})
    assert shop.rows("SELECT lead_id, source FROM leads ORDER BY 1") == [("1", "fair"), ("2", "web")]
    assert [line for _, _, line, _ in shop.rejected()] == [2, 5]


def test_rows_are_chosen_by_where_and_without_and_every_one_is_accounted_for(shop: Shop) -> None:
    shop.write(
        "calls.csv",
        "lead,at,kind,ok,n\n1,2024-03-01,a,TRUE,1\n1,2024-03-02,b,yes,1.0\n1,2024-03-03,c,no,1\n1,2024-03-04,a,y,2\n,,b,,\n",
    )
    filtered = touches_from(where={"kind": ["a", "b"], "ok": True, "n": 1}, without={"kind": "b"})
    report = shop.ingest(LEAD_SOURCE, filtered).sources[1]
    assert (report.read, report.kept, report.left_out, report.rejects) == (5, 1, 4, 0)
    assert shop.rows("SELECT happened_at::DATE::VARCHAR FROM touches") == [("2024-03-01",)]


def test_maps_translate_keep_or_empty_a_value(shop: Shop) -> None:
    shop.write("calls.csv", "lead,at,kind\n1,2024-03-01,a\n1,2024-03-02,b\n1,2024-03-03,other\n1,2024-03-04,\n")
    maps = {"channel": {"a": "phone", "b": "", "*": "*"}, "page": {"a": "x", "": "none", "*": "rest"}}
    columns = {**CALL_COLUMNS, "channel": "kind", "page": "kind"}
    shop.ingest(LEAD_SOURCE, touches_from(columns=columns, maps=maps))
    found = shop.rows("SELECT channel, page FROM touches ORDER BY happened_at")
    assert found == [("phone", "x"), (None, "rest"), ("other", "rest"), (None, "none")]


def test_the_text_na_is_a_value_and_an_empty_cell_is_none(shop: Shop) -> None:
    shop.write(
        "leads.csv",
        'id,created,country\n1,2024-01-01,NA\n2,2024-01-01,\n3,2024-01-01,""\n4,2024-01-01,null\n5,2024-01-01, DE \n',
    )
    source = {**LEAD_SOURCE, "columns": {"lead_id": "id", "happened_at": "created", "country": "country"}}
    shop.ingest(source, lead_attributes=["country"])
    found = shop.rows("SELECT country FROM leads ORDER BY lead_id", lead_attributes=["country"])
    assert found == [("NA",), (None,), (None,), ("null",), ("DE",)]


def test_once_per_lead_keeps_the_first_in_time_and_not_after_leaves_customers_alone(shop: Shop) -> None:
    shop.write("leads.csv", "id,created\n1,2024-01-01\n2,2024-01-01\n3,2024-01-01\n")
    shop.write(
        "calls.csv", "lead,at\n1,2024-03-03\n1,2024-03-01\n1,2024-03-02\n2,2024-03-05\n2,2024-03-06\n3,2024-03-04\n"
    )
    shop.write("sales.csv", "lead,at\n2,2024-03-04\n1,2024-03-04\n3,2024-03-04\n")
    moves = {"table": "stage_moves", "columns": CALL_COLUMNS}
    first = {
        **moves,
        "files": "calls.csv",
        "constants": {"stage": "offer"},
        "once_per_lead": True,
        "not_after": ["won"],
    }
    report = shop.ingest(LEAD_SOURCE, first, {**moves, "files": "sales.csv", "constants": {"stage": "won"}}).sources[1]
    assert (report.read, report.kept, report.folded, report.left_out) == (6, 2, 2, 2)
    offers = shop.rows("SELECT lead_id, day(happened_at) FROM stage_moves WHERE stage = 'offer' ORDER BY ALL")
    assert offers == [("1", 1), ("3", 4)]


def test_plans_have_lengths_and_a_plan_without_one_has_no_end(shop: Shop) -> None:
    shop.write("sales.csv", "lead,at,plan\n1,2024-03-01 10:00,Month\n1,2024-03-02 10:00,Book\n")
    source = {"table": "purchases", "files": "sales.csv", "columns": {**CALL_COLUMNS, "plan": "plan"}}
    shop.ingest(LEAD_SOURCE, {**source, "ends_after": {"days": {"Month": 30}}})
    assert shop.rows("SELECT ends_at FROM purchases ORDER BY happened_at") == [(at("2024-03-31 10:00"),), (None,)]


def test_several_sources_and_several_files_fill_one_table(shop: Shop) -> None:
    shop.write("2024/b.csv", "lead,at\n1,2024-03-02\n,\n")
    shop.write("2024/a.csv", "at;lead\n2024-03-01;1\n")
    shop.write("mails.csv.gz", gzip.compress(b"lead,at\n2,2024-03-03\n"))
    report = shop.ingest(
        LEAD_SOURCE, touches_from("2024/*.csv"), touches_from("mails.csv.gz", constants={"kind": "mail"})
    )
    assert [(source.read, source.kept) for source in report.sources] == [(2, 2), (3, 2), (1, 1)]
    assert shop.rows("SELECT lead_id, kind FROM touches ORDER BY happened_at") == [
        ("1", "call"),
        ("1", "call"),
        ("2", "mail"),
    ]
    assert shop.rejected() == [("touches", "2024/b.csv", 3, "no lead")]


def test_parquet_and_json_lines_are_read_like_csv(shop: Shop) -> None:
    place = shop.folder / "data" / "calls.parquet"
    duckdb.connect().execute(f"""COPY (SELECT * FROM (VALUES
        (1, TIMESTAMPTZ '2024-03-01 10:00+02', 1.5, true), (NULL, NULL, NULL, NULL)) t(lead, "at", "min utes", ok))
        TO '{place}' (FORMAT parquet)""")
    lines = '{"lead": 2, "at": "2024-03-01T10:00:00Z", "min utes": 2, "ok": true, "more": {"a": [1]}}\nnonsense\n[1]\n{"ok": true}\n'
    shop.write("calls.jsonl", lines)
    columns = {**CALL_COLUMNS, "value": "min utes"}
    shop.ingest(
        LEAD_SOURCE,
        *(touches_from(f, columns=columns, without={"ok": False}) for f in ("calls.parquet", "calls.jsonl")),
    )
    assert shop.rows("SELECT lead_id, hour(happened_at), value FROM touches ORDER BY 1") == [
        ("1", 8, 1.5),
        ("2", 10, 2.0),
    ]
    assert shop.rejected() == [
        ("touches", "calls.jsonl", 2, "the line is not a JSON object"),
        ("touches", "calls.jsonl", 3, "the line is not a JSON object"),
        ("touches", "calls.jsonl", 4, "no lead"),
        ("touches", "calls.parquet", 2, "no lead"),
    ]


def test_lines_that_the_reader_cannot_split_do_not_shift_the_lines_after_them(shop: Shop) -> None:
    broken = {3: "1", 4: "1,2,3", 8: '1,"a"b'}
    lines = [broken.get(line, ",2024-03-01" if line % 2 else "1,2024-03-01") for line in range(2, 12)]
    shop.write("calls.csv", "\n".join(["lead,at", *lines]) + "\n")
    shop.ingest(LEAD_SOURCE, touches_from())
    assert [line for _, _, line, reason in shop.rejected() if reason == "no lead"] == [5, 7, 9, 11]
    assert [line for _, _, line, reason in shop.rejected() if reason != "no lead"] == [3, 4, 8]
