"""Judges models made from older rows on newer ones, which they have not seen, beside their rivals."""

from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import reduce

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.fit import SETTINGS, Learned, fit_head
from models.heads import Head
from models.honesty import Honesty, honesty_of
from models.metrics import METRICS, calibration_error, measure
from models.predict import margins_of, to_chance
from models.rivals.rival import Rival
from models.rivals.roster import Background, rivals
from models.settings import Settings
from models.split import Days, OneOutcomeError, Split, TooLittlePastError, cut_offs, days_of, leads_of, usable

Floats = NDArray[np.float64]
MODEL = "model"


@dataclass(frozen=True)
class Window:
    """Rows of the days first to last (as_of, both included, UTC), and how many of them are a yes."""

    rows: int
    yes: int
    first: date
    last: date


@dataclass(frozen=True)
class Judgement:
    """How models of one head did on later rows than those that they learned from, block of days by block.

    learned: what the newest of them learned from; judged: the rows that they were judged on, in order of time; cut_offs (rows,): the
    first as_of of the block that a row was judged in; met (rows,): whether earlier rows of the same lead had been learned from. said:
    chances of the model and its rivals. metrics (model and rivals): means over the blocks, each counting by its rows; the calibration error
    is that of all rows together.
    """

    head: Head
    learned: Window
    judged: Matrix
    cut_offs: Days
    met: NDArray[np.bool_]
    said: tuple[Rival, ...]
    metrics: pd.DataFrame

    @property
    def outcomes(self) -> Floats:
        """What came of the judged rows: 1 yes, 0 no."""
        return outcomes_of(self.judged, self.head)

    @property
    def as_of(self) -> Days:
        """The day of each judged row (UTC without zone)."""
        return days_of(self.judged.snapshots)

    @property
    def chances(self) -> Floats:
        """What the model said of the judged rows."""
        return self.of(MODEL).chances

    def honesty(self, name: str = MODEL) -> Honesty:
        """Whether the chances of the model, or of the rival of that name, kept their word."""
        return honesty_of(self.outcomes, self.of(name).chances, leads_of(self.judged.snapshots))

    def of(self, name: str) -> Rival:
        """What the model or the rival of that name said."""
        return next(one for one in self.said if one.name == name)


def rows_to_learn(matrix: Matrix, head: Head, until: datetime) -> Matrix:
    """The rows with a known outcome of the head whose window ends by `until`. Raises TooLittlePastError when there is none."""
    found = matrix.take(usable(days_of(matrix.snapshots), outcomes_of(matrix, head), head, until))
    if not len(found.values):
        raise TooLittlePastError(
            f"{head.name}: there is nothing to learn from by {until:%Y-%m-%d}. No snapshot has a window of {head.horizon_days} days "
            "that is over by then; give a later --as-of, or set a shorter horizon_days."
        )
    return found


def window(rows: Matrix, head: Head) -> Window:
    """What rows with known outcomes span."""
    days, outcomes = days_of(rows.snapshots), outcomes_of(rows, head)
    first, last = (pd.Timestamp(day).date() for day in (days.min(), days.max()))
    return Window(len(outcomes), int(outcomes.sum()), first, last)


def learn(rows: Matrix, head: Head, settings: Settings = SETTINGS) -> Learned:
    """The model of a head, and the regression alone, from rows with known outcomes."""
    outcomes, days, leads = outcomes_of(rows, head), days_of(rows.snapshots), leads_of(rows.snapshots)
    return fit_head(head, rows.values, rows.columns, outcomes, days, leads, settings, rows.monotone)


def judge(made: Learned, learned: Matrix, later: Matrix, capacity: int, background: Background | None) -> Judgement:
    """How a model, and its rivals that know the learned rows and the background, do on later rows with known outcomes.

    Without a background there are no rivals.
    """
    head, days = made.model.head, days_of(later.snapshots)
    margins = margins_of(made.model, later)
    others = () if background is None else rivals(learned, later, head, background, made.regression)
    said = (Rival(MODEL, margins, to_chance(made.model, margins)), *others)
    worth, outcomes = later.snapshots["amount"].to_numpy(dtype=np.float64), outcomes_of(later, head)
    table = {one.name: measure(outcomes, one.scores, one.chances, days, capacity, worth) for one in said}
    return Judgement(
        head,
        window(learned, head),
        later,
        np.full(len(days), days.min()),
        later.snapshots["lead_id"].isin(learned.snapshots["lead_id"]).to_numpy(dtype=np.bool_),
        said,
        pd.DataFrame(table).T[list(METRICS)],
    )


def judge_on_newest(
    rows: Matrix,
    head: Head,
    capacity: int,
    background: Background | None,
    settings: Settings = SETTINGS,
    work: Executor | None = None,
) -> Judgement:
    """How models learned from the older of the rows do on the newest fifth of the days, block by block; see models.split.cut_offs.

    A block before which nothing can be learned is left out; when that is every one, the reason why is raised. work: does several blocks at
    once; None: one after the other.
    """

    def tried(split: Split) -> Judgement | FunnelcastError:
        learned, later = rows.take(split.earlier), rows.take(split.later)
        try:
            return judge(learn(learned, head, settings), learned, later, capacity, background)
        except (TooLittlePastError, OneOutcomeError) as error:
            return error

    blocks = cut_offs(days_of(rows.snapshots), head)
    tries = list(work.map(tried, blocks) if work else map(tried, blocks))
    found = [one for one in tries if isinstance(one, Judgement)]
    if not found:
        raise next(one for one in reversed(tries) if isinstance(one, FunnelcastError))
    return together(found)


def together(found: Sequence[Judgement]) -> Judgement:
    """The judgements of one head at several cut-offs, oldest first, as one."""
    newest = found[-1]
    said = tuple(
        Rival(same[0].name, *(np.concatenate([getattr(one, kind) for one in same]) for kind in ("scores", "chances")))
        for same in zip(*(one.said for one in found), strict=True)
    )
    weights = np.array([len(one.cut_offs) for one in found])
    metrics = sum((one.metrics * weight for one, weight in zip(found, weights, strict=True)), 0) / weights.sum()
    judged = reduce(_below, (one.judged for one in found))
    metrics["calibration_error"] = [calibration_error(outcomes_of(judged, newest.head), one.chances) for one in said]
    blocks, met = (np.concatenate([getattr(one, kind) for one in found]) for kind in ("cut_offs", "met"))
    return Judgement(newest.head, newest.learned, judged, blocks, met, said, metrics)


def _below(one: Matrix, other: Matrix) -> Matrix:
    return replace(
        one,
        snapshots=pd.concat([one.snapshots, other.snapshots], ignore_index=True),
        values=np.concatenate([one.values, other.values]),
        outcomes=pd.concat([one.outcomes, other.outcomes], ignore_index=True),
    )


def outcomes_of(matrix: Matrix, head: Head) -> Floats:
    """The outcomes of a head (rows,): 1 yes, 0 no, NaN not applicable or too early to tell."""
    outcomes: Floats = matrix.outcomes[head.name].to_numpy(dtype=np.float64)
    return outcomes
