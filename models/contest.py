"""Sets a newly trained model beside the one that serves, on weeks that neither had seen."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from features.matrix import Matrix
from models.bundle import Bundle, outgrown
from models.fit import SETTINGS
from models.judgement import MODEL, Judgement, judge_on_newest, outcomes_of, rows_to_learn
from models.metrics import log_loss
from models.predict import margins_of, to_chance
from models.promotion import CHALLENGER, CHAMPION, Verdict, judge_challenger, regrets
from models.settings import own_settings
from models.split import cut_offs, days_of
from models.train import TrainingResult

Floats = NDArray[np.float64]

FIRST = Verdict(promoted=True, reason="no other model serves yet")
NO_BETTER = Verdict(promoted=False, reason="no head tells leads apart better than a points table")


def contest(result: TrainingResult, champion: Bundle | None, matrix: Matrix, until: datetime) -> Verdict:
    """Whether the training's bundle may serve.

    It may not while all its heads stand on a points table, and may where there is no champion or one that can no longer serve. Made by the
    same recipe (settings and steps) from newer rows it takes over unless it lost more on the cut-offs that the champion had not seen;
    made by another, by the rule of models.promotion, both recipes being tried on the same cut-offs. matrix: rows with all columns; until:
    what was known then (UTC without zone).
    """
    if all(standing.step == "points" for standing in result.standings.values()):
        return NO_BETTER
    if champion is None:
        return FIRST
    found = outgrown(champion, result.bundle.origin.fingerprint, [model.head for model in result.bundle.heads.values()])
    if found:
        return Verdict(promoted=True, reason=f"the champion {found}, and can no longer serve")
    if _recipe(champion) == _recipe(result.bundle):
        return _same_recipe(losses_of_age(result, champion, matrix, until))
    return judge_challenger(losses_of_recipes(result, champion, matrix, until))


def losses_of_recipes(result: TrainingResult, champion: Bundle, matrix: Matrix, until: datetime) -> pd.DataFrame:
    """The log loss on each cut-off of the steps and settings of both, each learned from what came before it, and of all rivals.

    Index (head, cut_off), oldest first; heads that the champion lacks are left out.
    """
    found = []
    for judgement in result.judgements:
        head = judgement.head
        if head.name in champion.heads:
            theirs = _with_settings_of(champion, result, judgement, matrix, until).of(champion.heads[head.name].step)
            said = {one.name: one.chances for one in judgement.said if one.name != MODEL}
            ours = judgement.of(result.bundle.heads[head.name].step)
            said |= {CHAMPION: theirs.chances, CHALLENGER: ours.chances}
            found += [_losses(judgement, cut_off, said) for cut_off in np.unique(judgement.cut_offs)]
    return pd.DataFrame(found).set_index(["head", "cut_off"])


def _with_settings_of(
    champion: Bundle, result: TrainingResult, judgement: Judgement, matrix: Matrix, until: datetime
) -> Judgement:
    """The judgement of a head learned with the champion's settings from the same rows."""
    head = judgement.head
    own = own_settings(champion.settings, head.name)
    if champion.heads[head.name].step != MODEL or own == own_settings(result.bundle.settings, head.name):
        return judgement
    known = {**{name: champion.settings[name] for name in SETTINGS if name in champion.settings}, **own}
    kept = [matrix.columns.index(name) for name in judgement.judged.columns]
    rows = replace(matrix, values=matrix.values[:, kept], columns=judgement.judged.columns)
    return judge_on_newest(rows_to_learn(rows, head, until), head, 1, None, known)


def _losses(judgement: Judgement, cut_off: np.datetime64, said: Mapping[str, Floats]) -> dict[str, object]:
    block = judgement.cut_offs == cut_off
    found = {name: log_loss(judgement.outcomes[block], chances[block]) for name, chances in said.items()}
    return {"head": judgement.head.name, "cut_off": f"{cut_off.item():%Y-%m-%d}", **found}


def losses_of_age(result: TrainingResult, champion: Bundle, matrix: Matrix, until: datetime) -> pd.DataFrame:
    """The log loss of the champion as it is, and of the challenger's recipe, index (head, cut_off).

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
