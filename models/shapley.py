"""Splits the margins of rows among features: what each adds when it becomes known, on average over all orders in which they may."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import Bins
from models.leaf_groups import Groups
from models.outcomes import Room, room_for, some_rows, tell_apart
from models.paths import Paths

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Places = NDArray[np.int32]
Numbers = NDArray[np.uint32]

ROWS_A_BLOCK: Final = 256
GROUPS_AT_ONCE: Final = 128

_compiled = njit(nogil=True, cache=True, error_model="numpy", fastmath={"contract"})


class Rules(NamedTuple):
    """The rules of Gauss and Legendre on (0, 1); the one with n nodes is from n (n - 1) / 2 to n (n + 1) / 2."""

    nodes: Floats
    weights: Floats


class Targets(NamedTuple):
    """What contributions are summed by.

    of_part: the place of each part's target among those of its group; group g has the targets target[starts[g]] to target[starts[g + 1]].
    """

    of_part: Ints
    starts: Ints
    target: Ints


class Level(NamedTuple):
    """Groups of leaves with their cuts as bins, of the same kind as those of the rows, and what their contributions are summed by."""

    groups: Groups
    cut: Bins
    targets: Targets


def rules_for(paths: Paths) -> Rules:
    """The rules that the paths need: ceil(d / 2) nodes where d features stand on one."""
    most = int(np.diff(paths.parts).max(initial=0) + 1) // 2
    rules = [np.polynomial.legendre.leggauss(number) for number in range(1, most + 1)]
    nodes, weights = (np.concatenate([np.empty(0), *(rule[part] for rule in rules)]) for part in (0, 1))
    return Rules((nodes + 1) / 2, weights / 2)


def targets_for(paths: Paths, groups: Groups, of_part: Ints) -> Targets:
    """The targets of the groups; of_part (parts,): what each part of the paths counts for."""
    starts = paths.parts[groups.leaves]
    sizes = starts[:, 1] - starts[:, 0]
    group = np.repeat(np.arange(len(sizes)), sizes)
    # the parts of all groups stand one after the other: leaves in no group have none
    most = int(of_part.max(initial=0)) + 1
    found, place = np.unique(group * most + of_part, return_inverse=True)
    first = np.searchsorted(found, np.arange(len(sizes) + 1) * most)
    return Targets(place - first[group], first, found % most)


@_compiled
def explain(bins: Bins, wide: Level, narrow: Level, inner: Ints, paths: Paths, rules: Rules, out: Floats) -> None:
    """Adds to out (targets, rows) what the targets add to the margins of rows, for bins (channels, rows).

    narrow: groups of leaves within those of wide, inner[g] to inner[g + 1] being those of group g, with their targets by place among
    those of g. low and last of the paths are of the same kind as the bins.
    Rows with the same outcome in a wide group are explained as one, and so are those of them with the same outcome in a narrow one. The
    more rows at once, the fewer of them have an outcome of their own.
    """
    rows = bins.shape[1]
    room, table, place = room_for(rows), np.empty(rows), np.empty((GROUPS_AT_ONCE, rows), np.uint32)
    for low in range(0, len(wide.groups.leaves), GROUPS_AT_ONCE):
        high = min(low + GROUPS_AT_ONCE, len(wide.groups.leaves))
        begins = np.zeros(high - low + 1, np.int64)
        for group in range(low, high):
            found = tell_apart(group, bins, wide.groups, wide.cut, room, place[group - low])
            few = some_rows(group, bins, wide.groups, room.first[:found])
            slots = wide.targets.starts[group + 1] - wide.targets.starts[group]
            begin = begins[group - low]
            begins[group - low + 1] = end = begin + slots * found
            table = _with_room(table, begin, end)
            adds = table[begin:end].reshape(slots, found)
            _explain_few(few, inner[group], inner[group + 1], narrow, paths, rules, room, adds)
        _hand_out(low, place, table, begins, wide.targets, out)


@_compiled
def _with_room(table: Floats, filled: int, wanted: int) -> Floats:
    """The table, or a copy of what is filled with the room that is wanted; the rest is 0 up to there."""
    if wanted > len(table):
        longer = np.empty(2 * wanted)
        longer[:filled] = table[:filled]
        table = longer
    table[filled:wanted] = 0.0
    return table


@_compiled
def _explain_few(
    bins: Bins, first_group: int, last_group: int, level: Level, paths: Paths, rules: Rules, room: Room, out: Floats
) -> None:
    """Adds to out (targets, rows) what the groups from the first to the last (not included) add."""
    place = np.empty(bins.shape[1], np.uint32)
    for group in range(first_group, last_group):
        found = tell_apart(group, bins, level.groups, level.cut, room, place)
        few = some_rows(group, bins, level.groups, room.first[:found])
        low, high = level.targets.starts[group], level.targets.starts[group + 1]
        adds = np.zeros((high - low, found))
        for leaf in range(level.groups.leaves[group, 0], level.groups.leaves[group, 1]):
            _explain_leaf(leaf, few, paths, rules, level.targets.of_part, adds)
        for slot in range(high - low):
            _add(adds[slot], place, out[level.targets.target[low + slot]])


@_compiled
def _hand_out(low: int, place: Numbers, table: Floats, begins: Ints, targets: Targets, out: Floats) -> None:
    """Adds what the groups from low on add for each of their outcomes, target by target: a target's rows stay in the processor's cache."""
    first = targets.starts[low]
    starts = targets.starts[low : low + len(begins)] - first
    target, group = targets.target[first : first + starts[-1]], np.repeat(np.arange(len(begins) - 1), np.diff(starts))
    found = np.diff(begins) // np.diff(starts)
    begin = begins[group] + (np.arange(len(target)) - starts[group]) * found[group]
    order = np.argsort(target, kind="mergesort")
    target, group, begin = target[order], group[order], begin[order]
    at = 0
    while at < len(order):
        line = out[target[at]]
        if at + 3 < len(order) and target[at + 3] == target[at]:
            _add_four(table, begin[at : at + 4], place, group[at : at + 4], line)
            at += 4
        else:
            _add(table[begin[at] :], place[group[at]], line)
            at += 1


@_compiled
def _add_four(table: Floats, begins: Ints, place: Numbers, groups: Ints, line: Floats) -> None:
    """Four at once, so that the line is read and written once for all."""
    one, two, three, four = table[begins[0] :], table[begins[1] :], table[begins[2] :], table[begins[3] :]
    at_one, at_two, at_three, at_four = place[groups[0]], place[groups[1]], place[groups[2]], place[groups[3]]
    for row in range(len(line)):
        line[row] += (one[at_one[row]] + two[at_two[row]]) + (three[at_three[row]] + four[at_four[row]])


@_compiled
def _add(adds: Floats, place: Numbers, line: Floats) -> None:
    for row in range(len(line)):
        line[row] += adds[place[row]]


@_compiled
def _explain_leaf(leaf: int, bins: Bins, paths: Paths, rules: Rules, slots: Ints, adds: Floats) -> None:
    """Adds to adds (targets, rows) what a leaf adds for the rows of bins (channels, rows).

    For a leaf of value v whose path has features with the shares z: phi_j = v (o_j - z_j) * the integral over t in [0, 1] of the product
    over k != j of t o_k + (1 - t) z_k, where o_k = 1 if the row meets what the path asks of feature k, else 0. That is path-dependent
    TreeSHAP (Lundberg et al. 2020), t being the chance that a feature is known. The product is a polynomial of degree d - 1 in t,
    so ceil(d / 2) nodes of Gauss and Legendre give its integral exactly.
    """
    first, parts = paths.parts[leaf], paths.parts[leaf + 1] - paths.parts[leaf]
    rule = (parts + 1) // 2
    met, product = np.empty((parts, ROWS_A_BLOCK)), np.empty(ROWS_A_BLOCK)
    for low in range(0, bins.shape[1], ROWS_A_BLOCK):
        rows = min(ROWS_A_BLOCK, bins.shape[1] - low)
        for part in range(parts):
            _meet(first + part, bins, low, paths, met[part][:rows])
        for node in range(rule * (rule - 1) // 2, rule * (rule + 1) // 2):
            known, unknown = rules.nodes[node], 1.0 - rules.nodes[node]
            product[:] = rules.weights[node] * paths.value[leaf]
            for part in range(parts):
                line, without = met[part], unknown * paths.share[first + part]
                for row in range(rows):
                    product[row] *= without + known * line[row]
            missed = -1.0 / unknown
            for part in range(parts):
                line, share, sums = met[part], paths.share[first + part], adds[slots[first + part]][low:]
                more = (1.0 - share) / (known + unknown * share) - missed
                for row in range(rows):
                    sums[row] += product[row] * (missed + more * line[row])


@_compiled
def _meet(part: int, bins: Bins, first: int, paths: Paths, met: Floats) -> None:
    """Writes 1 where a row, from `first` on, meets a part of a path, else 0."""
    met[:] = 1.0
    for ask in range(paths.asks[part], paths.asks[part + 1]):
        column, low, last = bins[paths.channel[ask]][first:], paths.low[ask], paths.last[ask]
        for row in range(len(met)):
            met[row] *= 1.0 if (low <= column[row]) & (column[row] <= last) else 0.0


@_compiled
def strongest(adds: Floats, places: Places, weights: Floats) -> None:
    """Writes for each row the targets (rows, k) that add or take most, the strongest first, and how much, from adds (targets, rows).

    Of equal ones the first comes first; where there are fewer targets than k that add anything, the place is -1 and the weight 0.
    """
    places[:], weights[:] = -1, 0.0
    last = places.shape[1] - 1
    for target in range(len(adds)):
        line = adds[target]
        for row in range(len(line)):
            size = np.abs(line[row])
            if size > np.abs(weights[row, last]):
                at = last
                while at > 0 and size > np.abs(weights[row, at - 1]):
                    places[row, at], weights[row, at] = places[row, at - 1], weights[row, at - 1]
                    at -= 1
                places[row, at], weights[row, at] = target, line[row]
