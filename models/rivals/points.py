"""A points table, as marketing tools have it: what a lead did lately, how well it fits, and how far it has come."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from configs.declared import PointsTable
from features.matrix import Matrix
from models.heads import Head
from models.rivals.additive import GOODBYES

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class PointsCard:
    """Log odds for each point of engagement and of fit (0 to 100 each) and for each stage passed, and of a lead with none of them."""

    engagement: float
    fit: float
    stage: float
    stages: int
    base: float

    @property
    def parts(self) -> tuple[str, ...]:
        """Both scores by their columns, and the stage."""
        return ("engagement_score", "fit_score", "stage")

    def contributions(self, rows: Matrix) -> Floats:
        """(rows, 4) in log odds from the snapshots' engagement_score, fit_score and stage_rank; what is not known gives no points."""
        known = rows.snapshots[[*self.parts[:2], "stage_rank"]].astype("float64").fillna(0.0).to_numpy()
        known[:, 2] = known[:, 2].clip(0, self.stages - 1)
        parts = known * [self.engagement, self.fit, self.stage]
        return np.column_stack([parts, np.full(len(parts), self.base)])


def points_card(table: PointsTable, head: Head, stages: int) -> PointsCard:
    """The card of a points table for a funnel with so many open stages; for leave and churn few points make a yes likely.

    Log odds are a straight line of points, as on a score card: ln 2 for every `doubling` points (Siddiqi 2006, Credit Risk Scorecards).
    """
    each = float(np.log(2)) / table.doubling * (-1 if head.name in GOODBYES else 1)
    return PointsCard(
        engagement=each * table.engagement / 100,
        fit=each * table.fit / 100,
        stage=each * table.stage / max(1, stages - 1),
        stages=stages,
        base=-each * table.even,
    )
