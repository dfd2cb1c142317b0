"""What sales has said of a lead, and which leads rest because it said no."""

from datetime import datetime

NEWS_OF_LEAD = ("leads", "stage_moves", "field_changes", "purchases", "consents")


def last_verdicts_sql(as_of: datetime) -> str:
    """SQL of the last row of feedback of each lead known by as_of (UTC, included); of the same instant a rejection counts."""
    return f"""
        SELECT lead_id, happened_at, known_at, verdict, reason, "by" FROM feedback WHERE known_at <= {_moment(as_of)}
        QUALIFY row_number() OVER (
            PARTITION BY lead_id ORDER BY happened_at DESC, known_at DESC, verdict DESC, reason, "by"
        ) = 1
    """


def resting_sql(as_of: datetime, rests_days: int) -> str:
    """SQL of the lead_id of leads that rest at as_of (UTC): the last word on them is a rejection, and nothing new is known since.

    The rejection became known in (as_of - rests_days, as_of]. What we do ourselves, an outbound touch, is nothing new.
    """
    until = _moment(as_of)
    since = f"{until} - INTERVAL {rests_days} DAY"
    rows = " UNION ALL ".join(f"SELECT lead_id, known_at FROM {table}" for table in NEWS_OF_LEAD)
    touched = "SELECT lead_id, known_at FROM touches WHERE direction IS DISTINCT FROM 'outbound'"
    return f"""
        WITH rejected AS (
            SELECT lead_id, known_at FROM ({last_verdicts_sql(as_of)}) WHERE verdict = 'rejected' AND known_at > {since}
        ), news AS (
            SELECT lead_id, max(known_at) AS heard_at FROM ({rows} UNION ALL {touched}) SEMI JOIN rejected USING (lead_id)
            WHERE known_at > {since} AND known_at <= {until} GROUP BY lead_id
        )
        SELECT lead_id FROM rejected LEFT JOIN news USING (lead_id) WHERE heard_at IS NULL OR heard_at <= known_at
    """


def _moment(as_of: datetime) -> str:
    return f"TIMESTAMP '{as_of.isoformat(sep=' ')}'"
