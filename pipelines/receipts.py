"""Settles every list that was served once its time is over: what was promised, what came, and what simpler lists would have brought."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq

from configs.errors import FunnelcastError
from features.matrix import Matrix
from features.snapshots import midnight, snapshot_days
from models.heads import Head
from models.holdout import HELD
from models.judgement import outcomes_of
from models.rank import ranks_by_value
from models.receipt import CALL, Listed, Receipt, receipt_from, write_up
from models.rivals.roster import Background, able_rivals
from models.split import days_of, usable
from pipelines.job import Job, background_of, first_day, matrix_of
from pipelines.settled import tell_receipts
from pipelines.since import ends_at, read_scores, said_and_came, served_days
from pipelines.standpoint import look_from
from pipelines.store import observed_until, write_beside
from pipelines.tracking import trained_until
from pipelines.written import deliveries_file, scores_file


@dataclass(frozen=True)
class _List:
    """A served list: its open leads with their scores and the band in which they were served, and the head that ranked it."""

    day: date
    head: Head
    scores: pd.DataFrame


def settle_lists(job: Job) -> tuple[Receipt, ...]:
    """Writes receipts/DAY.json for each served list whose window is over by the job's day, and prints and returns all of them.

    A receipt is written once, from what is known by midnight (UTC) of the job's day, and only read from then on; where the scores of its
    day have changed since, a line says so. It tells of open leads; customers are not in it. Raises FunnelcastError when no list has
    been served, and for a receipt that cannot be read.
    """
    until = min(observed_until(job.workspace), midnight(job.day))
    kept = read_receipts(job)
    served = [day for day in served_days(job) if day <= job.day and day not in kept]
    if not served and not kept:
        raise FunnelcastError(
            f"No list of {job.project.name} has been served by {job.day}; run funnelcast score first."
        )
    for day in kept:
        _tell_changed(job, kept[day].listed)
    trained = trained_until(job) if served else {}
    lists = [found for day in served if (found := _list_of(job, day, trained)) is not None]
    due = [one for one in lists if ends_at(one.day, one.head) <= until]
    new = _settle(job, due, until) if due else []
    receipts = tuple(
        sorted((one for one in (*kept.values(), *new) if one.listed.ends_at <= until), key=lambda one: one.listed.day)
    )
    open_days = [ends_at(one.day, one.head) for one in lists if one not in due]
    tell_receipts(job.narrator, receipts, min(open_days, default=None))
    return receipts


def receipt_file(job: Job, day: date) -> Path:
    """Where the receipt of a day lies."""
    return job.workspace.receipts / f"{day}.json"


def read_receipts(job: Job) -> dict[date, Receipt]:
    """The receipts that were written before, by day. Raises FunnelcastError for one that cannot be read."""
    found = [_read_one(file) for file in sorted(job.workspace.receipts.glob("[!.]*.json"))]
    return {receipt.listed.day: receipt for receipt in found}


def _read_one(file: Path) -> Receipt:
    try:
        return receipt_from(file.read_text(encoding="utf-8"))
    except (FunnelcastError, UnicodeDecodeError) as error:
        raise FunnelcastError(f"{file}: {error}") from error


def _tell_changed(job: Job, listed: Listed) -> None:
    file = scores_file(job.workspace, listed.day)
    if file.exists() and _digest(file) != listed.scores_sha256:
        job.narrator.say(
            f"  The scores of {listed.day} are no longer those of its receipt: they were written anew, or somebody was erased. "
            "The receipt stays as it is."
        )


def _digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _list_of(job: Job, day: date, trained: Mapping[str, str]) -> _List | None:
    """The list of a day; None, and a line says why, when there are no scores that tell what it promised then.

    trained: by model version the day (as 2026-06-30) up to which it knew what came.
    """
    if not scores_file(job.workspace, day).exists():
        job.narrator.say(f"  The list of {day} gets no receipt: its scores are gone.")
        return None
    scores = read_scores(job, day)
    scores = scores[scores["cohort"] == "open"].reset_index(drop=True)
    name = "win" if ranks_by_value(scores) else job.project.list.head
    head = next((head for head in job.heads if head.name == name), None)
    if head is None or name not in scores or scores[name].isna().all():
        job.narrator.say(f"  The list of {day} gets no receipt: its scores or the project have no head '{name}'.")
        return None
    version = str(scores["model_version"].iloc[0])
    if trained.get(version, "") > str(day):
        job.narrator.say(
            f"  The list of {day} gets no receipt: it was made after the fact, by model version {version}, which knew what came "
            f"until {trained[version]}."
        )
        return None
    listed = pq.ParquetFile(deliveries_file(job.workspace, day)).read(columns=["lead_id", "band", "chance_of_listing"])
    listed = listed.to_pandas()
    bands = listed[listed["band"].isin(["call", "nurture", HELD])].set_index("lead_id")["band"]
    # a call by rank is certain, so that one which was not was drawn by lot
    by_lot = listed["lead_id"][(listed["band"] == CALL) & (listed["chance_of_listing"] < 1)]
    drawn = scores["lead_id"].isin(by_lot)
    return _List(day, head, scores.assign(band=scores["lead_id"].map(bands).fillna("skip"), drawn=drawn))


def _settle(job: Job, lists: Sequence[_List], until: datetime) -> list[Receipt]:
    """Writes the receipt of each list; all are worked out from one matrix."""
    learned = {one.day: _learned(job, one) for one in lists}
    days = sorted({*learned, *(day for some in learned.values() for day in some)})
    with job.narrator.step(f"Working out {len(job.columns)} features on {len(days)} days up to {days[-1]}"):
        matrix = matrix_of(job, days, midnight(job.day))
        background = background_of(job, None)
    receipts = []
    with job.narrator.step(f"Settling {len(lists)} {'list' if len(lists) == 1 else 'lists'}", len(lists)) as bar:
        for one in lists:
            receipt = _receipt(job, one, until, matrix, background, learned)
            with write_beside(receipt_file(job, one.day)) as part:
                part.write_text(receipt.to_json(), encoding="utf-8")
            receipts.append(receipt)
            bar.advance(str(one.day))
    return receipts


def _learned(job: Job, one: _List) -> list[date]:
    """The snapshot days whose windows were over on the day of the list."""
    return snapshot_days(job.project.snapshots, first_day(job), one.day - timedelta(days=one.head.horizon_days))


def _receipt(
    job: Job, one: _List, until: datetime, matrix: Matrix, background: Background, learned: Mapping[date, list[date]]
) -> Receipt:
    """The receipt of a list; its rivals know what was known at midnight (UTC) of its day."""
    head = one.head
    then = look_from(job, matrix, background, learned[one.day], [one.day])
    judged, rows = said_and_came(one.scores, then.later, head)
    later = then.later.take(judged)
    known = then.past.take(usable(days_of(then.past.snapshots), outcomes_of(then.past, head), head, midnight(one.day)))
    said, left_out = able_rivals(known, later, head, then.background) if len(rows) else ((), {})
    listed = Listed(
        day=one.day,
        head=head.name,
        horizon_days=head.horizon_days,
        known_until=until,
        model_version=str(one.scores["model_version"].iloc[0]),
        scores_sha256=_digest(scores_file(job.workspace, one.day)),
        not_judged=len(one.scores) - len(rows),
    )
    return write_up(listed, rows.assign(amount=later.snapshots["amount"].to_numpy()), said, left_out)
