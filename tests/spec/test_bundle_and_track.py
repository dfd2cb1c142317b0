"""A trained model comes back byte for byte, refuses other features, and the registry knows which one serves."""

import json
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.bundle import Origin, check_serves, load_bundle, save_bundle
from models.fast import fast_contributions, fast_margins, read_fast
from models.heads import Head
from models.predict import contributions, inputs, margins, predict
from models.promotion import Verdict
from models.track import Tracking
from models.train import TrainingResult, train

HEAD = Head("win", "open", 14, "buy")
WEEKS, LEADS = 20, 60


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    draw = np.random.default_rng(5)
    days = np.repeat(pd.date_range("2026-01-05", periods=WEEKS, freq="7D").to_numpy(), LEADS)
    values = draw.normal(size=(len(days), 4)).astype(np.float32)
    values[:, 3] = 1.0
    # neither low nor high: no straight line finds it, so that the head climbs to the trees
    chance = np.where(np.abs(values[:, 0]) < 0.7, 0.9, 0.1)
    outcome = (draw.random(len(days)) < chance).astype(float)
    snapshots = pd.DataFrame(
        {
            "lead_id": [f"L{row % LEADS}" for row in range(len(days))],
            "as_of": days,
            "cohort": "open",
            "stage": "new",
            "stage_rank": 0,
            "last_touch_at": days - np.timedelta64(1, "D"),
            "opened_at": days,
            "amount": np.nan,
            "engagement_score": np.nan,
            "fit_score": np.nan,
        }
    )
    return Matrix(snapshots, values, ("interest", "noise", "chatter", "constant"), pd.DataFrame({"win": outcome}))


@pytest.fixture(scope="module")
def result(matrix: Matrix) -> TrainingResult:
    return train(matrix, [HEAD], datetime(2026, 7, 1), Origin("shop", "funnel", "abc"), 5)


def test_it_learns_what_there_is_to_learn_and_leaves_constants_out(result: TrainingResult) -> None:
    auc, log_loss = (result.judgements[0].metrics[name].to_dict() for name in ("auc", "log_loss"))
    assert auc["model"] > max(0.8, auc["stage_rate"] + 0.2)
    assert log_loss["model"] < log_loss["recency"]
    assert "constant" not in result.bundle.heads["win"].columns


def test_the_same_rows_give_the_same_model(matrix: Matrix, result: TrainingResult) -> None:
    again = train(matrix, [HEAD], datetime(2026, 7, 1), Origin("shop", "funnel", "abc"), 5)
    assert again.bundle == result.bundle


