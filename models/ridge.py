"""Finds the weights that make known outcomes least surprising, drawn towards zero so that chance is not taken for a rule."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

Floats = NDArray[np.float64]

MOST_STEPS = 60
CLOSE = 1e-5  # what the mean pull on any weight may still be
QUICK = 3.0  # the curvature of an earlier step will do while each step leaves less than a third of the pull
MOST_HALVINGS = 30


def most_probable(inputs: Floats, outcomes: Floats, ridge: Floats, start: Floats) -> Floats:
    """The weights (columns,) of a logistic regression of outcomes 0 or 1 (rows,) on inputs (rows, columns).

    They are the most probable ones given normal priors N(0, 1 / ridge), ridge (columns,) above 0; start: weights to begin with. Newton's
    method with halved steps where a whole one goes too far (Boyd and Vandenberghe 2004, 9.5), keeping a curvature while it serves
    (the chord method; Kelley 1995, 5.4), because working it out costs as much as many steps.
    """
    weights, margins = start, inputs @ start
    inverse: Floats | None = None
    before = np.inf
    for _ in range(MOST_STEPS):
        chances = expit(margins)
        pull = inputs.T @ (chances - outcomes) + ridge * weights
        largest = float(np.abs(pull).max())
        if largest <= CLOSE * len(outcomes):
            break
        if inverse is None or largest * QUICK > before:
            inverse = np.asarray(np.linalg.inv(curvature(inputs, chances) + np.diag(ridge)), dtype=np.float64)
        step = inverse @ pull
        share = _share(margins, inputs @ step, weights, step, outcomes, ridge)
        weights, margins, before = weights - share * step, margins - share * (inputs @ step), largest
    return weights


def curvature(inputs: Floats, chances: Floats) -> Floats:
    """How fast the pull on the weights changes with the weights: the rows' part of the Hessian, (columns, columns)."""
    # a matrix times itself: NumPy then asks BLAS for half of the answer alone
    rooted = inputs * np.sqrt(chances * (1 - chances))[:, None]
    found: Floats = rooted.T @ rooted
    return found


def _share(margins: Floats, moved: Floats, weights: Floats, step: Floats, outcomes: Floats, ridge: Floats) -> float:
    """The share of a step that makes the outcomes and the weights more probable together: 1, 1/2, 1/4 and so on."""

    def lost(share: float) -> float:
        log_odds, drawn = margins - share * moved, weights - share * step
        return float((np.logaddexp(0.0, log_odds) - outcomes * log_odds).sum() + (ridge * drawn**2).sum() / 2)

    whole = lost(0.0)
    shares = (0.5**halvings for halvings in range(MOST_HALVINGS))
    return next((share for share in shares if lost(share) <= whole), 0.0)
