"""Who asks to be erased is gone from everything that is kept, stays gone, and takes nobody else along."""

import re
import shutil
from pathlib import Path
from zipfile import ZipFile

import pyarrow.parquet as pq
import pytest

from configs.errors import FunnelcastError
from pipelines.erase import erase_leads
from pipelines.ingest import ingest_project
from pipelines.lists.packed import unpacked
from pipelines.lists.row import Row, line_key
from pipelines.lists.strike import strike
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.store import Workspace, write_beside
from pipelines.train import champion_of, train_project
from tests.corner_shop import Shop, open_shop

DAYS = ("2025-09-24", "2025-10-01")


def order(shop: Shop, day: str | None = None) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a `current` field, two lists and somebody whose id and name are hard to handle."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=600)
    shop.edit("project.yaml", "amount: amount}", "amount: amount}\n    fields: {amount: current}")
    for file in ("leads.csv", "stages.csv"):
        shop.edit(f"data/{file}", "L0599,", '"=L<0599>",')
    with open_job(order(shop)) as job:
        ingest_project(job)
        train_project(job)
    for day in DAYS:
        with open_job(order(shop, day)) as job:
            score_project(job, champion_of(job))
    return shop


@pytest.fixture
def shop(scored: Shop, tmp_path: Path) -> Shop:
    """A copy that a test may change; the lake and the lists do not know where they lie."""
    return Shop(Path(shutil.copytree(scored.folder, tmp_path / "shop")))


def text_of(path: Path) -> str:
    """What a file of a list holds; a workbook is XML in a ZIP file."""
    if path.suffix != ".xlsx":
        return path.read_text("utf-8")
    with ZipFile(path) as parts:
        return "\n".join(parts.read(name).decode() for name in parts.namelist())


def everything(workspace: Path) -> str:
    """All that a reader of the workspace could find in lake, scores and lists, in plain text."""
    texts = [text_of(path) for path in sorted(workspace.glob("lists/*/**/*")) if path.is_file()]
    tables = [pq.ParquetFile(path).read() for path in sorted(workspace.glob("*/**/*.parquet"))]
    return "\n".join([*texts, *(str(table.to_pylist()) for table in tables)])


def listed(shop: Shop) -> list[str]:
    scores = pq.ParquetFile(shop.workspace / "scores" / f"as_of={DAYS[1]}" / "scores.parquet").read()
    return [str(lead) for lead in scores["lead_id"].to_pylist()]


def erase(shop: Shop, *leads: str) -> int:
    with open_job(order(shop)) as job:
        return erase_leads(job, leads)


def contents(workspace: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(workspace)): path.read_bytes()
        for name in ("lake", "scores", "lists", "erased.json")
        for path in sorted([workspace / name, *(workspace / name).rglob("*")])
        if path.is_file()
    }


def test_an_erased_lead_is_nowhere_and_the_others_are_where_they_were(shop: Shop) -> None:
    gone, other = listed(shop)[0], listed(shop)[1]
    name, others_name = f"Person {int(gone[1:])}", f"Person {int(other[1:])}"
    before = everything(shop.workspace)
    assert gone in before
    assert f">{name}<" in before
    assert erase(shop, gone) > 0
    after = everything(shop.workspace)
    assert gone not in after
    assert f"{name}<" not in after
    assert f'{name}"' not in after
    assert after.count(other) == before.count(other)
    assert f">{others_name}<" in after
    assert gone not in (shop.workspace / "erased.json").read_text("utf-8")


def test_an_id_that_is_markup_and_a_formula_is_erased_too(shop: Shop) -> None:
    odd = "=L<0599>"
    assert odd in everything(shop.workspace)
    erase(shop, odd)
    after = everything(shop.workspace)
    assert "L<0599>" not in after
    assert "L&lt;0599&gt;" not in after
    assert "Person 599" not in after


def rows(page: str) -> list[Row]:
    """The lines that the script of a page reads."""
    boards = re.findall(r'<script type="application/json">(.*?)</script>', page, re.DOTALL)
    return [row for board in boards for row in unpacked(board)]


