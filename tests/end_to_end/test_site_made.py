"""The pages beside a real list: what they say is what the scores and the records of that day say, and nothing that was known later."""

import csv
import re
from datetime import datetime
from html import unescape
from io import StringIO
from pathlib import Path

import duckdb
import pandas as pd
import pyarrow.parquet as pq
import pytest
from rich.console import Console

from configs.project import Project
from models.honesty import Honesty
from pipelines.erase import erase_leads
from pipelines.ingest import ingest_project
from pipelines.lists.row import line_key
from pipelines.narrator import Narrator
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.store import Workspace, open_lake
from pipelines.train import champion_of, train_project
from tests.corner_shop import Shop, open_shop

BEFORE, DAY = "2025-08-20", "2025-08-21"
SETTING = "list: {head: win, owners: {web: 4, fair: 4}, nurture: 10, explore: 0}"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop of three hundred leads in accounts of two, with two lists."""
    opened = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=300)
    opened.edit("project.yaml", "source: source", "owner_id: source, account_id: account")
    opened.edit("project.yaml", "list: {head: win, capacity: 5, nurture: 10}", SETTING)
    people = pd.read_csv(opened.data / "leads.csv")
    people["account"] = [f"A{place // 2}" for place in range(len(people))]
    people.to_csv(opened.data / "leads.csv", index=False)
    with open_job(order(opened, BEFORE)) as job:
        ingest_project(job)
        train_project(job)
    for day in (BEFORE, DAY):
        score(opened, day)
    return opened


def order(shop: Shop, day: str) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


def score(shop: Shop, day: str) -> None:
    with open_job(order(shop, day), Narrator(Console(file=StringIO()))) as job:
        score_project(job, champion_of(job))


def listed(shop: Shop) -> list[dict[str, str]]:
    texts = [(folder(shop) / f"{band}.csv").read_text("utf-8-sig") for band in ("call", "nurture")]
    return [line for text in texts for line in csv.DictReader(StringIO(text))]


def folder(shop: Shop) -> Path:
    return shop.workspace / "lists" / DAY


def page_of(shop: Shop, lead: str) -> str:
    return unescape((folder(shop) / "leads" / f"{line_key(lead)}.html").read_text("utf-8"))


def scores(shop: Shop, day: str) -> pd.DataFrame:
    frame: pd.DataFrame = (
        pq.ParquetFile(shop.workspace / "scores" / f"as_of={day}" / "scores.parquet").read().to_pandas()
    )
    return frame.set_index("lead_id")


def test_only_those_on_the_list_have_a_page_and_all_were_read_at_once(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Path] = []

    def counted(workspace: Workspace, project: Project, known_until: datetime) -> duckdb.DuckDBPyConnection:
        looks.append(workspace.root)
        return open_lake(workspace, project, known_until)

    monkeypatch.setattr("pipelines.site.history.open_lake", counted)
    score(shop, DAY)
    assert len(looks) == 1
    names = {page.stem for page in (folder(shop) / "leads").iterdir()}
    assert names == {line_key(line["lead_id"]) for line in listed(shop)}
    assert len(names) < len(scores(shop, DAY))


def test_the_waterfall_ends_at_the_chance_and_the_chance_is_followed(shop: Shop) -> None:
    now, then = (scores(shop, day)["win"].to_dict() for day in (DAY, BEFORE))
    for line in listed(shop):
        page, lead = page_of(shop, line["lead_id"]), line["lead_id"]
        numbers = re.findall(
            r'<td class="n">([^<]+)</td></tr>',
            page.split('<h2 id="moved">')[0].split('<h2 id="over">')[0].split('<h2 id="account">')[0],
        )
        values = [float(number.replace("\N{MINUS SIGN}", "-").split()[0]) for number in numbers]
        assert sum(values[:-1]) == pytest.approx(values[-1]), lead
        assert values[-1] == pytest.approx(100 * now[lead], abs=0.051)
        if lead in then:
            assert f'<td class="n">{100 * then[lead]:.0f} in 100</td>' in page


def test_what_happened_is_told_as_it_was_known_that_day(shop: Shop) -> None:
    moves, touches = (pd.read_csv(shop.data / f"{name}.csv") for name in ("stages", "touches"))
    seen = 0
    for line in listed(shop):
        page, until = page_of(shop, line["lead_id"]), datetime.fromisoformat(DAY)
        for at in map(datetime.fromisoformat, moves["entered"][moves["id"] == line["lead_id"]]):
            says = f'{at.day} {at:%B}</time><div><p class="event"><bdi>Stage: '
            assert (says in page) == (at <= until), line["lead_id"]
        known = touches[(touches["id"] == line["lead_id"]) & (pd.to_datetime(touches["at"]) <= until)]
        told = page.split('<h2 id="history">')[1]
        counted = re.findall(r"Called us(?: (once|twice|\d+ times))?", told)
        count = sum({"": 1, "once": 1, "twice": 2}.get(one) or int(one.split()[0]) for one in counted)
        assert count == len(known), line["lead_id"]
        seen += len(known)
    assert seen > 20


def test_an_account_is_told_with_its_other_lead_and_who_calls_it(shop: Shop) -> None:
    now, text = scores(shop, DAY), unescape((folder(shop) / "accounts.html").read_text("utf-8"))
    accounts = pd.Series(now.index.str[1:].astype(int) // 2, index=now.index)
    several = accounts[accounts.duplicated(keep=False)]
    assert text.count("<article") == several.nunique()
    order = [
        float(said.replace("less than ", "").replace("more than ", "").split()[0])
        for said in re.findall(r'class="chance"><b>([^<]+)', text)
    ]
    assert order == sorted(order, reverse=True)
    assert "2 open leads" in text
    calls = pd.DataFrame([line for line in listed(shop) if line["band"] == "call"])
    both = calls[calls.groupby("account_id")["owner_id"].transform("nunique") > 1]
    index = (folder(shop) / "index.html").read_text("utf-8")
    assert index.count("of the same account is on the list of") >= len(both)


def test_a_withheld_chance_stands_on_no_page(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Honesty, "holds", property(lambda self: False))
    score(shop, DAY)
    for page in [*(folder(shop) / "leads").iterdir(), folder(shop) / "accounts.html"]:
        text = page.read_text("utf-8")
        assert " in 100" not in text, page.name
        assert 'class="fall"' not in text
        assert 'class="trend"' not in text
    assert re.search(r"rank \d+ of \d+, chance withheld", page_of(shop, listed(shop)[0]["lead_id"]))
    monkeypatch.undo()
    score(shop, DAY)


def test_who_is_erased_stands_on_no_page(shop: Shop) -> None:
    first = listed(shop)[0]
    with open_job(order(shop, DAY)) as job:
        erase_leads(job, [first["lead_id"]])
    for page in (shop.workspace / "lists").rglob("*.html"):
        text = page.read_text("utf-8")
        assert first["name"] not in re.findall(r"Person \d+", text), page
        assert line_key(first["lead_id"]) not in text
        assert page.stem != line_key(first["lead_id"])
