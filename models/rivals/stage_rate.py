"""The usual rate: a lead has the chance that leads in its stage have had so far."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.rivals.rival import Rival

Floats = NDArray[np.float64]

STAGE_WEIGHT = 20.0  # a stage counts as much as the whole cohort once this many of its rows have been seen


def stage_rate(learned: pd.DataFrame, outcomes: Floats, judged: pd.DataFrame) -> Rival:
    """The share of yes in the stage, drawn towards that of all rows where few were seen; customers are one stage.

    learned, judged: snapshots with `stage`; outcomes: 0 or 1 of the learned ones.
    """
    overall = float(outcomes.mean())
    seen = pd.Series(outcomes).groupby(learned["stage"].fillna("").to_numpy()).agg(["sum", "count"])
    rates = (seen["sum"] + STAGE_WEIGHT * overall) / (seen["count"] + STAGE_WEIGHT)
    chances = judged["stage"].fillna("").map(rates).fillna(overall).to_numpy(dtype=np.float64)
    return Rival("stage_rate", chances, chances)
