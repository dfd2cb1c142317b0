"""Columns that were worked out are kept, and only what changed is worked out again."""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import pytest
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.engine import compute
from features.feature import FeatureColumn
from features.matrix import Matrix
from features.reading import Files
from pipelines.erase import erase_leads
from pipelines.ingest import ingest_project
from pipelines.job import matrix_of
from pipelines.order import Order, open_job
from tests.corner_shop import Shop, open_shop

DAYS = [date(2025, 6, 2), date(2025, 6, 9)]
MINE = "features: [{name: mine, table: touches, measure: count, where: {kind: call}, over_days: [9], unit: times, says: a, silent: b}]"


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=60)
    with open_job(order(shop)) as job:
        ingest_project(job)
    return shop


@pytest.fixture
def worked_out(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the columns that were really worked out."""
    names: list[str] = []

    def told(
        con: DuckDBPyConnection,
        columns: Sequence[FeatureColumn],
        grown_days: int,
        files: Mapping[str, Files] | None,
        memory_gb: float,
    ) -> NDArray[np.float32]:
        names.extend(column.name for column in columns)
        return compute(con, columns, grown_days, files, memory_gb)

    monkeypatch.setattr("pipelines.recall.compute", told)
    return names


def order(shop: Shop) -> Order:
    return Order(str(shop.project), None, str(shop.workspace), str(shop.data))


def matrix(shop: Shop, days: list[date] = DAYS) -> Matrix:
    with open_job(order(shop)) as job:
        return matrix_of(job, days, None)


def test_the_second_time_nothing_is_worked_out_and_all_is_the_same(shop: Shop, worked_out: list[str]) -> None:
    first = matrix(shop)
    assert len(worked_out) == len(first.columns)
    worked_out.clear()
    second = matrix(shop)
    assert worked_out == []
    np.testing.assert_array_equal(first.values, second.values)
    assert first.columns == second.columns


def test_a_new_feature_is_worked_out_alone_and_stands_in_its_place(shop: Shop, worked_out: list[str]) -> None:
    before = matrix(shop)
    worked_out.clear()
    shop.edit("project.yaml", "heads:", f"{MINE}\nheads:")
    after = matrix(shop)
    assert worked_out == ["mine_9d"]
    assert set(after.columns) - set(before.columns) == {"mine_9d"}
    with open_job(order(shop)) as job:
        fresh = [matrix_of(job, [day], None).values for day in DAYS]
    np.testing.assert_array_equal(after.values, np.concatenate(fresh))


def test_other_words_change_nothing_and_another_window_is_worked_out(shop: Shop, worked_out: list[str]) -> None:
    shop.edit("project.yaml", "heads:", f"{MINE}\nheads:")
    matrix(shop)
    worked_out.clear()
    shop.edit("project.yaml", "says: a", "says: Called")
    matrix(shop)
    assert worked_out == []
    shop.edit("project.yaml", "over_days: [9]", "over_days: [10]")
    matrix(shop)
    assert worked_out == ["mine_10d"]


@pytest.mark.parametrize("change", ["lake", "days", "funnel"])
def test_another_lake_other_days_or_another_funnel_are_worked_out_anew(
    shop: Shop, worked_out: list[str], change: str
) -> None:
    matrix(shop)
    worked_out.clear()
    days = DAYS
    if change == "lake":
        shop.edit("data/touches.csv", "L0001", "L0002")
        with open_job(order(shop)) as job:
            ingest_project(job)
    elif change == "days":
        days = [*DAYS, date(2025, 6, 16)]
    else:
        shop.edit("funnel.yaml", "stale_after_days: 7", "stale_after_days: 8")
    matrix(shop, days)
    assert "last_touch" in worked_out


def test_an_erased_lead_leaves_nothing_kept(shop: Shop) -> None:
    matrix(shop)
    assert list((shop.workspace / "recall").iterdir())
    with open_job(order(shop)) as job:
        erase_leads(job, ["L0001"])
    assert not (shop.workspace / "recall").exists()


def test_a_single_day_is_not_kept(shop: Shop) -> None:
    matrix(shop, DAYS[:1])
    assert not (shop.workspace / "recall").exists()
