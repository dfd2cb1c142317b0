"""Whether a new model may take the place of the one that serves: by what both lost on past cut-offs, not by its age."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

CHAMPION, CHALLENGER = "champion", "challenger"
FEWEST_CUT_OFFS = 3
BADLY = 0.05  # a loss of a twentieth more than the champion's on one cut-off
NOISE = 1e-9


@dataclass(frozen=True)
class Verdict:
    """Whether the challenger serves from now on, and why, as a sentence."""

    promoted: bool
    reason: str


def regrets(losses: pd.DataFrame) -> pd.DataFrame:
    """How much more each candidate lost than the best of them on the same cut-off, as a share of the best one's loss.

    losses: a row for each head and cut-off, a column for each candidate, log loss above 0, NaN where it was not tried.
    """
    best = losses.min(axis=1)
    return losses.sub(best, axis=0).div(best, axis=0)


def judge_challenger(losses: pd.DataFrame) -> Verdict:
    """The verdict on the column `challenger` against the column `champion` and the rivals in the other columns.

    losses: as in `regrets`; index (head, cut_off), cut_offs in order of time. Rows without a loss of both do not count. The challenger is
    promoted when its mean regret is no higher than the champion's over all cut-offs and with any one of them left out, so that no
    single one decides, and when it loses nowhere by more than a twentieth. Choosing models by their regret over past days is the idea of
    triage (github.com/dssg/triage).
    """
    both = losses.dropna(subset=[CHAMPION, CHALLENGER])
    found = regrets(both)
    cut_offs = list(dict.fromkeys(both.index.get_level_values("cut_off")))
    if len(cut_offs) < FEWEST_CUT_OFFS:
        return Verdict(
            False, f"only {len(cut_offs)} past cut-offs know both models, and {FEWEST_CUT_OFFS} are needed to choose"
        )
    worst = _worst(both)
    if worst is not None:
        return Verdict(False, worst)
    without = _without_any_one(found, cut_offs)
    ours, theirs = float(found[CHALLENGER].mean()), float(found[CHAMPION].mean())
    compared = f"mean regret {100 * ours:.2f} % against {100 * theirs:.2f} % over {len(cut_offs)} cut-offs"
    if ours > theirs + NOISE:
        return Verdict(False, f"it loses more than the champion: {compared}")
    if without is not None:
        return Verdict(False, f"it is better only thanks to the cut-off {without}: {compared}")
    return Verdict(True, compared)


def _worst(both: pd.DataFrame) -> str | None:
    """The cut-off on which the challenger loses badly, as a sentence; None when there is none."""
    more = both[CHALLENGER] / both[CHAMPION] - 1
    if float(more.max()) <= BADLY:
        return None
    head, cut_off = more.index[int(np.argmax(more.to_numpy()))]
    return f"it loses badly on {head} at the cut-off {cut_off}: {100 * float(more.max()):.1f} % more than the champion"


def _without_any_one(found: pd.DataFrame, cut_offs: Sequence[object]) -> object | None:
    """The cut-off without which the challenger's mean regret would be higher than the champion's; None when there is none."""
    for cut_off in cut_offs:
        rest = found[found.index.get_level_values("cut_off") != cut_off].mean()
        if rest[CHALLENGER] > rest[CHAMPION] + NOISE:
            return cut_off
    return None
