"""The two simple rivals that a model has to beat: the usual rate of a lead's stage, and whoever was in touch last."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from models.metrics import auc
from models.split import days_of

Floats = NDArray[np.float64]

STAGE_WEIGHT = 20.0  # a stage counts as much as the whole cohort once this many of its rows have been seen
NEVER_DAYS = 36_500.0  # never touched ranks behind every touch


@dataclass(frozen=True)
class Rival:
    """What a rival says of some rows: the score that it ranks by, and the chance that it gives; both (n,)."""

    name: str
    scores: Floats
    chances: Floats


def rivals(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> tuple[Rival, ...]:
    """Both rivals on the judged snapshots, knowing only the learned ones (stage, as_of, last_touch_at) and their outcomes 0 or 1."""
    return _stage_rate(learned, outcomes, judged), _recency(learned, outcomes, judged)


def _stage_rate(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> Rival:
    """The share of yes in the stage, drawn towards that of all rows where few were seen; customers are one stage."""
    overall = float(outcomes.mean())
    seen = pd.Series(outcomes).groupby(learned["stage"].fillna("").to_numpy()).agg(["sum", "count"])
    rates = (seen["sum"] + STAGE_WEIGHT * overall) / (seen["count"] + STAGE_WEIGHT)
    chances = judged["stage"].fillna("").map(rates).fillna(overall).to_numpy(dtype=np.float64)
    return Rival("stage_rate", chances, chances)


def _recency(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> Rival:
    """Ranks by the last touch, most recent first; where in the learned rows the silent say yes more often, most silent first.

    Its chance is the isotonic regression of the outcomes on that order.
    """
    known, since = _days_since_touch(learned), _days_since_touch(judged)
    silent_first = auc(outcomes, known) > 0.5
    regression = IsotonicRegression(increasing=silent_first, out_of_bounds="clip").fit(known, outcomes)
    scores = since if silent_first else -since
    return Rival("recency", scores, np.asarray(regression.predict(since), dtype=np.float64))


def _days_since_touch(snapshots: pd.DataFrame) -> Floats:
    since = (days_of(snapshots) - snapshots["last_touch_at"].to_numpy().astype("datetime64[us]")) / np.timedelta64(
        1, "D"
    )
    return np.where(np.isnan(since), NEVER_DAYS, since)
