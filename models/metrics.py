"""How right the chances were: do the leads that act stand on top, and are the chances as large as they say?"""

# Outcomes are 0 or 1, scores or chances of the same shape (n,); where a measure has no meaning, such as with one class alone,
# it is NaN. Leads with the same score have no order, so each measure is what it is worth on average over all their orders.

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CALIBRATION_BINS = 10
SMALLEST_CHANCE = 1e-15
TOP_SHARES = {"5_percent": 0.05, "10_percent": 0.1, "20_percent": 0.2}
METRICS = (
    "auc",
    "average_precision",
    "log_loss",
    "brier",
    "calibration_error",
    *(f"lift_at_{top}" for top in TOP_SHARES),
    *(f"captured_at_{top}" for top in TOP_SHARES),
    "precision_at_capacity",
    "lift_at_capacity",
    "captured_at_capacity",
    "expected_yes",
    "realised_yes",
    "expected_value",
    "realised_value",
)


def measure(
    outcomes: Floats,
    scores: Floats,
    chances: Floats,
    days: NDArray[np.datetime64],
    capacity: int,
    amounts: Floats | None = None,
) -> dict[str, float]:
    """Every metric by name: ranking is judged by `scores`, honesty by `chances`.

    days: the as_of of each row; each day has a list of `capacity` rows. amounts: what a yes is worth, NaN unknown; a value is the sum over
    the rows where it is known.
    """
    listed = {
        "precision_at_capacity": precision_at_capacity(outcomes, scores, days, capacity),
        "lift_at_capacity": lift_at_capacity(outcomes, scores, days, capacity),
        "captured_at_capacity": captured_at_capacity(outcomes, scores, days, capacity),
    }
    honesty = {
        "log_loss": log_loss(outcomes, chances),
        "brier": brier(outcomes, chances),
        "calibration_error": calibration_error(outcomes, chances),
    }
    return _in_order({**_ranking(outcomes, scores), **listed, **honesty, **_promised(outcomes, chances, amounts)})


def _ranking(outcomes: Floats, scores: Floats) -> dict[str, float]:
    return {
        "auc": auc(outcomes, scores),
        "average_precision": average_precision(outcomes, scores),
        **{f"lift_at_{top}": lift(outcomes, scores, share) for top, share in TOP_SHARES.items()},
        **{f"captured_at_{top}": captured(outcomes, scores, share) for top, share in TOP_SHARES.items()},
    }


def _promised(outcomes: Floats, chances: Floats, amounts: Floats | None) -> dict[str, float]:
    """What the chances add up to, and what came: in yes, and in the amounts of those whose amount is known."""
    worth = np.full(len(outcomes), np.nan) if amounts is None else amounts
    known = ~np.isnan(worth)
    return {
        "expected_yes": float(chances.sum()),
        "realised_yes": float(outcomes.sum()),
        "expected_value": float((chances * worth)[known].sum()) if known.any() else float("nan"),
        "realised_value": float((outcomes * worth)[known].sum()) if known.any() else float("nan"),
    }


def auc(outcomes: Floats, scores: Floats) -> float:
    """The chance that a row with a yes has a higher score than one with a no, a tie counting half (Mann and Whitney 1947)."""
    yes = outcomes.sum()
    no = len(outcomes) - yes
    if not yes or not no:
        return float("nan")
    ranks = pd.Series(scores).rank(method="average").to_numpy()
    return float((ranks[outcomes == 1].sum() - yes * (yes + 1) / 2) / (yes * no))


def average_precision(outcomes: Floats, scores: Floats) -> float:
    """The sum over the distinct scores, highest first, of the recall gained there times the precision down to there."""
    yes = outcomes.sum()
    if not yes:
        return float("nan")
    order = np.argsort(-scores, kind="stable")
    ends = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = outcomes[order].cumsum()[ends]
    return float((np.diff(found, prepend=0.0) / yes * (found / (ends + 1))).sum())


def log_loss(outcomes: Floats, chances: Floats) -> float:
    """The mean of -ln of the chance given to what came true; a chance of 0 or 1 counts as 1e-15 away from it."""
    return float(surprise(outcomes, chances).mean()) if len(outcomes) else float("nan")


def surprise(outcomes: Floats, chances: Floats) -> Floats:
    """-ln of the chance given to what came true, for each row."""
    safe = np.clip(chances, SMALLEST_CHANCE, 1 - SMALLEST_CHANCE)
    surprised: Floats = -np.log(np.where(outcomes == 1, safe, 1 - safe))
    return surprised


