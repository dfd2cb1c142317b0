"""Looks what has settled since the model learned, and moves its chances where yes has become clearly more or less frequent."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pandas as pd

from configs.project import HeadName
from features.languages import ENGLISH, Voice
from features.snapshots import midnight, snapshot_days
from models.base_rate import NOTHING_SETTLED, Shift, shift_of
from models.bundle import Bundle, HeadModel
from models.heads import VERBS
from models.predict import predict
from models.split import leads_of
from pipelines.as_called import taught
from pipelines.job import Job, matrix_of

MOST_DAYS = 4  # the newest settled snapshot days tell enough, and what is older is less like today

RAISED, LOWERED = "The chances to {verb} were raised: {settled}", "The chances to {verb} were lowered: {settled}"
SETTLED = (
    "of {leads} leads that settled since the training, {expected} yes were expected in {rows} weekly looks and {came} came "
    "({sigmas} standard errors)."
)


def shifts_since(job: Job, bundle: Bundle, day: date) -> dict[HeadName, Shift]:
    """For each head, what its chances promised on snapshot days that it did not learn from and whose windows are over by the day.

    Only what was known at midnight (UTC) of the day is read.
    """
    settled = {name: _settled_days(job, model, day) for name, model in bundle.heads.items()}
    days = sorted({one for days in settled.values() for one in days})
    if not days:
        return dict.fromkeys(bundle.heads, NOTHING_SETTLED)
    matrix = taught(job, matrix_of(job, days, midnight(day)))
    chances = predict(bundle, matrix)
    leads, looked_at = leads_of(matrix.snapshots), matrix.snapshots["as_of"]
    found: dict[HeadName, Shift] = {}
    for name, of_head in settled.items():
        said, came = (frame[name].to_numpy(dtype=np.float64) for frame in (chances, matrix.outcomes))
        its_days = looked_at.isin(pd.DatetimeIndex([midnight(one) for one in of_head])).to_numpy()
        rows = its_days & ~np.isnan(said) & ~np.isnan(came)
        found[name] = shift_of(said[rows], came[rows], leads[rows])
    return found


def shifted(bundle: Bundle, shifts: Mapping[HeadName, Shift]) -> Bundle:
    """The bundle whose chances are moved by the shifts of their heads."""
    return shifted_by(bundle, {name: shift.log_odds for name, shift in shifts.items()})


def shifted_by(bundle: Bundle, log_odds: Mapping[HeadName, float]) -> Bundle:
    """The bundle with so much added to the log odds of its heads; a head to which nothing is added stays the same object."""
    heads = {
        name: replace(model, calibrator=model.calibrator.shifted(moved))
        if (moved := log_odds.get(name, 0.0))
        else model
        for name, model in bundle.heads.items()
    }
    return replace(bundle, heads=heads)


def as_served(bundle: Bundle, line: pd.Series) -> Bundle:
    """The bundle with its chances moved as they were when this line of the scores was written."""
    return shifted_by(bundle, {name: float(line.get(f"shift_{name}", 0.0)) for name in bundle.heads})


def shifts_say(shifts: Mapping[HeadName, Shift], voice: Voice = ENGLISH) -> Iterator[str]:
    """A sentence for each head whose chances were moved."""
    for name, shift in shifts.items():
        if shift.log_odds:
            moved = RAISED if shift.log_odds > 0 else LOWERED
            yield voice.say(moved, verb=voice.say(VERBS[name]), settled=settled_says(shift, voice))


def settled_says(shift: Shift, voice: Voice = ENGLISH) -> str:
    """What was promised of the rows that have settled since the training, and what came."""
    return voice.say(
        SETTLED,
        leads=voice.figures(f"{shift.leads:,}"),
        expected=voice.figures(f"{shift.expected:,.1f}"),
        rows=voice.figures(f"{shift.rows:,}"),
        came=voice.figures(f"{shift.came:,.0f}"),
        sigmas=voice.figures(f"{shift.sigmas:+.1f}"),
    )


def _settled_days(job: Job, model: HeadModel, day: date) -> list[date]:
    first, last = model.trained_to.date() + timedelta(days=1), day - timedelta(days=model.head.horizon_days)
    return snapshot_days(job.project.snapshots, first, last)[-MOST_DAYS:] if first <= last else []
