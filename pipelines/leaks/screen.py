"""Looks through every column before a training, keeps out what is banned and says so."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from configs.project import HeadName
from features.leaks import table_evidence
from features.matrix import Matrix
from models.judgement import Judgement
from models.leaks import LeakReport, check_allowed, grade_columns, grade_fields, mixed_notes, with_and_without
from models.settings import Settings
from pipelines.job import Job
from pipelines.store import open_lake

NAMED = 5  # so many columns are told on the command line; all of them stand in the report


def check_setting(job: Job) -> None:
    """Raises FunnelcastError, with the near miss, when leaks.allow names a column that there is not."""
    check_allowed(job.project.name, job.project.leaks.allow, job.columns)


def screen(job: Job, matrix: Matrix, days: Sequence[date], until: datetime) -> LeakReport:
    """The report on the columns of a matrix of these days, as it could be made at `until` (UTC without zone)."""
    columns, allowed = job.columns, job.project.leaks.allow
    with open_lake(job.workspace, job.project, until) as con:
        evidence = table_evidence(con, job.project, days)
    graded = grade_columns(matrix, columns, job.heads, until, evidence, allowed)
    return LeakReport(
        job.project.name, until.date(), graded, grade_fields(columns, evidence), mixed_notes(columns, evidence)
    )


def doubt(
    job: Job,
    report: LeakReport,
    matrix: Matrix,
    judgements: Sequence[Judgement],
    until: datetime,
    settings: Mapping[HeadName, Settings],
) -> LeakReport:
    """The report with what each head is worth without the suspects; learns them once more, as they were, only when there are any."""
    if not report.doubted:
        return report
    with job.narrator.step(f"Training {len(judgements)} heads without {len(report.doubted)} suspect columns"):
        found = with_and_without(matrix, judgements, until, job.project.list.capacity, report.doubted, settings)
    return replace(report, suspicion=found)


def tell(job: Job, report: LeakReport) -> None:
    """Prints how many columns are safe, suspect and banned, and why the worst of them are."""
    safe, suspect, banned = (report.of(grade) for grade in ("safe", "suspect", "banned"))
    job.narrator.say(f"  Leaks: {len(safe)} columns safe, {len(suspect)} suspect, {len(banned)} banned")
    for column in (*banned, *suspect)[:NAMED]:
        job.narrator.say(f"    {column.grade}{' (allowed)' if column.allowed else ''}: {column.says}")
    more = len(banned) + len(suspect) - NAMED
    if more > 0:
        job.narrator.say(f"    and {more} more in the report")


def tell_suspicion(job: Job, report: LeakReport) -> None:
    """Prints what each head is worth with and without the suspects."""
    for head in report.suspicion:
        job.narrator.say(
            f"    {head.head}: AUC {head.auc_with:.3f} with the suspect columns, {head.auc_without:.3f} without them"
        )
