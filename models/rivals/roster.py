"""All rivals of a model, each knowing only what the model knew."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.declared import PointsTable
from configs.errors import FunnelcastError
from features.closings import nothing_closed
from features.matrix import FIELD_COLUMN, Matrix
from models.fit import fit_regression
from models.heads import Head
from models.rivals.bayes import NaiveBayes, learn_bayes
from models.rivals.best_column import best_column
from models.rivals.order import oldest_first, recency
from models.rivals.points import points_card
from models.rivals.rival import Rival
from models.rivals.served import Served, out_of_time
from models.rivals.stage_rate import stage_rate
from models.split import days_of, leads_of

Floats = NDArray[np.float64]

POINTS = "points"  # the one rival that needs no past


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


def rivals(
    learned: Matrix, judged: Matrix, head: Head, background: Background, regression: Served | None = None
) -> tuple[Rival, ...]:
    """What all rivals say of the judged rows, knowing the learned ones with their outcomes, and who was closed by the first judged day.

    regression: the one of the learned rows, where it has been learned already.
    stage_rate, recency, oldest_first and best_column only rank (see there); points, bayes and logistic may serve.
    """
    return tuple(say() for say in _each(learned, judged, head, background, regression).values())


def able_rivals(
    learned: Matrix, judged: Matrix, head: Head, background: Background
) -> tuple[tuple[Rival, ...], dict[str, str]]:
    """The rivals that have enough past, as `rivals` gives them, and by the name of each of the others a sentence why it has not.

    Without both outcomes among the learned rows only the points table is able.
    """
    outcomes = _outcomes(learned, head)
    able: list[Rival] = []
    unable: dict[str, str] = {}
    for name, say in _each(learned, judged, head, background, None).items():
        if name != POINTS and not 0 < outcomes.sum() < len(outcomes):
            unable[name] = f"{head.name}: of the {len(outcomes):,} snapshots to learn from, all say the same."
            continue
        try:
            able.append(say())
        except FunnelcastError as error:
            unable[name] = str(error)
    return tuple(able), unable


def _each(
    learned: Matrix, judged: Matrix, head: Head, background: Background, regression: Served | None
) -> dict[str, Callable[[], Rival]]:
    """Every rival by name, ready to be asked about the judged rows."""
    rows, outcomes, later = learned.snapshots, _outcomes(learned, head), judged.snapshots
    served = _each_served(learned, head, background, days_of(later).min())
    if regression:
        served["logistic"] = lambda: regression
    return {
        "stage_rate": lambda: stage_rate(rows, outcomes, later),
        "recency": lambda: recency(rows, outcomes, later),
        "oldest_first": lambda: oldest_first(rows, outcomes, later),
        "best_column": lambda: best_column(learned, outcomes, judged),
        **{name: partial(_says, learn, judged) for name, learn in served.items()},
    }


def _says(learn: Callable[[], Served], judged: Matrix) -> Rival:
    return learn().says(judged)


def served_rivals(
    learned: Matrix, head: Head, background: Background, until: np.datetime64
) -> tuple[Served, Served, Served]:
    """Points, naive Bayes and logistic regression as they could be made at `until` (UTC without zone) from the learned rows."""
    points, bayes, logistic = (learn() for learn in _each_served(learned, head, background, until).values())
    return points, bayes, logistic


def _each_served(
    learned: Matrix, head: Head, background: Background, until: np.datetime64
) -> dict[str, Callable[[], Served]]:
    """By name what makes each of served_rivals."""
    outcomes = _outcomes(learned, head)

    def bayes(rows: Matrix, moment: np.datetime64) -> NaiveBayes:
        return learn_bayes(rows, _outcomes(rows, head), head, background.closed_by(moment), background.stages)

    card = points_card(background.points, head, background.stages)
    return {
        POINTS: lambda: Served(card, out_of_time(lambda _, __: card, learned, outcomes, head)),
        "bayes": lambda: Served(bayes(learned, until), out_of_time(bayes, learned, outcomes, head)),
        "logistic": lambda: fit_regression(
            head, learned.values, learned.columns, outcomes, days_of(learned.snapshots), leads_of(learned.snapshots)
        ),
    }


def _outcomes(rows: Matrix, head: Head) -> Floats:
    return rows.outcomes[head.name].to_numpy(dtype=np.float64)
