"""Measures one ranking again and again, each time on leads drawn anew, to see how much a figure owes to who happened to be there."""

# Numba compiles these loops once and keeps them on disk; each takes ranked rows and, for each draw, how often a lead was drawn.

from typing import Any, Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.integer[Any]]
Counts = NDArray[np.int16]

RANKED: Final = 2  # AUC and average precision stand before the shares found at the top
_compiled = njit(nogil=True, cache=True, error_model="numpy")


def draw_leads(leads: int, draws: int, seed: int) -> Counts:
    """(1 + draws, leads): how often each lead counts: once in the first row, and in the others as drawn with replacement."""
    rng = np.random.default_rng(seed)
    drawn = [np.bincount(rng.integers(0, leads, leads), minlength=leads) for _ in range(draws)]
    return np.array([np.ones(leads, dtype=np.int64), *drawn]).astype(np.int16)


@_compiled
def _fill_tops(found: Floats, rows: float, shares: Floats, seen: float, group: float, group_yes: float) -> None:
    """Adds to what was found in each top share what is in a group of one score, as much of it as there is room for."""
    for place in range(len(shares)):
        room = min(max(max(1.0, np.floor(rows * shares[place])) - seen, 0.0), group)
        found[RANKED + place] += group_yes * room / group


@_compiled
def ranked(counts: Counts, lead: Ints, yes: Floats, last: NDArray[np.bool_], shares: Floats) -> Floats:
    """(draws, 2 + shares): AUC, average precision, and the share of all yes found in each top share of the rows.

    Rows by falling score: lead, yes (0 or 1) and last, true on the last row of each score. NaN without both outcomes.
    """
    found = np.empty((counts.shape[0], RANKED + len(shares)))
    for draw in range(counts.shape[0]):
        rows = all_yes = 0.0
        for row in range(len(lead)):
            rows += counts[draw, lead[row]]
            all_yes += counts[draw, lead[row]] * yes[row]
        found[draw] = 0.0
        most = max(1.0, np.floor(rows * shares.max()))
        pairs = precision = seen = seen_yes = group = group_yes = 0.0
        for row in range(len(lead)):
            weight = counts[draw, lead[row]]
            group += weight
            group_yes += weight * yes[row]
            if last[row] and group > 0:
                pairs += (group - group_yes) * (seen_yes + group_yes / 2)
                if group_yes > 0:
                    precision += group_yes * (seen_yes + group_yes) / (seen + group)
                    if seen < most:
                        _fill_tops(found[draw], rows, shares, seen, group, group_yes)
                seen, seen_yes, group, group_yes = seen + group, seen_yes + group_yes, 0.0, 0.0
        found[draw, 0] = pairs / (all_yes * (rows - all_yes)) if 0 < all_yes < rows else np.nan
        found[draw, 1] = precision
        for place in range(1, found.shape[1]):
            found[draw, place] = found[draw, place] / all_yes if all_yes > 0 else np.nan
    return found


@_compiled
def calibration_errors(counts: Counts, lead: Ints, yes: Floats, chance: Floats, bins: int) -> Floats:
    """(draws,): the mean difference, without sign, of chance and share of yes in bins of equally many rows; rows by falling chance."""
    found = np.zeros(counts.shape[0])
    for draw in range(counts.shape[0]):
        rows = 0
        for row in range(len(lead)):
            rows += counts[draw, lead[row]]
        used = min(bins, rows)
        place, gap, row = used - 1, 0.0, 0
        # Of bins that cannot be of one size, those with the lowest chances hold a row more.
        room = float(rows // max(used, 1) + (place < rows % max(used, 1)))
        while row < len(lead):
            group = group_yes = 0.0
            first = row
            while row < len(lead) and chance[row] == chance[first]:
                group += counts[draw, lead[row]]
                group_yes += counts[draw, lead[row]] * yes[row]
                row += 1
            if group < room:
                gap += group * chance[first] - group_yes
                room -= group
                continue
            share = group_yes / max(group, 1.0)
            while group > 0:
                taken = min(group, room)
                gap += taken * (chance[first] - share)
                group -= taken
                room -= taken
                if room == 0:
                    found[draw] += abs(gap)
                    place, gap = place - 1, 0.0
                    room = float(rows // used + (place < rows % used))
        found[draw] = found[draw] / rows if rows > 0 else np.nan
    return found


@_compiled
def listed(counts: Counts, lead: Ints, yes: Floats, last: NDArray[np.bool_], day: Ints, capacity: int) -> Floats:
    """(draws, 3): mean precision of the days' lists, rows on all lists, and yes on them; rows by day, then by falling score.

    last: true on the last row of each score of a day; day: a number that is the same for the rows of a day.
    """
    found = np.zeros((counts.shape[0], 3))
    for draw in range(counts.shape[0]):
        days = 0
        on_list = on_list_yes = group = group_yes = 0.0
        for row in range(len(lead)):
            weight = counts[draw, lead[row]]
            group += weight
            group_yes += weight * yes[row]
            if last[row]:
                room = min(capacity - on_list, group)
                if room > 0:
                    on_list += room
                    on_list_yes += group_yes * room / group
                group = group_yes = 0.0
            if row + 1 == len(lead) or day[row + 1] != day[row]:
                if on_list > 0:
                    days += 1
                    found[draw, 0] += on_list_yes / on_list
                    found[draw, 1] += on_list
                    found[draw, 2] += on_list_yes
                on_list = on_list_yes = 0.0
        found[draw, 0] = found[draw, 0] / days if days > 0 else np.nan
    return found
