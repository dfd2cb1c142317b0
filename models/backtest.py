"""Trains as one would have trained then, and judges on days that came later."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.heads import Head
from models.judgement import MODEL, Judgement, judge, learn, outcomes_of, rows_to_learn
from models.rivals.roster import NOTHING_KNOWN, Background
from models.split import days_of, horizon_of, usable

CHANCE, SCORE = "chance_", "score_"  # before the name of the model or a rival


@dataclass(frozen=True)
class Backtest:
    """What was predicted out of time, beside what came.

    rows: lead_id, as_of (UTC without zone), head, cut_off (last as_of learned from), stage, amount, outcome (0 or 1), and chance_NAME and
    score_NAME for the model and each rival; notes: for each head of which rows were left out, because their windows end after the first
    day judged on, a sentence.
    """

    rows: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def predictions(self) -> pd.DataFrame:
        """lead_id, as_of, head, cut_off, probability and outcome."""
        named = self.rows.rename(columns={f"{CHANCE}{MODEL}": "probability"})
        return named[["lead_id", "as_of", "head", "cut_off", "probability", "outcome"]]


def backtest(
    past: Matrix,
    later: Matrix,
    heads: Sequence[Head],
    train_until: datetime,
    capacity: int,
    on_head: Callable[[str], None] = lambda name: None,
    background: Background = NOTHING_KNOWN,
) -> Backtest:
    """Learns from `past` up to train_until (as_of, included; UTC without zone) and judges on `later`, beside rivals with a background.

    Rows of the past whose outcome window passes the first as_of of `later` are left out, whatever train_until says; notes tell how many.
    Rows that are too early to tell are not judged. Raises FunnelcastError when there is nothing to learn from or to judge on.
    """
    if not len(later.values):
        raise FunnelcastError(
            "Nobody was open or a customer on the days to judge on; give other days for --from and --to."
        )
    first = days_of(later.snapshots).min()
    known = past.take(days_of(past.snapshots) <= np.datetime64(train_until, "us"))
    rows, notes = [], []
    for head in heads:
        learned, judged = rows_to_learn(known, head, first.item()), _rows_to_judge(later, head)
        judgement = judge(learn(learned, head), learned, judged, capacity, background)
        rows.append(_judged_rows(judgement, judged, days_of(learned.snapshots).max()))
        notes += _left_out(known, head, first)
        on_head(head.name)
    return Backtest(pd.concat(rows, ignore_index=True), tuple(notes))


def _rows_to_judge(later: Matrix, head: Head) -> Matrix:
    judged = later.take(usable(days_of(later.snapshots), outcomes_of(later, head), head, datetime.max))
    if not len(judged.values):
        raise FunnelcastError(
            f"{head.name}: no outcome of the days to judge on is known. Their {head.horizon_days} days are not over, or it applies to "
            "nobody then; give earlier days for --from and --to."
        )
    return judged


def _left_out(known: Matrix, head: Head, first: np.datetime64) -> list[str]:
    """A sentence about the rows whose outcome window ends too late to learn from, if there are any."""
    late = days_of(known.snapshots) + horizon_of(head) > first
    rows = int((late & (known.snapshots["cohort"] == head.cohort).to_numpy()).sum())
    sentence = (
        f"{head.name}: {rows:,} snapshots up to --train-until were not learned from, because their {head.horizon_days} days end after "
        f"{first.item():%Y-%m-%d}, the first day judged on."
    )
    return [sentence] if rows else []


def _judged_rows(judgement: Judgement, judged: Matrix, cut_off: np.datetime64) -> pd.DataFrame:
    said = {f"{CHANCE}{one.name}": one.chances for one in judgement.said}
    said |= {f"{SCORE}{one.name}": one.scores for one in judgement.said}
    return pd.DataFrame(
        {
            "lead_id": judged.snapshots["lead_id"].to_numpy(),
            "as_of": judgement.as_of,
            "head": judgement.head.name,
            "cut_off": pd.Timestamp(cut_off),
            "stage": judged.snapshots["stage"].to_numpy(),
            "amount": judged.snapshots["amount"].to_numpy(dtype=np.float64),
            "outcome": judgement.outcomes.astype(np.int8),
            **said,
        }
    )
