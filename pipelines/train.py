"""Trains the heads on everything that was known by the day, and hands the model that serves to whoever scores."""

from configs.errors import FunnelcastError
from features.matrix import Matrix
from features.snapshots import midnight
from models.bundle import Origin
from models.contest import contest
from models.leaks import LeakReport, without
from models.promotion import Verdict
from models.track import Champion
from models.train import TrainingResult, train
from pipelines.as_called import calls_say, taught
from pipelines.helps import keep_helped
from pipelines.job import Job, background_of, matrix_of, training_days
from pipelines.leaks.page import texts, write_report
from pipelines.leaks.screen import check_setting, doubt, screen, tell, tell_suspicion
from pipelines.model_page.figures import figures_of
from pipelines.model_page.learned import keep_learned
from pipelines.model_page.page import kept_text, write_page
from pipelines.plainly import keep_plain
from pipelines.search import chosen_settings, search_settings, serving_settings
from pipelines.tracking import tracking_of


def train_project(job: Job, trials: int | None = None) -> Champion:
    """Grades the columns, trains without the banned ones, keeps the run with its metrics, and returns the model that serves from now on.

    That is the new one if it is no worse than the champion (models.contest). trials: how many settings to try for each head, the defaults
    first (models.search); None: those of the model that serves. Writes leaks/DAY/ and models/VERSION/. Raises FunnelcastError when
    leaks.allow names no column.
    """
    check_setting(job)
    days, until = training_days(job, job.day), midnight(job.day)
    with job.narrator.step(f"Working out {len(job.columns)} features on {len(days)} days up to {job.day}"):
        matrix = matrix_of(job, days, until)
    with job.narrator.step(f"Looking for leaks in {len(job.columns)} columns"):
        report = screen(job, matrix, days, until)
    tell(job, report)
    everything = matrix
    matrix = without(matrix, report.kept_out | job.for_people, report.banned_fields)
    teaching, calls = taught(job, matrix), calls_say(job, matrix)
    background = background_of(job, until).without_fields(report.banned_fields)
    searches = search_settings(job, teaching, until, trials) if trials else ()
    settings = chosen_settings(searches) if trials else serving_settings(job, tracking_of(job))
    with job.narrator.step(f"Training {len(job.heads)} heads", len(job.heads)) as bar:
        origin = Origin(job.project.name, job.project.funnel.name, job.fingerprint)
        result = train(teaching, job.heads, until, origin, job.project.list.capacity, bar.advance, background, settings)
    report = doubt(job, report, teaching, result.judgements, until, settings)
    page = write_report(job.workspace, report)
    with job.narrator.step("Keeping the run"):
        tracking = tracking_of(job)
        figures, before = figures_of(job, result, report, tracking.versions(), calls), tracking.champion()
        kept = {f"leaks/{name}": text for name, text in texts(report).items()} | kept_text(figures)
        verdict = contest(result, before.bundle if before else None, taught(job, everything), until)
        trained = tracking.record_training(result, kept, verdict, searches)
    model_page = write_page(job.workspace, figures, trained.version)
    _keep_beside(job, trained, matrix, everything)
    _tell(job, result, report, calls)
    job.narrator.say(f"  Leak report: {page}\n  Model page:  {model_page}")
    return _serving(job, trained, before, verdict)


def _tell(job: Job, result: TrainingResult, report: LeakReport, calls: str) -> None:
    tell_judgements(job, result)
    for line in (calls, *(f"Warning: {note}" for note in result.notes)):
        if line:
            job.narrator.say(f"  {line}")
    tell_suspicion(job, report)


def _keep_beside(job: Job, trained: Champion, learned: Matrix, everything: Matrix) -> None:
    """Writes what later lists need beside the model; learned: the rows of the columns that it may use."""
    keep_learned(job.workspace, trained, learned)
    keep_helped(job, trained, everything)
    keep_plain(job.workspace, trained, everything)


def _serving(job: Job, trained: Champion, before: Champion | None, verdict: Verdict) -> Champion:
    """The model that serves after the verdict on the trained one, and says so."""
    serving = trained if verdict.promoted or before is None else before
    if verdict.promoted:
        said = f"Model version {trained.version} serves from now on: {verdict.reason}"
    elif serving is trained:
        said = f"Model version {trained.version} is no champion, and serves while there is none: {verdict.reason}"
    else:
        said = f"Model version {serving.version} goes on serving; version {trained.version} is kept as challenger: {verdict.reason}"
    job.narrator.say(f"  {said}. The run is in {tracking_of(job).uri}")
    return serving


def champion_of(job: Job) -> Champion:
    """The model that serves: the champion or, while there is none, the challenger. Raises FunnelcastError when none has been trained."""
    champion = tracking_of(job).champion() or tracking_of(job).challenger()
    if champion is None:
        raise FunnelcastError(
            f"There is no model for {job.project.name} in {job.workspace.root} yet; run funnelcast train first."
        )
    return champion


def champion_or_new(job: Job) -> Champion:
    """The model that serves, or a newly trained one when there is none."""
    return tracking_of(job).champion() or train_project(job)


def tell_judgements(job: Job, result: TrainingResult) -> None:
    """Prints, for each head, how the model and its rivals did on weeks that they had not seen, and which of them serves."""
    for judgement in result.judgements:
        rows, days = (
            len(judgement.outcomes),
            f"{judgement.as_of.min().item():%Y-%m-%d} to {judgement.as_of.max().item():%Y-%m-%d}",
        )
        job.narrator.say(
            f"  {judgement.head.name} within {judgement.head.horizon_days} days, judged on {rows:,} snapshots of {days}, "
            f"{100 * judgement.outcomes.mean():.1f} % yes:"
        )
        for name, row in judgement.metrics.iterrows():
            job.narrator.say(
                f"    {str(name).replace('_', ' '):12} AUC {row['auc']:.3f}   lift at 10 % {row['lift_at_10_percent']:.2f}   "
                f"log loss {row['log_loss']:.4f}   calibration error {row['calibration_error']:.3f}"
            )
    for name, standing in result.standings.items():
        job.narrator.say(f"  {name}: {standing.says}")
