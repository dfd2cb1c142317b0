"""The demo company has a known truth: the models must come near the best that anybody could do, and say chances that are true."""

from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.load import load_project
from models.metrics import auc, calibration_error
from models.predict import contributions, inputs, predict
from models.track import Champion
from pipelines.ingest import ingest_project
from pipelines.job import Job, matrix_of
from pipelines.score import Scored, score_project
from pipelines.store import open_workspace
from pipelines.train import champion_of, train_project

TRUTH_DAYS = [date(2026, 3, 9), date(2026, 3, 23), date(2026, 4, 6), date(2026, 4, 20), date(2026, 5, 4)]
NEAR, HONEST = 0.03, 0.04
# the demo company's strong signals (pipelines/sources/demo/rates.py) and the features that see each of them
SIGNALS = {
    "pricing page visits": {"pricing_visits", "last_pricing_visit"},
    "meetings": {"meetings_held", "meeting_minutes", "last_meeting", "account_meetings"},
    "demo request": {"demo_requests", "forms", "last_form"},
    "source": {"source_win_rate"},
    "long in stage": {"days_in_stage", "stay_against_usual", "steps_forward", "days_open"},
}


@dataclass(frozen=True)
class Trained:
    """The demo company, and a model that was trained on the first truth day with what was known by then."""

    job: Job
    champion: Champion
    judged: pd.DataFrame


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    project = load_project(Path("configs/projects/demo.yaml"))
    with open_workspace(tmp_path_factory.mktemp("demo")) as workspace:
        job = Job(project, workspace, workspace.demo, TRUTH_DAYS[0])
        ingest_project(job)
        champion = train_project(job)
        matrix = matrix_of(job, TRUTH_DAYS, None)
        chances = predict(champion.bundle, matrix).add_suffix("_chance")
        judged = pd.concat([matrix.snapshots, matrix.outcomes, chances], axis=1)
        return Trained(job, champion, judged)


@pytest.fixture(scope="module")
def scored(trained: Trained) -> Scored:
    return score_project(trained.job, trained.champion)


@pytest.mark.parametrize("head", ["progress", "win"])
def test_the_ranking_is_near_that_of_the_true_chances(trained: Trained, head: str) -> None:
    truth = pd.read_parquet(trained.job.data / "truth.parquet")
    both = trained.judged.merge(truth[truth["head"] == head], on=["lead_id", "as_of"])
    both = both[both["cohort"] == "open"].dropna(subset=[head, f"{head}_chance"])
    outcomes = both[head].to_numpy()
    assert len(both) > 1000
    best = auc(outcomes, both["chance"].to_numpy())
    ours = auc(outcomes, both[f"{head}_chance"].to_numpy())
    assert ours > best - NEAR, f"{head}: AUC {ours:.4f}, true chances {best:.4f}"


@pytest.mark.parametrize("head", ["progress", "win", "leave", "churn"])
def test_the_chances_are_honest_out_of_time(trained: Trained, head: str) -> None:
    known = trained.judged.dropna(subset=[head, f"{head}_chance"])
    found = calibration_error(known[head].to_numpy(), known[f"{head}_chance"].to_numpy())
    assert found < HONEST, f"{head}: calibration error {found:.4f} on {len(known)} snapshots"


def test_the_planted_signals_are_among_the_top_features(trained: Trained) -> None:
    model = trained.champion.bundle.heads["win"]
    matrix = matrix_of(trained.job, TRUTH_DAYS[:1], datetime(2026, 3, 9))
    matrix = matrix.take((matrix.snapshots["cohort"] == "open").to_numpy())
    weights = np.abs(contributions(model, inputs(model, matrix.values, matrix.columns))[:, :-1]).mean(axis=0)
    owner = {column.name: column.feature.name for column in trained.job.columns}
    by_feature = pd.Series(weights, index=[owner[name] for name in model.columns]).groupby(level=0).sum()
    top = set(by_feature.nlargest(15).index)
    missing = [signal for signal, features in SIGNALS.items() if not features & top]
    assert not missing, f"{missing} not among {sorted(top)}"


def test_the_list_gives_the_planted_signals_as_reasons(scored: Scored) -> None:
    calls = scored.scores[scored.scores["band"] == "call"]
    given = [{reason.feature for reason in explanation.reasons_for} for explanation in calls["explanation"]]
    planted = set().union(*SIGNALS.values()) | {"product_days", "product_minutes", "last_product_use", "role_win_rate"}
    assert all(given)
    assert np.mean([bool(features & planted) for features in given]) > 0.8


def test_the_same_day_twice_gives_the_same_bytes(trained: Trained, scored: Scored) -> None:
    before, page = scored.scores_file.read_bytes(), scored.page.read_bytes()
    again = score_project(trained.job, champion_of(trained.job))
    assert again.scores_file.read_bytes() == before
    assert again.page.read_bytes() == page


def test_nobody_without_consent_is_scored(trained: Trained, scored: Scored) -> None:
    consents = pd.read_parquet(trained.job.data / "consents.parquet")
    said = consents[consents["said_on"] <= "2026-03-09"].sort_values("said_on", kind="stable")
    last = said.groupby("lead_no")["opted_in"].last()
    open_leads = scored.scores["lead_id"]
    assert last.reindex(open_leads).fillna(value=False).astype(bool).all()
    assert (~last).any()
