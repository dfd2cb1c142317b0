"""Lists leads as if some others were not there: those that rest because sales has just rejected them, or that are held back."""

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def beside(
    ranked: pd.DataFrame, aside: NDArray[np.bool_], band: str, bands: Callable[[pd.DataFrame], pd.DataFrame]
) -> pd.DataFrame:
    """The ranked leads with what `bands` gives those not set aside; the others keep their rank, have the band and are never drawn."""
    if not aside.any():
        return bands(ranked)
    banded = bands(ranked[~aside].reset_index(drop=True))
    others = ranked.loc[aside, [name for name in ranked if name in banded.columns]]
    others = others.assign(band=band, chance_of_listing=0.0, drawn=False)
    return pd.concat([banded, others]).sort_values("rank", kind="stable").reset_index(drop=True)
