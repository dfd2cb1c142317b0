"""Which opens and clicks are a scanner's, rule by rule, and what an ingest does with them."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from configs.load import load_scanners, shipped
from configs.scanned import Bots, KnownScanners
from features.bots import judged_touches
from pipelines.sources.report import IngestReport
from tests.shop import LEADS, Shop, at

START = datetime(2024, 3, 4, 9)
COLUMNS = "_line, lead_id, kind, campaign, happened_at, known_at, agent, network"
ACCOUNTS = "(VALUES ('a', 'A'), ('b', 'A'), ('c', 'A'), ('d', 'D'), ('e', NULL)) AS l(lead_id, account_id)"
Touch = tuple[str, str, float]  # lead, kind, seconds


def verdicts(
    touches: Sequence[Touch],
    bots: Bots | None = None,
    campaign: str | None = "spring",
    delays: dict[int, float] | None = None,
    agents: dict[int, str] | None = None,
) -> list[str | None]:
    """The rule that marks each touch; touches that no rule looks at are not judged and come out as None."""
    with duckdb.connect() as con:
        con.execute("""CREATE TABLE t (_source INTEGER DEFAULT 0, _file VARCHAR DEFAULT 'f', _line INTEGER, lead_id VARCHAR, kind VARCHAR,
            campaign VARCHAR, happened_at TIMESTAMP, known_at TIMESTAMP, agent VARCHAR, network VARCHAR)""")
        for line, (lead, kind, seconds) in enumerate(touches):
            happened = START + timedelta(seconds=seconds)
            known = happened + timedelta(seconds=(delays or {}).get(line, 0))
            agent = (agents or {}).get(line)
            con.execute(
                f"INSERT INTO t ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [line, lead, kind, campaign, happened, known, agent, agent],
            )
        scanners = KnownScanners(agents=("LinkScanner",), networks=("mailguard",))
        sql = judged_touches("SELECT * FROM t", f"SELECT * FROM {ACCOUNTS}", bots or Bots(), scanners)
        found = dict(con.execute(f"SELECT _line, bot FROM ({sql})").fetchall())
    return [found.get(line) for line in range(len(touches))]


def test_an_open_within_seconds_of_delivery() -> None:
    touches = [
        ("a", "mail_sent", 0),
        ("a", "mail_open", 30),
        ("a", "mail_open", 31),
        ("b", "mail_open", 5),
        ("a", "page_view", 5),
    ]
    assert verdicts(touches) == [None, "delivery", None, None, None]
    assert verdicts(touches, campaign=None)[1] == "delivery"
    assert verdicts(touches, Bots(delivery_s=0)) == [None] * 5


def test_an_open_before_the_delivery_is_of_another_mail() -> None:
    assert verdicts([("a", "mail_open", 0), ("a", "mail_sent", 3)]) == [None, None]


def test_every_link_of_a_mail_at_once() -> None:
    burst = [("a", "mail_click", seconds) for seconds in (0, 100, 106, 110, 111)]
    assert verdicts(burst) == [None, "links", "links", "links", "links"]
    assert verdicts([("a", "mail_click", seconds) for seconds in (0, 6, 12, 18)]) == [None] * 4
    assert verdicts([("a", "mail_open", seconds) for seconds in (0, 1, 2)]) == [None] * 3
    assert verdicts([(lead, "mail_click", 0) for lead in ("a", "d", "e")]) == [None] * 3


def test_several_leads_of_an_account_at_once() -> None:
    opens = [("a", "mail_open", 0), ("b", "mail_open", 3), ("c", "mail_open", 5), ("a", "mail_open", 9)]
    assert verdicts(opens) == ["colleagues", "colleagues", "colleagues", None]
    assert verdicts([("a", "mail_open", 0), ("b", "mail_open", 3), ("d", "mail_open", 4)]) == [None] * 3
    assert verdicts([("a", "mail_open", second) for second in (0, 1, 2, 3)]) == [None] * 4
    assert verdicts(opens, campaign=None) == [None] * 4


def test_known_programs_and_networks() -> None:
    opens = [("d", "mail_open", 0), ("d", "mail_open", 500), ("d", "page_view", 900)]
    said = {0: "MailGuard LinkScanner 3.1", 1: "Chrome", 2: "linkscanner"}
    assert verdicts(opens, Bots(agent_column="agent"), agents=said) == ["agent", None, None]
    assert verdicts(opens, Bots(agent_column="agent", agents=("chrome",)), agents=said)[:2] == ["agent", "agent"]
    assert verdicts(opens, Bots(network_column="network"), agents=said) == ["network", None, None]
    assert verdicts(opens, Bots(network_column="network", networks=("guard",)), agents={0: "Mail guard"}) == [None] * 3
    assert verdicts(opens, agents=said) == [None] * 3


def test_a_day_without_a_time_tells_no_seconds() -> None:
    end = 15 * 3600 - 1e-6
    assert verdicts([("a", "mail_sent", end), ("a", "mail_open", end), ("a", "mail_click", end)]) == [None] * 3
    assert verdicts([("a", "mail_sent", end - 1), ("a", "mail_open", end - 1)]) == [None, "delivery"]


def test_only_what_is_known_by_the_verdict_counts() -> None:
    """The verdict falls ten seconds after the open is known."""
    sent_and_open = [("a", "mail_sent", 0), ("a", "mail_open", 4)]
    assert verdicts(sent_and_open, delays={0: 14})[1] == "delivery"
    assert verdicts(sent_and_open, delays={0: 15})[1] is None
    clicks = [("a", "mail_click", second) for second in (0, 1, 2)]
    assert verdicts(clicks, delays={2: 8}) == ["links"] * 3
    assert verdicts(clicks, delays={2: 9}) == [None, "links", "links"]
    opens = [("a", "mail_open", 0), ("b", "mail_open", 0), ("c", "mail_open", 0)]
    assert verdicts(opens, delays={2: 11}) == [None, None, "colleagues"]


@pytest.mark.parametrize("name", shipped("bots"))
def test_a_shipped_list_is_right(name: str) -> None:
    known = load_scanners(name)
    assert known.agents
    honest = (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36"
    )
    assert not [agent for agent in known.agents if agent.lower() in honest.lower()]


MAILS = """\
lead,at,kind,campaign,agent
1,2024-02-01T09:00:00Z,mail_sent,spring,
1,2024-02-01T09:00:20Z,mail_open,spring,Chrome
1,2024-02-01T09:00:40Z,mail_open,spring,LinkScanner 3
2,2024-02-01T09:05:00Z,mail_open,spring,Chrome
"""
SOURCES: tuple[dict[str, object], ...] = (
    {
        "table": "leads",
        "files": "leads.csv",
        "columns": {"lead_id": "id", "happened_at": "created", "account_id": "account"},
    },
    {
        "table": "touches",
        "files": "mails.csv",
        "columns": {"lead_id": "lead", "happened_at": "at", "kind": "kind", "campaign": "campaign", "agent": "agent"},
    },
)
DETAILS = ["agent"]


def read(shop: Shop, bots: Mapping[str, object] | None) -> IngestReport:
    return shop.ingest(*SOURCES, touch_details=DETAILS, bots=bots)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    made = Shop(tmp_path)
    made.write(
        "leads.csv",
        "id,created,account\n1,2024-01-01T08:00:00Z,A\n2,2024-01-02T08:00:00Z,A\n3,2024-01-02T08:00:00Z,B\n",
    )
    made.write("mails.csv", MAILS)
    return made


def test_marked_touches_stand_apart_with_their_rule(shop: Shop) -> None:
    report = read(shop, {"agent_column": "agent"})
    assert shop.rows("SELECT lead_id, kind FROM touches ORDER BY happened_at", touch_details=DETAILS) == [
        ("1", "mail_sent"),
        ("2", "mail_open"),
    ]
    with duckdb.connect() as con:
        marked = con.execute(
            f"SELECT happened_at, agent, bot FROM '{shop.workspace.lake}/bot_touches/*.parquet'"
        ).fetchall()
    assert marked == [
        (at("2024-02-01T09:00:20"), "Chrome", "delivery"),
        (at("2024-02-01T09:00:40"), "LinkScanner 3", "agent"),
    ]
    assert report.marked.says == (
        "2 opens and clicks were made by scanners and do not count: 1 by a known program, 1 within seconds of delivery",
    )
    assert [source.kept for source in report.sources if source.table == "touches"] == [4]


def test_an_open_is_known_when_the_verdict_falls(shop: Shop) -> None:
    read(shop, {})
    assert shop.rows("SELECT known_at FROM touches WHERE lead_id = '2'", touch_details=DETAILS) == [
        (at("2024-02-01T09:05:10"),)
    ]
    assert shop.rows("SELECT known_at FROM touches WHERE kind = 'mail_sent'", touch_details=DETAILS) == [
        (at("2024-02-01T09:00:00"),)
    ]


def test_marking_anew_tells_whose_features_moved(shop: Shop) -> None:
    first = read(shop, {})
    assert (first.marked.moved, first.marked.colleagues) == (0, 0)
    again = read(shop, {})
    assert (again.marked.moved, again.marked.colleagues) == (0, 0)
    stricter = read(shop, {"agent_column": "agent"})
    assert (stricter.marked.moved, stricter.marked.colleagues) == (1, 1)
    assert stricter.marked.says[1] == (
        "Touches read before are judged otherwise now: the features of 1 lead moved, and those of the account of 1 colleague"
    )
    off = read(shop, None)
    assert (off.marked.by_rule, off.marked.moved) == ({}, 1)
    assert len(shop.rows("SELECT * FROM touches", touch_details=DETAILS)) == 4


def test_a_new_row_is_not_a_row_judged_otherwise(shop: Shop) -> None:
    read(shop, {})
    shop.write("mails.csv", MAILS + "1,2024-02-01T09:00:21Z,mail_click,spring,Chrome\n")
    report = read(shop, {})
    assert (report.marked.by_rule, report.marked.moved) == ({"delivery": 2}, 0)


@pytest.mark.parametrize(
    ("bots", "says"),
    [
        ({"agent_column": "agnt"}, "shop, bots.agent_column: touches has no column 'agnt'; did you mean 'agent'?"),
        ({"lists": ["scaners"]}, "bots.lists: there is no list 'scaners' in configs/bots; did you mean 'scanners'?"),
    ],
)
def test_a_wrong_setting_is_told_with_the_near_miss(shop: Shop, bots: dict[str, object], says: str) -> None:
    assert shop.refusal(*SOURCES, touch_details=DETAILS, bots=bots) == says


def test_a_project_without_mails_has_no_bots(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    shop.write("leads.csv", LEADS)
    report = shop.ingest()
    assert report.marked.says == ()
    assert not (shop.workspace.lake / "bot_touches").exists()
