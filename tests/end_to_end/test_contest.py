"""A new model takes the champion's place only by the contest's rule, and going back gives the old list byte for byte."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
import pytest

from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Bundle
from models.contest import FIRST, contest, losses_of_recipes
from models.fit import SETTINGS
from models.metrics import log_loss
from models.promotion import CHALLENGER, CHAMPION
from models.settings import Settings, told
from models.train import TrainingResult, train
from pipelines.ingest import ingest_project
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.order import Order, open_job
from pipelines.score import score_project
from pipelines.tracking import tracking_of
from pipelines.train import champion_of, train_project
from tests.corner_shop import open_shop

DAY, EARLIER = date(2025, 9, 22), date(2025, 8, 25)
POOR: Settings = {"num_leaves": 2, "min_data_in_leaf": 400, "learning_rate": 0.01}


@dataclass(frozen=True)
class Trained:
    """A job, its matrix, and a training on it."""

    job: Job
    matrix: Matrix
    result: TrainingResult

    def against(self, champion: Bundle) -> bool:
        """Whether the training's bundle may take the place of a champion."""
        return contest(self.result, champion, self.matrix, midnight(self.job.day)).promoted


@pytest.fixture(scope="module")
def job(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Job]:
    shop = open_shop(tmp_path_factory.mktemp("shop") / "shop", leads=600)
    with open_job(Order(str(shop.project), str(DAY), str(shop.workspace), str(shop.data))) as opened:
        ingest_project(opened)
        yield opened


@pytest.fixture(scope="module")
def trained(job: Job) -> Trained:
    until = midnight(job.day)
    matrix = matrix_of(job, training_days(job, job.day), until)
    origin = replace(champion_of_earlier(job).origin, fingerprint=job.fingerprint)
    return Trained(job, matrix, train(matrix, job.heads, until, origin, 5, background=background_of(job, until)))


def champion_of_earlier(job: Job) -> Bundle:
    return train_project(replace(job, as_of=EARLIER)).bundle


def on_trees(bundle: Bundle, settings: Settings) -> Bundle:
    """The bundle as if all its heads stood on trees that were grown with these settings."""
    heads = {name: replace(model, served=None) for name, model in bundle.heads.items()}
    return replace(bundle, heads=heads, settings=told(SETTINGS, dict.fromkeys(heads, settings)))


def test_the_first_model_serves_and_so_does_one_of_new_features(trained: Trained) -> None:
    until, result = midnight(trained.job.day), trained.result
    assert contest(result, None, trained.matrix, until) == FIRST
    other = replace(result.bundle, origin=replace(result.bundle.origin, fingerprint="of other features"))
    found = contest(result, other, trained.matrix, until)
    assert found.promoted
    assert "was trained on other features (fingerprint of other features)" in found.reason


def test_a_model_of_the_asked_horizon_takes_the_place_of_one_of_another(trained: Trained) -> None:
    heads = {
        name: replace(model, head=replace(model.head, horizon_days=model.head.horizon_days + 7))
        for name, model in trained.result.bundle.heads.items()
    }
    longer = replace(trained.result.bundle, heads=heads)
    found = contest(trained.result, longer, trained.matrix, midnight(trained.job.day))
    assert found.promoted
    assert "days ahead, and the project now asks for" in found.reason


def test_recipes_are_tried_on_the_same_cut_offs(trained: Trained) -> None:
    champion = on_trees(trained.result.bundle, POOR)
    found = losses_of_recipes(trained.result, champion, trained.matrix, midnight(trained.job.day))
    for judgement in trained.result.judgements:
        name = judgement.head.name
        ours = judgement.of(trained.result.bundle.heads[name].step)
        blocks = np.unique(judgement.cut_offs)
        assert found.loc[name].index.tolist() == [str(block)[:10] for block in blocks]
        last = judgement.cut_offs == blocks[-1]
        assert found.loc[name][CHALLENGER].iloc[-1] == log_loss(judgement.outcomes[last], ours.chances[last])
    assert {"logistic", "points", "bayes"} <= set(found.columns)
    assert (found[CHAMPION] != found[CHALLENGER]).any()


def test_a_poorer_recipe_keeps_its_champion(trained: Trained) -> None:
    """Trees that may hardly grow lose more than those of the defaults, whichever of the two is the newer."""
    good = on_trees(trained.result.bundle, {})
    poor = replace(trained, result=replace(trained.result, bundle=on_trees(trained.result.bundle, POOR)))
    judged = [judgement.of("model").chances for judgement in trained.result.judgements]
    flat = [np.full_like(chances, 0.5) for chances in judged]
    spoilt = tuple(
        replace(one, said=tuple(replace(said, chances=worse) if said.name == "model" else said for said in one.said))
        for one, worse in zip(poor.result.judgements, flat, strict=True)
    )
    assert not replace(poor, result=replace(poor.result, judgements=spoilt)).against(good)


def test_going_back_gives_the_list_of_before_byte_for_byte(job: Job) -> None:
    before = score_project(job, champion_of(job))
    bytes_before, page_before = before.scores_file.read_bytes(), before.page.read_bytes()
    served = champion_of(job).version
    newer = train_project(job)
    tracking = tracking_of(job)
    newest = tracking.versions()[0].number
    tracking.promote(newest)
    assert champion_of(job).version == newest != served
    with_newer = score_project(job, champion_of(job))
    assert with_newer.scores_file.read_bytes() != bytes_before
    assert tracking.roll_back() == served
    again = score_project(job, champion_of(job))
    assert again.scores_file.read_bytes() == bytes_before
    assert again.page.read_bytes() == page_before
    assert newer.version in (served, newest)
