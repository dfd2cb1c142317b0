"""What is declared of a feature holds for every chance that is served: more of it is never worse, or never better."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.feature import Feature, Monotone, Selection
from features.matrix import Matrix
from features.readings import Fit
from features.tables import touches
from features.words import score, times
from models.bundle import Bundle, Origin
from models.fit import SETTINGS, fit_head
from models.heads import Head
from models.judgement import learn
from models.leaks import without
from models.monotone import constraints
from models.predict import predict
from models.split import days_of, leads_of
from models.train import compared

Floats = NDArray[np.float64]
WEEKS, LEADS = 20, 120
HEADS: dict[HeadName, Head] = {
    "win": Head("win", "open", 14, "buy"),
    "leave": Head("leave", "open", 14, "leave"),
}


def company(slope: float, **monotone: Monotone) -> Matrix:
    """Weeks of leads whose log odds to win, and to leave, move by `slope` with each visit (0 to 9, or unknown)."""
    draw = np.random.default_rng(11)
    days = np.repeat(pd.date_range("2026-01-05", periods=WEEKS, freq="7D").to_numpy(), LEADS)
    visits = draw.integers(0, 10, len(days)).astype(float)
    interest = draw.normal(size=len(days))
    chance = 1 / (1 + np.exp(-(interest + slope * (visits - 4.5))))
    known = np.where(draw.random(len(days)) < 0.1, np.nan, visits)
    outcomes = pd.DataFrame({name: (draw.random(len(days)) < chance).astype(float) for name in HEADS})
    snapshots = pd.DataFrame(
        {
            "lead_id": [f"L{row % LEADS}" for row in range(len(days))],
            "as_of": days,
            "cohort": "open",
            "stage": "new",
            "stage_rank": 0,
            "last_touch_at": days,
            "opened_at": days,
            "amount": np.nan,
            "engagement_score": np.nan,
            "fit_score": np.nan,
        }
    )
    values = np.column_stack([interest, known]).astype(np.float32)
    return Matrix(snapshots, values, ("interest", "visits"), outcomes, monotone)


def steps(rows: Matrix) -> dict[str, Floats]:
    """How each served chance of 50 leads moves with one visit more, from 0 to 9."""
    models = {name: learn(rows, head).model for name, head in HEADS.items()}
    bundle = Bundle(Origin("shop", "funnel", "abc"), datetime(2026, 7, 1), {}, {}, models)
    leads = rows.take(np.arange(len(rows.values)) < 50)
    chances = []
    for visits in range(10):
        values = leads.values.copy()
        values[:, 1] = visits
        chances.append(predict(bundle, Matrix(leads.snapshots, values, leads.columns, leads.outcomes)))
    return {name: np.diff([said[name].to_numpy() for said in chances], axis=0) for name in HEADS}


@pytest.mark.parametrize(("declared", "held", "free"), [("rising", "win", "leave"), ("falling", "leave", "win")])
def test_a_chance_holds_to_what_is_declared_although_the_truth_is_the_opposite(
    declared: Monotone, held: str, free: str
) -> None:
    """Visits lower both chances in truth; where that is against the declaration, the chance stays where it is."""
    moved, unheld = steps(company(-0.3, visits=declared)), steps(company(-0.3))
    assert unheld[held].mean() < -0.02, "without the declaration the chance follows the truth"
    assert moved[held].min() >= 0
    assert moved[free].max() <= 0
    assert moved[free].mean() < -0.02, "where truth and declaration agree, the truth is still learned"


def test_a_declaration_means_the_opposite_for_what_we_fear() -> None:
    columns = ("a", "b", "c")
    monotone: dict[str, Monotone] = {"a": "rising", "c": "falling"}
    found = {
        name: constraints(Head(name, "open", 14, "do"), columns, monotone)["monotone_constraints"]
        for name in ("progress", "win", "leave", "churn")
    }
    assert found == {"progress": "1,0,-1", "win": "1,0,-1", "leave": "-1,0,1", "churn": "-1,0,1"}
    assert constraints(HEADS["win"], columns, {}) == {}


def test_a_declaration_of_a_column_that_is_left_out_changes_nothing() -> None:
    rows, head = company(0.3), HEADS["win"]
    days, leads = days_of(rows.snapshots), leads_of(rows.snapshots)
    given = head, rows.values, rows.columns, rows.outcomes["win"].to_numpy(), days, leads
    assert fit_head(*given, SETTINGS, {"elsewhere": "rising"}) == fit_head(*given)


def test_the_compiled_trees_read_a_model_that_holds_to_a_declaration() -> None:
    rows = company(0.3, visits="rising")
    model, warning = compared(learn(rows, HEADS["win"]).model, rows)
    assert "monotone_constraints=0 1" in model.booster
    assert (model.is_fast, warning) == (True, "")


def test_the_declaration_goes_with_the_matrix() -> None:
    rows = company(0.3, visits="rising")
    assert rows.take(np.arange(len(rows.values)) < 5).monotone == {"visits": "rising"}
    assert without(rows, frozenset({"interest"})).monotone == {"visits": "rising"}


def test_what_is_not_learned_from_takes_no_declaration() -> None:
    Feature(Selection(touches).count(), times, "{value}", "none", (7,), "visits", monotone="rising")
    with pytest.raises(FunnelcastError, match="'fit_score' is shown and not learned from, so it takes no monotone"):
        Feature(Fit(()), score, "{value}", "none", (), "fit_score", monotone="rising")
