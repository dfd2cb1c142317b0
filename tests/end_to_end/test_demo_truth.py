"""The demo company has a known truth: the models must come near the best that anybody could do, and say chances that are true."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.load import load_project
from configs.project import HeadName
from features.behaviours import behaviour_of
from features.matrix import Matrix
from features.snapshots import midnight
from models.explain import telling
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


@dataclass(frozen=True)
class Signal:
    """A strong signal of pipelines/sources/demo/rates.py: the leads that show it, and the features that see it."""

    shown_by: str
    at_least: float
    features: tuple[str, ...]


SIGNALS = {
    "pricing page visits": Signal("pricing_visits_14d", 2, ("pricing_visits", "last_pricing_visit")),
    "meetings": Signal(
        "meetings_held_14d", 1, ("meetings_held", "meeting_minutes", "last_meeting", "account_meetings")
    ),
    "demo request": Signal("demo_requests_30d", 1, ("demo_requests", "forms", "last_form")),
    "careers page visits": Signal("careers_visits_30d", 1, ("careers_visits", "last_careers_visit")),
    "long in stage": Signal("days_in_stage", 60, ("days_in_stage", "stay_against_usual", "steps_forward", "days_open")),
}
PLANTED = {name for signal in SIGNALS.values() for name in signal.features} | {
    "source_win_rate",
    "role_win_rate",
    "wait_for_answer",
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


@pytest.fixture(scope="module")
def open_leads(trained: Trained) -> Matrix:
    matrix = matrix_of(trained.job, TRUTH_DAYS[:1], midnight(TRUTH_DAYS[0]))
    return matrix.take((matrix.snapshots["cohort"] == "open").to_numpy())


def weights(trained: Trained, matrix: Matrix, head: HeadName) -> pd.DataFrame:
    """What each behaviour that can be a reason adds to or takes from the margin: one row a lead, one column a behaviour."""
    model = trained.champion.bundle.heads[head]
    columns = {column.name: column for column in trained.job.columns}
    values = inputs(model, matrix.values, matrix.columns)
    words = telling([columns[name] for name in model.columns], values)
    behaviours = [behaviour_of(column.feature) for column in words.columns]
    found = pd.DataFrame(contributions(model, values)[:, :-1], columns=behaviours).T.groupby(level=0).sum().T
    return found[sorted({name for name, tells in zip(behaviours, words.tells, strict=True) if tells})]


def behaviours(trained: Trained, features: Sequence[str]) -> list[str]:
    """The behaviours that the features see."""
    return sorted({behaviour_of(column.feature) for column in trained.job.columns if column.feature.name in features})


@pytest.mark.parametrize("name", SIGNALS)
def test_a_lead_that_shows_a_planted_signal_has_it_among_its_five_top_reasons(
    trained: Trained, open_leads: Matrix, name: str
) -> None:
    signal = SIGNALS[name]
    shows = open_leads.values[:, open_leads.columns.index(signal.shown_by)] >= signal.at_least
    assert shows.sum() > 20
    shares = []
    heads: tuple[HeadName, ...] = ("progress", "win")
    for head in heads:
        places = weights(trained, open_leads, head).abs().rank(axis=1, ascending=False)
        best = places[behaviours(trained, signal.features)].min(axis=1)
        shares.append(float((best[shows] <= 5).mean()))
    assert max(shares) > 0.5, (
        f"{name}: among the five top reasons of {shares} of the leads that show it (progress, win)"
    )


def test_the_source_is_among_the_strongest_behaviours(trained: Trained, open_leads: Matrix) -> None:
    strength = weights(trained, open_leads, "progress").abs().mean()
    assert "field source" in set(strength.nlargest(5).index)


def test_the_list_gives_the_planted_signals_as_reasons(scored: Scored) -> None:
    calls = scored.scores[scored.scores["band"] == "call"]
    given = [{reason.feature for reason in explanation.reasons_for} for explanation in calls["explanation"]]
    assert all(given)
    assert np.mean([bool(features & PLANTED) for features in given]) > 0.8


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
