"""Rows are told apart by what a group of leaves asks, however many outcomes there are."""

import numpy as np
from numpy.typing import NDArray

from models import outcomes
from models.leaf_groups import Groups

ROWS, CHANNELS, CUTS = 3 * outcomes.FEW_PLACES, 3, 255


def every_bin() -> Groups:
    """One group that tells every bin of three channels from every other."""
    cut = np.tile(np.arange(1, CUTS + 1), CHANNELS)
    channel = np.repeat(np.arange(CHANNELS), CUTS)
    stride = (CUTS + 1) ** channel
    return Groups(np.array([[0, 1]]), np.array([0, len(cut)]), channel, cut, stride, np.array([(CUTS + 1) ** CHANNELS]))


def told_apart(bins: NDArray[np.uint8]) -> tuple[int, NDArray[np.uint32], NDArray[np.uint32]]:
    groups, room, numbers = every_bin(), outcomes.room_for(ROWS), np.empty(ROWS, np.uint32)
    cut = groups.cut.astype(np.uint8)
    outcomes.tell_apart(0, bins, groups, cut, room, numbers)
    found = outcomes.tell_apart(0, bins, groups, cut, room, numbers)  # the room is used again and again
    return found, numbers, room.first[:found]


def test_many_outcomes_are_numbered_in_the_order_in_which_they_come() -> None:
    bins = np.random.default_rng(3).integers(0, 40, (CHANNELS, ROWS)).astype(np.uint8)
    met: dict[tuple[int, ...], int] = {}
    wanted = [met.setdefault(tuple(row), len(met)) for row in bins.T.tolist()]
    found, numbers, first = told_apart(bins)
    assert found == len(met) > outcomes.FEW_PLACES, "the table has to grow on the way"
    np.testing.assert_array_equal(numbers, wanted)
    np.testing.assert_array_equal(first, np.unique(wanted, return_index=True)[1])
