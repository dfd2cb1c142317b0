"""The same rhythms as plain SQL, slow and readable, to check the fast way against."""

import numpy as np
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.feature import FeatureColumn, Rhythm, Selection
from features.query import answer, numbers
from features.signals import condition_sql, scoped_rows


def rhythm_sql(column: FeatureColumn) -> str:
    """One query that gives (snapshot_id, value) of a column whose measure is a rhythm."""
    measure = column.feature.measure
    assert isinstance(measure, Rhythm), "the other measures have an oracle of their own"
    value = _PAUSES.get(measure.aggregate) or _ANSWERS[measure.aggregate]
    within = "" if column.days is None else f" AND l.moment > l.as_of - INTERVAL {column.days} DAY"
    return f"""
WITH touched AS ({_known_rows(measure.selection)}),
answered AS ({_known_rows(measure.then or measure.selection)}),
linked AS (
    SELECT snapshot_id, as_of, moment,
        lag(moment) OVER (PARTITION BY snapshot_id ORDER BY moment) AS before,
        (SELECT min(a.moment) FROM answered a WHERE a.snapshot_id = t.snapshot_id AND a.moment > t.moment) AS next
    FROM touched t
)
SELECT s.snapshot_id, ({value.format(within_days=measure.within_days)})::DOUBLE AS value
FROM snapshots s LEFT JOIN linked l ON l.snapshot_id = s.snapshot_id{within}
GROUP BY s.snapshot_id, s.as_of ORDER BY s.snapshot_id
"""


def rhythm_oracle(con: DuckDBPyConnection, column: FeatureColumn) -> NDArray[np.float64]:
    """(snapshots,) in the order of snapshot_id, NaN where unknown; for small data."""
    return numbers(answer(con, rhythm_sql(column)), "value")


def _known_rows(selection: Selection) -> str:
    entity = "lead_id" if selection.scope == "lead" else "account_id"
    return f"""
    SELECT s.snapshot_id, s.as_of, r.happened_at AS moment
    FROM snapshots s JOIN ({scoped_rows(selection.table.name, selection.scope)}) r
        ON r.entity = s.{entity} AND r.known_at <= s.as_of AND r.happened_at <= s.as_of
    WHERE {condition_sql(selection.conditions)}"""


_PAUSES = {
    "longest_gap": "max(epoch_us(l.moment) - epoch_us(l.before)) / 86400000000.0",
    "gap_against_usual": "(epoch_us(s.as_of) - epoch_us(max(l.moment)))"
    " / CASE WHEN count(l.moment) > 1 THEN"
    " greatest((epoch_us(max(l.moment)) - epoch_us(min(l.moment))) / (count(l.moment) - 1), 86400000000) END",
}
_ANSWERS = {
    "followed": "count(*) FILTER (l.next <= l.moment + to_microseconds((86400000000 * {within_days})::BIGINT))",
    "hours_until": "avg(epoch_us(l.next) - epoch_us(l.moment)) / 3600000000.0",
    "unanswered": "count(l.moment) FILTER (l.next IS NULL)",
    "waiting_days": "(epoch_us(s.as_of) - epoch_us(min(l.moment) FILTER (l.next IS NULL))) / 86400000000.0",
}
