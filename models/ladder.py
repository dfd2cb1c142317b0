"""Which kind of model a head may stand on: the plainest first, and a freer one only where it has been better, forward in time."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from models.metrics import surprise

Step = Literal["points", "bayes", "logistic", "model"]
Floats = NDArray[np.float64]

STEPS: tuple[Step, ...] = ("points", "bayes", "logistic", "model")
CALLED: Mapping[Step, str] = {
    "points": "a points table",
    "bayes": "naive Bayes",
    "logistic": "logistic regression",
    "model": "gradient-boosted trees",
}
FEWEST_CUT_OFFS = 2
LEAST_NEW = 0.1  # of the leads, that nobody had met
MOSTLY = 2 / 3  # of the cut-offs a step must be better on
# Standard errors by which a step must be better: to leave the points table, which has learned nothing, so many that luck lets one of the
# three through that may try it once in twenty times (Sidak 1967); among those that have learned any gain, for little is lost by the wrong
# one of two that are alike.
SURE, USUAL = 2.12, 0.0


@dataclass(frozen=True)
class Standing:
    """The step that a head stands on, and a sentence that says why it is no higher."""

    step: Step
    says: str


@dataclass(frozen=True)
class Tried:
    """What each step said of rows (n,) that none of them had seen: the lead and the cut-off of each row, its outcome and chances.

    met: whether earlier rows of the same lead had been learned from.
    """

    leads: NDArray[np.int64]
    cut_offs: NDArray[np.int64]
    outcomes: Floats
    chances: Mapping[Step, Floats]
    met: NDArray[np.bool_]

    @property
    def of_new(self) -> "Tried | None":
        """The same of leads that nobody had met; None where those are too few to show anything, as in a school between two Septembers."""
        new = ~self.met
        if len(np.unique(self.leads[new])) < LEAST_NEW * len(np.unique(self.leads)) or not new.any():
            return None
        chances = {step: said[new] for step, said in self.chances.items()}
        return Tried(self.leads[new], self.cut_offs[new], self.outcomes[new], chances, self.met[new])


def climb(tried: Tried) -> Standing:
    """The highest step that can be trusted.

    From the points table on, each step in turn takes the place of the one stood on, if its log loss is lower on two thirds of the
    cut-offs, of which there must be two, and on all together by more than luck: by 2.12 standard errors of the difference to leave the
    points table, by any afterwards; rows of one lead taken as one. To leave the points table it must be lower for leads that nobody had met
    too: who knows leads by heart need not have learned anything that holds for the next one.
    """
    step: Step = "points"
    refused = ""
    for freer in STEPS[1:]:
        found = _compare(tried, freer, step)
        refused = _refused(found, SURE if step == "points" else USUAL, step)
        if not refused and step == "points":
            refused = _by_heart(tried.of_new, freer, step)
        if refused:
            refused = f"{CALLED[freer]} had the lower log loss on {found.better} of {found.cut_offs} cut-offs{refused}"
        else:
            step = freer
    stands = f"It stands on {CALLED[step]}"
    return Standing(step, f"{stands}: {refused}." if refused else f"{stands}, the highest step.")


@dataclass(frozen=True)
class _Compared:
    """On how many cut-offs a step surprised less than another, of how many, and by how many standard errors on all together."""

    better: int
    cut_offs: int
    sigmas: float


def _refused(found: _Compared, needed: float, stood_on: Step) -> str:
    """Why a step that did so may not take the place of the one stood on, as the end of a sentence; empty when it may."""
    enough = _enough(found.cut_offs)
    if found.better < enough:
        return f", and {enough} are needed"
    if found.sigmas <= 0:
        by = f"the lower one, by {-found.sigmas:.1f} standard errors" if found.sigmas < 0 else "the same"
        return f", but over all of them together {CALLED[stood_on]} had {by}"
    if found.sigmas <= needed:
        return (
            f" and over all of them together, but only by {found.sigmas:.1f} standard errors, which may be luck "
            f"(more than {needed} are needed)"
        )
    return ""


def _by_heart(new: Tried | None, one: Step, other: Step) -> str:
    """Why a step that was better may only know by heart whom it had met, as the end of a sentence; empty when it does not."""
    lower = new is None or _compare(new, one, other).sigmas > 0
    return "" if lower else ", but not for leads that it had not met before"


def _enough(cut_offs: int) -> int:
    return max(FEWEST_CUT_OFFS, ceil(MOSTLY * cut_offs))


def _compare(tried: Tried, one: Step, other: Step) -> _Compared:
    gain = surprise(tried.outcomes, tried.chances[other]) - surprise(tried.outcomes, tried.chances[one])
    cut_offs = np.unique(tried.cut_offs)
    better = sum(bool(gain[tried.cut_offs == cut_off].mean() > 0) for cut_off in cut_offs)
    _, lead = np.unique(tried.leads, return_inverse=True)
    by_lead = np.bincount(lead, gain - gain.mean())
    error = float(np.sqrt((by_lead**2).sum())) / len(gain)
    return _Compared(better, len(cut_offs), float(gain.mean()) / error if error > 0 else 0.0)
