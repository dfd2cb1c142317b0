"""Scores every open lead and customer of a day, says why, and writes the list."""

from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from configs.errors import FunnelcastError
from features.languages import Voice
from features.matrix import Matrix
from models.bundle import check_serves
from models.track import Champion
from pipelines.base_rates import shifted, shifts_say, shifts_since
from pipelines.beside import beside
from pipelines.helps import with_helps
from pipelines.job import Job, first_day, matrix_to_score
from pipelines.lists.page import write_list
from pipelines.lists.ranks import withheld_by
from pipelines.look_back import Past, list_before, look_back
from pipelines.model_page.drift import drift_since
from pipelines.model_page.page import copy_page
from pipelines.morning import day_list
from pipelines.plainly import read_plain
from pipelines.ranked import Ranked, ranked_of
from pipelines.right_now.rules import Morning
from pipelines.right_now.section import right_now
from pipelines.site.behind import Behind
from pipelines.site.write import write_site
from pipelines.steady import tell_changed
from pipelines.store import write_beside
from pipelines.written import write_deliveries, write_scores

BOTH_SCORED = "{leads} open leads and {customers} customers were scored."
LEADS_SCORED = "{leads} open leads were scored."
MODEL_SAYS = "Model version {version}, trained on what was known by {day}."


@dataclass(frozen=True)
class Scored:
    """The ranked scores of a day, and where they and the list are."""

    ranked: Ranked
    scores_file: Path
    page: Path

    @property
    def day(self) -> date:
        """The day of the list, by which its folder is called."""
        return date.fromisoformat(self.page.parent.name)


def score_project(job: Job, champion: Champion) -> Scored:
    """Writes scores/as_of=DAY/scores.parquet, lists/DAY/ and the day's deliveries; the same day twice gives the same bytes.

    Raises FunnelcastError when the day is before the first row, when nobody may be scored on it, or when the project has outgrown the
    champion (models.bundle.outgrown).
    """
    check_serves(champion.bundle, job.fingerprint, job.heads)
    matrix = _matrix_of_day(job)
    past = _list_before(job, champion)
    shifts = shifts_since(job, champion.bundle, job.day)
    champion = replace(champion, bundle=shifted(champion.bundle, shifts))
    with job.narrator.step(f"Scoring {len(matrix.values):,} leads and customers", len(matrix.values)) as bar:
        plain = read_plain(job.workspace, champion.version)
        ranked = ranked_of(job, champion.bundle, matrix, past, bar, plain)
    ranked = replace(ranked, scores=with_helps(job, ranked.scores, champion))
    since = past.day if past else None
    withheld = withheld_by(champion.bundle.heads, job.voice)
    with job.narrator.step("Writing the scores and the list"):
        keep = partial(write_scores, job, ranked.scores, ranked.explanations, champion.version, shifts, since)
        with write_beside(job.workspace.lists / str(job.day)) as folder, beside(keep) as kept:
            folder.mkdir()
            copy_page(job.workspace, champion.version, folder, drift_since(job, champion, matrix, shifts))
            notes = (*_notes(champion, matrix, job.voice), *shifts_say(shifts, job.voice))
            hidden = frozenset(withheld)
            urgent = right_now(Morning(job, ranked.scores, matrix, hidden, since))
            day = replace(day_list(job, ranked, notes, withheld, since), right_now=urgent)
            behind = Behind(job, champion.bundle, matrix, ranked.scores, ranked.explanations, hidden, since, plain)
            write_list(folder, day, lambda listed: write_site(folder, day, listed, behind))
            scores_file = kept()  # no list is seen without its scores
    write_deliveries(job, ranked.scores)
    if past:
        tell_changed(job, ranked.scores, ranked.standing, past.day)
    for says in (*withheld.values(), *shifts_say(shifts)):
        job.narrator.say(f"  {says}")
    page = job.workspace.lists / str(job.day) / "index.html"
    job.narrator.say(f"  Scores: {scores_file}")
    job.narrator.say(f"  List:   {page}")
    return Scored(ranked, scores_file, page)


def _matrix_of_day(job: Job) -> Matrix:
    with job.narrator.step(f"Looking at every lead as of {job.day}"):
        matrix = matrix_to_score(job)
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
    scores, explanations = scored.ranked.scores, scored.ranked.explanations
    calls = scores[scores["band"] == "call"].head(lines)
    return [
        {
            "rank": int(row["rank"]),
            "stage": str(row["stage"]),
            "expected value": round(float(row["expected_value"]), 2),
            "first reason": next((reason.says for reason in explanations[row["explained"]].reasons), ""),
        }
        for row in calls.to_dict("records")
    ]
