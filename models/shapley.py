"""Splits the margins of rows among features: what each adds when it becomes known, on average over all orders in which they may."""

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from models.bins import Bins
from models.leaf_groups import Groups
from models.paths import Paths

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Places = NDArray[np.int32]
Numbers = NDArray[np.uint32]

ROWS_A_BLOCK: Final = 256

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


def rules_for(paths: Paths) -> Rules:
    """The rules that the paths need: ceil(d / 2) nodes where d features stand on one."""
    most = int(np.diff(paths.parts).max(initial=0) + 1) // 2
    rules = [np.polynomial.legendre.leggauss(number) for number in range(1, most + 1)]
    nodes, weights = (np.concatenate([np.empty(0), *(rule[part] for rule in rules)]) for part in (0, 1))
    return Rules((nodes + 1) / 2, weights / 2)


def targets_for(paths: Paths, groups: Groups, targets: Ints) -> Targets:
    """The targets of the groups; targets (columns,): what each feature counts for."""
    starts = paths.parts[groups.leaves]
    sizes = starts[:, 1] - starts[:, 0]
    group = np.repeat(np.arange(len(sizes)), sizes)
    # the parts of all groups stand one after the other: leaves in no group have none
    found, place = np.unique(np.stack([group, targets[paths.feature]]), axis=1, return_inverse=True)
    first = np.searchsorted(found[0], np.arange(len(sizes) + 1))
    return Targets(place.ravel() - first[group], first, found[1])


@_compiled
def explain(
    bins: Bins, groups: Groups, cut: Bins, paths: Paths, rules: Rules, targets: Targets, numbers: Places, out: Floats
) -> None:
    """Adds to out (targets, rows) what the targets add to the margins of rows, for bins (channels, rows).

    cut: the cuts of the groups, of the same kind as the bins, as are low and last of the paths. numbers: room for a number of
    each outcome, all -1 before and after.
    Rows with the same outcome in a group of leaves are explained as one.
    """
    rows = bins.shape[1]
    outcome, place, first = np.empty(rows, np.uint32), np.empty(rows, np.uint32), np.empty(rows, np.uint32)
    for group in range(len(groups.leaves)):
        found = _tell_apart(group, bins, groups, cut, numbers, outcome, place, first)
        few = _some_rows(group, bins, groups, first[:found])
        low, high = targets.starts[group], targets.starts[group + 1]
        adds = np.zeros((high - low, found))
        for leaf in range(groups.leaves[group, 0], groups.leaves[group, 1]):
            _explain_leaf(leaf, few, paths, rules, targets.of_part, adds)
        for slot in range(high - low):
            line, add = out[targets.target[low + slot]], adds[slot]
            for row in range(rows):
                line[row] += add[place[row]]


@_compiled
def _tell_apart(
    group: int, bins: Bins, groups: Groups, cut: Bins, numbers: Places, outcome: Numbers, place: Numbers, first: Numbers
) -> int:
    """Numbers the outcomes that occur: place (rows,) is the number of each row's, first the first row of each; returns how many."""
    rows = len(place)
    if groups.outcomes[group] == 0:
        for row in range(rows):
            place[row] = first[row] = row
        return rows
    outcome[:] = 0
    for at in range(groups.cuts[group], groups.cuts[group + 1]):
        column, stride, least = bins[groups.channel[at]], np.uint32(groups.stride[at]), cut[at]
        for row in range(rows):
            outcome[row] += stride if column[row] >= least else np.uint32(0)
    found = 0
    for row in range(rows):
        if numbers[outcome[row]] < 0:
            numbers[outcome[row]] = found
            first[found] = row
            found += 1
        place[row] = numbers[outcome[row]]
    for number in range(found):
        numbers[outcome[first[number]]] = -1
    return found


@_compiled
def _some_rows(group: int, bins: Bins, groups: Groups, rows: Numbers) -> Bins:
    """The bins (channels, rows) of some of the rows, filled in the channels that a group looks at."""
    few = np.empty((len(bins), len(rows)), dtype=bins.dtype)
    before = -1
    for at in range(groups.cuts[group], groups.cuts[group + 1]):
        channel = groups.channel[at]
        if channel != before:
            column, line = bins[channel], few[channel]
            for row in range(len(rows)):
                line[row] = column[rows[row]]
        before = channel
    return few


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
        block = bins[:, low : low + ROWS_A_BLOCK]
        for part in range(parts):
            _meet(first + part, block, paths, met[part])
        for node in range(rule * (rule - 1) // 2, rule * (rule + 1) // 2):
            known, unknown = rules.nodes[node], 1.0 - rules.nodes[node]
            product[:] = rules.weights[node] * paths.value[leaf]
            for part in range(parts):
                line, without = met[part], unknown * paths.share[first + part]
                for row in range(block.shape[1]):
                    product[row] *= without + known * line[row]
            missed = -1.0 / unknown
            for part in range(parts):
                line, share, sums = met[part], paths.share[first + part], adds[slots[first + part], low:]
                more = (1.0 - share) / (known + unknown * share) - missed
                for row in range(block.shape[1]):
                    sums[row] += product[row] * (missed + more * line[row])


@_compiled
def _meet(part: int, bins: Bins, paths: Paths, met: Floats) -> None:
    """Writes 1 where a row meets a part of a path, else 0."""
    met[:] = 1.0
    for ask in range(paths.asks[part], paths.asks[part + 1]):
        column, low, last = bins[paths.channel[ask]], paths.low[ask], paths.last[ask]
        for row in range(len(column)):
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
