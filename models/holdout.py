"""Holds some leads back from the list, always the same ones, so that it can be told what the list adds."""

from collections.abc import Callable
from dataclasses import dataclass
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from models.aside import beside
from models.lot import lots

HELD, CALL = "held", "call"
QUANTILE = 1.645  # of the normal distribution: nine of ten draws lie between both ends
Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Added:
    """What listing added among the leads above the cut: shares of yes and how many leads they are of, and their difference with its range.

    low, high: between which nine of ten such differences lie. All shares and differences are in 0..1.
    """

    listed: int
    listed_came: float
    held: int
    held_came: float
    difference: float
    low: float
    high: float


def held_back(leads: pd.Series, share: float, project: str) -> Bools:
    """Which leads (n,) are held back: a share of them, by a digest of lead_id and the project's name, so that each stays in or out."""
    if not share:
        return np.zeros(len(leads), dtype=np.bool_)
    return lots(f"{project} holdout", leads.to_numpy(dtype=object)) < share


def beside_held(
    ranked: pd.DataFrame, held: Bools, bands: Callable[[pd.DataFrame], pd.DataFrame], *, by_owner: bool
) -> pd.DataFrame:
    """The ranked leads with what `bands` gives those that are not held back; the others have the band held and were never to be listed.

    above_cut: whether a lead stands no lower than the last call by rank or, by_owner, than its owner's (one without an owner: than
    anybody's); no lead does where nobody is held back. So leads that were held and leads that were not are chosen in the same way.
    """
    if not held.any():
        return bands(ranked).assign(above_cut=False)
    both = beside(ranked, held, HELD, bands)
    called = both[(both["band"] == CALL) & ~both["drawn"].astype(bool)]
    lowest = pd.Series(called["rank"].max() if len(called) else 0, index=both.index)
    if by_owner:
        last = both["owner_id"].map(called.groupby("owner_id")["rank"].max()).fillna(0)
        lowest = lowest.where(both["owner_id"].isna(), last)
    return both.assign(above_cut=both["rank"] <= lowest)


def added(band: pd.Series, above_cut: pd.Series, came: pd.Series) -> Added | None:
    """What listing added, from leads with a known outcome (0 or 1); None where above the cut nobody was held, or nobody was not.

    Leads above the cut are compared whether or not they were called, as they were chosen before it was known who is. The range is the
    score interval of a difference of two shares (Newcombe, Interval estimation for the difference between independent proportions, 1998,
    method 10).
    """
    held = came[above_cut & (band == HELD)].to_numpy(dtype=np.float64)
    listed = came[above_cut & (band != HELD)].to_numpy(dtype=np.float64)
    if not len(held) or not len(listed):
        return None
    ours, theirs = listed.mean(), held.mean()
    (low, high), (their_low, their_high) = (_wilson(one.mean(), len(one)) for one in (listed, held))
    found = ours - theirs
    return Added(
        listed=len(listed),
        listed_came=float(ours),
        held=len(held),
        held_came=float(theirs),
        difference=float(found),
        low=float(found - sqrt((ours - low) ** 2 + (their_high - theirs) ** 2)),
        high=float(found + sqrt((high - ours) ** 2 + (theirs - their_low) ** 2)),
    )


def _wilson(share: float, count: int) -> tuple[float, float]:
    square = QUANTILE**2
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = QUANTILE * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
    return middle - half, middle + half
