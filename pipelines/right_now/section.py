"""Puts together what stands above the ranking of a day."""

from collections.abc import Iterator

import pandas as pd
import pyarrow as pa
from duckdb import DuckDBPyConnection

from configs.right_now import RightNow, RuleName
from features.languages import Voice
from features.query import answer
from features.snapshots import midnight
from models.holdout import HELD
from pipelines.lists.day import Entry, Urgent
from pipelines.right_now import rules
from pipelines.right_now.rules import Found, Morning
from pipelines.right_now.words import no_news_says
from pipelines.store import open_lake


def right_now(morning: Morning) -> tuple[Urgent, ...]:
    """Each rule that found somebody, in the order of the rules, with as many entries as it may have; nothing known later is seen.

    Raises FunnelcastError for a rule that names a column which there is not.
    """
    job, asked = morning.job, morning.job.project.right_now
    if asked is None:
        return ()
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        found = [(name, most, one) for name, most, one in _found(morning, asked, con) if len(one.rows)]
        cut = {name: one.rows.head(0 if one.is_no_news else most) for name, most, one in found}
        people = _people(con, [lead for rows in cut.values() for lead in rows["lead_id"]])
    return tuple(
        Urgent(name, tuple(_entries(cut[name].join(people, on="lead_id"), one)), len(one.rows), _note(one, job.voice))
        for name, _, one in found
    )


def _note(found: Found, voice: Voice) -> str:
    return no_news_says(len(found.rows), found.concerns, voice) if found.is_no_news else ""


def _found(morning: Morning, asked: RightNow, con: DuckDBPyConnection) -> Iterator[tuple[RuleName, int, Found]]:
    """The rules that are switched on, each with the most entries that it may have and what it found."""
    if (waits := asked.unanswered) is not None:
        yield "unanswered", waits.most, rules.unanswered(morning, waits, con)
    if (meets := asked.meetings_today) is not None:
        yield "meetings_today", meets.most, rules.meetings_today(morning, meets, con)
    if (rise := asked.risen) is not None:
        yield "risen", rise.most, rules.risen(morning, rise)
    if (fall := asked.fallen) is not None:
        yield "fallen", fall.most, rules.fallen(morning, fall)
    if (late := asked.overdue_stage) is not None:
        yield "overdue_stage", late.most, rules.overdue_stage(morning, late)
    if (leave := asked.leaving) is not None:
        yield "leaving", leave.most, rules.leaving(morning, leave)


def _people(con: DuckDBPyConnection, lead_ids: list[str]) -> pd.DataFrame:
    """Names and companies by lead_id: personal, read for the list alone."""
    con.register("urgent", pa.table({"lead_id": pa.array(sorted(set(lead_ids)), pa.string())}))
    sql = "SELECT lead_id, display_name, company FROM leads SEMI JOIN urgent USING (lead_id)"
    people: pd.DataFrame = answer(con, sql).to_pandas()
    return people.drop_duplicates("lead_id").set_index("lead_id")


def _entries(rows: pd.DataFrame, found: Found) -> Iterator[Entry]:
    for row in rows.to_dict("records"):
        lead, name, company, owner = (_text(row[key]) for key in ("lead_id", "display_name", "company", "owner_id"))
        yield Entry(lead, name, company, owner, "skip" if row["band"] == HELD else row["band"], found.says(row))


def _text(cell: object) -> str:
    return cell if isinstance(cell, str) else ""
