"""Trains as one would have trained then, and judges on days that came later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from features.matrix import Matrix
from models.heads import Head
from models.split import days_of, usable
from models.train import Judgement, judge, learn, rows_to_learn


@dataclass(frozen=True)
class Backtest:
    """predictions: lead_id, as_of (UTC), head, cut_off (the last as_of learned from), probability, outcome; judgements: one a head."""

    predictions: pd.DataFrame
    judgements: tuple[Judgement, ...]


def backtest(
    past: Matrix,
    later: Matrix,
    heads: Sequence[Head],
    train_until: datetime,
    capacity: int,
    on_head: Callable[[str], None] = lambda name: None,
) -> Backtest:
    """Learns from `past` up to train_until (as_of, included; UTC without zone) and judges on `later`.

    Rows of the past whose outcome window passes the first as_of of `later` are left out, whatever train_until says. Rows that are too early
    to tell are not judged. Raises FunnelcastError when nothing is left to learn from.
    """
    first = days_of(later.snapshots).min()
    known = past.take(days_of(past.snapshots) <= np.datetime64(train_until, "us"))
    predictions, judgements = [], []
    for head in heads:
        learned = rows_to_learn(known, head, first.item())
        outcome = later.outcomes[head.name].to_numpy(dtype=np.float64)
        judged = later.take(usable(days_of(later.snapshots), outcome, head, datetime.max))
        judgement = judge(learn(learned, head), learned, judged, capacity)
        predictions.append(_predictions(judgement, judged, days_of(learned.snapshots).max()))
        judgements.append(judgement)
        on_head(head.name)
    return Backtest(pd.concat(predictions, ignore_index=True), tuple(judgements))


def _predictions(judgement: Judgement, judged: Matrix, cut_off: np.datetime64) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "lead_id": judged.snapshots["lead_id"].to_numpy(),
            "as_of": pd.Series(judgement.as_of).dt.tz_localize("UTC"),
            "head": judgement.head.name,
            "cut_off": pd.Timestamp(cut_off, tz="UTC"),
            "probability": judgement.chances,
            "outcome": judgement.outcomes.astype(np.int8),
        }
    )
