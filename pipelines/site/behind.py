"""What stands behind a day's list: the look at every lead, the model, the scores, and whose chances are not shown."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from configs.project import HeadName
from features.matrix import Matrix
from models.bundle import Bundle
from models.plain import PlainWays
from models.reasons import Explanations
from pipelines.job import Job
from pipelines.lists.day import Line


@dataclass(frozen=True)
class Behind:
    """What the pages are made of.

    bundle: as it serves. matrix: every open lead and customer of the day. scores: their ranked scores, with owner_id, account_id, move,
    and as `explained` the number of each one's explanation. withheld: the heads whose chances are not shown. since: the day of the list
    that chances moved from. plain: by head which way the past plainly points (models.plain).
    """

    job: Job
    bundle: Bundle
    matrix: Matrix
    scores: pd.DataFrame
    explanations: Explanations
    withheld: frozenset[HeadName]
    since: date | None
    plain: Mapping[HeadName, PlainWays] = field(default_factory=dict)

    def head_of(self, cohort: str) -> HeadName:
        """The head that is shown first of open leads or of customers."""
        return "churn" if cohort == "customer" else self.job.project.list.head

    def rows_of(self, lines: Iterable[Line], cohort: str) -> pd.DataFrame:
        """The scores of the lines of a cohort in the order of the matrix, with the place of each in it as the column `at`."""
        band_is_kept = cohort == "customer"
        wanted = [line.lead_id for line in lines if (line.band == "keep") == band_is_kept]
        looked_at = self.matrix.snapshots
        at = pd.Series(np.arange(len(looked_at)), index=looked_at["lead_id"])[
            (looked_at["cohort"] == cohort).to_numpy()
        ]
        scores = self.scores[(self.scores["cohort"] == cohort) & self.scores["lead_id"].isin(wanted)]
        return scores.assign(at=at.loc[scores["lead_id"]].to_numpy()).sort_values("at", ignore_index=True)
