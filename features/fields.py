"""What each CRM field said on the day, and how often earlier leads with the same value were won."""

from collections.abc import Iterable

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from configs.protected import is_protected
from features.known import latest_known
from features.tables import Table

PRIOR_LEADS = 20  # a value seen less often than this is drawn more than half way to the mean of all leads
FIRST_CAMPAIGN = "first_campaign"
# By when it was known, so that a touch told late changes nothing that was believed.
_FIRST_CAMPAIGNS = """
    SELECT lead_id, unnest(arg_min(struct_pack(happened_at := happened_at, known_at := known_at, campaign := campaign),
        struct_pack(known_at := known_at, happened_at := happened_at, campaign := campaign)))
    FROM touches WHERE campaign IS NOT NULL GROUP BY lead_id
"""
NOT_FIELDS = ("lead_id", "happened_at", "known_at")


def create_field_spans(con: DuckDBPyConnection, leads: Table, fields: Iterable[str]) -> None:
    """Makes the table field_spans (lead_id, field, value, known_at, until): what was believed of a field, as text.

    A field is a column of leads (known with the lead) or the name of a field in field_changes; changes follow the first value.
    first_campaign is the campaign of the first touch known that has one. A field that the data does not hold has no rows. Raises
    FunnelcastError for a personal one.
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
    if FIRST_CAMPAIGN in wanted:
        firsts.append(
            f"SELECT lead_id, happened_at, known_at, '{FIRST_CAMPAIGN}' AS field, campaign AS value, 0 AS later FROM ({_FIRST_CAMPAIGNS})"
        )
    listed = ", ".join(f"'{name}'" for name in wanted) or "NULL"
    rows = f"SELECT * FROM ({' UNION ALL '.join([*firsts, changes])}) WHERE field IN ({listed})"
    # Most leads are told of once, and what is said once of a field holds from then on.
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE field_spans AS
        WITH said AS ({rows}), again AS (
            SELECT lead_id FROM field_changes UNION ALL SELECT lead_id FROM leads GROUP BY lead_id HAVING count(*) > 1
        )
        SELECT *, 'infinity'::TIMESTAMP AS until FROM said ANTI JOIN again USING (lead_id)
        UNION ALL {latest_known("SELECT * FROM said SEMI JOIN again USING (lead_id)", ("lead_id", "field"), ("later", "value"))}
    """)


def _check_field(name: str, *, personal: bool) -> None:
    if personal or is_protected(name):
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


def held_days(field: str) -> str:
    """SQL of (snapshot_id, value): days since the field took the value that it has at as_of; saying the same again changes nothing."""
    road = "PARTITION BY lead_id ORDER BY known_at"
    return f"""
        WITH told AS (
            SELECT *, value IS DISTINCT FROM lag(value) OVER ({road}) AS is_new FROM field_spans WHERE field = '{field}'
        ),
        held AS (
            SELECT *, arg_max(happened_at, known_at) FILTER (is_new) OVER ({road} ROWS UNBOUNDED PRECEDING) AS since FROM told
        )
        SELECT s.snapshot_id, (epoch_us(s.as_of) - epoch_us(h.since)) / 86400000000.0 AS value
        FROM snapshots s JOIN held h ON h.lead_id = s.lead_id AND h.known_at <= s.as_of AND s.as_of < h.until
        WHERE h.value IS NOT NULL
    """


def win_rates(field: str, after_days: int) -> str:
    """SQL of (snapshot_id, value): the share won among leads known for at least after_days that have the same value.

    A lead counts with the value that it had when it had been known for after_days, and as won once that is known; what is known after
    as_of counts for nothing. Shrunk to the mean of all such leads: (won + PRIOR_LEADS * mean) / (leads + PRIOR_LEADS), the
    posterior mean of a beta prior (Micci-Barreca 2001, 'A preprocessing scheme for high-cardinality categorical attributes').
    NULL before any lead has been known for so long.
    """
    running = "sum(leads) OVER {0} AS leads, sum(won) OVER {0} AS won"
    return f"""
        WITH news AS ({_news_of_leads(field, after_days)}),
        by_value AS (SELECT value, as_of, {running.format("(PARTITION BY value ORDER BY as_of)")} FROM news),
        by_all AS (SELECT DISTINCT as_of, {running.format("(ORDER BY as_of)")} FROM news),
        valued AS (
            SELECT s.snapshot_id, s.as_of, coalesce(f.value, '') AS value
            FROM snapshots s LEFT JOIN field_spans f
                ON f.lead_id = s.lead_id AND f.field = '{field}' AND f.known_at <= s.as_of AND s.as_of < f.until
        ),
        rates AS (
            SELECT s.value, s.as_of,
                (coalesce(b.won, 0) + {PRIOR_LEADS} * a.won / a.leads) / (coalesce(b.leads, 0) + {PRIOR_LEADS}) AS rate
            FROM (SELECT DISTINCT value, as_of FROM valued) s
            ASOF LEFT JOIN by_value b ON b.value = s.value AND b.as_of <= s.as_of
            ASOF LEFT JOIN by_all a ON a.as_of <= s.as_of
        )
        SELECT s.snapshot_id, r.rate AS value FROM valued s JOIN rates r ON r.value = s.value AND r.as_of = s.as_of
    """


def _news_of_leads(field: str, after_days: int) -> str:
    """SQL of (value, as_of, leads, won): how many more leads count from a day on, and how many more of those that count are won."""
    return f"""
        WITH grown AS (
            SELECT l.lead_id, l.known_at + INTERVAL {after_days} DAY AS counts_from, coalesce(f.value, '') AS value
            FROM leads l LEFT JOIN field_spans f ON f.lead_id = l.lead_id AND f.field = '{field}'
                AND f.known_at <= l.known_at + INTERVAL {after_days} DAY AND l.known_at + INTERVAL {after_days} DAY < f.until
        ),
        winners AS (SELECT lead_id, min(known_at) AS won_at FROM moves WHERE kind = 'won' GROUP BY lead_id),
        news AS (
            SELECT value, counts_from, 1 AS leads, 0 AS won FROM grown
            UNION ALL SELECT value, greatest(counts_from, won_at), 0, 1 FROM grown JOIN winners USING (lead_id)
        )
        SELECT value, d.as_of, sum(leads) AS leads, sum(won) AS won
        FROM news ASOF JOIN days d ON news.counts_from <= d.as_of GROUP BY ALL
    """
