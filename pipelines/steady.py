"""Keeps the list steady from day to day, and says how much of it changed although nothing new was known."""

from collections.abc import Collection
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.query import answer
from features.snapshots import midnight
from models.letters import edges, letters
from models.steady import NO_LIST_BEFORE, Standing, exchanged
from pipelines.job import Job
from pipelines.look_back import Past
from pipelines.store import open_lake
from pipelines.written import CERTAIN, deliveries_file

NEWS = ("leads", "stage_moves", "touches", "field_changes", "purchases", "consents", "feedback")
NOBODY = ""
MOST_OWNERS = 5  # of so many each one's share is told


def with_letters(job: Job, ranked: pd.DataFrame, past: Past | None) -> pd.DataFrame:
    """Ranked open leads with the letter of their chance (see models.letters), which looks at the one of the list before."""
    chances = ranked[job.project.list.head].to_numpy(dtype=np.float64)
    least = edges(chances, job.project.list.letters)
    known = _letters_of(past)
    leads = ranked["lead_id"].to_numpy(dtype=object)
    before = [known.get(lead) for lead in leads] if known else [None] * len(leads)
    return ranked.assign(letter=letters(chances, least, before, job.project.list.letters.margin))


def _letters_of(past: Past | None) -> dict[str, str]:
    if past is None or "letter" not in past.served:
        return {}
    served = past.served[past.served["cohort"] == "open"]
    return dict(zip(served["lead_id"], served["letter"], strict=True))


def standing_of(job: Job, past: Past | None, leads: pd.Series) -> Standing:
    """Where the open leads of the job's day stood on the list before; nobody did where there is none, or nobody knows who was called.

    Quiet are those that were open then and of which, and of whose account, no row became known since.
    """
    if past is None or not (file := deliveries_file(job.workspace, past.day)).is_file():
        return NO_LIST_BEFORE
    stood = pq.ParquetFile(file).read(columns=["lead_id", "band", "chance_of_listing"]).to_pandas()
    calls = stood["lead_id"][(stood["band"] == "call") & (stood["chance_of_listing"] >= CERTAIN)]
    open_then = set(past.served["lead_id"][past.served["cohort"] == "open"])
    quiet = open_then.intersection(leads.to_numpy(dtype=object)) - _heard_of(job, past.day)
    return Standing(frozenset(calls), frozenset(quiet), past.renewed)


def tell_changed(job: Job, ranked: pd.DataFrame, standing: Standing, since: date) -> None:
    """Prints which share of the calls was exchanged since the list before between leads of which nothing new was known.

    A place is exchanged without news when one lead left the calls and another came, and both are quiet. Calls that were drawn by lot count
    on neither day.
    """
    if standing.calls:
        by_owner = bool(job.project.list.owners)
        job.narrator.say(f"  {changes_say(ranked[ranked['cohort'] == 'open'], standing, since, by_owner=by_owner)}")


def changes_say(leads: pd.DataFrame, standing: Standing, since: date, *, by_owner: bool) -> str:
    """The sentence of tell_changed on ranked open leads: lead_id, band, drawn and owner_id. by_owner: whether owners have their own calls.

    Then each owner's share stands behind that of all, as one owner's list may change while those of the others stand; of more than
    MOST_OWNERS, the largest share alone. A lead that nobody owns may have left the calls of any owner.
    """
    called = leads[(leads["band"] == "call") & ~leads["drawn"].astype(bool)]
    count, calls, share = _changed(called, standing.calls, standing)
    said = f"Without news {count:,} of {calls:,} calls changed since {since} ({100 * share:.1f} %)"
    if not by_owner:
        return f"{said}."
    owner_of = dict(zip(leads["lead_id"], leads["owner_id"].fillna(NOBODY), strict=True))
    theirs = []
    for owner, rows in called.groupby("owner_id"):
        before = {lead for lead in standing.calls if owner_of.get(lead, NOBODY) in (owner, NOBODY)}
        theirs.append((str(owner), *_changed(rows, before, standing)))
    told, intro = (
        (theirs, "by owner") if len(theirs) <= MOST_OWNERS else ([max(theirs, key=lambda one: one[3])], "most")
    )
    each = ", ".join(f"{owner} {count:,} of {calls:,} ({100 * share:.1f} %)" for owner, count, calls, share in told)
    return f"{said}; {intro}: {each}."


def _changed(called: pd.DataFrame, before: Collection[str], standing: Standing) -> tuple[int, int, float]:
    """How many of the called were exchanged without news for one called before, how many are called, and the share."""
    now = set(called["lead_id"])
    count = exchanged(before, now, standing.quiet)
    return count, len(now), count / len(now) if now else 0.0


def _heard_of(job: Job, since: date) -> set[str]:
    """The leads of which, or of whose account, a row became known after the midnight (UTC) of a day, up to that of the job's day."""
    moment = f"TIMESTAMP '{midnight(since).isoformat(sep=' ')}'"
    rows = " UNION ".join(f"SELECT lead_id FROM {table} WHERE known_at > {moment}" for table in NEWS)
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        found = answer(
            con,
            f"""
            WITH heard AS ({rows}), accounts AS (SELECT account_id FROM leads SEMI JOIN heard USING (lead_id))
            SELECT lead_id FROM heard UNION SELECT lead_id FROM leads SEMI JOIN accounts USING (account_id)
            """,
        )
    return set(found["lead_id"].to_pylist())
