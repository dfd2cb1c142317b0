"""Who is a customer from when until when, as far as it was known at the time."""

from duckdb import DuckDBPyConnection

from configs.funnel import Customer, Funnel

UNCOVERED = "NULL::TIMESTAMP AS covered_until"


def create_customer_spans(con: DuckDBPyConnection, funnel: Funnel) -> None:
    """Makes the table customer_spans: a customer from known_at (included) until `until` (excluded), which rows known later may end.

    Columns: lead_id, known_at, until, and covered_until, the end of what was bought by known_at with its days of grace (NULL where the
    rule is not renewal). Only `until` may depend on rows known after known_at. Spans of one lead do not overlap. Without a
    customer rule the table is empty.
    """
    create_presence(con)
    rule = funnel.customer
    if rule is None:
        sql = f"SELECT NULL::VARCHAR AS lead_id, NULL::TIMESTAMP AS known_at, NULL::TIMESTAMP AS until, {UNCOVERED} LIMIT 0"
    elif rule.churn == "renewal":
        sql = _covered(rule)
    elif rule.churn == "silence":
        sql = _won_and_present(rule)
    else:
        sql = f"SELECT lead_id, known_at, until, {UNCOVERED} FROM moves WHERE kind = 'won'"
    con.execute(f"CREATE OR REPLACE TEMP TABLE customer_spans AS {sql}")


def create_presence(con: DuckDBPyConnection) -> None:
    """Makes the view presence (lead_id, happened_at, known_at): signs of life: being created, inbound touches, purchases."""
    con.execute("""
        CREATE OR REPLACE TEMP VIEW presence AS
        SELECT lead_id, happened_at, known_at FROM touches WHERE direction = 'inbound'
        UNION ALL SELECT lead_id, happened_at, known_at FROM purchases
        UNION ALL SELECT lead_id, happened_at, known_at FROM leads
    """)


def _covered(rule: Customer) -> str:
    """Subscriptions plus the days of grace; a purchase that is known while another still covers ends that span and begins its own."""
    grace = f"INTERVAL {rule.grace_days} DAY"
    return f"""
        SELECT lead_id, known_at, least(covered, lead(known_at, 1, 'infinity'::TIMESTAMP) OVER bought) AS until,
            covered AS covered_until
        FROM (
            SELECT lead_id, known_at, happened_at, max(ends_at + {grace}) OVER (
                PARTITION BY lead_id ORDER BY known_at, happened_at, ends_at ROWS UNBOUNDED PRECEDING
            ) AS covered
            FROM purchases WHERE ends_at IS NOT NULL
        )
        WINDOW bought AS (PARTITION BY lead_id ORDER BY known_at, happened_at, covered)
    """


def _won_and_present(rule: Customer) -> str:
    silence = f"INTERVAL {rule.silent_days} DAY"
    return f"""
        SELECT m.lead_id, greatest(m.known_at, p.known_at) AS known_at, least(m.until, p.until) AS until, {UNCOVERED}
        FROM (SELECT lead_id, known_at, until FROM moves WHERE kind = 'won') m
        JOIN (
            SELECT lead_id, known_at, least(
                max(happened_at) OVER (PARTITION BY lead_id ORDER BY known_at, happened_at ROWS UNBOUNDED PRECEDING) + {silence},
                lead(known_at, 1, 'infinity'::TIMESTAMP) OVER (PARTITION BY lead_id ORDER BY known_at, happened_at)
            ) AS until
            FROM presence
        ) p ON p.lead_id = m.lead_id AND p.known_at < m.until AND m.known_at < p.until
    """
