"""Chooses the past days on which a backtest pretends to stand, and the weeks after each of them that it is judged on."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from configs.errors import FunnelcastError
from features.snapshots import midnight, snapshot_days
from pipelines.job import Job, first_day
from pipelines.store import observed_until

HORIZONS_BEFORE = (
    3  # what is learned, divided once for the number of trees, needs two; a third gives it something to see
)
MOST_DAYS = 28  # nobody serves a model for much longer without training again


@dataclass(frozen=True)
class CutOff:
    """A day in the past: the last as_of that may be learned from (included), and the as-of days judged on, oldest first."""

    learned_until: date
    judged: tuple[date, ...]

    @property
    def stands_at(self) -> datetime:
        """Midnight (UTC) of the first day judged on: what was known by then may be learned from."""
        return midnight(self.judged[0])


def given(job: Job, first: date, last: date, learned_until: date | None) -> CutOff:
    """One cut-off judged on the snapshot days from first to last (included). Raises FunnelcastError when there is none of them."""
    days = snapshot_days(job.project.snapshots, first, last)
    if not days:
        raise FunnelcastError(
            f"There is no snapshot day from {first} to {last}; give --from before --to, and a {job.project.snapshots.on} between."
        )
    return CutOff(learned_until or first - _shortest(job), tuple(days))


def rolling(job: Job, count: int, first: date | None, last: date | None) -> tuple[CutOff, ...]:
    """So many cut-offs, oldest first, each judged on the snapshot days up to the next one: no day is judged on twice.

    The last day judged on is the last whose outcomes are all known, or `last`. As many days are judged at each as the past allows after
    three horizons (or from `first`), at most four weeks. Raises FunnelcastError when there is no room for so many.
    """
    longest = timedelta(days=max(head.horizon_days for head in job.heads))
    begin = max(first or date.min, first_day(job) + HORIZONS_BEFORE * longest)
    end = min(last or date.max, (observed_until(job.workspace) - longest).date())
    days = snapshot_days(job.project.snapshots, begin, end) if begin <= end else []
    length = min(len(days) // count, sum(day < begin + timedelta(days=MOST_DAYS) for day in days))
    if not length:
        raise FunnelcastError(
            f"There is no room for {count} cut-offs: from {begin}, when there is enough to learn from, to {end}, the last day whose "
            f"outcomes are known, there are {len(days)} snapshot days. Give fewer --cut-offs, other --from and --to, or bring more history."
        )
    firsts = range(len(days) - count * length, len(days), length)
    return tuple(CutOff(days[at] - _shortest(job), tuple(days[at : at + length])) for at in firsts)


def _shortest(job: Job) -> timedelta:
    return timedelta(days=min(head.horizon_days for head in job.heads))
