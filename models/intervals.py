"""How sure the figures are: the range in which each would lie if other leads of the same sort had come."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.metrics import CALIBRATION_BINS, METRICS, SMALLEST_CHANCE, TOP_SHARES
from models.resampling import RANKED, Counts, calibration_errors, draw_leads, listed, ranked
from models.rivals.rival import Rival

Floats = NDArray[np.float64]

DRAWS = 200
LOW, HIGH = 0.05, 0.95
SEED = 7
AGAINST = "model - "  # before the name of a rival, the difference to it


@dataclass(frozen=True)
class Judged:
    """Rows with known outcomes: lead and cut_off (a number for each), outcomes (0 or 1), days (as_of), amounts (NaN unknown); all (n,)."""

    lead: NDArray[np.integer[Any]]
    cut_off: NDArray[np.integer[Any]]
    outcomes: Floats
    days: NDArray[np.datetime64]
    amounts: Floats


def intervals(judged: Judged, said: Sequence[Rival], capacity: int, draws: int = DRAWS) -> pd.DataFrame:
    """One row a model and metric of models.metrics.METRICS: model, metric, value, low, high.

    low and high bound the middle 90 % of the values on leads drawn with replacement, each with all its rows (percentile bootstrap over
    clusters; Efron and Tibshirani 1993, ch. 13; Field and Welsh 2007). The first of `said` is the model; for each other there are rows
    'model - NAME' too, whose differences are taken draw by draw, so that what makes a week hard for both does not blur them. Scores of two
    cut-offs have no common measure, so AUC, average precision, lift and captured yes are means over the cut-offs by their rows.
    """
    leads, lead = np.unique(judged.lead, return_inverse=True)
    counts = draw_leads(len(leads), draws, SEED)
    rows = replace(judged, lead=lead.astype(np.int32))
    found = {one.name: _measured(rows, one, counts, capacity) for one in said}
    model, *others = found
    found |= {f"{AGAINST}{name}": found[model] - found[name] for name in others}
    return pd.concat([_summary(name, values) for name, values in found.items()], ignore_index=True)


def _summary(name: str, values: Floats) -> pd.DataFrame:
    """Values (1 + draws, metrics): the first row as it was, the others drawn; draws without a meaning do not count."""
    meant = ~np.isnan(values[1:]).all(axis=0)
    low, high = np.nanquantile(np.where(meant, values[1:], 0.0), [LOW, HIGH], axis=0)
    low[~meant] = high[~meant] = np.nan
    return pd.DataFrame({"model": name, "metric": METRICS, "value": values[0], "low": low, "high": high})


def _measured(rows: Judged, said: Rival, counts: Counts, capacity: int) -> Floats:
    """(draws, METRICS): every metric on every draw."""
    total, total_yes = _summed(rows, counts, np.ones(len(rows.lead))), _summed(rows, counts, rows.outcomes)
    found = {
        **_ranking(rows, said, counts),
        **_on_lists(rows, said, counts, capacity, total_yes / total),
        **_honesty(rows, said, counts, total),
        **_promised(rows, said, counts),
    }
    return np.column_stack([found[name] for name in METRICS])


def _ranking(rows: Judged, said: Rival, counts: Counts) -> dict[str, Floats]:
    """Each metric of the order (draws,), as the mean over the cut-offs where it has a meaning."""
    parts = [_ranking_at(rows, said, counts, rows.cut_off == cut_off) for cut_off in np.unique(rows.cut_off)]
    figures, drawn = np.array([figures for figures, _ in parts]), np.array([drawn for _, drawn in parts])[:, :, None]
    weights = np.where(np.isnan(figures), 0.0, drawn)
    with np.errstate(invalid="ignore"):
        means = (np.nan_to_num(figures) * weights).sum(axis=0) / weights.sum(axis=0)
    names = ["auc", "average_precision", *(f"{what}_at_{top}" for what in ("captured", "lift") for top in TOP_SHARES)]
    return dict(zip(names, means.T, strict=True))


def _ranking_at(rows: Judged, said: Rival, counts: Counts, here: NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """(draws, metrics) of the rows that are true in `here`: AUC, average precision, captured, lift; and how many rows were drawn."""
    lead, scores, outcomes = rows.lead[here], said.scores[here], rows.outcomes[here]
    order = np.argsort(-scores, kind="stable")
    shares = np.array(list(TOP_SHARES.values()))
    found = ranked(counts, lead[order], outcomes[order], _lasts(scores[order]), shares)
    drawn = _summed(rows, counts, here.astype(np.float64))
    with np.errstate(invalid="ignore", divide="ignore"):
        lifts = found[:, RANKED:] * drawn[:, None] / np.maximum(1, np.floor(drawn[:, None] * shares))
    return np.hstack([found, lifts]), drawn


def _on_lists(rows: Judged, said: Rival, counts: Counts, capacity: int, rates: Floats) -> dict[str, Floats]:
    """Rates (draws,): the share of yes among all rows."""
    day = np.unique(rows.days, return_inverse=True)[1].astype(np.int32)
    order = np.lexsort((-said.scores, day))
    last = _lasts(said.scores[order]) | _lasts(day[order])
    precision, on_list, yes = listed(counts, rows.lead[order], rows.outcomes[order], last, day[order], capacity).T
    all_yes = _summed(rows, counts, rows.outcomes)
    with np.errstate(invalid="ignore", divide="ignore"):
        lift, captured = yes / on_list / rates, yes / all_yes
    lift[all_yes == 0] = np.nan
    return {"precision_at_capacity": precision, "lift_at_capacity": lift, "captured_at_capacity": captured}


def _honesty(rows: Judged, said: Rival, counts: Counts, total: Floats) -> dict[str, Floats]:
    safe = np.clip(said.chances, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    surprise = -np.log(np.where(rows.outcomes == 1, safe, 1 - safe))
    order = np.argsort(-said.chances, kind="stable")
    ranked_rows = rows.lead[order], rows.outcomes[order], said.chances[order]
    return {
        "log_loss": _summed(rows, counts, surprise) / total,
        "brier": _summed(rows, counts, (said.chances - rows.outcomes) ** 2) / total,
        "calibration_error": calibration_errors(counts, *ranked_rows, CALIBRATION_BINS),
    }


def _promised(rows: Judged, said: Rival, counts: Counts) -> dict[str, Floats]:
    known = ~np.isnan(rows.amounts)
    worth = np.where(known, rows.amounts, 0.0)
    valued = 1.0 if known.any() else np.nan
    return {
        "expected_yes": _summed(rows, counts, said.chances),
        "realised_yes": _summed(rows, counts, rows.outcomes),
        "expected_value": valued * (_summed(rows, counts, said.chances * worth)),
        "realised_value": valued * (_summed(rows, counts, rows.outcomes * worth)),
    }


def _summed(rows: Judged, counts: Counts, numbers: Floats) -> Floats:
    """(draws,): the sum of the numbers (n,) over the rows that were drawn."""
    summed: Floats = np.einsum("dl,l->d", counts, np.bincount(rows.lead, weights=numbers))
    return summed


def _lasts(sorted_numbers: NDArray[np.generic]) -> NDArray[np.bool_]:
    """True on the last row of each run of equal numbers."""
    return np.append(sorted_numbers[1:] != sorted_numbers[:-1], [True] * bool(len(sorted_numbers)))
