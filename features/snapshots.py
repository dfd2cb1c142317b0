"""Who is looked at on which day: every open lead, and every customer, at midnight of the day."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from duckdb import DuckDBPyConnection

from configs.project import Project, Snapshots
from features.consent import create_permissions, permitted
from features.customers import create_customer_spans
from features.query import count_rows
from features.signals import quoted
from features.timeline import create_moves

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def snapshot_days(setting: Snapshots, first: date, last: date) -> list[date]:
    """The days from first to last (both included) on which snapshots are taken."""
    if setting.every == "day":
        return [first + timedelta(days=step) for step in range((last - first).days + 1)]
    ahead = (WEEKDAYS.index(setting.on) - first.weekday()) % 7
    start = first + timedelta(days=ahead)
    return [start + timedelta(weeks=step) for step in range((last - start).days // 7 + 1)]


def midnight(day: date) -> datetime:
    """Midnight UTC at the start of a day, without a time zone as in the lake."""
    return datetime(day.year, day.month, day.day)


def today() -> date:
    """The current day in UTC."""
    return datetime.now(UTC).date()


def create_snapshots(
    con: DuckDBPyConnection, project: Project, days: Sequence[date], leads: Sequence[str] | None = None
) -> int:
    """Makes the table snapshots, of these leads alone (None: of all), and returns its number of rows.

    One row is (lead, as_of, cohort): cohort open while the lead's stage as known at as_of is an open one and it has not been open for
    longer than open_for_days; cohort customer by the funnel's rule. Leads that may not be looked at on the day have no row.
    Columns: snapshot_id (from 0, by as_of, cohort, lead_id), lead_id, as_of, cohort, stage, kind, stage_rank, stage_since,
    opened_at, episode, created_at, account_id, owner_id, covered_until.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE days (as_of TIMESTAMP)")
    if days:
        con.executemany("INSERT INTO days VALUES (?)", [(midnight(day),) for day in days])
    create_moves(con, project.funnel)
    create_permissions(con, project.privacy)
    create_customer_spans(con, project.funnel)
    asked = "TRUE" if leads is None else f"lead_id IN ({', '.join(map(quoted, leads)) or 'NULL'})"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE snapshots AS
        SELECT (row_number() OVER (ORDER BY as_of, cohort DESC, lead_id) - 1)::INTEGER AS snapshot_id, s.* EXCLUDE (known_lead)
        FROM ({_looked_at(project)}) s
        WHERE known_lead <= as_of AND {permitted(project.privacy)} AND {asked}
        ORDER BY snapshot_id
    """)
    return count_rows(con, "snapshots")


def _looked_at(project: Project) -> str:
    limit = project.funnel.open_for_days
    young = f"AND opened_at > as_of - INTERVAL {limit} DAY" if limit else ""
    lead = "l.happened_at AS created_at, l.known_at AS known_lead, l.account_id, l.owner_id"
    stage = "m.stage, m.kind, m.stage_rank, m.happened_at AS stage_since, m.opened_at, m.episode"
    return f"""
        SELECT m.lead_id, d.as_of, 'open' AS cohort, {stage}, {lead}, NULL::TIMESTAMP AS covered_until
        FROM days d JOIN moves m ON m.known_at <= d.as_of AND d.as_of < m.until JOIN leads l ON l.lead_id = m.lead_id
        WHERE m.kind = 'open' {young}
        UNION ALL
        SELECT c.lead_id, d.as_of, 'customer', {stage}, {lead}, c.covered_until
        FROM days d JOIN customer_spans c ON c.known_at <= d.as_of AND d.as_of < c.until JOIN leads l ON l.lead_id = c.lead_id
        LEFT JOIN moves m ON m.lead_id = c.lead_id AND m.known_at <= d.as_of AND d.as_of < m.until
    """
