"""Scores every open lead and customer of a day, says why, and writes the list."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Bundle, check_fingerprint
from models.explain import Explanation, explain, telling
from models.predict import contributions, inputs, predict, to_chance
from models.rank import rank_customers, rank_open
from models.track import Champion
from pipelines.job import Job, first_day, matrix_of
from pipelines.lists.page import write_list
from pipelines.model_page.page import copy_page
from pipelines.morning import day_list
from pipelines.narrator import Bar
from pipelines.store import write_beside
from pipelines.written import write_deliveries, write_scores

ROWS_AT_ONCE = 100_000


@dataclass(frozen=True)
class Scored:
    """The ranked scores of a day, and where they and the list are."""

    scores: pd.DataFrame
    scores_file: Path
    page: Path


def score_project(job: Job, champion: Champion) -> Scored:
    """Writes scores/as_of=DAY/scores.parquet, lists/DAY/ and the day's deliveries; the same day twice gives the same bytes.

    Raises FunnelcastError when the day is before the first row, when nobody may be scored on it, or when the champion was trained on
    other features.
    """
    check_fingerprint(champion.bundle, job.fingerprint)
    matrix = _matrix_of_day(job)
    with job.narrator.step(f"Scoring {len(matrix.values):,} leads and customers", len(matrix.values)) as bar:
        ranked, ranked_by = _ranked(job, champion.bundle, matrix, bar)
    scores_file = write_scores(job, ranked, champion.version)
    with write_beside(job.workspace.lists / str(job.day)) as folder:
        folder.mkdir()
        copy_page(job.workspace, champion.version, folder)
        write_list(folder, day_list(job, ranked, ranked_by, _notes(champion, matrix)))
    write_deliveries(job, ranked)
    page = job.workspace.lists / str(job.day) / "index.html"
    job.narrator.say(f"  Scores: {scores_file}")
    job.narrator.say(f"  List:   {page}")
    return Scored(ranked, scores_file, page)


def _matrix_of_day(job: Job) -> Matrix:
    with job.narrator.step(f"Looking at every lead as of {job.day}"):
        matrix = matrix_of(job, [job.day], midnight(job.day))
    if not len(matrix.values):
        first = first_day(job)
        if job.day <= first:
            raise FunnelcastError(
                f"{job.day} is before anything is known: the first row is from {first}; give a later --as-of."
            )
        raise FunnelcastError(
            f"No lead of {job.project.name} is open and may be scored on {job.day}. Either all are closed by then, or nobody has "
            f"given consent (privacy.basis is {job.project.privacy.basis}); give another --as-of or check the source of consents."
        )
    return matrix


def _ranked(job: Job, bundle: Bundle, matrix: Matrix, bar: Bar) -> tuple[pd.DataFrame, str]:
    """Chances, expected value, rank, band and explanation of every row, and the sentence that says how open leads are ranked."""
    scores = pd.concat([matrix.snapshots, predict(bundle, matrix), _for_people(matrix)], axis=1)
    parts, ranked_by = [], ""
    for cohort, head in (("open", job.project.list.head), ("customer", "churn")):
        rows = (scores["cohort"] == cohort).to_numpy()
        if rows.any() and head in scores:
            explained = scores[rows].assign(
                explanation=pd.Series(_explanations(job, bundle, head, matrix.take(rows), bar)).to_numpy()
            )
            if cohort == "open":
                ranked = rank_open(explained, job.project.list)
                parts.append(ranked.scores)
                ranked_by = ranked.says
            else:
                parts.append(rank_customers(explained, job.project.list))
    return pd.concat(parts, ignore_index=True), ranked_by


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


def _explanations(job: Job, bundle: Bundle, head: HeadName, matrix: Matrix, bar: Bar) -> list[Explanation]:
    model = bundle.heads[head]
    columns = {column.name: column for column in job.columns}
    everyone = inputs(model, matrix.values, matrix.columns)
    words = telling([columns[name] for name in model.columns], everyone)
    found: list[Explanation] = []
    for start in range(0, len(everyone), ROWS_AT_ONCE):
        values = everyone[start : start + ROWS_AT_ONCE]
        found += explain(
            contributions(model, values),
            values,
            words,
            lambda margins: to_chance(model, margins),
            job.stage_words,
        )
        bar.advance("reasons", len(values))
    return found


def _notes(champion: Champion, matrix: Matrix) -> tuple[str, ...]:
    open_leads = int((matrix.snapshots["cohort"] == "open").sum())
    customers = len(matrix.snapshots) - open_leads
    scored = (
        f"{open_leads:,} open leads and {customers:,} customers were scored."
        if customers
        else f"{open_leads:,} open leads were scored."
    )
    return (
        scored,
        f"Model version {champion.version}, trained on what was known by {champion.bundle.trained_until:%Y-%m-%d}.",
    )


def top_of_list(scored: Scored, lines: int = 10) -> list[dict[str, str | int | float]]:
    """The first lines as rank, stage, expected value and first reason; nothing names a lead where it could not be erased."""
    calls = scored.scores[scored.scores["band"] == "call"].head(lines)
    return [
        {
            "rank": int(row["rank"]),
            "stage": str(row["stage"]),
            "expected value": round(float(row["expected_value"]), 2),
            "first reason": next((reason.says for reason in row["explanation"].reasons), ""),
        }
        for row in calls.to_dict("records")
    ]
