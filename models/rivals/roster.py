"""All rivals of a model, each knowing only what the model knew."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.declared import PointsTable
from features.closings import nothing_closed
from features.matrix import FIELD_COLUMN, Matrix
from models.heads import Head
from models.rivals.bayes import NaiveBayes, learn_bayes
from models.rivals.best_column import best_column
from models.rivals.logistic import learn_logistic
from models.rivals.order import oldest_first, recency
from models.rivals.points import points_card
from models.rivals.rival import Rival
from models.rivals.served import Served, out_of_time
from models.rivals.stage_rate import stage_rate
from models.split import days_of

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Background:
    """What rivals know beside the rows: the points table, how many open stages there are, and the closed leads (see features.closings)."""

    points: PointsTable = field(default_factory=PointsTable)
    stages: int = 1
    closed: pd.DataFrame = field(default_factory=nothing_closed)

    def closed_by(self, moment: np.datetime64) -> pd.DataFrame:
        """The leads that count as closed at a moment (UTC without zone), as far as was known then."""
        closed = (self.closed["closed_at"] <= moment) & (self.closed["until"] > moment)
        return self.closed[closed.to_numpy()]

    def without_fields(self, names: frozenset[str]) -> "Background":
        """The same without these CRM fields."""
        kept = self.closed.drop(columns=[f"{FIELD_COLUMN}{name}" for name in names], errors="ignore")
        return Background(self.points, self.stages, kept)


NOTHING_KNOWN = Background()


def rivals(learned: Matrix, judged: Matrix, head: Head, background: Background) -> tuple[Rival, ...]:
    """What all rivals say of the judged rows, knowing the learned ones with their outcomes, and who was closed by the first judged day.

    stage_rate, recency, oldest_first and best_column only rank (see there); points, bayes and logistic may serve.
    """
    outcomes = learned.outcomes[head.name].to_numpy(dtype=np.float64)
    until = days_of(judged.snapshots).min()
    habits = [habit(learned.snapshots, outcomes, judged.snapshots) for habit in (stage_rate, recency, oldest_first)]
    ready = [served.says(judged) for served in served_rivals(learned, head, background, until)]
    return (*habits, best_column(learned, outcomes, judged), *ready)


def served_rivals(
    learned: Matrix, head: Head, background: Background, until: np.datetime64
) -> tuple[Served, Served, Served]:
    """Points, naive Bayes and logistic regression as they could be made at `until` (UTC without zone) from the learned rows."""
    outcomes = learned.outcomes[head.name].to_numpy(dtype=np.float64)

    def bayes(rows: Matrix, moment: np.datetime64) -> NaiveBayes:
        said = rows.outcomes[head.name].to_numpy(dtype=np.float64)
        return learn_bayes(rows, said, head, background.closed_by(moment), background.stages)

    card = points_card(background.points, head, background.stages)
    return (
        Served(card, out_of_time(lambda _, __: card, learned, outcomes, head)),
        Served(bayes(learned, until), out_of_time(bayes, learned, outcomes, head)),
        Served(*learn_logistic(learned, outcomes, head)),
    )
