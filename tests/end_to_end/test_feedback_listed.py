"""Sales rejects leads: the next morning they rest, the reason stands on the list alone, and nobody held back is listed."""

import csv
from collections.abc import Iterable
from io import StringIO
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from models.holdout import HELD, held_back
from pipelines.erase import erase_leads
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.receipts import settle_lists
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from pipelines.written import deliveries_file, scores_file
from tests.corner_shop import Shop, open_shop

FIRST, NEXT, LATER = "2025-08-20", "2025-08-21", "2025-09-10"
REASON = "=cmd|'/c calc'!A1 <b>wrong person</b>"
SOURCE = """\
  - table: feedback
    files: feedback.csv
    columns: {lead_id: lead, happened_at: said_on, verdict: verdict, reason: why, by: who}
heads: {win: {}}
rejects: {rows: 0.5}
features:
  - {name: rejections, table: feedback, measure: count, where: {verdict: rejected}, over_days: [30], unit: times,
     says: 'Rejected {value} in the last {window}', silent: 'Not rejected in the last {window}'}
"""
EARLIER = ("L0001", "2025-08-01 10:00:00", "contacted", "", "")
SETTING = "list: {head: win, capacity: 5, nurture: 10, explore: 0, holdout: 0.2}"


def order(shop: Shop, day: str) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


def say(shop: Shop, rows: Iterable[tuple[str, ...]]) -> None:
    with (shop.data / "feedback.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("lead", "said_on", "verdict", "why", "who"), *rows])


def listed(shop: Shop, day: str, band: str) -> list[str]:
    text = (shop.workspace / "lists" / day / f"{band}.csv").read_text("utf-8-sig")
    return [row["lead_id"] for row in csv.DictReader(StringIO(text))]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """Two mornings and one three weeks on; on the first day three of the calls are rejected, and one is accepted."""
    opened = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=300)
    opened.edit("project.yaml", "heads: {progress: {}, win: {}}\n", SOURCE)
    opened.edit("project.yaml", "list: {head: win, capacity: 5, nurture: 10}", SETTING)
    say(opened, [EARLIER])
    with open_job(order(opened, FIRST)) as job:
        ingest_project(job)
        train_project(job)
        score_project(job, champion_of(job))
    first, second, third, fourth, _ = listed(opened, FIRST, "call")
    evening = f"{FIRST} 18:00:00"
    rejected = [(lead, evening, "rejected", REASON, "anna") for lead in (first, second, third)]
    broken = [(fourth, evening, "perhaps", "", "anna"), ("nobody", evening, "rejected", "", "anna")]
    say(opened, [EARLIER, *rejected, (fourth, evening, "accepted", "", ""), *broken])
    with open_job(order(opened, NEXT)) as job:
        ingest_project(job)
    for day in (NEXT, LATER):
        with open_job(order(opened, day)) as job:
            score_project(job, champion_of(job))
    return opened


def table(path: Path) -> pd.DataFrame:
    frame: pd.DataFrame = pq.ParquetFile(path).read().to_pandas()
    return frame


def test_rejected_leads_rest_the_next_morning_and_others_are_called(shop: Shop) -> None:
    before, now = listed(shop, FIRST, "call"), listed(shop, NEXT, "call")
    assert not set(before[:3]) & {*now, *listed(shop, NEXT, "nurture")}
    assert before[3] in now
    assert len(now) == 5


def test_what_was_said_stands_on_the_list_and_nowhere_else(shop: Shop) -> None:
    page = (shop.workspace / "lists" / NEXT / "index.html").read_text("utf-8")
    assert "You accepted it on 20 August." in page
    kept = [
        path
        for path in shop.workspace.rglob("*")
        if path.is_file() and not path.is_relative_to(shop.workspace / "lists")
    ]
    holds = [path for path in kept if b"wrong person" in path.read_bytes()]
    assert all(path.is_relative_to(shop.workspace / "lake") for path in holds)
    assert "wrong person" not in " ".join(table(scores_file_of(shop, NEXT))["reasons"].map(str))


def scores_file_of(shop: Shop, day: str) -> Path:
    return shop.workspace / "scores" / f"as_of={day}" / "scores.parquet"


def test_rows_that_break_the_contract_are_set_apart(shop: Shop) -> None:
    with open_job(order(shop, NEXT)) as job:
        rejected = pd.concat(map(pd.read_parquet, sorted(job.workspace.rejected.rglob("*.parquet"))))
        assert len(table(next((job.workspace.lake / "feedback").glob("*.parquet")))) == 5
    assert "verdict is none of accepted, rejected, contacted" in set(rejected["reason"])


def test_nobody_held_back_stands_on_any_list_and_the_deliveries_say_so(shop: Shop) -> None:
    with open_job(order(shop, NEXT)) as job:
        scores = table(scores_file(job.workspace, job.day))
        kept = table(deliveries_file(job.workspace, job.day))
    held = scores["lead_id"][held_back(scores["lead_id"], 0.2, "shop")]
    assert len(held) > 5
    assert set(scores["lead_id"][scores["band"] == HELD]) == set(held)
    for band in ("call", "nurture", "skip"):
        assert not set(held) & set(listed(shop, NEXT, band))
    assert kept.loc[kept["band"] == HELD, "chance_of_listing"].eq(0).all()
    assert set(kept["lead_id"][kept["band"] == HELD]) == set(held)
    page = (shop.workspace / "lists" / NEXT / "index.html").read_text("utf-8")
    assert not any(lead in page for lead in held)
    assert f"{len(held)} leads are never listed" in page


def test_the_receipt_tells_what_listing_added(shop: Shop) -> None:
    with open_job(order(shop, LATER)) as job:
        first, _ = settle_lists(job)
        scores = table(scores_file(job.workspace, first.listed.day))
    above = scores[scores["above_cut"].astype(bool)]
    assert first.added is not None
    held = (above["band"] == HELD).sum()
    assert (first.added.listed, first.added.held) == (len(above) - held, held)
    assert first.added.low < first.added.difference < first.added.high
    assert first.tallies["skip"].leads == (scores["band"] == "skip").sum()
    assert first.tallies["all"].leads == len(scores)


def test_an_erased_lead_takes_with_it_what_was_said_of_it(shop: Shop) -> None:
    lead = listed(shop, FIRST, "call")[0]
    with open_job(order(shop, NEXT)) as job:
        erase_leads(job, [lead])
        assert lead not in set(table(next((job.workspace.lake / "feedback").glob("*.parquet")))["lead_id"])
