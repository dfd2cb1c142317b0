"""Keeps leads that sales has just rejected off the calls."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def beside_resting(
    ranked: pd.DataFrame, resting: NDArray[np.bool_], bands: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """The ranked leads with what `bands` gives those that do not rest; the others keep their rank, are skipped, and no lot draws them."""
    if not resting.any():
        return bands(ranked)
    called = bands(ranked[~resting].reset_index(drop=True))
    rests = ranked.loc[resting, [name for name in ranked if name in called.columns]]
    rests = rests.assign(band="skip", chance_of_listing=0.0, drawn=False)
    return pd.concat([called, rests]).sort_values("rank", kind="stable").reset_index(drop=True)
