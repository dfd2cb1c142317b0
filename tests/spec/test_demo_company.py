"""The made-up company: a whole CRM export in which everything happens that happens to sellers, the same for the same numbers."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from configs.load import load_project
from configs.source import DemoCompany
from features.tables import SOURCE_TABLES
from pipelines.sources.demo import verdicts, write, write_company
from pipelines.sources.demo.deals import GRACE_DAYS
from pipelines.sources.demo.words import STAGE_LABELS, STAGES
from pipelines.sources.files import ingest
from pipelines.store import open_lake, open_workspace
from tests.made_up import LOST, WON, Export, little_truth
from tests.made_up import STAGES as LABELS

PROJECT = Path("configs/projects/demo.yaml")
COMPANY = DemoCompany(leads=1_200, months=12, seed=5)
TINY = DemoCompany(leads=100, months=6, seed=5)
KINDS = {
    "page_view", "form", "mail_sent", "mail_open", "mail_click", "mail_reply", "call", "meeting", "ad_click", "event_visit",
    "signup", "product_use", "answer",
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def _history_alone() -> Iterator[None]:
    with little_truth():
        yield


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Export:
    folder = tmp_path_factory.mktemp("company")
    write_company(folder, COMPANY)
    return Export(folder)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_the_same_numbers_give_the_same_bytes_and_other_numbers_others(tmp_path: Path) -> None:
    for folder in ("one", "two"):
        write_company(tmp_path / folder, TINY)
    write_company(tmp_path / "other", TINY.model_copy(update={"seed": 6}))
    one, two, other = (files(tmp_path / folder) for folder in ("one", "two", "other"))
    assert set(one) == {f"{table}.parquet" for table in (*SOURCE_TABLES, "truth")}
    assert one == two
    assert all(one[name] != other[name] for name in one)


def test_steps_are_counted_to_the_end(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write_company(tmp_path, TINY, lambda done, of: steps.append((done, of)))
    assert [done for done, _ in steps] == list(range(1, len(steps) + 1))
    assert {of for _, of in steps} == {len(steps)}


def test_a_break_in_the_middle_leaves_the_old_files_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    write_company(tmp_path, TINY)
    before = files(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(write, "write_truth", breaks)
        with pytest.raises(KeyboardInterrupt):
            write_company(tmp_path, TINY.model_copy(update={"seed": 6}))
    assert {path.name: path.read_bytes() for path in tmp_path.glob("*.parquet")} == before
    write_company(tmp_path, TINY)
    assert files(tmp_path) == before


def test_the_project_reads_the_export_without_a_reject(export: Export, tmp_path: Path) -> None:
    project = load_project(PROJECT)
    with open_workspace(tmp_path) as workspace:
        report = ingest(project, export.folder, workspace, datetime(2026, 7, 1, tzinfo=UTC), lambda source: None)
        assert report.rejects == 0
        assert report.observed_until.date() == date(2026, 6, 30)
        with open_lake(workspace, project) as con:
            for table in SOURCE_TABLES:
                ((counted,),) = con.execute(f"SELECT count(*) FROM {table}").fetchall()
                marked = sum(report.marked.by_rule.values()) if table == "touches" else 0
                assert export.rows(f"SELECT count(*) FROM {{{table}}}") == [(counted + marked,)], table
            directions = con.execute("SELECT DISTINCT direction FROM touches ORDER BY 1").fetchall()
            assert directions == [("inbound",), ("outbound",)]


def test_the_funnel_is_the_one_that_is_lived() -> None:
    project = load_project(PROJECT)
    assert tuple(stage.name for stage in project.funnel.stages) == STAGES
    (moves,) = (source for source in project.sources if source.table == "stage_moves")
    assert tuple(moves.maps["stage"]) == STAGE_LABELS
    assert tuple(moves.maps["stage"].values()) == project.funnel.stage_names
    assert project.funnel.customer is not None
    assert project.funnel.customer.grace_days == GRACE_DAYS
    assert (*LABELS, LOST) == STAGE_LABELS


def test_leads_come_all_the_time_and_share_accounts(export: Export) -> None:
    ((leads, accounts, owners, first, last, countries),) = export.rows("""
        SELECT count(DISTINCT lead_no), count(DISTINCT account_no), count(DISTINCT owner), min(created_on), max(created_on),
            max(countries) FROM {leads}, (SELECT max(n) AS countries FROM (
                SELECT count(DISTINCT country_code || industry || company_name || headcount) AS n FROM {leads} GROUP BY account_no))
    """)
    assert leads == COMPANY.leads
    assert 1.5 < leads / accounts < 4
    assert owners == 6
    assert countries == 1
    assert first < datetime(2025, 7, 8)
    assert last > datetime(2026, 6, 25)
    a_month = export.rows("SELECT count(*) FROM {leads} GROUP BY date_trunc('month', created_on)")
    assert all(count > COMPANY.leads / 40 for (count,) in a_month)


@pytest.mark.parametrize(
    ("table", "at"),
    [("touches", "occurred_on"), ("stage_moves", "entered_on"), ("leads", "created_on"), ("purchases", "paid_on"),
     ("consents", "said_on"), ("field_changes", "changed_on"), ("spend", "day"), ("feedback", "said_on")],
)  # fmt: skip
def test_rows_stand_in_the_order_of_time_within_the_period(export: Export, table: str, at: str) -> None:
    times = [when for (when,) in export.rows(f"SELECT {at}::TIMESTAMP FROM {{{table}}}")]
    assert times == sorted(times)
    assert datetime(2025, 7, 1) <= times[0]
    assert times[-1] < datetime(2026, 7, 1)


def test_nothing_happens_to_a_lead_before_it_is_there(export: Export) -> None:
    early = export.rows("""
        SELECT count(*) FROM {leads} l JOIN (
            SELECT lead_no, occurred_on AS at FROM {touches} UNION ALL SELECT lead_no, entered_on FROM {stage_moves}
            UNION ALL SELECT lead_no, said_on FROM {consents} UNION ALL SELECT lead_no, changed_on FROM {field_changes}
            UNION ALL SELECT lead_no, paid_on FROM {purchases}
        ) r USING (lead_no) WHERE r.at < l.created_on
    """)
    assert early == [(0,)]
    firsts = export.rows("SELECT lead_no, created_on FROM {leads}")
    assert all(export.moves[lead][0] == (created, "New") for lead, created in firsts)


def test_the_funnel_has_skips_ways_back_losses_and_returns(export: Export) -> None:
    steps = {"skip": 0, "back": 0, "return": 0, "won": 0, "lost": 0}
    for moves in export.moves.values():
        for (before_at, before), (at, after) in pairwise(moves):
            assert before != WON
            if before == LOST:
                assert (at.date() - before_at.date()).days >= 60
                steps["return"] += 1
                continue
            if after in (WON, LOST):
                steps["won" if after == WON else "lost"] += 1
            step = 0 if after == LOST else LABELS.index(after) - LABELS.index(before)
            steps["skip"] += step > 1
            steps["back"] += step < 0
    assert min(steps.values()) > 15, steps
    assert 0.08 < steps["won"] / COMPANY.leads < 0.25


def test_every_kind_of_touch_happens_in_its_channel(export: Export) -> None:
    found = export.rows(
        "SELECT activity, count(*), count(DISTINCT medium), list_distinct(list(way)) FROM {touches} GROUP BY 1"
    )
    assert {kind for kind, *_ in found} == KINDS
    for kind, count, channels, ways in found:
        assert count > 50, kind
        assert channels == 1, kind
        assert sorted(ways) == (
            ["in", "out"] if kind == "call" else ["out"] if kind in ("mail_sent", "answer") else ["in"]
        )
    assert export.rows("SELECT count(*) FROM {touches} WHERE (page IS NULL) = (activity IN ('page_view', 'form'))") == [
        (0,)
    ]


def test_nobody_is_written_to_or_called_without_a_yes(export: Export) -> None:
    reached = export.rows("SELECT lead_no, occurred_on FROM {touches} WHERE way = 'out'")
    assert len(reached) > 1_000
    assert all(export.agreed(lead, at) for lead, at in reached)
    opted_out = {lead for lead, words in export.words.items() if not words[-1][1]}
    assert len(opted_out) > 20
    assert len(export.words) < COMPANY.leads
    met = export.rows("SELECT lead_no, occurred_on FROM {touches} WHERE activity = 'meeting'")
    assert all(export.agreed(lead, at) for lead, at in met)


def test_scanners_click_every_link_within_seconds_and_people_do_not(export: Export) -> None:
    clicks = export.rows("""
        SELECT c.lead_no, s.occurred_on, epoch(min(c.occurred_on) - s.occurred_on), epoch(max(c.occurred_on) - s.occurred_on), count(*)
        FROM {touches} s JOIN {touches} c ON c.lead_no = s.lead_no AND c.activity = 'mail_click'
            AND c.occurred_on > s.occurred_on AND c.occurred_on <= s.occurred_on + INTERVAL 30 SECOND
        WHERE s.activity = 'mail_sent' GROUP BY c.lead_no, s.occurred_on
    """)
    assert len(clicks) > 100
    assert all(1 <= first <= last <= 25 and count == 3 for _, _, first, last, count in clicks)
    people = export.rows("""
        SELECT min(epoch(o.occurred_on - s.occurred_on)) FROM {touches} s JOIN {touches} o ON o.lead_no = s.lead_no
            AND o.activity = 'mail_open' AND o.occurred_on::DATE = s.occurred_on::DATE
            AND o.occurred_on > s.occurred_on + INTERVAL 30 SECOND
        WHERE s.activity = 'mail_sent'
    """)
    assert people[0][0] >= 85


def test_an_answer_says_how_long_the_oldest_open_request_waited(export: Export) -> None:
    rows = export.rows("""
        SELECT lead_no, occurred_on, activity, minutes, colleague FROM {touches}
        WHERE activity = 'answer' OR (activity = 'form' AND page <> 'whitepaper')
            OR (activity = 'mail_reply' AND (lead_no, date_trunc('day', occurred_on)) NOT IN (
                SELECT lead_no, date_trunc('day', entered_on) FROM {stage_moves} WHERE stage_label = 'Closed won'))
        ORDER BY occurred_on
    """)
    asked: dict[str, datetime] = {}
    waits: dict[str, list[float]] = {}
    for lead, at, kind, minutes, colleague in rows:
        if kind != "answer":
            asked.setdefault(lead, at)
            continue
        assert abs((at - asked.pop(lead)).total_seconds() / 60 - minutes) <= 1
        waits.setdefault(colleague, []).append(minutes)
    usual = sorted(sorted(times)[len(times) // 2] for times in waits.values())
    assert len(usual) == 6
    assert usual[0] < 180
    assert usual[-1] > 24 * 60


def test_customers_pay_until_they_stop(export: Export) -> None:
    won = {lead for lead, moves in export.moves.items() if moves[-1][1] == WON}
    assert set(export.payments) == won
    ended = 0
    for payments in export.payments.values():
        for (_, until), (paid_again, longer) in pairwise(payments):
            assert until.date() <= paid_again.date()
            assert (paid_again.date() - until.date()).days <= GRACE_DAYS
            assert longer > until
        ended += (date(2026, 6, 30) - payments[-1][1].date()).days > GRACE_DAYS
    assert 0.1 < ended / len(won) < 0.9
    plans = dict(export.rows("SELECT product, count(valid_until) FROM {purchases} GROUP BY 1"))
    assert plans.keys() == {"monthly", "quarterly", "annual", "training"}
    assert plans["training"] == 0


def test_fields_are_filled_in_and_every_day_costs(export: Export) -> None:
    fields = dict(
        export.rows("SELECT field_name, list_sort(list_distinct(list(new_value))) FROM {field_changes} GROUP BY 1")
    )
    assert fields.keys() == {"budget", "decision_date", "role", "amount", "employees", "phone", "newsletter_language"}
    assert fields["budget"] == ["no", "unknown", "yes"]
    assert all(float(amount) >= 500 for amount in fields["amount"])
    assert all(date.fromisoformat(day) > date(2025, 7, 1) for day in fields["decision_date"])
    ((days, media, least),) = export.rows("SELECT count(DISTINCT day), count(DISTINCT medium), min(cost) FROM {spend}")
    assert (days, media) == (365, 4)
    assert least > 0


def test_sellers_say_a_word_of_some_leads_while_they_stand_in_an_open_stage(export: Export) -> None:
    said = dict(export.rows("SELECT verdict, count(*) FROM {feedback} GROUP BY verdict"))
    assert set(said) == {"accepted", "contacted", "rejected"}
    ((moves,),) = export.rows("SELECT count(*) FROM {stage_moves}")
    assert 0.03 < sum(said.values()) / moves < 0.07
    assert 0.05 < said["rejected"] / sum(said.values()) < 0.15
    assert export.rows("SELECT count(*) FROM {feedback} WHERE (why IS NOT NULL) <> (verdict = 'rejected')") == [(0,)]
    elsewhere = export.rows("""
        SELECT count(*) FROM {feedback} f ASOF JOIN {stage_moves} s ON f.lead_no = s.lead_no AND f.said_on >= s.entered_on
        WHERE s.stage_label LIKE 'Closed%' OR f.said_on - s.entered_on NOT BETWEEN INTERVAL 2 HOUR AND INTERVAL 3 DAY
    """)
    assert elsewhere == [(0,)]
    others = export.rows(
        "SELECT count(*) FROM {feedback} f JOIN {leads} l USING (lead_no) WHERE f.colleague <> l.owner"
    )
    assert others == [(0,)]


def test_the_words_of_sellers_change_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_company(tmp_path / "told", TINY)
    with monkeypatch.context() as patch:
        patch.setattr(verdicts, "SAID_OF", 0.5)
        write_company(tmp_path / "more", TINY)
    told, more = files(tmp_path / "told"), files(tmp_path / "more")
    assert {name for name in told if told[name] != more[name]} == {"feedback.parquet"}
