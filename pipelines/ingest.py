"""Brings the files of a CRM export, or the made-up company, into the lake."""

from datetime import UTC, datetime

from pipelines.job import Job
from pipelines.sources.demo.write import write_company
from pipelines.sources.files import ingest
from pipelines.sources.report import IngestReport


def ingest_project(job: Job) -> IngestReport:
    """Fills the lake from the project's sources and prints what became of every row.

    A project with a made-up company writes its files first. Raises FunnelcastError for files that do not fit.
    """
    company = job.project.demo
    if company is not None:
        with job.narrator.step(f"Making up a company with {company.leads:,} leads") as bar:
            write_company(job.data, company, bar.reach)
    with job.narrator.step(f"Reading {job.data}", total=len(job.project.sources)) as bar:
        report = ingest(
            job.project, job.data, job.workspace, datetime.now(UTC), lambda source: bar.advance(source.table)
        )
    for source in report.sources:
        job.narrator.say(f"  {source.says}")
    for line in report.marked.says:
        job.narrator.say(f"  {line}")
    job.narrator.say(
        f"  The data reaches to {report.observed_until:%Y-%m-%d %H:%M} UTC and lies in {job.workspace.lake}"
    )
    if report.rejects:
        job.narrator.say(f"  {report.rejects:,} rows were rejected; each is listed in {job.workspace.rejected}")
    return report
