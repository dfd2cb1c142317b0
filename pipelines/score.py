"""Scores every open lead and customer of a day, says why, and writes the list."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from configs.errors import FunnelcastError
from configs.project import HeadName
from features.languages import Voice
from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Bundle, check_fingerprint
from models.explain import Explanation, explain, telling
from models.parts import spoken, spoken_values
from models.predict import contributions_of, parts_of, predict, ranges, to_chance
from models.rank import rank_customers, rank_open
from models.tell_moves import Move
from models.track import Champion
from pipelines.base_rates import shifted, shifts_say, shifts_since
from pipelines.helps import with_helps
from pipelines.job import Job, first_day, matrix_of
from pipelines.lists.page import write_list
from pipelines.lists.ranks import withheld_by
from pipelines.look_back import Now, Past, list_before, look_back, moves_of
from pipelines.model_page.page import copy_page
from pipelines.morning import day_list
from pipelines.narrator import Bar
from pipelines.steady import tell_changed, with_letters
from pipelines.store import write_beside
from pipelines.written import write_deliveries, write_scores

ROWS_AT_ONCE = 100_000
BOTH_SCORED = "{leads} open leads and {customers} customers were scored."
LEADS_SCORED = "{leads} open leads were scored."
MODEL_SAYS = "Model version {version}, trained on what was known by {day}."
Floats = NDArray[np.float64]


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
    past = _list_before(job, champion)
    shifts = shifts_since(job, champion.bundle, job.day)
    champion = replace(champion, bundle=shifted(champion.bundle, shifts))
    with job.narrator.step(f"Scoring {len(matrix.values):,} leads and customers", len(matrix.values)) as bar:
        ranked, ranked_by = _ranked(job, champion.bundle, matrix, past, bar)
    ranked = with_helps(job, ranked, champion)
    since = past.day if past else None
    scores_file = write_scores(job, ranked, champion.version, shifts, since)
    withheld = withheld_by(champion.bundle.heads, job.voice)
    with write_beside(job.workspace.lists / str(job.day)) as folder:
        folder.mkdir()
        copy_page(job.workspace, champion.version, folder)
        notes = (*_notes(champion, matrix, job.voice), *shifts_say(shifts, job.voice))
        write_list(folder, day_list(job, ranked, ranked_by, notes, withheld, since))
    write_deliveries(job, ranked)
    if past:
        tell_changed(job, ranked, past)
    for says in (*withheld.values(), *shifts_say(shifts)):
        job.narrator.say(f"  {says}")
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


def _list_before(job: Job, champion: Champion) -> Past | None:
    before = list_before(job, job.day)
    if before is None:
        return None
    with job.narrator.step(f"Looking back at the list of {before}"):
        return look_back(job, before, champion.version, champion.bundle)


def _ranked(job: Job, bundle: Bundle, matrix: Matrix, past: Past | None, bar: Bar) -> tuple[pd.DataFrame, str]:
    """Chances, expected value, rank, band and explanation of every row, and the sentence that says how open leads are ranked."""
    chances = predict(bundle, matrix)
    scores = pd.concat([matrix.snapshots, chances, ranges(bundle, chances), _for_people(matrix)], axis=1)
    parts, ranked_by = [], ""
    for cohort, head in (("open", job.project.list.head), ("customer", "churn")):
        rows = (scores["cohort"] == cohort).to_numpy()
        if rows.any() and head in scores:
            said = scores.loc[rows, head].to_numpy(dtype=np.float64)
            told = _explanations(job, bundle, head, matrix.take(rows), said, past, bar)
            explained = scores[rows].assign(**told)
            if cohort == "open":
                ranked = rank_open(explained, job.project.list, f"{job.project.name} {job.day}")
                parts.append(with_letters(job, ranked.scores, past))
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


def _explanations(
    job: Job, bundle: Bundle, head: HeadName, matrix: Matrix, chances: Floats, past: Past | None, bar: Bar
) -> dict[str, NDArray[np.object_]]:
    """The explanation of each row, and its move since the list before (None where it did not stand on it)."""
    model = bundle.heads[head]
    said = spoken(parts_of(model), job.columns)
    everyone = spoken_values(said, matrix)
    words = telling(said, everyone)
    found: list[Explanation] = []
    moves: list[Move | None] = []
    for start in range(0, len(everyone), ROWS_AT_ONCE):
        some = np.arange(len(everyone)) // ROWS_AT_ONCE == start // ROWS_AT_ONCE
        rows = matrix.take(some)
        given = contributions_of(model, rows)
        found += explain(given, everyone[some], words, lambda margins: to_chance(model, margins), job.stage_words)
        moves += moves_of(job, past, Now(head, bundle, rows, chances[some], chances[some], given))
        bar.advance("reasons", len(rows.values))
    return {"explanation": _held(found), "move": _held(moves)}


def _held(found: Sequence[object]) -> NDArray[np.object_]:
    held = np.empty(len(found), dtype=object)
    held[:] = found
    return held


def _notes(champion: Champion, matrix: Matrix, voice: Voice) -> tuple[str, ...]:
    open_leads = int((matrix.snapshots["cohort"] == "open").sum())
    customers = len(matrix.snapshots) - open_leads
    leads, others = (voice.figures(f"{count:,}") for count in (open_leads, customers))
    return (
        voice.say(BOTH_SCORED if customers else LEADS_SCORED, leads=leads, customers=others),
        voice.say(MODEL_SAYS, version=champion.version, day=f"{champion.bundle.trained_until:%Y-%m-%d}"),
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
