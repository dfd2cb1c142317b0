"""What a rival says of some leads."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rival:
    """What a rival says of some rows: the score that it ranks by, and the chance that it gives; both (n,)."""

    name: str
    scores: Floats
    chances: Floats


def by_order(name: str, known: Floats, outcomes: Floats, scores: Floats, *, increasing: bool) -> Rival:
    """The rival that ranks by a number: `known` of the learned rows with their outcomes 0 or 1, `scores` of the judged rows.

    Its chance is the isotonic regression of the outcomes on that number, rising with it or falling (Barlow et al. 1972).
    """
    regression = IsotonicRegression(increasing=increasing, out_of_bounds="clip").fit(known, outcomes)
    chances = np.asarray(regression.predict(scores), dtype=np.float64)
    return Rival(name, scores if increasing else -scores, chances)