def brier(outcomes: Floats, chances: Floats) -> float:
    """The mean squared difference between chance and outcome."""
    return float(((chances - outcomes) ** 2).mean()) if len(outcomes) else float("nan")


def calibration_error(outcomes: Floats, chances: Floats) -> float:
    """The mean difference, without sign, between chance and share of yes in ten bins of equally many rows (fewer rows: fewer bins)."""
    bins = reliability(outcomes, chances)
    return (
        float(np.average((bins["chance"] - bins["share"]).abs(), weights=bins["rows"])) if len(bins) else float("nan")
    )


def reliability(outcomes: Floats, chances: Floats) -> pd.DataFrame:
    """One row a bin, lowest chances first: rows, chance (mean), share (of yes)."""
    order, shared = _by_score(outcomes, chances)
    parts = np.array_split(np.arange(len(order))[::-1], min(CALIBRATION_BINS, max(1, len(order))))
    bins = [(len(part), chances[order[part]].mean(), shared[part].mean()) for part in parts if len(part)]
    return pd.DataFrame(bins, columns=["rows", "chance", "share"])


def lift(outcomes: Floats, scores: Floats, top_share: float) -> float:
    """How many times more often the top share of rows (rounded down, at least one row) says yes than all rows do."""
    if not outcomes.sum():
        return float("nan")
    top = max(1, int(len(outcomes) * top_share))
    return float(_by_score(outcomes, scores)[1][:top].mean() / outcomes.mean())


def captured(outcomes: Floats, scores: Floats, top_share: float) -> float:
    """The share of all yes that is found in the top share of rows (rounded down, at least one row)."""
    return lift(outcomes, scores, top_share) * max(1, int(len(outcomes) * top_share)) / max(1, len(outcomes))


def precision_at_capacity(outcomes: Floats, scores: Floats, days: NDArray[np.datetime64], capacity: int) -> float:
    """The share of yes among the top `capacity` rows of each as-of day, as a mean over the days."""
    each_day = [listed.mean() for listed in _lists(outcomes, scores, days, capacity)]
    return float(np.mean(each_day)) if each_day else float("nan")


def lift_at_capacity(outcomes: Floats, scores: Floats, days: NDArray[np.datetime64], capacity: int) -> float:
    """How many times more often the rows on the lists of all days say yes than all rows do."""
    if not outcomes.sum():
        return float("nan")
    return float(np.concatenate(_lists(outcomes, scores, days, capacity)).mean() / outcomes.mean())


def captured_at_capacity(outcomes: Floats, scores: Floats, days: NDArray[np.datetime64], capacity: int) -> float:
    """The share of all yes that stands on the lists of all days."""
    if not outcomes.sum():
        return float("nan")
    return float(np.concatenate(_lists(outcomes, scores, days, capacity)).sum() / outcomes.sum())


def _lists(outcomes: Floats, scores: Floats, days: NDArray[np.datetime64], capacity: int) -> list[Floats]:
    """The outcomes on the list of each day, best score first."""
    each_day = (days == day for day in np.unique(days))
    return [_by_score(outcomes[rows], scores[rows])[1][:capacity] for rows in each_day]


def brought(worth: Floats, scores: Floats, listed: int) -> float:
    """What the top `listed` rows bring in all, when each row brings its worth (n,), such as 1 for a yes or the amount of a sale."""
    return float(_by_score(worth, scores)[1][:listed].sum())


def gains(outcomes: Floats, scores: Floats) -> Floats:
    """The share of all yes found in the top k rows, for k = 0 to n; shape (n + 1,)."""
    shared = _by_score(outcomes, scores)[1]
    found: Floats = np.concatenate([[0.0], shared.cumsum()]) / max(shared.sum(), 1.0)
    return found


def _by_score(outcomes: Floats, scores: Floats) -> tuple[NDArray[np.intp], Floats]:
    """The rows by falling score, and their outcomes (or worth) in that order, rows of one score each holding the mean of theirs."""
    order = np.argsort(-scores, kind="stable")
    ranked = pd.Series(outcomes[order])
    shared: Floats = ranked.groupby(np.cumsum(np.diff(scores[order], prepend=np.nan) != 0)).transform("mean").to_numpy()
    return order, shared


def _in_order(found: Mapping[str, float]) -> dict[str, float]:
    return {name: found[name] for name in METRICS}
