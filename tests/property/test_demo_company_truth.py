"""The truth of the made-up company: what is said to be likely must happen that often, and judging must follow the tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from configs.load import load_funnel
from configs.source import DemoCompany
from models.metrics import auc
from pipelines.sources.demo import truth, write_company
from pipelines.sources.demo.history import Population, live_through
from pipelines.sources.demo.judge import Judge
from pipelines.sources.demo.market import all_leads, open_market
from pipelines.sources.demo.state import Leads, Rows, join
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.write import FUNNEL
from tests.made_up import Export

COMPANY = DemoCompany(leads=3_000, months=8, seed=3)
HEADS = ("progress", "win", "leave", "churn")


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Export]:
    """A company of which every open lead is in the truth; few replicas suffice, as what really happened varies more."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(truth, "OPEN_LEADS_A_DAY", 10_000)
        patch.setattr(truth, "REPLICAS", 40)
        patch.setattr(truth, "REPLICAS_AT_ONCE", 20)
        folder = tmp_path_factory.mktemp("truth")
        write_company(folder, COMPANY)
        yield Export(folder)


@pytest.fixture(scope="module")
def judged(export: Export) -> pd.DataFrame:
    """The truth with what really happened, read from the export's tables."""
    rows = pd.read_parquet(export.folder / "truth.parquet")
    happened = []
    for lead, as_of, head in zip(rows["lead_id"], rows["as_of"].dt.to_pydatetime(), rows["head"], strict=True):
        found = export.churn(lead, as_of) if head == "churn" else export.outcomes(lead, as_of)[head]
        happened.append(np.nan if found is None else found)
    return rows.assign(happened=happened)


def test_each_row_is_about_a_lead_that_may_be_looked_at_on_the_day(export: Export, judged: pd.DataFrame) -> None:
    assert judged["happened"].notna().all()
    assert not judged.duplicated(["lead_id", "as_of", "head"]).any()
    for lead, as_of, head in zip(judged["lead_id"], judged["as_of"].dt.to_pydatetime(), judged["head"], strict=True):
        assert export.agreed(lead, as_of)
        assert (export.stage(lead, as_of) == "Closed won") == (head == "churn")
        assert head != "churn" or export.covered_until(lead, as_of) >= as_of


def test_the_days_are_mondays_whose_horizons_end_with_the_data(judged: pd.DataFrame) -> None:
    days = sorted(judged["as_of"].unique())
    assert all(pd.Timestamp(day).day_of_week == 0 for day in days)
    assert days[-1] - days[0] >= timedelta(weeks=4)
    ends = judged["as_of"] + pd.to_timedelta(judged["horizon_days"], unit="D")
    assert ends.max() <= datetime(2026, 7, 1)
    assert judged.groupby("head")["horizon_days"].unique().map(list).to_dict() == {
        "progress": [28], "win": [56], "leave": [28], "churn": [30],
    }  # fmt: skip


@pytest.mark.parametrize("head", HEADS)
def test_what_is_likely_happens_that_often(judged: pd.DataFrame, head: str) -> None:
    rows = judged[judged["head"] == head]
    surprise = rows["happened"] - rows["chance"]
    # Weeks of one lead repeat each other, so the noise is that of leads, not of rows.
    noise = np.sqrt((surprise.groupby(rows["lead_id"]).sum() ** 2).sum()) / len(rows)
    assert len(rows) > 400
    assert noise < 0.02
    assert abs(surprise.mean()) < 3.5 * noise, (
        f"true {rows['chance'].mean():.3f}, happened {rows['happened'].mean():.3f}"
    )


@pytest.mark.parametrize(
    ("head", "least", "most"), [("progress", 0.70, 0.85), ("win", 0.80, 0.92), ("leave", 0.63, 0.80)]
)
def test_the_true_chances_tell_leads_apart(judged: pd.DataFrame, head: str, least: float, most: float) -> None:
    rows = judged[judged["head"] == head]
    assert least < auc(rows["happened"].to_numpy(), rows["chance"].to_numpy()) < most


SIGNALS = {
    "pricing page visits": ("touches", "page = 'pricing'", 14, 0.05),
    "meetings": ("touches", "activity = 'meeting'", 30, 0.10),
    "demo request": ("touches", "page = 'demo_request'", 30, 0.05),
    "product use": ("touches", "activity = 'product_use'", 30, 0.05),
    "answer within two hours": ("touches", "activity = 'answer' AND minutes < 120", 60, 0.05),
    "careers page visits": ("touches", "page = 'careers'", 30, -0.05),
    "no step for two months": ("stage_moves", "true", 60, 0.05),
    "referral": ("leads", "lead_source = 'referral'", 3_660, 0.10),
    "bought list": ("leads", "lead_source = 'bought_list'", 3_660, -0.10),
}


