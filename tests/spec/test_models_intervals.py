"""An interval holds what other leads of the same sort would have given, and the figures in it are those of the plain metrics."""

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from models.intervals import Judged, intervals
from models.metrics import METRICS, measure
from models.resampling import draw_leads
from models.rivals.rival import Rival

Floats = NDArray[np.float64]


def company(seed: int, rows: int = 300) -> tuple[Judged, Rival]:
    """Rows of leads on several days, with ties in scores and chances and with amounts of which some are not known."""
    rng = np.random.default_rng(seed)
    lead = rng.integers(0, rows // 3, rows)
    chances = np.round(rng.random(rows), 1) * 0.9 + 0.05
    outcomes = (rng.random(rows) < chances).astype(float)
    days = np.datetime64("2026-01-05") + rng.integers(0, 3, rows) * np.timedelta64(7, "D")
    amounts = np.where(rng.random(rows) < 0.2, np.nan, rng.integers(1, 9, rows) * 100.0)
    return Judged(lead, np.zeros(rows, dtype=int), outcomes, days, amounts), Rival(
        "model", np.round(chances * 7), chances
    )


def at(found: pd.DataFrame, model: str, metric: str, part: str) -> float:
    (number,) = found.loc[(found["model"] == model) & (found["metric"] == metric), part]
    return float(number)


def width(found: pd.DataFrame, model: str, metric: str) -> float:
    return at(found, model, metric, "high") - at(found, model, metric, "low")


@pytest.mark.parametrize("seed", range(4))
def test_the_value_is_that_of_the_plain_metrics(seed: int) -> None:
    judged, said = company(seed)
    found = intervals(judged, [said], 20, draws=5).set_index("metric")["value"]
    plain = measure(judged.outcomes, said.scores, said.chances, judged.days, 20, judged.amounts)
    assert list(found.index) == list(METRICS)
    assert found.to_dict() == pytest.approx(plain)


def test_a_draw_is_the_plain_metric_on_the_drawn_leads() -> None:
    judged, said = company(1)
    leads, lead = np.unique(judged.lead, return_inverse=True)
    counts = draw_leads(len(leads), 1, 7)[1]
    again = np.repeat(np.arange(len(lead)), counts[lead])
    drawn = measure(
        judged.outcomes[again], said.scores[again], said.chances[again], judged.days[again], 20, judged.amounts[again]
    )
    found = intervals(judged, [said], 20, draws=1).set_index("metric")
    assert found["low"].to_dict() == pytest.approx(drawn)
    assert found["high"].to_dict() == pytest.approx(drawn)


def test_whole_leads_are_drawn() -> None:
    """Rows that repeat one another say no more than one of them, so the interval of ten copies is that of one."""
    judged, said = company(2, rows=90)
    copies = np.repeat(np.arange(90), 10)
    copied = (getattr(judged, part.name)[copies] for part in fields(judged))
    more = Judged(*copied)
    repeated = Rival("model", said.scores[copies], said.chances[copies])
    one, ten = (
        intervals(*pair, capacity=1000).set_index("metric").loc["brier"]
        for pair in ((judged, [said]), (more, [repeated]))
    )
    assert one["high"] - one["low"] == pytest.approx(ten["high"] - ten["low"])


def test_differences_are_taken_draw_by_draw() -> None:
    judged, said = company(3)
    worse = Rival("other", said.scores, said.chances * 0.9)
    found = intervals(judged, [said, worse], 20)
    apart = at(found, "model", "brier", "value") - at(found, "other", "brier", "value")
    assert at(found, "model - other", "brier", "value") == pytest.approx(apart)
    assert width(found, "model - other", "brier") < width(found, "model", "brier")
    assert [at(found, "model - other", "auc", part) for part in ("value", "low", "high")] == [0, 0, 0]


def test_nine_of_ten_intervals_hold_the_truth() -> None:
    """The true share of yes behind many companies drawn from one world."""
    hits = 0
    for seed in range(200):
        rng = np.random.default_rng(1000 + seed)
        lead = np.repeat(np.arange(80), 3)
        outcomes = np.repeat((rng.random(80) < 0.3).astype(float), 3)
        days, same = np.full(240, np.datetime64("2026-01-05")), np.full(240, 0.3)
        found = intervals(
            Judged(lead, np.zeros(240, dtype=int), outcomes, days, same), [Rival("model", same, same)], 240
        )
        low, high = (at(found, "model", "precision_at_capacity", side) for side in ("low", "high"))
        hits += low <= 0.3 <= high
    assert 0.84 <= hits / 200 <= 0.95


def test_with_one_class_there_is_no_order_and_no_error() -> None:
    judged, said = company(0)
    none = replace(judged, outcomes=np.zeros(300), amounts=np.full(300, np.nan))
    found = intervals(none, [said], 20, draws=20).set_index("metric")["value"]
    assert np.isnan(
        found[["auc", "average_precision", "lift_at_10_percent", "captured_at_capacity", "realised_value"]]
    ).all()
    assert found["realised_yes"] == 0
