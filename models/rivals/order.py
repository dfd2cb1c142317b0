"""Two habits of sales teams: call whoever was in touch last, or work through the queue from its oldest lead."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.metrics import auc
from models.rivals.rival import Rival, by_order
from models.split import days_of

Floats = NDArray[np.float64]

NEVER_DAYS = 36_500.0  # never touched ranks behind every touch


def recency(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> Rival:
    """Ranks by the last touch, most recent first; where in the learned rows the silent say yes more often, most silent first.

    learned, judged: snapshots with as_of and last_touch_at; outcomes: 0 or 1 of the learned ones.
    """
    known = _days_since(learned, "last_touch_at", NEVER_DAYS)
    silent_first = auc(outcomes, known) > 0.5
    return by_order(
        "recency", known, outcomes, _days_since(judged, "last_touch_at", NEVER_DAYS), increasing=silent_first
    )


def oldest_first(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> Rival:
    """Ranks by how long the lead has been open (a customer: known), oldest first whether or not that has paid off.

    learned, judged: snapshots with as_of and opened_at; outcomes: 0 or 1 of the learned ones.
    """
    waited = _days_since(judged, "opened_at", 0.0)
    return by_order("oldest_first", _days_since(learned, "opened_at", 0.0), outcomes, waited, increasing=True)


def _days_since(snapshots: pd.DataFrame, moment: str, otherwise: float) -> Floats:
    since = (days_of(snapshots) - snapshots[moment].to_numpy().astype("datetime64[us]")) / np.timedelta64(1, "D")
    return np.where(np.isnan(since), otherwise, since)
