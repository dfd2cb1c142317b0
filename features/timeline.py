"""The road of each lead through the funnel as it was known at the time: stages, steps forward and back, and episodes."""

from duckdb import DuckDBPyConnection

from configs.funnel import Funnel
from features.known import once_latest
from features.tables import Column, Table, stage_moves

moves = Table(
    "moves",
    "a lead's stage changes, as far as it was known then",
    (
        *stage_moves.columns[:4],
        Column("kind", "text", "open, won, lost or churned"),
        Column(
            "stage_rank", "number", "place of the stage in the funnel, from 0; won stands after the last open stage"
        ),
        Column("from_stage", "text", "the stage before; empty for the first"),
        Column("step", "text", "start, forward, skip, back, won, lost, churned or reopened"),
    ),
)

STEP = """
    CASE WHEN kind <> 'open' THEN kind
         WHEN from_kind IS NULL THEN 'start'
         WHEN from_kind <> 'open' THEN 'reopened'
         WHEN stage_rank < from_rank THEN 'back'
         WHEN stage_rank > from_rank + 1 THEN 'skip'
         ELSE 'forward' END
"""


def create_funnel_stages(con: DuckDBPyConnection, funnel: Funnel) -> None:
    """Makes the table funnel_stages (stage, kind, stage_rank, stale_after_days); won, lost and churned rank after the open stages."""
    top = len(funnel.stages)
    rows: list[tuple[str, str, int, int | None]] = [
        (stage.name, "open", rank, stage.stale_after_days) for rank, stage in enumerate(funnel.stages)
    ]
    for kind, ends in (("won", funnel.won), ("lost", funnel.lost), ("churned", funnel.churned)):
        rows += [(end.name, kind, top, None) for end in ends]
    con.execute(
        "CREATE OR REPLACE TEMP TABLE funnel_stages (stage VARCHAR, kind VARCHAR, stage_rank INTEGER, stale_after_days INTEGER)"
    )
    con.executemany("INSERT INTO funnel_stages VALUES (?, ?, ?, ?)", rows)


def create_moves(con: DuckDBPyConnection, funnel: Funnel) -> None:
    """Makes the table moves from stage_moves: one row a change of stage, believed from known_at until `until`.

    episode counts from 1 and rises when a lead that was won, lost or churned is open again; opened_at is when the episode began.
    """
    create_funnel_stages(con, funnel)
    ranked = """
        SELECT lead_id, happened_at, known_at, stage, kind, stage_rank, coalesce(order_key, 0) AS order_key
        FROM stage_moves JOIN funnel_stages USING (stage)
    """
    road = "PARTITION BY lead_id ORDER BY known_at, happened_at, order_key, stage_rank, stage"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE moves AS
        WITH believed AS ({once_latest(ranked, ("lead_id",), ("order_key", "stage_rank", "stage"))}),
        linked AS (
            SELECT *, lag(stage) OVER road AS from_stage, lag(kind) OVER road AS from_kind, lag(stage_rank) OVER road AS from_rank
            FROM believed WINDOW road AS ({road})
        ),
        changed AS (SELECT *, {STEP} AS step FROM linked WHERE stage IS DISTINCT FROM from_stage)
        SELECT *,
            lead(known_at, 1, 'infinity'::TIMESTAMP) OVER road AS until,
            (1 + count(*) FILTER (step = 'reopened') OVER road)::INTEGER AS episode,
            last_value(CASE WHEN from_stage IS NULL OR step = 'reopened' THEN happened_at END IGNORE NULLS) OVER road AS opened_at
        FROM changed WINDOW road AS ({road})
    """)
