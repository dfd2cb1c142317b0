"""Why a column or field may know the future: what was found, in words and figures, and how bad it is."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Grade = Literal["safe", "suspect", "banned"]
EvidenceKind = Literal[
    "auc", "missingness", "after_outcome", "outcome_date", "stage_copy", "current_in_past", "back_fill"
]
GRADES: tuple[Grade, ...] = ("safe", "suspect", "banned")


@dataclass(frozen=True)
class Finding:
    """One finding: `says` goes on after the name of the column or field; figures are the numbers in it (shares from 0 to 1)."""

    kind: EvidenceKind
    grade: Grade
    says: str
    figures: Mapping[str, float]


def worst(evidence: Iterable[Finding]) -> Grade:
    """The worst grade of the findings; safe when there is none."""
    return max((found.grade for found in evidence), key=GRADES.index, default="safe")


def least_share(hits: float, of: float) -> float:
    """The lower end of the 95 % interval of a share (Wilson 1927), so that few cases prove little; 0 of none."""
    if not of:
        return 0.0
    share, z = hits / of, 1.96
    spread = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    return max(0.0, (share + z * z / (2 * of) - spread) / (1 + z * z / of))


def certainty(hits: float, of: float, rest_hits: float, rest: float) -> Grade:
    """How near a sign comes to deciding an outcome: `hits` of the `of` that bear it, against rest_hits of the `rest` that do not.

    An outcome that comes to most of the rest anyway is no sign of anything, and neither is a sign that nobody lacks.
    """
    if rest < FEWEST or rest_hits > MOST_OF_THE_REST * rest:
        return "safe"
    share, least = hits / max(of, 1), least_share(hits, of)
    if share >= DECIDES and least >= DECIDES_AT_LEAST:
        return "banned"
    return "suspect" if share >= NEARLY_DECIDES and least >= NEARLY_AT_LEAST else "safe"


# The strongest honest sign of the data that we know (a signed offer sent back) is followed by its outcome 7 times in 10. What
# is right 98 times in 100 was written by somebody who knew; the lower ends ask for 35 leads that are all right.
DECIDES, DECIDES_AT_LEAST = 0.98, 0.90
NEARLY_DECIDES, NEARLY_AT_LEAST = 0.90, 0.80
MOST_OF_THE_REST = 0.5
FEWEST = 20  # below so many leads or rows a share says nothing
