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
    rows = " UNION ALL ".join(f"SELECT lead_id, known_at FROM {table}" for table in NEWS_OF_LEAD)
    touched = "SELECT lead_id, known_at FROM touches WHERE direction IS DISTINCT FROM 'outbound'"
    return f"""
        SELECT r.lead_id FROM ({last_verdicts_sql(as_of)}) r
        WHERE r.verdict = 'rejected' AND r.known_at > {until} - INTERVAL {rests_days} DAY AND NOT EXISTS (
            SELECT 1 FROM ({rows} UNION ALL {touched}) n
            WHERE n.lead_id = r.lead_id AND n.known_at > r.known_at AND n.known_at <= {until}
        )
    """


def _moment(as_of: datetime) -> str:
    return f"TIMESTAMP '{as_of.isoformat(sep=' ')}'"
