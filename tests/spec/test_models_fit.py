"""A head learns the same model on any machine, and refuses what cannot be learned."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from models import fit
from models.bundle import HeadModel
from models.fit import STARTS, fit_head, fit_regression
from models.heads import Head
from models.metrics import auc, calibration_error
from models.predict import contributions, margins, to_chance
from models.regression import Logistic

Floats = NDArray[np.float64]

HEAD = Head("win", "open", 14, "buy")
WEEKS, LEADS = 24, 150
EVERYBODY = np.arange(WEEKS * LEADS)
COLUMNS = ("interest", "rare", "constant", "unknown", "noise", "day")


def weeks(seed: int = 3) -> tuple[NDArray[np.float32], Floats, NDArray[np.datetime64], Floats]:
    """Values, outcomes, as_of and true chances; `rare` is almost always 0, as most counts are."""
    rng = np.random.default_rng(seed)
    as_of = np.repeat(np.datetime64("2024-01-01", "us") + np.arange(WEEKS) * np.timedelta64(7, "D"), LEADS)
    rows = len(as_of)
    rare = (rng.random(rows) < 0.03) * rng.integers(1, 5, rows)
    day = np.repeat(np.arange(WEEKS), LEADS)
    values = np.column_stack(
        [rng.normal(size=rows), rare, np.ones(rows), np.full(rows, np.nan), rng.normal(size=rows), day]
    )
    chances = 1 / (1 + np.exp(1.5 - values[:, 0] - rare))
    return values.astype(np.float32), (rng.random(rows) < chances).astype(float), as_of, chances


def learned() -> HeadModel:
    values, outcomes, as_of, _ = weeks()
    return fit_head(HEAD, values, COLUMNS, outcomes, as_of, EVERYBODY).model


def test_it_comes_near_the_true_chances() -> None:
    model = learned()
    values, outcomes, _, chances = weeks(seed=4)
    said = to_chance(model, margins(model, values[:, [0, 1, 4]]))
    assert model.columns == ("interest", "rare", "noise"), (
        "columns with one value on each day tell no lead from another"
    )
    assert auc(outcomes, said) > auc(outcomes, chances) - 0.02
    assert calibration_error(outcomes, said) < 0.04
    assert (model.rows, model.yes) == (WEEKS * LEADS, int(weeks()[1].sum()))
    assert f"{model.trained_from} {model.trained_to}" == "2024-01-01 00:00:00 2024-06-10 00:00:00"


def test_the_number_of_threads_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "MOST_TREES", 20)
    found = []
    for threads in (1, 2, 3):
        monkeypatch.setattr(fit, "_threads", lambda _, threads=threads: threads)
        found.append(learned())
    assert found[0] == found[1] == found[2]
    assert "num_threads" not in found[0].booster


@pytest.mark.parametrize(("every", "said"), [(1.0, "yes"), (0.0, "no")])
def test_one_answer_alone_is_refused(every: float, said: str) -> None:
    values, outcomes, as_of, _ = weeks()
    with pytest.raises(
        FunnelcastError, match=rf"win: the outcome is '{said}' for all 3,600 .* 2024-01-01 to 2024-06-10 .* 14 days"
    ):
        fit_head(HEAD, values, COLUMNS, np.full_like(outcomes, every), as_of, EVERYBODY)


def test_one_answer_in_every_older_part_is_refused() -> None:
    values, outcomes, as_of, _ = weeks()
    late = np.where(as_of == as_of.max(), outcomes, 0.0)
    with pytest.raises(FunnelcastError, match="the outcome is 'no' for all"):
        fit_head(HEAD, values, COLUMNS, late, as_of, EVERYBODY)


def test_the_regression_alone_is_the_one_that_the_trees_start_from() -> None:
    values, outcomes, as_of, _ = weeks()
    both = fit_head(HEAD, values, COLUMNS, outcomes, as_of, EVERYBODY)
    assert both.regression == fit_regression(HEAD, values, COLUMNS, outcomes, as_of, EVERYBODY)
    assert isinstance(both.regression.sum, Logistic)
    assert both.model.start in (None, *(both.regression.sum.scaled(share) for share in STARTS))


def test_trees_and_regression_add_up_column_by_column(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fit, "STARTS", (0.5,))
    model, values = learned(), weeks(seed=5)[0][:, [0, 1, 4]]
    parts = contributions(model, values)
    assert np.abs(parts.sum(axis=1) - margins(model, values)).max() < 1e-9
    assert model.start is not None
    line = model.start.adds(values)
    trees = contributions(replace(model, start=None), values)
    assert np.abs(parts - line - trees).max() < 1e-9
    assert np.abs(line[:, 0]).max() > 0.5, "the straight line of interest is the regression's"


def test_where_one_model_starts_is_forgotten_by_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Models of all starts grow on the same bins, and in any order they lose the same."""
    monkeypatch.setattr(fit, "MOST_TREES", 5)
    values, outcomes, as_of, _ = weeks()
    grow = fit._grow
    losses: dict[tuple[tuple[float, ...], float], tuple[object, int, float]] = {}
    for starts in (STARTS, STARTS[::-1]):
        monkeypatch.setattr(fit, "STARTS", starts)
        monkeypatch.setattr(fit, "_grow", lambda *asked, of=starts: losses.setdefault((of, asked[2]), grow(*asked)))
        fit.grow_forward(HEAD, values, COLUMNS, outcomes, as_of, EVERYBODY)
    for share in STARTS:
        assert losses[STARTS, share][2] == losses[STARTS[::-1], share][2]
