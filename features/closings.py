"""Which leads were won or lost, when that was known, and what was known of them while they were still open."""

from collections.abc import Sequence

import pandas as pd
from duckdb import DuckDBPyConnection

from configs.funnel import Funnel
from configs.project import Project
from features.consent import create_permissions, permitted
from features.customers import create_presence
from features.fields import create_field_spans
from features.matrix import FIELD_COLUMN
from features.tables import project_tables
from features.timeline import create_moves


def closed_leads(con: DuckDBPyConnection, project: Project) -> pd.DataFrame:
    """One row for each time that a lead was closed: lead_id, closed_at, until, won, stage_rank and field_NAME.

    The lead counts as closed from closed_at (when that was known; UTC without zone) until `until` (excluded), when it is open again or
    moves on to another end. stage_rank is the open stage before the end (0 where it had none), the fields are those that naive
    Bayes looks at, as they were known just before closed_at. Where a funnel has no lost stage, an open lead that has been silent for
    silent_after_days counts as lost until it speaks again. Leads that may not be looked at on that day have no row. No row depends on
    what is known after closed_at, but for `until`.
    """
    create_moves(con, project.funnel)
    create_presence(con)
    create_permissions(con, project.privacy)
    fields = project.bayes_fields
    leads = project_tables(project.touch_details, project.lead_attributes, project.personal)["leads"]
    create_field_spans(con, leads, fields)
    ends = " UNION ALL ".join([MOVED, *_silent(project.funnel)])
    frame = con.execute(f"""
        SELECT s.lead_id, s.as_of AS closed_at, s.until, s.won, s.stage_rank{"".join(f", {_held(name)}" for name in fields)}
        FROM ({ends}) s WHERE s.as_of < s.until AND {permitted(project.privacy)} ORDER BY s.lead_id, closed_at, s.until
    """).df()
    return frame.astype({f"{FIELD_COLUMN}{name}": "category" for name in fields})


def nothing_closed(fields: Sequence[str] = ()) -> pd.DataFrame:
    """The frame of closed leads of a company that has none."""
    times = {name: pd.Series(dtype="datetime64[us]") for name in ("closed_at", "until")}
    rest = {"won": pd.Series(dtype=bool), "stage_rank": pd.Series(dtype="int32")}
    return pd.DataFrame(
        {"lead_id": pd.Series(dtype=str), **times, **rest, **{f"{FIELD_COLUMN}{name}": None for name in fields}}
    )


# A customer that is gone was won all the same. A time that never comes has no place in a frame, so a far one stands for it.
MOVED = """
    SELECT lead_id, known_at AS as_of, least(until, TIMESTAMP '9999-01-01') AS until, kind <> 'lost' AS won,
        CASE WHEN from_kind = 'open' THEN from_rank ELSE 0 END AS stage_rank
    FROM moves WHERE kind <> 'open'
"""


def _silent(funnel: Funnel) -> list[str]:
    if funnel.lost or funnel.silent_after_days is None:
        return []
    return [
        f"""
        SELECT m.lead_id, greatest(m.known_at, q.silent_at) AS as_of, least(m.until, q.until, TIMESTAMP '9999-01-01') AS until,
            FALSE AS won, m.stage_rank
        FROM moves m JOIN (
            SELECT lead_id, max(happened_at) OVER told + INTERVAL {funnel.silent_after_days} DAY AS silent_at,
                lead(known_at, 1, 'infinity'::TIMESTAMP) OVER (PARTITION BY lead_id ORDER BY known_at, happened_at) AS until
            FROM presence
            WINDOW told AS (PARTITION BY lead_id ORDER BY known_at, happened_at ROWS UNBOUNDED PRECEDING)
        ) q ON q.lead_id = m.lead_id AND q.silent_at < m.until AND m.known_at < q.until AND q.silent_at < q.until
        WHERE m.kind = 'open'
        """
    ]


def _held(field: str) -> str:
    return f"""(
        SELECT any_value(f.value) FROM field_spans f
        WHERE f.lead_id = s.lead_id AND f.field = '{field}' AND f.known_at < s.as_of AND s.as_of <= f.until
    ) AS "{FIELD_COLUMN}{field}\""""
