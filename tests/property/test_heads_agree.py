"""Over one horizon the chances of the heads can all be true at once, and those that already can are left alone."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.project import HeadName
from models.coherence import agree
from models.heads import Head

NAMES: tuple[HeadName, ...] = ("progress", "win", "leave")
HEADS: dict[HeadName, Head] = {name: Head(name, "open", 14, "move") for name in NAMES}
chance = st.floats(0, 1)


@settings(deadline=None)
@given(st.lists(st.tuples(chance, chance, chance), min_size=1, max_size=20))
def test_heads_of_one_horizon_never_contradict_each_other(rows: list[tuple[float, float, float]]) -> None:
    said = pd.DataFrame(rows, columns=list(NAMES))
    found = agree(said, HEADS)
    assert (found["win"] <= found["progress"] + 1e-12).all()
    assert (found["win"] + found["leave"] <= 1 + 1e-12).all()
    assert ((found >= 0) & (found <= 1)).all().all()
    fine = (said["win"] <= said["progress"]) & (said["win"] + said["leave"] <= 1)
    pd.testing.assert_frame_equal(found[fine], said[fine])
    pd.testing.assert_frame_equal(agree(found, HEADS), found)


def test_different_horizons_are_left_alone() -> None:
    heads: dict[HeadName, Head] = {**HEADS, "win": Head("win", "open", 56, "buy")}
    said = pd.DataFrame([[0.2, 0.7, 0.6]], columns=list(NAMES))
    pd.testing.assert_frame_equal(agree(said, heads), said)


def test_where_a_head_does_not_apply_nothing_is_said() -> None:
    said = pd.DataFrame([[0.2, 0.3, np.nan], [np.nan, np.nan, np.nan]], columns=list(NAMES))
    found = agree(said, HEADS)
    assert (found["progress"][0], found["win"][0]) == (0.25, 0.25)
    assert bool(found.isna().to_numpy()[1].all())
    assert found["leave"].isna().all()
