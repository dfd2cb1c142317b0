"""Makes chances honest: of a hundred leads said to have a chance of 30 in 100, about thirty should do it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit, log_expit
from sklearn.isotonic import IsotonicRegression

from models.metrics import SMALLEST_CHANCE

Floats = NDArray[np.float64]
Method = Literal["none", "platt", "beta", "isotonic"]

USUAL_LOG_SLOPE = 0.5
USUAL_SHIFT = 0.5
FEWEST_TO_CHOOSE = 200  # with fewer rows to judge on, the choice would be a throw of dice
CLEARLY = (
    2.0  # standard errors by which a method without priors must be better; snapshots of one lead repeat each other
)
EDGE = 1e-3  # isotonic chances stay this far from 0 and 1, which no number of rows can prove


@dataclass(frozen=True)
class Calibrator:
    """Turns margins m (log odds) into chances, and never changes their order.

    The log odds of the chance are yes_slope * ln p - no_slope * ln(1 - p) + intercept with p = 1 / (1 + exp(-m)) (beta calibration, Kull,
    Silva Filho and Flach 2017); with equal slopes that is slope * m + intercept (Platt 1999). Where there are knots (margin, log odds),
    rising in both, they are joined by straight lines instead, which go on beyond the last ones with slope 1.
    """

    yes_slope: float = 1.0
    no_slope: float = 1.0
    intercept: float = 0.0
    knots: tuple[tuple[float, float], ...] = ()
    method: Method = "none"

    def chances(self, margins: Floats) -> Floats:
        """Chances in [0, 1] of the same shape as the margins."""
        chances: Floats = expit(self.log_odds(margins))
        return chances

    def log_odds(self, margins: Floats) -> Floats:
        """The log odds of those chances, of the same shape as the margins."""
        if not self.knots:
            log_odds: Floats = (
                self.yes_slope * log_expit(margins) - self.no_slope * log_expit(-margins) + self.intercept
            )
            return log_odds
        places, levels = np.array(self.knots).T
        beyond = np.minimum(margins - places[0], 0) + np.maximum(margins - places[-1], 0)
        return np.asarray(np.interp(margins, places, levels) + beyond, dtype=np.float64)


IDENTITY = Calibrator()
Fit = Callable[[Floats, Floats], Calibrator]


def calibrator_from(kept: Mapping[str, Any]) -> Calibrator:
    """The calibrator whose fields were kept as JSON, where tuples become lists. Raises TypeError for other fields.

    Bundles of the first format kept a slope and an intercept.
    """
    if "slope" in kept:
        return Calibrator(kept["slope"], kept["slope"], kept["intercept"], method="platt")
    knots = tuple((float(place), float(level)) for place, level in kept["knots"])
    return Calibrator(**{**kept, "knots": knots})


def choose_calibrator(margins: Floats, outcomes: Floats, later: NDArray[np.bool_]) -> Calibrator:
    """The calibrator of margins (n,) that models gave to rows later than all they had learned from, and their outcomes 0 or 1.

    none, Platt, beta and isotonic, in this order: each learns from the rows that are not `later`, and takes the place of the plainer one
    before it where it says less surprising chances of those that are: Platt, which has priors, where it is better; the others where
    they are clearly better. What is chosen learns from all rows. With too few rows to choose it is Platt.
    """
    if min(int(later.sum()), int((~later).sum())) < FEWEST_TO_CHOOSE:
        return fit_platt(margins, outcomes)
    chosen: Fit | None = None
    plainer, needed = IDENTITY, 0.0
    for method in (fit_platt, fit_beta, fit_isotonic):
        freer = method(margins[~later], outcomes[~later])
        if _gain(freer, plainer, margins[later], outcomes[later]) > needed:
            chosen, plainer = method, freer
        needed = CLEARLY
    return chosen(margins, outcomes) if chosen else IDENTITY


def _gain(freer: Calibrator, plainer: Calibrator, margins: Floats, outcomes: Floats) -> float:
    """How many standard errors less surprising the outcomes are to the freer one."""
    gain = _surprise(plainer.chances(margins), outcomes) - _surprise(freer.chances(margins), outcomes)
    return float(gain.mean() / max(gain.std() / np.sqrt(len(gain)), SMALLEST_CHANCE))


def _surprise(chances: Floats, outcomes: Floats) -> Floats:
    surprise: Floats = -np.log(np.maximum(np.where(outcomes == 1, chances, 1 - chances), SMALLEST_CHANCE))
    return surprise


def fit_platt(margins: Floats, outcomes: Floats) -> Calibrator:
    """Platt scaling (Platt 1999) in the form margin -> a (margin - mean) + mean + b, margins and outcomes (n,).

    The most probable a > 0 and b given the outcomes and normal priors ln a ~ N(0, 0.5) and b ~ N(0, 0.5): with few rows it stays near the
    identity.
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
    return Calibrator(slope, slope, mean + float(shift) - slope * mean, method="platt")


def fit_beta(margins: Floats, outcomes: Floats) -> Calibrator:
    """Beta calibration (Kull, Silva Filho and Flach 2017) of margins and outcomes (n,), with the priors of fit_platt on both slopes."""
    if not len(margins):
        return IDENTITY
    for_yes, for_no = log_expit(margins), -log_expit(-margins)

    def loss(setting: Floats) -> tuple[float, Floats]:
        slopes = np.exp(setting[:2])
        logit = slopes[0] * for_yes + slopes[1] * for_no + setting[2]
        surprise = np.logaddexp(0.0, logit) - outcomes * logit
        missed = expit(logit) - outcomes
        strength = np.array([USUAL_LOG_SLOPE**-2, USUAL_LOG_SLOPE**-2, USUAL_SHIFT**-2])
        pulls = np.array([slopes[0] * (missed * for_yes).sum(), slopes[1] * (missed * for_no).sum(), missed.sum()])
        return float(surprise.sum() + (strength * setting**2).sum() / 2), pulls + strength * setting

    found = minimize(loss, np.zeros(3), jac=True, method="L-BFGS-B", bounds=[(-3, 3), (-3, 3), (-10, 10)]).x
    return Calibrator(float(np.exp(found[0])), float(np.exp(found[1])), float(found[2]), method="beta")


def fit_isotonic(margins: Floats, outcomes: Floats) -> Calibrator:
    """Isotonic regression (Zadrozny and Elkan 2002) of margins and outcomes (n,), a knot in the middle of each level.

    Joining the middles by lines keeps the order of margins within a level (centred isotonic regression, Oron and Flournoy 2017).
    """
    if not len(margins):
        return IDENTITY
    order = np.argsort(margins, kind="stable")
    levels = np.clip(IsotonicRegression().fit_transform(margins[order], outcomes[order]), EDGE, 1 - EDGE)
    steps, first, rows = np.unique(levels, return_index=True, return_counts=True)
    middles = np.add.reduceat(margins[order], first) / rows
    log_odds = np.log(steps / (1 - steps))
    knots = tuple((float(place), float(level)) for place, level in zip(middles, log_odds, strict=True))
    return Calibrator(knots=knots, method="isotonic")
