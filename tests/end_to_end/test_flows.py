"""The nightly work as Prefect sees it: steps that could not reach a file are tried again, mistakes are not, and the list's top is shown."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from prefect import flow
from prefect.client.orchestration import get_client
from prefect.testing.utilities import prefect_test_harness

from configs.errors import FunnelcastError
from pipelines.channels.tell import ChannelFailedError
from pipelines.flows.ingest import read_sources
from pipelines.flows.run import run_flow
from pipelines.flows.score import score_flow
from pipelines.flows.watch import watch_flow
from pipelines.job import Job
from pipelines.order import Order
from pipelines.sources.report import IngestReport
from pipelines.watch import SomethingIsOffError
from tests.corner_shop import Shop, open_shop

DAY = "2025-10-01"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    with prefect_test_harness(server_startup_timeout=180):
        yield open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=400)


def order(shop: Shop, day: str = DAY) -> Order:
    return Order(str(shop.project), day, str(shop.workspace), str(shop.data))


def artifacts(key: str) -> list[str]:
    with get_client(sync_client=True) as client:
        found = client._client.post("/artifacts/filter", json={"limit": 50}).json()
    return [artifact["data"] for artifact in found if artifact["key"] == key]


def test_one_run_goes_the_whole_road_and_shows_the_top_of_the_list(shop: Shop) -> None:
    page = Path(run_flow(order(shop)))
    assert page.is_file()
    (top,) = artifacts("top-of-the-list")
    assert '"rank": 1' in top
    assert "first reason" in top
    assert "Person" not in top
    assert "L0" not in top


def test_a_watch_that_finds_something_off_fails_and_shows_what(shop: Shop) -> None:
    run_flow(order(shop))
    with pytest.raises(SomethingIsOffError, match="The newest list is of"):
        watch_flow(order(shop, "2026-10-01"))
    assert any("The newest list is of" in table for table in artifacts("watch"))


@pytest.mark.parametrize(
    ("error", "tries"), [(OSError("no route to the files"), 3), (FunnelcastError("a mistake of the user"), 1)]
)
def test_only_what_may_pass_by_itself_is_tried_again(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, error: Exception, tries: int
) -> None:
    tried: list[Job] = []

    def fails(job: Job) -> IngestReport:
        tried.append(job)
        raise error

    monkeypatch.setattr("pipelines.flows.ingest.ingest_project", fails)
    at_once = read_sources.with_options(retry_delay_seconds=0)

    @flow
    def reads() -> int:
        return at_once(order(shop))

    with pytest.raises(type(error)):
        reads()
    assert len(tried) == tries


def test_a_list_that_did_not_go_out_stands_and_the_flow_fails(shop: Shop) -> None:
    run_flow(order(shop))
    project = shop.folder / "sending.yaml"
    rules = "right_now: {overdue_stage: {most_share: 1, channels: [chat]}}\nchannels: {webhooks: {chat: {url_from: NOBODY_SET_THIS}}}\n"
    project.write_text(shop.project.read_text("utf-8") + rules, encoding="utf-8")
    asked = Order(str(project), DAY, str(shop.workspace), str(shop.data))
    with pytest.raises(
        ChannelFailedError, match=r"The list stands.*the environment variable NOBODY_SET_THIS is not set"
    ) as failed:
        score_flow(asked)
    assert "Person" not in str(failed.value)
    assert (shop.workspace / "lists" / DAY / "index.html").is_file()
