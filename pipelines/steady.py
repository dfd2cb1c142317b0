"""Keeps the list steady from day to day, and says how much of it changed although nothing new was known."""

from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from features.query import answer
from features.snapshots import midnight
from models.letters import edges, letters
from pipelines.job import Job
from pipelines.look_back import Past
from pipelines.store import open_lake
from pipelines.written import CERTAIN, deliveries_file

NEWS = ("leads", "stage_moves", "touches", "field_changes", "purchases", "consents")


def with_letters(job: Job, ranked: pd.DataFrame, past: Past | None) -> pd.DataFrame:
    """Ranked open leads with the letter of their chance (see models.letters), which looks at the one of the list before."""
    chances = ranked[job.project.list.head].to_numpy(dtype=np.float64)
    least = edges(chances, job.project.list.letters)
    known = _letters_of(past)
    before = [known.get(lead) for lead in ranked["lead_id"]]
    return ranked.assign(letter=letters(chances, least, before, job.project.list.letters.margin))


def _letters_of(past: Past | None) -> dict[str, str]:
    if past is None or "letter" not in past.served:
        return {}
    served = past.served[past.served["cohort"] == "open"]
    return dict(zip(served["lead_id"], served["letter"], strict=True))


def tell_changed(job: Job, ranked: pd.DataFrame, past: Past) -> None:
    """Prints which share of the calls was exchanged since the list before between leads of which nothing new was known.

    A place is exchanged without news when one lead left the calls and another came, both were open on both days, and since the list before
    no row of either nor of its account became known. Calls that were drawn by lot count on neither day.
    """
    file = deliveries_file(job.workspace, past.day)
    if not file.is_file():
        return
    stood = pq.ParquetFile(file).read(columns=["lead_id", "band", "chance_of_listing"]).to_pandas()
    was = set(stood["lead_id"][(stood["band"] == "call") & (stood["chance_of_listing"] >= CERTAIN)])
    leads = ranked[ranked["cohort"] == "open"]
    now = set(leads["lead_id"][(leads["band"] == "call") & ~leads["drawn"].astype(bool)])
    open_then = set(past.served["lead_id"][past.served["cohort"] == "open"])
    quiet = (set(leads["lead_id"]) & open_then) - _heard_of(job, past.day)
    count = exchanged(was, now, quiet)
    share = count / len(now) if now else 0.0
    job.narrator.say(f"  Without news {count:,} of {len(now):,} calls changed since {past.day} ({100 * share:.1f} %).")


def exchanged(was: set[str], now: set[str], quiet: set[str]) -> int:
    """How many places went from one quiet lead to another; a lead that takes the place of one with news is no change without news."""
    return min(len((was - now) & quiet), len((now - was) & quiet))


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
