"""Naive Bayes over closed leads: how often those that were won had this stage and these fields, against those that were lost."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.matrix import FIELD_COLUMN, Matrix
from models.heads import Head
from models.rivals.additive import GOODBYES
from models.split import days_of

Floats = NDArray[np.float64]

EMPTY_CELL = 0.1  # what a cell holds before any lead


@dataclass(frozen=True)
class Variable:
    """The values of a field that closed leads had, and what each adds to the log odds of being won."""

    name: str
    values: tuple[str, ...]
    adds: tuple[float, ...]


@dataclass(frozen=True)
class NaiveBayes:
    """Log odds of being won: the base, what each stage adds (by its rank from 0) and what each value of a field adds.

    As the predictive lead scoring of Odoo CRM counts. A cell starts at 0.1 won and 0.1 lost. A won lead counts in all stages, a lost one in
    all up to where it died; won W and lost L come from the first stage. The odds are W / L times, for the stage, (won / W) / (lost / L)
    and, for each field, (won / all won cells of the field) / (lost / all lost cells of it). A value never seen adds nothing.
    """

    base: float
    stages: tuple[float, ...]
    variables: tuple[Variable, ...]

    @property
    def parts(self) -> tuple[str, ...]:
        """The stage, and the fields as field_NAME."""
        return ("stage", *(f"{FIELD_COLUMN}{variable.name}" for variable in self.variables))

    def contributions(self, rows: Matrix) -> Floats:
        """(rows, parts + 1) in log odds from the snapshots' stage_rank and fields; a customer's stage adds nothing."""
        return self.weigh(rows.snapshots)

    def weigh(self, leads: pd.DataFrame) -> Floats:
        """(leads, parts + 1) of any leads with stage_rank and field_NAME."""
        by_rank = dict(enumerate(self.stages))
        found = [leads["stage_rank"].map(by_rank)]
        found += [
            leads[f"{FIELD_COLUMN}{one.name}"].map(dict(zip(one.values, one.adds, strict=True)))
            for one in self.variables
        ]
        added = [one.astype("float64").fillna(0.0).to_numpy() for one in found]
        return np.column_stack([*added, np.full(len(leads), self.base)])

    def turned(self) -> "NaiveBayes":
        """The log odds of being lost."""
        variables = tuple(Variable(one.name, one.values, tuple(-add for add in one.adds)) for one in self.variables)
        return NaiveBayes(-self.base, tuple(-add for add in self.stages), variables)


def naive_bayes(closed: pd.DataFrame, stages: int) -> NaiveBayes:
    """What closed leads teach: won (yes or no), stage_rank (of a lost one, where it died) and field_NAME; `stages` open stages."""
    won = closed["won"].to_numpy(dtype=bool)
    died = closed["stage_rank"].fillna(0).to_numpy()
    lost_in = np.array([EMPTY_CELL + (~won & (died >= rank)).sum() for rank in range(stages)])
    all_won, all_lost = EMPTY_CELL + won.sum(), lost_in[0]
    names = [str(name) for name in closed.columns if str(name).startswith(FIELD_COLUMN)]
    return NaiveBayes(
        base=float(np.log(all_won / all_lost)),
        stages=tuple((-np.log(lost_in / all_lost)).tolist()),
        variables=tuple(_variable(name.removeprefix(FIELD_COLUMN), closed[name], won) for name in names),
    )


def learn_bayes(rows: Matrix, outcomes: Floats, head: Head, closed: pd.DataFrame, stages: int) -> NaiveBayes:
    """The naive Bayes of a head. For win: from the closed leads, who were won or lost.

    For the other heads: from the newest learned row of each lead, who is won when the outcome (rows,) is yes; for leave and churn those are
    lost who leave, and the log odds are those of being lost.
    """
    if head.name == "win":
        return naive_bayes(closed, stages)
    newest = _newest(rows)
    stays = outcomes[newest] == (0 if head.name in GOODBYES else 1)
    found = naive_bayes(rows.snapshots.iloc[newest].assign(won=stays), stages)
    return found.turned() if head.name in GOODBYES else found


def _variable(name: str, values: pd.Series, won: NDArray[np.bool_]) -> Variable:
    said = sorted(map(str, values.dropna().unique()))
    cells = [_cells(values, won_or_lost, said) for won_or_lost in (won, ~won)]
    odds = [np.log(cell / cell.sum()) for cell in cells]
    return Variable(name, tuple(said), tuple((odds[0] - odds[1]).tolist()))


def _cells(values: pd.Series, counted: NDArray[np.bool_], said: Iterable[str]) -> Floats:
    counts = values[counted].astype("object").value_counts()
    return np.array([EMPTY_CELL + counts.get(value, 0) for value in said], dtype=np.float64)


def _newest(rows: Matrix) -> NDArray[np.intp]:
    """The place of the newest row of each lead."""
    leads = pd.factorize(rows.snapshots["lead_id"])[0]
    order = np.lexsort((days_of(rows.snapshots), leads))
    last = np.append(np.diff(leads[order]) != 0, [True] * bool(len(order)))
    newest: NDArray[np.intp] = order[last]
    return newest
