"""Shows the trained models, compares two of them, and lets a person choose which one serves."""

from collections.abc import Sequence

from configs.errors import FunnelcastError
from models.track import Version
from pipelines.job import Job
from pipelines.tracking import tracking_of

SHOWN = ("auc", "log_loss", "calibration_error")


def show_models(job: Job) -> None:
    """Prints every trained model, newest first, with its figures on weeks that it had not seen and why it serves or not."""
    versions = _versions(job)
    for version in versions:
        aliases = f" ({', '.join(version.aliases)})" if version.aliases else ""
        job.narrator.say(
            f"Version {version.number}{aliases}, trained on what was known by {version.trained_until}: {version.verdict}"
        )
        for head in _heads(version):
            job.narrator.say(f"  {head:9} {_figures(version, head)}")


def compare_models(job: Job, one: str, other: str) -> None:
    """Prints the figures of two versions side by side. Raises FunnelcastError when one of them does not exist."""
    first, second = (_found(_versions(job), number) for number in (one, other))
    names = sorted({*first.metrics, *second.metrics})
    job.narrator.say(f"{'':32} {'version ' + one:>12} {'version ' + other:>12} {'difference':>12}")
    for name in names:
        if name.count(".") == 1:
            here, there = (version.metrics.get(name, float("nan")) for version in (first, second))
            job.narrator.say(f"{name:32} {here:12.4f} {there:12.4f} {there - here:+12.4f}")


def promote_model(job: Job, number: str) -> None:
    """Lets a version serve from now on."""
    tracking_of(job).promote(number)
    job.narrator.say(f"Version {number} serves from now on.")


def roll_back_model(job: Job) -> None:
    """Lets the version that served before serve again."""
    job.narrator.say(f"Version {tracking_of(job).roll_back()} serves again.")


def _versions(job: Job) -> tuple[Version, ...]:
    versions = tracking_of(job).versions()
    if not versions:
        raise FunnelcastError(
            f"There is no model for {job.project.name} in {job.workspace.root} yet; run funnelcast train first."
        )
    return versions


def _found(versions: Sequence[Version], number: str) -> Version:
    for version in versions:
        if version.number == number:
            return version
    raise FunnelcastError(
        f"There is no version {number}; there are {', '.join(version.number for version in versions)}."
    )


def _heads(version: Version) -> list[str]:
    return list(dict.fromkeys(name.split(".")[0] for name in version.metrics if name.count(".") == 1))


def _figures(version: Version, head: str) -> str:
    told = ((name, version.metrics.get(f"{head}.{name}")) for name in SHOWN)
    return "   ".join(f"{name.replace('_', ' ')} {value:.4f}" for name, value in told if value is not None)