def test_who_was_deleted_in_the_crm_first_is_erased_from_what_is_left(shop: Shop) -> None:
    gone = listed(shop)[0]
    for file in shop.data.iterdir():
        lines = file.read_text("utf-8").splitlines(keepends=True)
        file.write_text("".join(line for line in lines if not line.startswith(f"{gone},")), encoding="utf-8")
    with open_job(order(shop)) as job:
        ingest_project(job)
    assert gone in everything(shop.workspace)
    assert erase(shop, gone) > 0
    assert gone not in everything(shop.workspace)
    assert erase(shop, gone) == 0


def test_who_stands_in_no_table_is_struck_off_the_pages_of_their_account(shop: Shop) -> None:
    folder, key = shop.workspace / "lists" / DAYS[1], line_key("C1")
    accounts, other = folder / "accounts.html", next((folder / "leads").iterdir())
    before = {page: page.read_text("utf-8") for page in (accounts, other)}
    accounts.write_text(f'{before[accounts]}<article data-account="{key} ab">Carla</article>\n', encoding="utf-8")
    assert strike(folder, ["C1"]) == 0
    assert accounts.read_text("utf-8") == before[accounts]
    other.write_text(f'{before[other]}<tr data-lead="{key}"><th>Carla</th></tr>\n', encoding="utf-8")
    assert erase(shop, "C1") == 0
    assert other.read_text("utf-8") == before[other]


def test_the_page_still_holds_every_other_line(shop: Shop) -> None:
    gone = listed(shop)[0]
    page = shop.workspace / "lists" / DAYS[1] / "index.html"
    before = page.read_text("utf-8")
    erase(shop, gone)
    after = page.read_text("utf-8")
    assert after.count("data-line=") == before.count("data-line=") - 1
    assert rows(after) == [row for row in rows(before) if row.key != line_key(gone)]
    assert len(rows(after)) == len(rows(before)) - 1


def test_erasing_twice_is_erasing_once(shop: Shop) -> None:
    gone = listed(shop)[0]
    erase(shop, gone)
    once = contents(shop.workspace)
    assert erase(shop, gone) == 0
    assert contents(shop.workspace) == once


def test_the_same_files_do_not_bring_an_erased_lead_back(shop: Shop) -> None:
    gone = listed(shop)[0]
    erase(shop, gone)
    with open_job(order(shop)) as job:
        report = ingest_project(job)
    assert gone not in everything(shop.workspace)
    leads = next(source for source in report.sources if source.table == "leads")
    assert leads.erased == 1
    assert "1 of erased leads left out" in leads.says
    assert report.rejects == 0


def test_a_killed_erasure_is_remembered_and_goes_on(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = listed(shop)[0]

    def killed(target: Path) -> None:
        if target.name == "scores.parquet":
            raise KeyboardInterrupt
        return write_beside(target)  # type: ignore[return-value]

    monkeypatch.setattr("pipelines.erase.write_beside", killed)
    with pytest.raises(KeyboardInterrupt):
        erase(shop, gone)
    monkeypatch.undo()
    assert gone in everything(shop.workspace)
    erase(shop, gone)
    assert gone not in everything(shop.workspace)


def test_what_was_delivered_outlives_the_next_ingest(shop: Shop) -> None:
    lake = Workspace(shop.workspace).lake
    before = {path.name: path.read_bytes() for path in (lake / "deliveries").iterdir()}
    assert sorted(before) == [f"as_of={day}.parquet" for day in DAYS]
    with open_job(order(shop)) as job:
        ingest_project(job)
    assert {path.name: path.read_bytes() for path in (lake / "deliveries").iterdir()} == before


def test_a_stranger_is_refused_and_nothing_changes(shop: Shop) -> None:
    before = contents(shop.workspace)
    with pytest.raises(FunnelcastError, match=r"no lead 'L9999'.*nothing was erased"):
        erase(shop, listed(shop)[0], "L9999")
    assert contents(shop.workspace) == before
