"""A project gives margins and words for its mails: leads are ranked by what their deals leave, and those to nurture are worth a mail."""

import csv
import io
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from configs.errors import FunnelcastError
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import train_project
from pipelines.written import scores_file
from tests.corner_shop import Shop, open_shop

DAY = "2025-08-20"
LIST = (
    "list: {head: win, capacity: 5, nurture: 20, margin: {field: margin, share: 0.3}, send: {middle: our price list}}"
)


def add_margins(shop: Shop) -> None:
    """The margin of every third lead is half, that of every other third is no number, and the rest have none."""
    path = shop.data / "leads.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    text = io.StringIO()
    sheet = csv.DictWriter(text, [*rows[0], "margin"])
    sheet.writeheader()
    for place, row in enumerate(rows):
        sheet.writerow({**row, "margin": ("0.5", "a lot", "")[place % 3]})
    path.write_text(text.getvalue(), encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    opened = open_shop(tmp_path_factory.mktemp("margins") / "shop", leads=300)
    add_margins(opened)
    opened.edit("project.yaml", "list: {head: win, capacity: 5, nurture: 10}", LIST)
    opened.edit("project.yaml", "amount: amount}", "amount: amount, margin: margin}")
    opened.edit("project.yaml", "heads:", "lead_attributes: [margin]\nheads:")
    with open_job(order(opened)) as job:
        ingest_project(job)
        score_project(job, train_project(job))
    return opened


def order(shop: Shop) -> Order:
    return Order(str(shop.project), DAY, str(shop.workspace), str(shop.data))


def read(shop: Shop, band: str) -> list[dict[str, str]]:
    text = (shop.workspace / "lists" / DAY / f"{band}.csv").read_text("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_what_a_lead_is_expected_to_bring_is_what_its_deal_leaves(shop: Shop) -> None:
    given = pd.read_csv(shop.data / "leads.csv", dtype={"id": str}).set_index("id")
    with open_job(order(shop)) as job:
        scores = pq.ParquetFile(scores_file(job.workspace, job.day)).read().to_pandas().set_index("lead_id")
    left = given["margin"].map({"0.5": 0.5}).fillna(0.3).reindex(scores.index)
    assert left.nunique() == 2
    expected = scores["win"] * given["amount"].reindex(scores.index) * left
    pd.testing.assert_series_equal(scores["expected_value"], expected, check_names=False)


def test_the_page_says_that_values_are_margins(shop: Shop) -> None:
    page = (shop.workspace / "lists" / DAY / "index.html").read_text("utf-8")
    assert "Ranked by expected margin: the chance of winning times the margin of the amount" in page


def test_leads_to_nurture_are_worth_a_mail_by_the_group_of_their_stage(shop: Shop) -> None:
    sent = {row["stage"]: row["send"] for row in read(shop, "nurture")}
    assert sent["in talks"] == "Worth a mail: our price list"
    assert {row["send"] for band in ("call", "skip") for row in read(shop, band)} == {""}
    page = (shop.workspace / "lists" / DAY / "index.html").read_text("utf-8")
    assert "Worth a mail: our price list" in page


def test_a_margin_that_is_no_field_is_refused(tmp_path: Path) -> None:
    opened = open_shop(tmp_path / "shop", leads=5)
    opened.edit("project.yaml", "list: {head: win, capacity: 5, nurture: 10}", LIST)
    opened.edit("project.yaml", "heads:", "lead_attributes: [margins]\nheads:")
    with pytest.raises(FunnelcastError, match="'margin' is none of the lead_attributes; did you mean 'margins'"):
        order(opened).read_project()