def test_a_bundle_comes_back_whole(result: TrainingResult, matrix: Matrix, tmp_path: Path) -> None:
    save_bundle(result.bundle, tmp_path / "one")
    save_bundle(load_bundle(tmp_path / "one"), tmp_path / "two")
    for name in ("bundle.json", "win.lgb", "win.npz"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    pd.testing.assert_frame_equal(predict(load_bundle(tmp_path / "two"), matrix), predict(result.bundle, matrix))


def test_a_trained_model_is_compared_and_an_older_bundle_never_was(result: TrainingResult, tmp_path: Path) -> None:
    assert result.bundle.heads["win"].is_fast
    assert not result.notes
    save_bundle(result.bundle, tmp_path)
    index = json.loads((tmp_path / "bundle.json").read_text("utf-8"))
    for head in index["heads"]:
        del head["is_fast"]
    (tmp_path / "bundle.json").write_text(json.dumps({**index, "format": 1}), "utf-8")
    assert not load_bundle(tmp_path).heads["win"].is_fast


def test_the_trees_are_read_once_a_training(
    result: TrainingResult, matrix: Matrix, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trained = result.bundle.heads["win"]
    values, targets = inputs(trained, matrix.values, matrix.columns), np.arange(len(trained.columns))
    wanted = fast_contributions(read_fast(trained.booster), values, targets)
    save_bundle(result.bundle, tmp_path)
    for name in ("models.bundle.read_fast", "models.fast.paths_of", "models.fast.groups_of"):
        monkeypatch.setattr(name, None)
    kept = load_bundle(tmp_path).heads["win"].fast
    assert (fast_contributions(kept, values, targets) == wanted).all()
    assert (fast_margins(kept, values) == fast_margins(read_fast(trained.booster), values)).all()


@pytest.mark.parametrize("name", ["win.lgb", "win.npz"])
def test_a_changed_file_is_refused(result: TrainingResult, tmp_path: Path, name: str) -> None:
    save_bundle(result.bundle, tmp_path)
    (tmp_path / name).write_text("tree")
    with pytest.raises(FunnelcastError, match="funnelcast train"):
        load_bundle(tmp_path)


def test_other_features_are_refused(result: TrainingResult) -> None:
    check_serves(result.bundle, "abc", [])
    with pytest.raises(FunnelcastError, match=r"abc.*xyz.*funnelcast train"):
        check_serves(result.bundle, "xyz", [])


def test_another_horizon_and_a_head_that_was_not_learned_are_refused(result: TrainingResult) -> None:
    head = result.bundle.heads["win"].head
    check_serves(result.bundle, "abc", [head])
    sooner = replace(head, horizon_days=head.horizon_days - 1)
    days = rf"{head.horizon_days} days ahead.*{sooner.horizon_days} \(win\).*funnelcast train"
    with pytest.raises(FunnelcastError, match=days):
        check_serves(result.bundle, "abc", [sooner])
    with pytest.raises(FunnelcastError, match=r"without the head leave.*funnelcast train"):
        check_serves(result.bundle, "abc", [head, replace(head, name="leave")])


def test_contributions_add_up_to_the_margin(result: TrainingResult, matrix: Matrix) -> None:
    model = result.bundle.heads["win"]
    values = inputs(model, matrix.values, matrix.columns)
    np.testing.assert_allclose(contributions(model, values).sum(axis=1), margins(model, values), atol=1e-9)


def test_some_rows_at_a_time_have_the_chances_of_all(
    result: TrainingResult, matrix: Matrix, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = predict(result.bundle, matrix)
    monkeypatch.setattr("models.predict.ROWS_AT_ONCE", 77)
    pd.testing.assert_frame_equal(predict(result.bundle, matrix), at_once, check_exact=True)


def test_a_row_of_another_cohort_has_no_chance(result: TrainingResult, matrix: Matrix) -> None:
    customers = replace(matrix, snapshots=matrix.snapshots.assign(cohort="customer"))
    assert predict(result.bundle, customers)["win"].isna().all()


def test_the_newest_model_serves_and_the_one_before_is_kept(result: TrainingResult, tmp_path: Path) -> None:
    tracking = Tracking(f"sqlite:///{tmp_path / 'mlflow.db'}", "test", "test", tmp_path / "artefacts")
    assert tracking.champion() is None
    first = tracking.record_training(result)
    second = tracking.record_training(result)
    serving = tracking.champion()
    assert serving is not None
    assert (first.version, second.version, serving.version) == ("1", "2", "2")
    assert serving.bundle == result.bundle
    kept = {path.name for path in (tmp_path / "artefacts").rglob("*") if path.is_file()}
    assert {"bundle.json", "win.lgb", "features.json", "win_reliability.svg", "win_gains.svg"} <= kept
    assert not any(name.endswith((".pkl", ".pickle")) for name in kept)


def test_an_older_version_can_still_be_asked(result: TrainingResult, tmp_path: Path) -> None:
    tracking = Tracking(f"sqlite:///{tmp_path / 'mlflow.db'}", "shop", "shop", tmp_path / "mlartifacts")
    older = tracking.record_training(result)
    tracking.record_training(result)
    assert tracking.bundle(older.version) == result.bundle
    assert tracking.bundle("99") is None


def test_a_challenger_waits_and_hands_choose_and_go_back(result: TrainingResult, tmp_path: Path) -> None:
    tracking = Tracking(f"sqlite:///{tmp_path / 'mlflow.db'}", "test", "test", tmp_path / "artefacts")
    tracking.record_training(result)
    tracking.record_training(result, verdict=Verdict(promoted=False, reason="it loses more than the champion"))
    assert aliases(tracking) == {"1": ("champion",), "2": ("challenger",)}
    assert tracking.versions()[0].verdict == "it loses more than the champion"
    assert tracking.versions()[0].metrics["win.auc"] > 0.8
    tracking.promote("2")
    assert aliases(tracking) == {"1": ("previous",), "2": ("champion",)}
    assert tracking.roll_back() == "1"
    assert aliases(tracking) == {"1": ("champion",), "2": ("previous",)}


def test_there_is_nothing_to_promote_or_to_go_back_to(result: TrainingResult, tmp_path: Path) -> None:
    tracking = Tracking(f"sqlite:///{tmp_path / 'mlflow.db'}", "test", "test", tmp_path / "artefacts")
    tracking.record_training(result)
    with pytest.raises(FunnelcastError, match="There is no version 7 of test; there are 1"):
        tracking.promote("7")
    with pytest.raises(FunnelcastError, match="none to go back to"):
        tracking.roll_back()


def aliases(tracking: Tracking) -> dict[str, tuple[str, ...]]:
    return {version.number: version.aliases for version in tracking.versions()}
