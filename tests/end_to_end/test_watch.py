"""The watch is silent while all is well and ends with exit code 1, and the reason, as soon as something is not."""

import shutil
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from pipelines.cli import main
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.train import champion_of, train_project
from pipelines.watch import Watched, watch_project
from tests.corner_shop import Shop, open_shop

PAST, DAY = "2025-08-25", "2025-09-22"


def order(shop: Shop, day: str = DAY) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A shop with a list four weeks old, whose windows are over, and one of the day."""
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=1_500)
    for file, column in (("stages.csv", 1), ("touches.csv", 1), ("leads.csv", 1)):
        _end(shop.data / file, column, DAY)
    with open_job(order(shop, PAST)) as job:
        ingest_project(job)
        train_project(job)
        score_project(job, champion_of(job))
    with open_job(order(shop)) as job:
        score_project(job, champion_of(job))
    return shop


def _end(table: Path, column: int, day: str) -> None:
    header, *rows = table.read_text("utf-8").splitlines()
    table.write_text("\n".join([header, *(row for row in rows if row.split(",")[column] < day)]) + "\n", "utf-8")


@pytest.fixture
def shop(served: Shop, tmp_path: Path) -> Shop:
    return Shop(Path(shutil.copytree(served.folder, tmp_path / "shop")))


def watched(shop: Shop, day: str = DAY) -> Watched:
    with open_job(order(shop, day)) as job:
        return watch_project(job)


def off(found: Watched) -> list[str]:
    return [check.name for check in found.checks if not check.good]


def rewrite(shop: Shop, file: str, change: str) -> None:
    """Changes a Parquet file of the workspace: drops the touches of the last week, or makes chances of winning certain."""
    path = shop.workspace / file
    rows = pq.ParquetFile(path).read()
    if change == "quiet":
        rows = rows.filter(pc.less(rows["known_at"], pa.scalar("2025-09-15", pa.string()).cast(pa.timestamp("us"))))
    else:
        rows = rows.set_column(rows.schema.get_field_index("win"), "win", pa.array([0.95] * len(rows)))
    pq.write_table(rows, path)


def test_all_is_well_on_the_day_of_the_list(shop: Shop) -> None:
    found = watched(shop)
    assert off(found) == []
    assert found.says == "All is well."
    names = {check.name for check in found.checks}
    assert names == {"data", "feed", "list", "model", "drift", "columns", "base rate", "promise"}


def test_old_data_an_old_list_and_an_old_model_are_told(shop: Shop) -> None:
    found = watched(shop, "2025-12-01")
    assert {"data", "list", "model"} <= set(off(found))
    assert "The newest list is of 2025-09-22." in found.says


def test_a_feed_that_fell_silent_is_told(shop: Shop) -> None:
    rewrite(shop, "lake/touches/rows.parquet", "quiet")
    found = watched(shop)
    assert "feed" in off(found)
    assert "touches by phone: 0 rows in the last 7 days" in found.says


def test_a_list_that_promised_too_much_is_told(shop: Shop) -> None:
    rewrite(shop, f"scores/as_of={PAST}/scores.parquet", "certain")
    found = watched(shop)
    assert off(found) == ["promise"]
    assert f"win: the list of {PAST} promised" in found.says


def test_a_model_of_other_features_is_told(shop: Shop) -> None:
    feature = (
        "features: [{name: webs, table: touches, measure: count, where: {channel: web}, over_days: [7], unit: times, "
    )
    shop.edit(
        "project.yaml", "heads:", f"{feature}says: 'Came {{value}} in the last {{window}}', silent: Never}}]\nheads:"
    )
    found = watched(shop)
    assert off(found) == ["model"]
    assert "run funnelcast train" in found.says


@pytest.mark.parametrize(("day", "code"), [(DAY, 0), ("2025-12-01", 1)])
def test_the_exit_code_says_whether_all_is_well(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], day: str, code: int
) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)
    arguments = ["watch", "--project", str(shop.project), "--workspace", str(shop.workspace), "--as-of", day]
    monkeypatch.setattr(sys, "argv", ["funnelcast", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    assert (ended.value.code or 0) == code
    said = capsys.readouterr().err
    assert ("OFF  list" in said) == bool(code)


def test_a_workspace_without_a_model_says_what_to_do(shop: Shop) -> None:
    (shop.workspace / "mlflow.db").unlink()
    with open_job(order(shop)) as job:
        found = watch_project(job)
    assert off(found) == ["model"]
    assert "run funnelcast train" in found.says
