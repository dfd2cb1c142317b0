"""Tells an operator whether data, model and list are fresh, and whether the past lists kept their word."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from features.matrix import Matrix
from features.query import answer
from features.snapshots import midnight, snapshot_days, today
from models.bundle import Bundle, HeadModel, outgrown
from models.drift import TIMES_USUAL, gone_dark, moved_before, promise, stability_index
from models.heads import Head
from models.predict import contributions_of, margins_of, parts_of
from models.track import Champion
from pipelines.as_called import spoken_for
from pipelines.base_rates import settled_says, shifts_since
from pipelines.job import Job, matrix_of
from pipelines.since import ends_at, read_scores, said_and_came, scored_days
from pipelines.store import observed_until, open_lake
from pipelines.tracking import tracking_of

COMPARED_DAYS = 28
COMPARED_LEADS = 2_000
USUAL_WEEKS = 8
ENOUGH_ROWS = 20  # a feed with fewer rows a week is quiet by itself


@dataclass(frozen=True)
class Check:
    """One thing looked at, whether it is as it should be, and a sentence."""

    name: str
    good: bool
    says: str


@dataclass(frozen=True)
class Watched:
    """All checks of a day."""

    day: date
    checks: tuple[Check, ...]

    @property
    def good(self) -> bool:
        """Whether nothing is off."""
        return all(check.good for check in self.checks)

    @property
    def says(self) -> str:
        """One line for an operator."""
        off = [f"{check.name}: {check.says}" for check in self.checks if not check.good]
        return f"{len(off)} of {len(self.checks)} checks are off. {' '.join(off)}" if off else "All is well."


class SomethingIsOffError(Exception):
    """Ends a scheduled watch, so that the scheduler sees it fail."""


def watch_project(job: Job) -> Watched:
    """Prints and returns the checks of the job's day, or of today (UTC); their limits stand under `watch` in the project.

    Raises FunnelcastError when nothing has been ingested.
    """
    day = job.as_of or today()
    champion = tracking_of(job).champion()
    with job.narrator.step(f"Looking after {job.project.name} as of {day}"):
        checks = [_data(job, day), *_feeds(job, day), _list(job, day), _model(job, champion, day)]
        if champion is not None and not outgrown(champion.bundle, job.fingerprint, job.heads):
            checks += [
                *_drift(job, champion.bundle, day),
                *_base_rates(job, champion.bundle, day),
                *_promises(job, day),
            ]
    watched = Watched(day, tuple(checks))
    for check in watched.checks:
        job.narrator.say(f"  {'ok ' if check.good else 'OFF'}  {check.name:12} {check.says}")
    job.narrator.say(
        watched.says if watched.good else f"{sum(not check.good for check in checks)} of {len(checks)} are off."
    )
    return watched


def _data(job: Job, day: date) -> Check:
    until = observed_until(job.workspace)
    age = (day - until.date()).days
    return Check("data", age <= job.project.watch.data_days, f"The data reaches to {until:%Y-%m-%d %H:%M} UTC.")


def _feeds(job: Job, day: date) -> Iterator[Check]:
    """A check for each table, and each channel of touches, that used to have rows every week."""
    end = min(observed_until(job.workspace), midnight(day))
    week, weeks = end - timedelta(days=7), end - timedelta(days=7 * (USUAL_WEEKS + 1))
    named = {
        "stage_moves": "'stage_moves'",
        "touches": "'touches by ' || coalesce(channel, 'no channel')",
        "purchases": "'purchases'",
    }
    feeds = " UNION ALL ".join(f"SELECT {name} AS feed, known_at FROM {table}" for table, name in named.items())
    with open_lake(job.workspace, job.project) as con:
        found = answer(
            con,
            f"SELECT feed, count(*) FILTER (known_at > TIMESTAMP '{week}') AS now, "
            f"count(*) FILTER (known_at <= TIMESTAMP '{week}') AS usual "
            f"FROM ({feeds}) WHERE known_at > TIMESTAMP '{weeks}' AND known_at <= TIMESTAMP '{end}' GROUP BY feed ORDER BY feed",
        )
    for feed, now, usual in zip(*(found[name].to_pylist() for name in ("feed", "now", "usual")), strict=True):
        a_week = usual / USUAL_WEEKS
        if a_week >= ENOUGH_ROWS:
            good = now >= job.project.watch.quiet_share * a_week
            yield Check("feed", good, f"{feed}: {now:,} rows in the last 7 days, usually {a_week:,.0f} a week.")


def _list(job: Job, day: date) -> Check:
    days = [made for made in scored_days(job) if made <= day]
    if not days:
        return Check("list", good=False, says="No list has been made; run funnelcast score.")
    age = (day - days[-1]).days
    return Check("list", age <= job.project.watch.list_days, f"The newest list is of {days[-1]}.")


def _model(job: Job, champion: Champion | None, day: date) -> Check:
    if champion is None:
        return Check("model", good=False, says="There is no model; run funnelcast train.")
    until = champion.bundle.trained_until.date()
    if found := outgrown(champion.bundle, job.fingerprint, job.heads):
        return Check("model", good=False, says=f"Version {champion.version} {found}; run funnelcast train.")
    age = (day - until).days
    said = f"Version {champion.version} was trained on what was known by {until}."
    return Check("model", age <= job.project.watch.model_days, said)


def _drift(job: Job, bundle: Bundle, day: date) -> Iterator[Check]:
    """Whether today's leads look to each head like those of its last training weeks, and which columns have gone dark."""
    last = bundle.trained_until.date()
    before = matrix_of(job, snapshot_days(job.project.snapshots, last - timedelta(days=COMPARED_DAYS), last), None)
    now = matrix_of(job, [min(day, Job(job.project, job.workspace, job.data).day)], midnight(day))
    for model in bundle.heads.values():
        then, today_ = _cohort(before, model), _cohort(now, model)
        if len(then.values) and len(today_.values):
            yield _scores_moved(job, model, then, today_)
            yield _columns_dark(model, _newest(then), today_)