@pytest.mark.parametrize("signal", SIGNALS)
def test_a_planted_signal_moves_the_true_chance_of_progress(export: Export, judged: pd.DataFrame, signal: str) -> None:
    table, condition, days, least = SIGNALS[signal]
    when = {"touches": "occurred_on", "stage_moves": "entered_on", "leads": "created_on"}[table]
    rows = judged[judged["head"] == "progress"]
    with duckdb.connect() as con:
        con.register("rows", rows)
        shown = con.execute(f"""
            SELECT avg(r.chance) FILTER (s.shown) - avg(r.chance) FILTER (NOT s.shown), count(*) FILTER (s.shown)
            FROM rows r JOIN (
                SELECT r.lead_id, r.as_of, count(t.lead_no) > 0 AS shown FROM rows r
                LEFT JOIN (SELECT * FROM '{export.folder}/{table}.parquet' WHERE {condition}) t
                    ON t.lead_no = r.lead_id AND t.{when} <= r.as_of AND t.{when} > r.as_of - INTERVAL {days} DAY
                GROUP BY ALL
            ) s USING (lead_id, as_of)
        """).fetchall()
    ((difference, leads),) = shown
    assert leads > 50
    assert difference > least if least > 0 else difference < least, f"{difference:+.3f}"


def test_truth_leaves_the_history_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    company = DemoCompany(leads=120, months=6, seed=1)
    monkeypatch.setattr(truth, "REPLICAS", 2)
    monkeypatch.setattr(truth, "REPLICAS_AT_ONCE", 1)
    write_company(tmp_path / "few", company)
    monkeypatch.setattr(truth, "REPLICAS", 6)
    monkeypatch.setattr(truth, "OPEN_LEADS_A_DAY", 5)
    write_company(tmp_path / "many", company)
    for path in (tmp_path / "few").glob("*.parquet"):
        same = path.read_bytes() == (tmp_path / "many" / path.name).read_bytes()
        assert same == (path.stem != "truth"), path.name


def everybody_at(people: Population, everybody: Leads) -> Leads:
    """All leads of the company in their order, as they are at a midnight; who has not come or is gone keeps the first state."""
    known, start = join([people.awake, people.resting]), everybody.take(slice(None))
    start.code[known.lead] = known.code
    return start


def test_the_judge_sees_what_the_tables_show(judged: pd.DataFrame) -> None:
    """The real history is judged as if it were a replica, and must have the outcomes that its tables show."""
    market, funnel = open_market(COMPANY), load_funnel(FUNNEL)
    everybody, as_of = all_leads(market), truth.as_of_days(market, funnel)[1]
    judges: list[Judge] = []
    quiet: list[Rows] = []
    unsure: set[int] = set()

    def at_midnight(day: int, people: Population) -> None:
        if day == as_of:
            judges.append(Judge(funnel, as_of, everybody_at(people, everybody)))
        if judges:
            quiet[:] = [judges[0].about_to_fall_silent(people.awake, day)]

    def at_night(leads: Leads, today: Today) -> None:
        if judges and today.day < as_of + funnel.win_horizon_days:
            unsure.update(leads.lead[quiet[0][leads.last_inbound[quiet[0]] == today.day]].tolist())
            # The judge has dice of its own, or it would change the history that it looks at.
            judges[0].see(leads, Today(today.day, today.weekday, np.random.default_rng(0), moves=today.moves), quiet[0])

    live_through(market, everybody, at_midnight, at_night)
    seen = judges[0].outcomes()
    day = pd.Timestamp(market.first_day) + pd.Timedelta(days=as_of)
    rows = judged[judged["as_of"] == day]
    number = rows["lead_id"].str[1:].astype(int).to_numpy()
    found = np.array([seen[head][lead] for head, lead in zip(rows["head"], number, strict=True)])
    sure = ~((rows["head"] == "leave") & np.isin(number, list(unsure))).to_numpy()
    assert sure.mean() > 0.97
    assert (found == rows["happened"].to_numpy())[sure].all()
    assert rows["happened"][rows["head"] == "churn"].sum() > 5
