"""Knows where the runs and the models of a project are kept."""

from models.track import Tracking
from pipelines.job import Job


def tracking_of(job: Job) -> Tracking:
    """Where the project's runs are kept: as the project says, else in the workspace."""
    setting, workspace = job.project.tracking, job.workspace
    name = f"funnelcast-{job.project.name}"
    if setting.uri is not None:
        return Tracking(setting.uri, setting.experiment or name, name)
    return Tracking(f"sqlite:///{workspace.tracking_database}", setting.experiment or name, name, workspace.artefacts)


def trained_until(job: Job) -> dict[str, str]:
    """By model version the day (as 2026-06-30) up to which it knew what came."""
    return {version.number: version.trained_until for version in tracking_of(job).versions()}
