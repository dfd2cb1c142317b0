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
from models.parts import spoken, spoken_values
from models.predict import contributions_of, parts_of, predict, ranges
from models.track import Champion
from pipelines.ingest import ingest_project
from pipelines.job import Job, matrix_of
from pipelines.score import Scored, score_project
from pipelines.store import open_workspace
from pipelines.train import champion_of, train_project

TRUTH_DAYS = [date(2026, 3, 9), date(2026, 3, 23), date(2026, 4, 6), date(2026, 4, 20), date(2026, 5, 4)]
NEAR = 0.02
HONEST = 0.04
MOST_SAID: dict[str, float] = {"progress": 0.95, "win": 0.95}


@dataclass(frozen=True)
class Signal:
    """A strong signal of pipelines/sources/demo/rates.py: the leads that show it, and the features that see it."""

    shown_by: str
    at_least: float
    features: tuple[str, ...]


HEADS = ["progress", "win", "leave", "churn"]
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
        said = predict(champion.bundle, matrix)
        chances = pd.concat([said.add_suffix("_chance"), ranges(champion.bundle, said)], axis=1)
        judged = pd.concat([matrix.snapshots, matrix.outcomes, chances], axis=1)
        return Trained(job, champion, judged)


def beside_truth(trained: Trained, head: str) -> pd.DataFrame:
    """The snapshots of the head's cohort whose outcome is known, with their true chance."""
    truth = pd.read_parquet(trained.job.data / "truth.parquet")
    both = trained.judged.merge(truth[truth["head"] == head], on=["lead_id", "as_of"])
    cohort = "customer" if head == "churn" else "open"
    return both[both["cohort"] == cohort].dropna(subset=[head, f"{head}_chance"])


@pytest.fixture(scope="module")
def scored(trained: Trained) -> Scored:
    return score_project(trained.job, trained.champion)


@pytest.mark.parametrize("head", HEADS)
def test_the_ranking_is_near_that_of_the_true_chances(trained: Trained, head: str) -> None:
    both = beside_truth(trained, head)
    outcomes = both[head].to_numpy()
    assert len(both) > (500 if head == "churn" else 1000)
    best = auc(outcomes, both["chance"].to_numpy())
    ours = auc(outcomes, both[f"{head}_chance"].to_numpy())
    assert ours > best - NEAR, f"{head}: AUC {ours:.4f}, true chances {best:.4f}"


@pytest.mark.parametrize("head", HEADS)
def test_nine_of_ten_true_chances_lie_in_the_range(trained: Trained, head: str) -> None:
    """The range itself, not rounded, of whatever may still happen; a customer who has paid beyond the horizon cannot leave."""
    both = beside_truth(trained, head)
    true, low, high = (both[name].to_numpy() for name in ("chance", f"low_{head}", f"high_{head}"))
    possible = true > 0
    covered = float(((low <= true) & (true <= high))[possible].mean())
    assert possible.sum() > (200 if head == "churn" else 1000)
    assert 0.85 <= covered <= 0.95, f"{head}: {covered:.3f} of {possible.sum()} true chances lie in the range"


@pytest.mark.parametrize("head", HEADS)
def test_nine_of_ten_true_chances_lie_in_the_range_that_is_said(trained: Trained, head: str) -> None:
    """As the list says it, in whole hundredths, rounded outwards, and in tenths of them below one."""
    both = beside_truth(trained, head)
    true, low, high = (100 * both[name].to_numpy() for name in ("chance", f"low_{head}", f"high_{head}"))
    low, high = (np.where(end < 1, way(10 * end) / 10, way(end)) for way, end in ((np.floor, low), (np.ceil, high)))
    covered = float(((low <= true) & (true <= high)).mean())
    assert 0.85 <= covered <= MOST_SAID.get(head, 1.0), (
        f"{head}: {covered:.3f} of {len(both)} true chances lie in the range"
    )
    assert (low[true == 0] > 0).sum() <= 0.05 * (true == 0).sum(), "what cannot happen is said to happen now and then"


@pytest.mark.parametrize("head", HEADS)
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
    said = spoken(parts_of(model), trained.job.columns)
    words = telling(said, spoken_values(said, matrix))
    behaviours = [behaviour_of(column.feature) for column in words.columns]
    found = pd.DataFrame(contributions_of(model, matrix)[:, :-1], columns=behaviours).T.groupby(level=0).sum().T
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
    scores, explanations = scored.ranked.scores, scored.ranked.explanations
    calls = scores[scores["band"] == "call"]
    given = [{reason.feature for reason in explanations[row].reasons_for} for row in calls["explained"]]
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
    open_leads = scored.ranked.scores["lead_id"]
    assert last.reindex(open_leads).fillna(value=False).astype(bool).all()
    assert (~last).any()
