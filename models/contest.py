"""Sets a newly trained model beside the one that serves, on weeks that neither had seen."""

from collections.abc import Iterator
from datetime import datetime

import numpy as np
import pandas as pd

from features.matrix import Matrix
from models.bundle import Bundle
from models.judgement import Judgement, outcomes_of, rows_to_learn
from models.metrics import log_loss
from models.predict import margins_of, to_chance
from models.promotion import CHALLENGER, CHAMPION, Verdict, judge_challenger, regrets
from models.split import cut_offs, days_of
from models.train import TrainingResult

FIRST = Verdict(promoted=True, reason="no other model serves yet")
NO_BETTER = Verdict(promoted=False, reason="no head tells leads apart better than a points table")
OTHER_FEATURES = Verdict(promoted=True, reason="the champion was trained on other features and can no longer serve")


def contest(result: TrainingResult, champion: Bundle | None, matrix: Matrix, until: datetime) -> Verdict:
    """Whether the training's bundle may serve.

    It may not while all its heads stand on a points table, and may where there is no champion or one that can no longer serve. Made by the
    same recipe (settings and steps) from newer rows it takes over unless it lost more on the cut-offs that the champion had not seen;
    made by another, by the rule of models.promotion. matrix: rows with all columns; until: what was known then (UTC without zone).
    """
    if all(standing.step == "points" for standing in result.standings.values()):
        return NO_BETTER
    if champion is None:
        return FIRST
    if champion.origin.fingerprint != result.bundle.origin.fingerprint:
        return OTHER_FEATURES
    found = losses(result, champion, matrix, until)
    return _same_recipe(found) if _recipe(champion) == _recipe(result.bundle) else judge_challenger(found)


def losses(result: TrainingResult, champion: Bundle, matrix: Matrix, until: datetime) -> pd.DataFrame:
    """The log loss of champion and challenger, index (head, cut_off).

    NaN where the champion had learned from those days or lacks the head.
    """
    rows = [row for judgement in result.judgements for row in _of_head(judgement, result, champion, matrix, until)]
    frame = pd.DataFrame(rows, columns=["head", "cut_off", CHAMPION, CHALLENGER])
    return frame.set_index(["head", "cut_off"])


def _of_head(
    judgement: Judgement, result: TrainingResult, champion: Bundle, matrix: Matrix, until: datetime
) -> Iterator[tuple[str, str, float, float]]:
    head = judgement.head
    ours = judgement.of(result.bundle.heads[head.name].step)
    known = rows_to_learn(matrix, head, until)
    for split in cut_offs(days_of(known.snapshots), head):
        later = known.take(split.later)
        first = days_of(later.snapshots).min()
        block = judgement.cut_offs == first
        theirs = np.nan
        if head.name in champion.heads and champion.trained_until <= first.item():
            model = champion.heads[head.name]
            theirs = log_loss(outcomes_of(later, head), to_chance(model, margins_of(model, later)))
        yield head.name, f"{first.item():%Y-%m-%d}", theirs, log_loss(judgement.outcomes[block], ours.chances[block])


def _recipe(bundle: Bundle) -> tuple[object, ...]:
    return dict(bundle.settings), {name: model.step for name, model in bundle.heads.items()}


def _same_recipe(found: pd.DataFrame) -> Verdict:
    both = regrets(found.dropna())
    if not len(both):
        return Verdict(promoted=True, reason="made by the champion's recipe from newer rows")
    ours, theirs = float(both[CHALLENGER].mean()), float(both[CHAMPION].mean())
    compared = (
        f"mean regret {100 * ours:.2f} % against {100 * theirs:.2f} % on the weeks that the champion had not seen"
    )
    if ours > theirs:
        return Verdict(
            promoted=False, reason=f"made by the champion's recipe from newer rows, and yet worse: {compared}"
        )
    return Verdict(promoted=True, reason=f"made by the champion's recipe from newer rows: {compared}")
