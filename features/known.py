"""What was believed on a day: of all that was known by then, the latest word on each lead."""

from collections.abc import Sequence


def latest_known(rows: str, keys: Sequence[str], ties: Sequence[str] = ()) -> str:
    """SQL of the rows that are, for a while, the latest known of their keys.

    rows: SQL with the keys, happened_at and known_at. A row is believed from known_at (included) until `until` (excluded; infinity for
    the last one). Of the rows known by a moment the one with the largest happened_at counts, and of the same happened_at the
    one with the largest ties. A row that is known late and is older than what is known by then is never believed; no row
    depends on a row known after it.
    """
    key = ", ".join(keys)
    order = ", ".join(("known_at", "happened_at", *ties))
    recency = ", ".join(f"{name} := {name}" for name in ("happened_at", *ties))
    return f"""
        SELECT * EXCLUDE (is_latest, recency),
            lead(known_at, 1, 'infinity'::TIMESTAMP) OVER (PARTITION BY {key} ORDER BY {order}) AS until
        FROM (
            SELECT *, recency = max(recency) OVER (PARTITION BY {key} ORDER BY {order} ROWS UNBOUNDED PRECEDING) AS is_latest
            FROM (SELECT *, struct_pack({recency}) AS recency FROM ({rows}))
        )
        WHERE is_latest
    """
