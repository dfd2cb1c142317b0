"""Remembers what fields without a history said whenever they were pulled, so that no past day sees today's value."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError
from features.tables import Table
from pipelines.sources.lake import Staged, current_fields
from pipelines.sources.sql import name, text
from pipelines.store import sql_path

HISTORY = Path("field_changes") / "pulled.parquet"
NO_HISTORY = """
    SELECT NULL::VARCHAR AS lead_id, NULL::TIMESTAMP AS happened_at, NULL::TIMESTAMP AS known_at,
        NULL::VARCHAR AS field, NULL::VARCHAR AS value LIMIT 0
"""


def remember_pulled(
    con: DuckDBPyConnection, before: Path, lake: Path, leads: Table, group: Sequence[Staged], pulled_at: datetime
) -> None:
    """Adds to the history of `current` fields what differs from their last value.

    before and lake are the lake as it stands and the one being written; both keep the history in HISTORY. A change counts from
    pulled_at (UTC, naive). Needs the view settled of leads. Raises FunnelcastError for a change pulled no later than the
    last one, because then nobody could tell which of them is true.
    """
    old = f"SELECT * FROM read_parquet({sql_path(before / HISTORY)})" if (before / HISTORY).exists() else NO_HISTORY
    con.execute(f"CREATE TEMP TABLE history AS {old}")
    con.execute(
        f"""
        CREATE TEMP TABLE pulled AS
        WITH last AS (
            SELECT lead_id, field, arg_max({{'value': value}}, known_at).value AS value FROM history GROUP BY ALL
        )
        SELECT p.lead_id, $moment AS happened_at, $moment AS known_at, p.field, p.value
        FROM ({_readings(leads, group)}) p LEFT JOIN last USING (lead_id, field)
        WHERE p.value IS DISTINCT FROM last.value
    """,
        {"moment": pulled_at},
    )
    changes, latest = _one_row(con, "SELECT (SELECT count(*) FROM pulled), (SELECT max(known_at) FROM history)")
    if changes and isinstance(latest, datetime) and latest >= pulled_at:
        raise FunnelcastError(
            f"The fields were last pulled at {latest:%Y-%m-%d %H:%M:%S} UTC and {changes:,} have changed in this pull of "
            f"{pulled_at:%Y-%m-%d %H:%M:%S} UTC, which is not later; put this machine's clock right."
        )
    _write(con, lake / HISTORY)


def _readings(leads: Table, group: Sequence[Staged]) -> str:
    readings = [
        f"SELECT lead_id, {text(field)} AS field, {name(field)}::VARCHAR AS value FROM settled "
        f"WHERE _fate IS NULL AND _source = {staged.number}"
        for staged in group
        for field in current_fields(staged.source, leads)
    ]
    return " UNION ALL ".join(readings) or f"SELECT lead_id, field, value FROM ({NO_HISTORY})"


def _write(con: DuckDBPyConnection, place: Path) -> None:
    rows = "SELECT * FROM history UNION ALL SELECT * FROM pulled"
    (count,) = _one_row(con, f"SELECT count(*) FROM ({rows})")
    if count:
        place.parent.mkdir(exist_ok=True)
        con.execute(f"""
            COPY (FROM ({rows}) ORDER BY happened_at, lead_id, field)
            TO {text(str(place))} (FORMAT parquet, COMPRESSION zstd)
        """)


def _one_row(con: DuckDBPyConnection, query: str) -> tuple[int | datetime | None, ...]:
    found = con.execute(query).fetchone()
    assert found is not None, "an aggregate always has a row"
    return found
