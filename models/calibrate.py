"""Makes chances honest: of a hundred leads said to have a chance of 30 in 100, about thirty should do it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Floats = NDArray[np.float64]

USUAL_LOG_SLOPE = 0.5
USUAL_SHIFT = 0.5


@dataclass(frozen=True)
class Calibrator:
    """A chance is 1 / (1 + exp(-(slope * margin + intercept))); the slope is above zero, so the order never changes."""

    slope: float
    intercept: float

    def chances(self, margins: Floats) -> Floats:
        """Chances in (0, 1) of the same shape as the margins (log odds)."""
        chances: Floats = expit(self.slope * margins + self.intercept)
        return chances


IDENTITY = Calibrator(slope=1.0, intercept=0.0)


def fit_calibrator(margins: Floats, outcomes: Floats) -> Calibrator:
    """The calibrator of margins (n,) that a model gave to rows later than all it had learned from, and their outcomes 0 or 1.

    Platt scaling (Platt 1999) in the form margin -> a (margin - mean) + mean + b, as the most probable a > 0 and b given the
    outcomes and normal priors ln a ~ N(0, 0.5) and b ~ N(0, 0.5): with few rows it stays near the identity.
    """
    if not len(margins):
        return IDENTITY
    mean = float(margins.mean())
    centred = margins - mean

    def loss(setting: Floats) -> tuple[float, Floats]:
        slope, shift = np.exp(setting[0]), setting[1]
        logit = slope * centred + mean + shift
        surprise = np.logaddexp(0.0, logit) - outcomes * logit
        missed = expit(logit) - outcomes
        strength = np.array([USUAL_LOG_SLOPE**-2, USUAL_SHIFT**-2])
        gradient = np.array([slope * (missed * centred).sum(), missed.sum()]) + strength * setting
        return float(surprise.sum() + (strength * setting**2).sum() / 2), gradient

    log_slope, shift = minimize(loss, np.zeros(2), jac=True, method="L-BFGS-B", bounds=[(-3, 3), (-10, 10)]).x
    slope = float(np.exp(log_slope))
    return Calibrator(slope, mean + float(shift) - slope * mean)
