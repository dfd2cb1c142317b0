"""What came next: did the lead move on, buy, leave or, as a customer, cancel within the horizon?"""

from collections.abc import Mapping
from datetime import datetime

from duckdb import DuckDBPyConnection

from configs.funnel import Customer, Funnel

REJECTIONS = "SELECT lead_id, happened_at, 'lost', NULL FROM feedback WHERE verdict = 'rejected'"


def create_outcomes(
    con: DuckDBPyConnection,
    funnel: Funnel,
    horizons: Mapping[str, int],
    observed_until: datetime,
    *,
    rejected_is_lost: bool = False,
) -> None:
    """Makes the table outcomes: snapshot_id and one column a head, 1.0 yes, 0.0 no, NULL not applicable or too early to tell.

    horizons: days by head (progress, win, leave, churn). An outcome reads (as_of, as_of + h]; it is too early to tell when
    as_of + h lies after observed_until (UTC), the last moment that the data covers. rejected_is_lost: whether a
    lead is lost when sales rejects it. Needs the tables snapshots, funnel_stages and presence.
    """
    rejections = f"UNION ALL {REJECTIONS}" if rejected_is_lost else ""
    con.execute(f"""
        CREATE OR REPLACE TEMP VIEW all_moves AS
        SELECT lead_id, happened_at, kind, stage_rank FROM stage_moves JOIN funnel_stages USING (stage) {rejections}
    """)
    _create_silences(con, funnel.silent_after_days)
    judged = {head: _JUDGES[head](f"INTERVAL {days} DAY", funnel.customer) for head, days in horizons.items()}
    columns = ", ".join(
        f"CASE WHEN s.as_of + INTERVAL {horizons[head]} DAY <= $until THEN {head}.yes END::DOUBLE AS {head}"
        for head in judged
    )
    joins = " ".join(f"LEFT JOIN ({sql}) {head} ON {head}.snapshot_id = s.snapshot_id" for head, sql in judged.items())
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE outcomes AS SELECT s.snapshot_id, {columns} FROM snapshots s {joins} ORDER BY s.snapshot_id",
        {"until": observed_until},
    )


def _create_silences(con: DuckDBPyConnection, silent_after_days: int | None) -> None:
    """Makes the table silences (lead_id, spoke_at, silent_at, spoke_again): silence begins so many days after a sign of life."""
    days = f"INTERVAL {silent_after_days or 0} DAY"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE silences AS
        SELECT * FROM (
            SELECT lead_id, happened_at AS spoke_at, happened_at + {days} AS silent_at,
                lead(happened_at, 1, 'infinity'::TIMESTAMP) OVER (PARTITION BY lead_id ORDER BY happened_at) AS spoke_again
            FROM presence
        )
        WHERE spoke_again > silent_at AND {silent_after_days is not None}
    """)


def _ahead(columns: str, condition: str, horizon: str) -> str:
    return f"""
        SELECT s.snapshot_id, {columns}
        FROM snapshots s LEFT JOIN all_moves a
            ON a.lead_id = s.lead_id AND a.happened_at > s.as_of AND a.happened_at <= s.as_of + {horizon} AND {condition}
        WHERE s.cohort = 'open' GROUP BY s.snapshot_id
    """


def _progress(horizon: str, _: Customer | None) -> str:
    further = "(a.kind = 'won' OR (a.kind = 'open' AND a.stage_rank > s.stage_rank))"
    return _ahead("count(a.lead_id) > 0 AS yes", further, horizon)


def _win(horizon: str, _: Customer | None) -> str:
    return _ahead("count(a.lead_id) > 0 AS yes", "a.kind = 'won'", horizon)


def _leave(horizon: str, _: Customer | None) -> str:
    """Lost, or silent while still open; a lead that is silent already on the day is not judged."""
    ends = _ahead(
        """count(*) FILTER (a.kind = 'lost') > 0 AS lost,
           coalesce(min(a.happened_at) FILTER (a.kind = 'won'), 'infinity'::TIMESTAMP) AS won_at""",
        "a.kind IN ('won', 'lost')",
        horizon,
    )
    return f"""
        SELECT e.snapshot_id, CASE WHEN count(*) FILTER (q.silent_at <= s.as_of) > 0 THEN NULL
            ELSE any_value(e.lost) OR count(*) FILTER (q.silent_at > s.as_of AND q.silent_at < e.won_at) > 0 END AS yes
        FROM ({ends}) e JOIN snapshots s ON s.snapshot_id = e.snapshot_id
        LEFT JOIN silences q ON q.lead_id = s.lead_id AND q.silent_at <= s.as_of + {horizon} AND q.spoke_again > s.as_of
        GROUP BY e.snapshot_id
    """


def _churn(horizon: str, rule: Customer | None) -> str:
    assert rule is not None, "heads_of refuses churn without a customer rule"
    if rule.churn == "stages":
        gone = "SELECT lead_id, happened_at AS gone_at FROM all_moves WHERE kind = 'churned'"
    else:
        gone = _coverage_ends(rule)
    return f"""
        SELECT s.snapshot_id, count(g.lead_id) > 0 AS yes
        FROM snapshots s LEFT JOIN ({gone}) g
            ON g.lead_id = s.lead_id AND g.gone_at > s.as_of AND g.gone_at <= s.as_of + {horizon}
        WHERE s.cohort = 'customer' GROUP BY s.snapshot_id
    """


def _coverage_ends(rule: Customer) -> str:
    """The ends of unbroken runs of coverage: no purchase (or sign of life) follows before the days of grace (or silence) are over."""
    if rule.churn == "renewal":
        spans = f"SELECT lead_id, happened_at, ends_at + INTERVAL {rule.grace_days} DAY AS covered FROM purchases WHERE ends_at IS NOT NULL"
    else:
        spans = f"SELECT lead_id, happened_at, happened_at + INTERVAL {rule.silent_days} DAY AS covered FROM presence"
    return f"""
        SELECT lead_id, covered AS gone_at FROM (
            SELECT lead_id, max(covered) OVER (PARTITION BY lead_id ORDER BY happened_at, covered) AS covered,
                lead(happened_at, 1, 'infinity'::TIMESTAMP) OVER (PARTITION BY lead_id ORDER BY happened_at, covered) AS bought_again
            FROM ({spans})
        ) WHERE bought_again > covered
    """


_JUDGES = {"progress": _progress, "win": _win, "leave": _leave, "churn": _churn}
