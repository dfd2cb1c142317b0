"""Says how many of the yes are found how far down the list, and how well each stage of the funnel is judged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.metrics import auc, captured, lift, precision_at_capacity

Floats = NDArray[np.float64]

SHARES = (0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
TIMES_CAPACITY = (0.5, 1.0, 2.0, 4.0)
CUSTOMER = "customer"  # where a customer's stage is not known


@dataclass(frozen=True)
class Depth:
    """A share of the rows, called from the top: the share of all yes found there, and how many times more often a yes than in all rows."""

    share: float
    captured: float
    lift: float


@dataclass(frozen=True)
class Reach:
    """So many calls a day, and the share of them that are a yes (the mean over the days), as the model and as another rank them."""

    calls: int
    precision: float
    rival_precision: float


@dataclass(frozen=True)
class StageFigures:
    """How the rows of one stage are judged: their number, their yes, the mean chance (0 to 1) and the AUC (NaN with one class alone)."""

    stage: str
    rows: int
    yes: int
    chance: float
    auc: float

    @property
    def share(self) -> float:
        """The share of yes."""
        return self.yes / self.rows


def depths(outcomes: Floats, scores: Floats) -> tuple[Depth, ...]:
    """The points of the gains curve and of the lift curve at SHARES; outcomes 0 or 1 and scores (n,), NaN without any yes.

    A share of the rows is rounded down, to at least one row, as in models.metrics.lift.
    """
    return tuple(Depth(share, captured(outcomes, scores, share), lift(outcomes, scores, share)) for share in SHARES)


def reaches(
    outcomes: Floats, scores: Floats, rival: Floats, days: NDArray[np.datetime64], capacity: int
) -> tuple[Reach, ...]:
    """The precision at half, once, twice and four times the list's capacity; scores and the rival's scores (n,), days: the as_of (n,)."""
    calls = sorted({max(1, round(times * capacity)) for times in TIMES_CAPACITY})
    return tuple(
        Reach(many, *(precision_at_capacity(outcomes, ranked, days, many) for ranked in (scores, rival)))
        for many in calls
    )


def by_stage(outcomes: Floats, chances: Floats, snapshots: pd.DataFrame) -> tuple[StageFigures, ...]:
    """One line a stage, in the order of the funnel; snapshots: stage and stage_rank of the same rows (n,)."""
    rows = pd.DataFrame(
        {
            "stage": snapshots["stage"].astype(object).fillna(CUSTOMER).to_numpy(),
            "rank": snapshots["stage_rank"].to_numpy(),
            "outcome": outcomes,
            "chance": chances,
        }
    )
    ordered: Sequence[str] = rows.sort_values("rank", kind="stable")["stage"].unique().tolist()
    return tuple(_of_stage(stage, rows[rows["stage"] == stage]) for stage in ordered)


def _of_stage(stage: str, rows: pd.DataFrame) -> StageFigures:
    outcomes, chances = (rows[name].to_numpy(dtype=np.float64) for name in ("outcome", "chance"))
    return StageFigures(stage, len(rows), int(outcomes.sum()), float(chances.mean()), auc(outcomes, chances))
