"""What each CRM field said on the day, and how often earlier leads with the same value were won."""

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from features.known import latest_known
from features.tables import Table

PRIOR_LEADS = 20  # a value seen less often than this is drawn more than half way to the mean of all leads
NOT_FIELDS = ("lead_id", "happened_at", "known_at")


def create_field_spans(con: DuckDBPyConnection, leads: Table, fields: Iterable[str]) -> None:
    """Makes the table field_spans (lead_id, field, value, known_at, until): what was believed of a field, as text.

    A field is a column of leads (known with the lead) or the name of a field in field_changes; changes follow the first value. A field
    that the data does not hold has no rows. Raises FunnelcastError for a personal one.
    """
    wanted = sorted(set(fields))
    columns = {column.name: column for column in leads.columns if column.name not in NOT_FIELDS}
    for name in wanted:
        _check_field(name, personal=name in columns and columns[name].personal)
    firsts = [
        f"SELECT lead_id, happened_at, known_at, '{name}' AS field, {name}::VARCHAR AS value, 0 AS later FROM leads"
        for name in wanted
        if name in columns
    ]
    changes = "SELECT lead_id, happened_at, known_at, field, value, 1 AS later FROM field_changes"
    listed = ", ".join(f"'{name}'" for name in wanted) or "NULL"
    rows = f"SELECT * FROM ({' UNION ALL '.join([*firsts, changes])}) WHERE field IN ({listed})"
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE field_spans AS {latest_known(rows, ('lead_id', 'field'), ('later', 'value'))}"
    )


def _check_field(name: str, *, personal: bool) -> None:
    if personal:
        raise FunnelcastError(f"leads.{name} is personal: it may be shown on a list but never counted")
    if not name.isidentifier():
        raise FunnelcastError(f"the field name {name!r} may hold only letters, digits and _")


def field_values(field: str) -> str:
    """SQL of (snapshot_id, value): what the field said at as_of, as text; no row where it was never filled."""
    return f"""
        SELECT s.snapshot_id, f.value
        FROM snapshots s JOIN field_spans f
            ON f.lead_id = s.lead_id AND f.field = '{field}' AND f.known_at <= s.as_of AND s.as_of < f.until
        WHERE f.value IS NOT NULL
    """


def win_rates(field: str) -> str:
    """SQL of (snapshot_id, value): the share won among leads closed by as_of that had the same value when they closed.

    Shrunk to the mean of all leads closed by as_of: (won + PRIOR_LEADS * mean) / (closed + PRIOR_LEADS), the posterior mean of a
    beta prior (Micci-Barreca 2001, 'A preprocessing scheme for high-cardinality categorical attributes'). NULL before anything closed.
    """
    closed = f"""
        SELECT coalesce(f.value, '') AS value, m.known_at AS closed_at, (m.kind = 'won')::INTEGER AS won
        FROM moves m LEFT JOIN field_spans f
            ON f.lead_id = m.lead_id AND f.field = '{field}' AND f.known_at <= m.known_at AND m.known_at < f.until
        WHERE m.kind IN ('won', 'lost')
    """
    running = "count(*) OVER {0} AS closed, sum(won) OVER {0} AS won"
    past = "ORDER BY closed_at RANGE UNBOUNDED PRECEDING"
    return f"""
        WITH closings AS ({closed}),
        by_value AS (
            SELECT value, closed_at, max(closed) AS closed, max(won) AS won
            FROM (SELECT value, closed_at, {running.format(f"(PARTITION BY value {past})")} FROM closings) GROUP BY ALL
        ),
        by_all AS (
            SELECT closed_at, max(won) / max(closed) AS mean
            FROM (SELECT closed_at, {running.format(f"({past})")} FROM closings) GROUP BY ALL
        ),
        valued AS (SELECT s.snapshot_id, s.as_of, coalesce(v.value, '') AS value
            FROM snapshots s LEFT JOIN ({field_values(field)}) v USING (snapshot_id))
        SELECT s.snapshot_id, (coalesce(b.won, 0) + {PRIOR_LEADS} * a.mean) / (coalesce(b.closed, 0) + {PRIOR_LEADS}) AS value
        FROM valued s
        ASOF LEFT JOIN by_value b ON b.value = s.value AND b.closed_at <= s.as_of
        ASOF LEFT JOIN by_all a ON a.closed_at <= s.as_of
    """
