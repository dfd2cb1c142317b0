"""Makes the heads agree: over one horizon nobody is likelier to be won than to advance, or both won and gone."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from configs.project import HeadName
from models.heads import Head


def agree(chances: pd.DataFrame, heads: Mapping[HeadName, Head]) -> pd.DataFrame:
    """The chances (rows, heads), NaN where a head does not apply, moved as little as it takes for the heads of one horizon to agree.

    Where win is above progress, which it is a part of, both take their mean; where win and leave, which exclude each other, exceed 1
    together, both are divided by their sum. Heads that look ahead over different horizons may say what they like.
    """
    agreed = chances.copy()
    if _of_one_horizon(heads, "win", "progress"):
        win, progress = (chances[name].to_numpy() for name in ("win", "progress"))
        above, mean = win > progress, (win + progress) / 2
        agreed["win"], agreed["progress"] = np.where(above, mean, win), np.where(above, mean, progress)
    if _of_one_horizon(heads, "win", "leave"):
        win, leave = (agreed[name].to_numpy() for name in ("win", "leave"))
        total = np.where(win + leave > 1, win + leave, 1.0)
        agreed["win"], agreed["leave"] = win / total, leave / total
    return agreed


def _of_one_horizon(heads: Mapping[HeadName, Head], one: HeadName, other: HeadName) -> bool:
    return one in heads and other in heads and heads[one].horizon_days == heads[other].horizon_days
