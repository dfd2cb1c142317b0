"""A receipt is written once, is what one finds by hand from scores and outcomes, and never changes afterwards."""

import json
import shutil
import sys
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.heads import Head
from models.receipt import Receipt
from models.rivals.roster import Background, able_rivals
from pipelines import receipts
from pipelines.cli import main
from pipelines.erase import erase_leads
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.receipts import settle_lists
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from tests.broken import broken
from tests.corner_shop import Shop, open_shop

LISTS = ("2025-08-20", "2025-08-27")
OPEN = "2025-09-10"
DAY = "2025-09-15"
RIVALS = {"stage_rate", "recency", "oldest_first", "best_column", "points", "bayes", "logistic"}


def order(shop: Shop, day: str | None = DAY) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with two lists whose windows are over on the day, and one whose window is not."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=700)
    with open_job(order(shop, LISTS[0])) as job:
        ingest_project(job)
        train_project(job)
    for day in (*LISTS, OPEN):
        with open_job(order(shop, day)) as job:
            score_project(job, champion_of(job))
    return shop


@pytest.fixture(scope="module")
def settled(served: Shop) -> Shop:
    settle(served)
    return served


@pytest.fixture
def shop(settled: Shop, tmp_path: Path) -> Shop:
    """A copy that a test may change, with its receipts."""
    return Shop(Path(shutil.copytree(settled.folder, tmp_path / "shop")))


def settle(shop: Shop, day: str | None = DAY) -> tuple[Receipt, ...]:
    with open_job(order(shop, day)) as job:
        return settle_lists(job)


def written(shop: Shop) -> dict[str, bytes]:
    return {file.name: file.read_bytes() for file in sorted((shop.workspace / "receipts").iterdir())}


def read(shop: Shop, day: str) -> Mapping[str, Any]:
    return dict(json.loads((shop.workspace / "receipts" / f"{day}.json").read_text("utf-8")))


def by_hand(shop: Shop, day: str) -> pd.DataFrame:
    """The open leads that were scored on the day, and from the files of the shop whether each was won in the 14 days after it."""
    start = datetime.fromisoformat(day)
    end = start + timedelta(days=14)
    scores = f"SELECT * FROM '{shop.workspace}/scores/as_of={day}/scores.parquet' WHERE cohort = 'open'"
    won = (
        f"SELECT DISTINCT id FROM read_csv('{shop.data}/stages.csv', header = true) "
        f"WHERE stage = 'won' AND entered > TIMESTAMP '{start}' AND entered <= TIMESTAMP '{end}'"
    )
    leads = f"read_csv('{shop.data}/leads.csv', header = true)"
    with duckdb.connect() as con:
        return con.execute(f"""
            SELECT s.band, s.win, s.expected_value, l.amount, (w.id IS NOT NULL)::INTEGER AS came,
                date_diff('second', l.created::TIMESTAMP, TIMESTAMP '{start}') AS open_s
            FROM ({scores}) s JOIN {leads} l ON l.id = s.lead_id LEFT JOIN ({won}) w ON w.id = s.lead_id
        """).df()


def agrees(receipt: Mapping[str, Any], rows: pd.DataFrame) -> bool:
    """Whether all that a receipt counts is what the rows give, for each band and for everybody."""
    for band, leads in (*rows.groupby("band"), ("all", rows)):
        won = (leads["came"] * leads["amount"]).sum()
        sums = [len(leads), leads["win"].sum(), leads["came"].sum(), leads["expected_value"].sum(), won]
        if list(receipt["tallies"][band].values()) != pytest.approx(sums):
            return False
    return bool(receipt["precision_at_capacity"] == rows.loc[rows["band"] == "call", "came"].mean())


def test_a_receipt_is_what_one_finds_by_hand(settled: Shop) -> None:
    for day in LISTS:
        rows, receipt = by_hand(settled, day), read(settled, day)
        assert agrees(receipt, rows)
        assert list(receipt["tallies"]["all"]) == ["leads", "expected", "came", "expected_value", "came_value"]
        assert (receipt["listed"]["head"], receipt["listed"]["horizon_days"]) == ("win", 14)
        assert rows["came"].sum() > rows.loc[rows["band"] == "call", "came"].sum() > 0


