"""The regression that trees start from says of a lead what it has learned from others."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.special import expit

from models.metrics import log_loss
from models.regression import GROUPS, learn_regression
from models.split import Split

Floats = NDArray[np.float64]
LEADS, WEEKS, NOISE = 300, 6, 12


def rows(seed: int = 1) -> tuple[NDArray[np.float32], Floats, NDArray[np.int64]]:
    """Leads that show the same values and come to the same end on every day: one column that matters and many that do not."""
    draw = np.random.default_rng(seed)
    each = draw.normal(size=(LEADS, NOISE + 1))
    ends = (draw.random(LEADS) < expit(each[:, 0] - 1)).astype(np.float64)
    return np.repeat(each, WEEKS, axis=0).astype(np.float32), np.repeat(ends, WEEKS), np.repeat(np.arange(LEADS), WEEKS)


def fold(later_from: int) -> Split:
    week = np.tile(np.arange(WEEKS), LEADS)
    return Split(week < later_from, week >= later_from)


def test_what_it_says_unseen_is_what_it_learns_without_the_group() -> None:
    values, outcomes, leads = rows()
    names = [str(number) for number in range(NOISE + 1)]
    whole = learn_regression(values, names, outcomes, leads, [fold(4)])
    for group in range(GROUPS):
        out = leads % GROUPS == group
        some = Split(fold(4).earlier[~out], fold(4).later[~out])
        apart = learn_regression(values[~out], names, outcomes[~out], leads[~out], [some])
        assert np.corrcoef(apart.logistic.margins(values[out]), whole.unseen[out])[0, 1] > 0.99
        assert np.abs(apart.logistic.margins(values[out]) - whole.unseen[out]).mean() < 0.1


def test_unseen_margins_are_not_surer_than_later_leads_bear_out() -> None:
    values, outcomes, leads = rows()
    found = learn_regression(values, [""] * (NOISE + 1), outcomes, leads, [fold(4)])
    others, ends, _ = rows(seed=2)
    honest, seen = (log_loss(outcomes, expit(one)) for one in (found.unseen, found.logistic.margins(values)))
    later = log_loss(ends, expit(found.logistic.margins(others)))
    assert seen < honest
    assert abs(honest - later) < abs(seen - later)


def test_the_rows_of_a_fold_stay_in_order() -> None:
    values, outcomes, leads = rows()
    found = learn_regression(values, [""] * (NOISE + 1), outcomes, leads, [fold(3), fold(4)])
    assert [len(one) for one in found.earlier] == [3 * LEADS, 4 * LEADS]
    assert [len(one) for one in found.later] == [3 * LEADS, 2 * LEADS]
    assert found.unseen == pytest.approx(found.logistic.margins(values), abs=1.5)
