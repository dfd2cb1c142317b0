"""Puts what was predicted at many cut-offs into one table of figures, each with the range in which it may lie."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.backtest import CHANCE, SCORE
from models.intervals import Judged, intervals
from models.rivals.rival import Rival

Part = tuple[str, str, str, pd.DataFrame]  # head, cut-off and stage of some rows, and the rows
Floats = NDArray[np.float64]
ALL = "all"
CUSTOMER = "customer"  # where a customer's stage is not known
COLUMNS = ["head", "cut_off", "stage", "model", "metric", "value", "low", "high"]


def verdicts(rows: pd.DataFrame, capacity: int, workers: int) -> pd.DataFrame:
    """The columns COLUMNS, one row a figure, from the rows of models.backtest.Backtest of any number of cut-offs.

    For each head: all cut-offs and stages together, each cut-off (as 2026-06-01, where there are several) and each stage. Rows of several
    cut-offs are ranked by their chance, and rows of one chance by their score: scores of two cut-offs have no common measure.
    Any number of workers (threads) gives the same table.
    """
    with ThreadPoolExecutor(workers) as pool:
        parts = list(pool.map(lambda part: _verdict(part, capacity), _slices(rows)))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _slices(rows: pd.DataFrame) -> Iterator[Part]:
    """The parts of the rows that are judged by themselves."""
    for head, of_head in rows.groupby("head", sort=False):
        yield str(head), ALL, ALL, of_head
        if of_head["cut_off"].nunique() > 1:
            for cut_off, part in of_head.groupby("cut_off"):
                yield str(head), f"{cut_off:%Y-%m-%d}", ALL, part
        for stage, part in of_head.groupby(of_head["stage"].fillna(CUSTOMER)):
            yield str(head), ALL, str(stage), part


def _verdict(part: Part, capacity: int) -> pd.DataFrame:
    head, cut_off, stage, rows = part
    judged = Judged(
        pd.factorize(rows["lead_id"])[0],
        rows["outcome"].to_numpy(dtype=np.float64),
        rows["as_of"].to_numpy().astype("datetime64[us]"),
        rows["amount"].to_numpy(dtype=np.float64),
    )
    names = [str(name).removeprefix(CHANCE) for name in rows.columns if str(name).startswith(CHANCE)]
    said = [_said(name, rows) for name in names if not rows[f"{CHANCE}{name}"].isna().any()]
    return intervals(judged, said, capacity).assign(head=head, cut_off=cut_off, stage=stage)


def _said(name: str, rows: pd.DataFrame) -> Rival:
    chances, scores = (rows[f"{kind}{name}"].to_numpy(dtype=np.float64) for kind in (CHANCE, SCORE))
    order = np.lexsort((scores, chances))
    steps = (np.diff(chances[order]) != 0) | (np.diff(scores[order]) != 0)
    ranks = np.empty(len(order))
    ranks[order] = np.concatenate([[0.0], np.cumsum(steps)])[: len(order)]
    return Rival(name, ranks, chances)
