"""Finds columns that tell far more than all others, or that are known only where the outcome is yes."""

from collections.abc import Iterator
from statistics import NormalDist

import numpy as np

from features.evidence import Finding, Grade, certainty
from models.ranking import Ranking

# A column is held against the rest, not against a level: strong honest signals come in company. AUCs are compared as the distance
# between yes and no in standard deviations, d' = sqrt(2) z(AUC) (Green and Swets 1966). 0.75 lies between 0.70 and 0.85,
# 1.5 between 0.70 and 0.95; the largest gap between honest signals in the data that we know is 0.3.
SUSPECT_GAP, BANNED_GAP = 0.75, 1.5
LEADING_SHARE = 0.1  # at most so many signals may stand out together: when more do, they are the rest
LEADING_SIGNALS = 3
NEAR_ONE = 0.9999


def standing_out(ranking: Ranking) -> Iterator[tuple[str, Finding]]:
    """Columns whose AUC is far above the rest, even at the lower end of its 95 % interval.

    Columns that read the rows of the outcome itself are part of the rest and never stand out themselves.
    """
    signals: dict[str, list[str]] = {}
    for name in sorted(ranking.auc, key=lambda name: -ranking.auc[name]):
        signals.setdefault(ranking.signal[name], []).append(name)
    best = [names[0] for names in signals.values()]
    leading = min(len(best) - 1, max(LEADING_SIGNALS, int(len(best) * LEADING_SHARE)))
    gaps = [_distance(_lower_end(ranking, best[at])) - _distance(ranking.auc[best[at + 1]]) for at in range(leading)]
    widest = max(range(len(gaps)), key=lambda at: gaps[at], default=-1)
    if widest < 0 or gaps[widest] < SUSPECT_GAP:
        return
    rest = ranking.auc[best[widest + 1]]
    for names in list(signals.values())[: widest + 1]:
        yield from ((name, _far_above(ranking, name, rest)) for name in names if _is_far_above(ranking, name, rest))


def _is_far_above(ranking: Ranking, name: str, rest: float) -> bool:
    return name not in ranking.structural and _distance(_lower_end(ranking, name)) - _distance(rest) >= SUSPECT_GAP


def _far_above(ranking: Ranking, name: str, rest: float) -> Finding:
    auc, gap = ranking.auc[name], _distance(_lower_end(ranking, name)) - _distance(rest)
    grade: Grade = "banned" if gap >= BANNED_GAP else "suspect"
    says = f"alone ranks {ranking.head} with AUC {auc:.3f}, far above the best of the rest ({rest:.3f})"
    return Finding("auc", grade, says, {"auc": auc, "auc_of_the_rest": rest})


def missing(ranking: Ranking) -> Iterator[tuple[str, Finding]]:
    """Columns that are known (or unknown) only where the rarer outcome follows; one of each lead's snapshots counts."""
    rare = ranking.outcomes if ranking.outcomes.mean() <= 0.5 else 1 - ranking.outcomes
    rare_says = "yes" if ranking.outcomes.mean() <= 0.5 else "no"
    for name, known in ranking.known.items():
        if name in ranking.structural or known.all() or not known.any():
            continue
        counts = {here: (_leads(ranking, known == here), float(rare[known == here].mean())) for here in (True, False)}
        for here, word in ((True, "known"), (False, "unknown")):
            (leads, share), (others, others_share) = counts[here], counts[not here]
            grade = certainty(share * leads, leads, others_share * others, others)
            if grade != "safe":
                says = (
                    f"is {word} for {leads:,} leads, and {share:.0%} of their snapshots say {rare_says} to {ranking.head}; of the "
                    f"others {others_share:.0%} do"
                )
                yield (
                    name,
                    Finding(
                        "missingness", grade, says, {"leads": leads, "share": share, "share_of_others": others_share}
                    ),
                )


def _leads(ranking: Ranking, rows: "np.typing.NDArray[np.bool_]") -> int:
    return len(np.unique(ranking.lead[rows]))


def _distance(auc: float) -> float:
    return float(2**0.5 * NormalDist().inv_cdf(min(max(auc, 0.5), NEAR_ONE)))


def _lower_end(ranking: Ranking, name: str) -> float:
    """The lower end of the AUC's 95 % interval (Hanley and McNeil 1982), the snapshots of a lead counting once."""
    auc = ranking.auc[name]
    yes, no = (max(_leads(ranking, ranking.outcomes == side), 1) for side in (1, 0))
    q1, q2 = auc / (2 - auc), 2 * auc * auc / (1 + auc)
    variance = (auc * (1 - auc) + (yes - 1) * (q1 - auc * auc) + (no - 1) * (q2 - auc * auc)) / (yes * no)
    return float(auc - 1.96 * max(variance, 0.0) ** 0.5)
