"""Ranks the leads and customers of a day by what models say of them, and says why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.project import HeadName
from features.matrix import Matrix
from models.bundle import Bundle
from models.explain import candidates, said, telling
from models.holdout import held_back
from models.parts import spoken, spoken_values
from models.plain import PlainWays
from models.predict import contributions_of, parts_of, predict, ranges, to_chance
from models.rank import Ranking, rank_customers, rank_open
from models.reasons import Explanations, joined
from models.steady import Standing
from models.tell_moves import Move
from pipelines.beside import beside
from pipelines.feedback import resting
from pipelines.job import Job
from pipelines.look_back import Now, Past, moves_of
from pipelines.narrator import Bar
from pipelines.steady import standing_of, with_letters

ROWS_AT_ONCE = 500_000
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Ranked:
    """The scores of a day by rank; explanations[scores["explained"]] says why; says is the sentence on how open leads are ranked.

    standing: where they stood on the list before.
    """

    scores: pd.DataFrame
    explanations: Explanations
    says: str
    standing: Standing


def ranked_of(
    job: Job, bundle: Bundle, matrix: Matrix, past: Past | None, bar: Bar, plain: Mapping[HeadName, PlainWays]
) -> Ranked:
    """Chances, expected value, rank, band, explanation and move of every row of a matrix; open leads stand before customers.

    plain: by head which way the past plainly points for the values of its columns (models.plain).
    """
    chances = predict(bundle, matrix)
    scores = pd.concat([matrix.snapshots, chances, ranges(bundle, chances), _for_people(matrix)], axis=1)
    parts: list[pd.DataFrame] = []
    explanations: list[Explanations] = []
    says, standing = "", standing_of(job, past, scores["lead_id"][scores["cohort"] == "open"])
    for cohort, head in (("open", job.project.list.head), ("customer", "churn")):
        rows = (scores["cohort"] == cohort).to_numpy()
        if not rows.any() or head not in scores:
            continue
        first = sum(map(len, explanations))
        told = scores[rows].assign(explained=first + np.arange(rows.sum()))
        known = told[head].to_numpy(dtype=np.float64)
        # who comes first does not depend on why: compiled code explains while Python ranks
        with beside(partial(_ranked, job, told, cohort, past, standing)) as ranking:
            found, moves = _explained(job, bundle, head, matrix.take(rows), known, past, bar, plain.get(head))
            ranked = ranking()
        explanations.append(found)
        parts.append(ranked.scores.assign(move=moves[ranked.scores["explained"].to_numpy() - first]))
        says = ranked.says or says
    return Ranked(pd.concat(parts, ignore_index=True), joined(explanations), says, standing)


def _ranked(job: Job, told: pd.DataFrame, cohort: str, past: Past | None, standing: Standing) -> Ranking:
    """The rows of a cohort by rank, with what else is said of them that no explanation changes."""
    if cohort != "open":
        return Ranking(rank_customers(told, job.project.list), "")
    told["resting"] = resting(job, told["lead_id"])
    told["held"] = held_back(told["lead_id"], job.project.list.holdout, job.project.name)
    ranking = rank_open(told, job.project.list, f"{job.project.name} {job.day}", standing)
    return replace(ranking, scores=with_letters(job, ranking.scores, past))


def _for_people(matrix: Matrix) -> pd.DataFrame:
    """Fit and engagement, 0 to 100, NaN where the project has no ideal customer or nothing is known."""
    unknown = np.full(len(matrix.values), np.nan, dtype=np.float32)
    at = {name: place for place, name in enumerate(matrix.columns)}
    return pd.DataFrame(
        {
            name: matrix.values[:, at[f"{name}_score"]] if f"{name}_score" in at else unknown
            for name in ("fit", "engagement")
        }
    ).astype("float64")


def _explained(
    job: Job,
    bundle: Bundle,
    head: HeadName,
    matrix: Matrix,
    chances: Floats,
    past: Past | None,
    bar: Bar,
    plain: PlainWays | None,
) -> tuple[Explanations, NDArray[np.object_]]:
    """The explanation of each row, and its move since the list before (None where it did not stand on it)."""
    model = bundle.heads[head]
    parts = spoken(parts_of(model), job.columns)
    everyone = spoken_values(parts, matrix)
    words = telling(parts, everyone, plain)
    found, moves = [], []
    for start in range(0, len(everyone), ROWS_AT_ONCE):
        rows, some = matrix.between(start, start + ROWS_AT_ONCE), slice(start, start + ROWS_AT_ONCE)
        given = contributions_of(model, rows)
        found.append(candidates(given, everyone[some], words, lambda margins: to_chance(model, margins)))
        moves += moves_of(job, past, Now(head, bundle, rows, chances[some], chances[some], given))
        bar.advance("reasons", len(rows.values))
    return said(found, words, job.stage_words), _held(moves)


def _held(found: Sequence[Move | None]) -> NDArray[np.object_]:
    held = np.empty(len(found), dtype=object)
    held[:] = found
    return held
