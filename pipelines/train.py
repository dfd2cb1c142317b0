"""Trains the heads on everything that was known by the day, and hands the model that serves to whoever scores."""

from configs.errors import FunnelcastError
from features.snapshots import midnight
from models.fit import train
from models.track import Champion, Tracking
from pipelines.job import Job, matrix_of, training_days


def train_project(job: Job) -> Champion:
    """Trains, keeps the run with its metrics, and makes the new model champion. Raises FunnelcastError when there is too little to learn from."""
    days = training_days(job, job.day)
    with job.narrator.step(f"Working out {len(job.columns)} features on {len(days)} days up to {job.day}"):
        matrix = matrix_of(job, days, midnight(job.day))
    with job.narrator.step(f"Training {len(job.heads)} heads", len(job.heads)) as bar:
        result = train(matrix, job.heads, midnight(job.day), bar.advance)
    with job.narrator.step("Keeping the run"):
        champion = tracking_of(job).record_training(result)
    return champion


def champion_of(job: Job) -> Champion:
    """The model that serves. Raises FunnelcastError when none has been trained."""
    champion = tracking_of(job).champion()
    if champion is None:
        raise FunnelcastError(
            f"There is no model for {job.project.name} in {job.workspace.root} yet; run funnelcast train first."
        )
    return champion


def champion_or_new(job: Job) -> Champion:
    """The model that serves, or a newly trained one when there is none."""
    return tracking_of(job).champion() or train_project(job)


def tracking_of(job: Job) -> Tracking:
    """Where the project's runs are kept: as the project says, else in the workspace."""
    raise NotImplementedError
