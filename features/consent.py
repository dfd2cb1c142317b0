"""Who may be looked at on a day: an opt-out always ends it, and where consent is the ground a yes comes first."""

from duckdb import DuckDBPyConnection

from configs.project import Privacy
from features.known import latest_known


def create_permissions(con: DuckDBPyConnection, privacy: Privacy) -> None:
    """Makes the table permissions (lead_id, known_at, until, granted): the last word on the purpose from known_at until `until`.

    Of a yes and a no of the same instant the no counts.
    """
    con.execute("CREATE OR REPLACE TEMP TABLE purpose AS SELECT ?::VARCHAR AS purpose", [privacy.purpose])
    said = """
        SELECT lead_id, happened_at, known_at, granted, NOT granted AS refused
        FROM consents WHERE purpose = (SELECT purpose FROM purpose)
    """
    con.execute(f"CREATE OR REPLACE TEMP TABLE permissions AS {latest_known(said, ('lead_id',), ('refused',))}")


def permitted(privacy: Privacy) -> str:
    """SQL condition on (lead_id, as_of): the lead may be looked at on that day."""
    word = "SELECT 1 FROM permissions p WHERE p.lead_id = s.lead_id AND p.known_at <= s.as_of AND s.as_of < p.until"
    if privacy.basis == "consent":
        return f"EXISTS ({word} AND p.granted)"
    return f"NOT EXISTS ({word} AND NOT p.granted)"