def _cohort(matrix: Matrix, model: HeadModel) -> Matrix:
    return matrix.take((matrix.snapshots["cohort"] == model.head.cohort).to_numpy())


def _newest(matrix: Matrix) -> Matrix:
    """The rows of the last day alone: some columns differ between days and never between leads."""
    as_of = matrix.snapshots["as_of"]
    return matrix.take((as_of == as_of.max()).to_numpy())


def _scores_moved(job: Job, model: HeadModel, before: Matrix, now: Matrix) -> Check:
    scores, leads = margins_of(model, before), before.snapshots["lead_id"].nunique()
    moved = stability_index(scores, margins_of(model, now), leads)
    usual = moved_before(scores, before.snapshots["as_of"].to_numpy(), leads)
    good = moved <= max(job.project.watch.drift, TIMES_USUAL * usual)
    because = "" if good else f" What moved them most: {', '.join(_movers(model, before, now))}."
    return Check(
        "drift", good, f"{model.head.name}: scores have moved by {moved:.2f} since the last weeks of training.{because}"
    )


def _movers(model: HeadModel, before: Matrix, now: Matrix) -> list[str]:
    """The three parts whose share in the scores has changed most, on average over the leads."""
    some = (matrix.take(np.arange(len(matrix.values)) < COMPARED_LEADS) for matrix in (before, now))
    then, seen = (contributions_of(model, matrix)[:, :-1].mean(axis=0) for matrix in some)
    return [parts_of(model)[at] for at in np.argsort(-np.abs(seen - then), kind="stable")[:3]]


def _columns_dark(model: HeadModel, before: Matrix, now: Matrix) -> Check:
    places = [before.columns.index(name) for name in parts_of(model) if name in before.columns]
    dark = [before.columns[at] for at in places if gone_dark(before.values[:, at], now.values[:, at])]
    said = (
        f"{len(dark)} columns tell nobody apart any more: {', '.join(dark[:5])}."
        if dark
        else "All columns still tell leads apart."
    )
    return Check("columns", not dark, f"{model.head.name}: {said}")


def _base_rates(job: Job, bundle: Bundle, day: date) -> Iterator[Check]:
    """For each head of which something has settled since the training, whether its chances have to be moved."""
    for name, shift in shifts_since(job, bundle, day).items():
        if shift.rows:
            yield Check("base rate", not shift.log_odds, f"{name}: {settled_says(shift)}")


def _promises(job: Job, day: date) -> Iterator[Check]:
    """For each head, the newest scores whose window is over, against what came."""
    until = min(observed_until(job.workspace), midnight(day))
    for head in job.heads:
        over = [made for made in scored_days(job) if ends_at(made, head) <= until]
        if over:
            yield _kept(job, head, over[-1])


def _kept(job: Job, head: Head, made: date) -> Check:
    settled = spoken_for(job, matrix_of(job, [made], None))
    _, both = said_and_came(read_scores(job, made), settled, head)
    kept = promise(both["chance"].to_numpy(), both["came"].to_numpy())
    said = f"{head.name}: the list of {made} promised {kept.expected:,.1f}, {kept.came:,.0f} came ({kept.sigmas:+.1f} standard deviations)."
    return Check("promise", abs(kept.sigmas) <= job.project.watch.promise_sigmas, said)
