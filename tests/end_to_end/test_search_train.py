"""A search of settings leaves its trials with the run, and what it found serves until another search finds better."""

import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module

import pytest

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.snapshots import midnight
from models.bundle import Bundle
from models.fit import SETTINGS
from models.leaks import without
from models.search import SPACE
from models.settings import Settings, own_settings
from models.track import NESTED_IN, Tracking
from pipelines.cli import main
from pipelines.job import Job, matrix_of, training_days
from pipelines.order import Order, open_job
from pipelines.search import chosen_settings, search_settings, serving_settings
from pipelines.tracking import tracking_of
from tests.corner_shop import Shop, open_shop

DAY = "2025-10-01"
TRIALS = 3


@dataclass(frozen=True)
class Searched:
    """A shop whose one head was trained after a search, and what was said of the search."""

    shop: Shop
    said: str

    @property
    def order(self) -> Order:
        return Order(str(self.shop.project), DAY, str(self.shop.workspace), str(self.shop.data))


def command(shop: Shop, *words: str) -> int:
    """The exit code of a command line."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PREFECT_API_URL", raising=False)
        patch.setattr(sys, "argv", ["funnelcast", *shop.arguments(*words)])
        try:
            main()
        except SystemExit as end:
            return int(end.code or 0)
    return 0


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Searched]:
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=200)
    shop.edit("project.yaml", "heads: {progress: {}, win: {}}", "heads: {win: {}}")
    told: list[str] = []
    with pytest.MonkeyPatch.context() as patch:
        # the best trial is used, whether or not it may be luck
        patch.setattr(import_module("models.search"), "SURE", -1e9)
        patch.setattr("pipelines.narrator.Narrator.say", lambda self, line: told.append(line))
        assert command(shop, "ingest") == 0
        assert command(shop, "train", "--as-of", DAY, "--search", str(TRIALS)) == 0
        yield Searched(shop, "\n".join(told))


def bundle_of(tracking: Tracking) -> Bundle:
    champion = tracking.champion()
    assert champion is not None
    return champion.bundle


def search_again(job: Job, trials: int, until: datetime) -> Mapping[HeadName, Settings]:
    matrix = without(matrix_of(job, training_days(job, job.day), until), job.for_people)
    return chosen_settings(search_settings(job, matrix, until, trials))


def test_the_settings_found_stand_in_the_bundle_beside_the_defaults(searched: Searched) -> None:
    assert "it is used" in searched.said
    with open_job(searched.order) as job:
        bundle = bundle_of(tracking_of(job))
    own = own_settings(bundle.settings, "win")
    assert own.keys() == SPACE.keys()
    assert own != {name: SETTINGS[name] for name in SPACE}
    assert {name: bundle.settings[name] for name in SETTINGS} == dict(SETTINGS)


def test_every_trial_is_a_run_nested_in_the_training(searched: Searched) -> None:
    from mlflow import MlflowClient

    with open_job(searched.order) as job:
        tracking = tracking_of(job)
    client = MlflowClient(tracking_uri=tracking.uri)
    experiment = client.get_experiment_by_name(tracking.experiment)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    (parent,) = [run for run in runs if NESTED_IN not in run.data.tags]
    nested = {str(run.info.run_name): run for run in runs if run is not parent}
    assert nested.keys() == {f"win trial {number}" for number in range(TRIALS)}
    assert {run.data.tags[NESTED_IN] for run in nested.values()} == {parent.info.run_id}
    assert nested["win trial 0"].data.params["num_leaves"] == str(SETTINGS["num_leaves"])
    assert all(0 < run.data.metrics["log_loss"] < 1 and run.info.status == "FINISHED" for run in nested.values())
    assert "it is used" in parent.data.tags["search.win"]


def test_a_later_training_keeps_what_was_found_and_a_search_of_one_goes_back(searched: Searched) -> None:
    with open_job(searched.order) as job:
        tracking = tracking_of(job)
        found = own_settings(bundle_of(tracking).settings, "win")
        assert serving_settings(job, tracking) == {"win": found}
        assert serving_settings(job, Tracking(f"{tracking.uri}.none", "other", "other")) == {}
        assert search_again(job, 1, midnight(job.day)) == {}


def test_trials_are_read_and_not_made_again(searched: Searched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_module("models.search"), "_proposed", lambda done: pytest.fail("a trial is made again"))
    with open_job(searched.order) as job:
        assert search_again(job, TRIALS, midnight(job.day)).keys() == {"win"}


def test_a_file_that_holds_no_trials_is_told(searched: Searched) -> None:
    with open_job(searched.order) as job:
        kept = job.workspace.search.read_bytes()
        job.workspace.search.write_bytes(b"no trials " * 500)
        with pytest.raises(FunnelcastError, match=r"search\.db holds no trials .* delete it"):
            search_again(job, TRIALS, midnight(job.day))
        job.workspace.search.write_bytes(kept)
