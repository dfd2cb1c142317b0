"""Puts what was predicted at many cut-offs into one table of figures, each with the range in which it may lie."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd

from models.backtest import CHANCE, SCORE
from models.depth import CUSTOMER
from models.intervals import Judged, intervals
from models.rivals.rival import Rival

Part = tuple[str, str, str, pd.DataFrame]  # head, cut-off and stage of some rows, and the rows
ALL = "all"
COLUMNS = ["head", "cut_off", "stage", "model", "metric", "value", "low", "high"]


def verdicts(rows: pd.DataFrame, capacity: int, workers: int) -> pd.DataFrame:
    """The columns COLUMNS, one row a figure, from the rows of models.backtest.Backtest of any number of cut-offs.

    For each head: all cut-offs and stages together, each cut-off (as 2026-06-01, where there are several) and each stage.
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
        pd.factorize(rows["cut_off"])[0],
        rows["outcome"].to_numpy(dtype=np.float64),
        rows["as_of"].to_numpy().astype("datetime64[us]"),
        rows["amount"].to_numpy(dtype=np.float64),
    )
    names = [str(name).removeprefix(CHANCE) for name in rows.columns if str(name).startswith(CHANCE)]
    said = [
        Rival(name, *(rows[f"{kind}{name}"].to_numpy(dtype=np.float64) for kind in (SCORE, CHANCE))) for name in names
    ]
    return intervals(judged, said, capacity).assign(head=head, cut_off=cut_off, stage=stage)