def test_a_planted_bug_is_seen(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(shop.workspace / "receipts")
    wrong = broken(receipts, ('.isin(["call", "nurture", HELD])', '.isin(["nurture", HELD])'), monkeypatch)
    with open_job(order(shop)) as job:
        wrong.settle_lists(job)
    assert not any(agrees(read(shop, day), by_hand(shop, day)) for day in LISTS)


def test_rivals_learn_from_nothing_that_was_not_over_on_the_day(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(shop.workspace / "receipts")
    asked = []

    def ask_and_tell(learned: Matrix, judged: Matrix, head: Head, background: Background) -> object:
        asked.append((learned.snapshots["as_of"].max() + timedelta(days=14), judged.snapshots["as_of"].unique()))
        return able_rivals(learned, judged, head, background)

    monkeypatch.setattr("pipelines.receipts.able_rivals", ask_and_tell)
    settle(shop)
    assert [str(days[0])[:10] for _, days in asked] == list(LISTS)
    assert all(days[0] - timedelta(days=7) < over <= days[0] for over, days in asked)


def test_a_rival_calls_as_many_on_the_same_day(settled: Shop) -> None:
    for day in LISTS:
        rows, receipt = by_hand(settled, day), read(settled, day)
        assert set(receipt["rivals"]) == RIVALS
        queue = rows.nlargest(5, "open_s")
        assert receipt["rivals"]["oldest_first"]["came"] == queue["came"].sum()
        assert receipt["rivals"]["oldest_first"]["came_value"] == (queue["came"] * queue["amount"]).sum()


def test_a_list_whose_window_is_not_over_has_no_receipt(settled: Shop) -> None:
    assert set(written(settled)) == {f"{day}.json" for day in LISTS}


def test_a_window_that_ends_at_midnight_of_the_day_is_over(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    shutil.rmtree(shop.workspace / "receipts")
    assert settle(shop, "2025-09-02") == ()
    assert "The next window is over on 2025-09-03" in capsys.readouterr().err
    assert [receipt.listed.day.isoformat() for receipt in settle(shop, "2025-09-03")] == [LISTS[0]]


def test_a_receipt_is_never_rewritten(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    before, again = written(shop), settle(shop)
    assert "no longer those" not in capsys.readouterr().err
    file = shop.workspace / "scores" / f"as_of={LISTS[0]}" / "scores.parquet"
    rows = pq.ParquetFile(file).read()
    pq.write_table(rows.set_column(rows.schema.get_field_index("win"), "win", pa.array([0.95] * len(rows))), file)
    assert settle(shop) == again
    assert written(shop) == before
    assert f"The scores of {LISTS[0]} are no longer those of its receipt" in capsys.readouterr().err
    shutil.rmtree(shop.workspace / "scores")
    assert settle(shop) == again


def test_a_receipt_names_nobody_and_outlives_an_erased_lead(shop: Shop) -> None:
    leads = pq.ParquetFile(shop.workspace / "scores" / f"as_of={LISTS[0]}" / "scores.parquet").read()["lead_id"]
    before = written(shop)
    assert not any(lead in text.decode() for lead in leads.to_pylist() for text in before.values())
    with open_job(order(shop)) as job:
        erase_leads(job, [leads[0].as_py()])
    settle(shop)
    assert written(shop) == before


def test_the_command_prints_the_days_and_their_sum(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["receipts", "--project", str(shop.project), "--workspace", str(shop.workspace), "--as-of", DAY]
    monkeypatch.setattr(sys, "argv", ["funnelcast", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert not ended.value.code
    said = capsys.readouterr().err
    came = sum(read(shop, day)["tallies"]["call"]["came"] for day in LISTS)
    assert f"{LISTS[1]}, model version 1, judged by win within 14 days: 5 called, 10 nurtured" in said
    assert "2 lists called 10 leads: " in said
    assert f"wins expected, {came:.0f} came" in said
    assert "most recent touch first would have brought" in said


def test_a_list_made_after_the_fact_has_no_receipt(shop: Shop, capsys: pytest.CaptureFixture[str]) -> None:
    before = date.fromisoformat(LISTS[0]) - timedelta(days=7)
    for kind in ("scores", "lake/deliveries"):
        for served in (shop.workspace / kind).glob(f"as_of={LISTS[0]}*"):
            served.rename(served.with_name(served.name.replace(LISTS[0], str(before))))
    settle(shop)
    assert f"{before}.json" not in written(shop)
    assert (
        f"The list of {before} gets no receipt: it was made after the fact, by model version 1, which knew what came "
        f"until {LISTS[0]}." in capsys.readouterr().err
    )


def test_what_cannot_be_settled_is_said_in_a_sentence(shop: Shop) -> None:
    (shop.workspace / "receipts" / f"{LISTS[0]}.json").write_text("{}", "utf-8")
    with pytest.raises(FunnelcastError, match=rf"{LISTS[0]}\.json: This is no whole receipt"):
        settle(shop)
    shutil.rmtree(shop.workspace / "receipts")
    with pytest.raises(FunnelcastError, match="No list of shop has been served by 2025-08-19; run funnelcast score"):
        settle(shop, "2025-08-19")
