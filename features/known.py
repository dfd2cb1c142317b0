"""What was believed on a day: of all that was known by then, the latest word on each lead."""

from collections.abc import Sequence


def latest_known(rows: str, keys: Sequence[str], ties: Sequence[str] = ()) -> str:
    """SQL of the rows that are, for a while, the latest known of their keys, each with `until`.

    A row is believed from known_at (included) until `until` (excluded; infinity for the last one); see once_latest.
    """
    return f"""
        SELECT *, lead(known_at, 1, 'infinity'::TIMESTAMP) OVER ({_road(keys, ties)}) AS until FROM ({once_latest(rows, keys, ties)})
    """


def once_latest(rows: str, keys: Sequence[str], ties: Sequence[str] = ()) -> str:
    """SQL of the rows that are at any time the latest known of their keys.

    rows: SQL with the keys, happened_at and known_at. Of the rows known by a moment the one with the largest happened_at counts, and of
    the same happened_at the one with the largest ties. A row that is known late and is older than what is known by then is never believed;
    no row depends on a row known after it.
    """
    key, recency = ", ".join(keys), ", ".join(f"{name} := {name}" for name in ("happened_at", *ties))
    # Where all is known as it happens, each row is the latest when it comes, and nothing needs to be put in order.
    return f"""
        SELECT * FROM ({rows}) ANTI JOIN (SELECT {key} FROM ({rows}) WHERE known_at <> happened_at) USING ({key})
        UNION ALL
        SELECT * EXCLUDE (recency) FROM (
            SELECT *, struct_pack({recency}) AS recency
            FROM ({rows}) SEMI JOIN (SELECT {key} FROM ({rows}) WHERE known_at <> happened_at) USING ({key})
        )
        QUALIFY recency = max(recency) OVER ({_road(keys, ties)} ROWS UNBOUNDED PRECEDING)
    """


def _road(keys: Sequence[str], ties: Sequence[str]) -> str:
    return f"PARTITION BY {', '.join(keys)} ORDER BY {', '.join(('known_at', 'happened_at', *ties))}"
