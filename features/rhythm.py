"""How touches follow one another: the pauses between them, what is answered and what still waits."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import numpy as np
from duckdb import DuckDBPyConnection
from numba import njit
from numpy.typing import NDArray

from features.feature import FeatureColumn, Order, Rhythm, Selection
from features.query import answer, count_rows, whole_numbers
from features.signals import condition_sql, scoped_rows

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

DAY_US: Final = 86_400_000_000
HOUR_US: Final = 3_600_000_000
EVER_US: Final = -1
LONG_AGO: Final = np.iinfo(np.int64).min
NEVER: Final = np.iinfo(np.int64).max
ORDERS: tuple[Order, ...] = (
    "longest_gap", "gap_against_usual", "followed", "hours_until", "unanswered", "waiting_days",
)  # fmt: skip
LONGEST_GAP, GAP_AGAINST_USUAL, FOLLOWED, HOURS_UNTIL, UNANSWERED, WAITING_DAYS = range(6)


class Looks(NamedTuple):
    """Rows of a log by entity and happened, and the moments to look at them from.

    rows, looks (entities + 1): where each entity's rows and moments begin. happened, known, as_of: microseconds since 1970 UTC.
    snapshot_id: the row of the matrix that each moment belongs to. shows (signals, rows): which rows meet which conditions.
    """

    rows: Ints
    happened: Ints
    known: Ints
    shows: Flags
    looks: Ints
    as_of: Ints
    snapshot_id: Ints


def fill_rhythms(
    con: DuckDBPyConnection, columns: Sequence[tuple[int, FeatureColumn]], matrix: NDArray[np.float32]
) -> None:
    """Fills the numbered columns of the matrix (snapshots, columns) whose measures are rhythms; a row known after as_of counts for nothing.

    Each moment costs one walk back over the rows of its lead, so late rows need no special care.
    """
    logs: dict[tuple[str, str], list[tuple[int, FeatureColumn, Rhythm]]] = {}
    for place, column in columns:
        measure = column.feature.measure
        if isinstance(measure, Rhythm):
            key = (measure.selection.table.name, measure.selection.scope)
            logs.setdefault(key, []).append((place, column, measure))
    for asked in logs.values():
        selections = list(
            dict.fromkeys(
                rows for _, _, measure in asked for rows in (measure.selection, measure.then) if rows is not None
            )
        )
        looks = _read(con, selections)
        for place, column, measure in asked:
            matrix[:, place] = np.nan
            matrix[looks.snapshot_id, place] = _follow(looks, measure, column.days, selections)


def _read(con: DuckDBPyConnection, selections: Sequence[Selection]) -> Looks:
    entity = "lead_id" if selections[0].scope == "lead" else "account_id"
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE followed AS
        SELECT entity, row_number() OVER (ORDER BY entity) - 1 AS code
        FROM (SELECT DISTINCT {entity} AS entity FROM snapshots WHERE {entity} IS NOT NULL)
    """)
    conditions = [condition_sql(rows.conditions) for rows in selections]
    shown = ", ".join(f"{condition} AS shows_{place}" for place, condition in enumerate(conditions))
    rows = answer(
        con,
        f"""
        SELECT e.code, epoch_us(r.happened_at) AS happened, epoch_us(r.known_at) AS known, {shown}
        FROM ({scoped_rows(selections[0].table.name, selections[0].scope)}) r JOIN followed e ON e.entity = r.entity
        WHERE ({" OR ".join(conditions)}) AND r.known_at <= (SELECT max(as_of) FROM days) ORDER BY e.code, r.happened_at
        """,
    )
    moments = answer(
        con,
        f"""
        SELECT e.code, s.snapshot_id, epoch_us(s.as_of) AS as_of
        FROM snapshots s JOIN followed e ON e.entity = s.{entity} ORDER BY e.code, s.as_of, s.snapshot_id
        """,
    )
    bounds = np.arange(count_rows(con, "followed") + 1)
    return Looks(
        rows=np.searchsorted(whole_numbers(rows, "code"), bounds).astype(np.int64),
        happened=whole_numbers(rows, "happened"),
        known=whole_numbers(rows, "known"),
        shows=np.array([whole_numbers(rows, f"shows_{place}") > 0 for place in range(len(selections))]),
        looks=np.searchsorted(whole_numbers(moments, "code"), bounds).astype(np.int64),
        as_of=whole_numbers(moments, "as_of"),
        snapshot_id=whole_numbers(moments, "snapshot_id"),
    )


def _follow(looks: Looks, measure: Rhythm, days: int | None, selections: Sequence[Selection]) -> Floats:
    """(moments,) of one measure."""
    found = np.empty(len(looks.as_of))
    asked = selections.index(measure.selection)
    answered = selections.index(measure.then) if measure.then else asked
    window = EVER_US if days is None else days * DAY_US
    within = round(measure.within_days * DAY_US)
    _look_back(ORDERS.index(measure.aggregate), asked, answered, window, within, looks, found)
    return found


@njit(nogil=True, cache=True)
def _look_back(order: int, asked: int, answered: int, window: int, within: int, looks: Looks, found: Floats) -> None:
    """The measure at every moment of every entity."""
    most = 0
    for entity in range(len(looks.rows) - 1):
        most = max(most, looks.rows[entity + 1] - looks.rows[entity])
    times, nexts = np.empty(most, dtype=np.int64), np.empty(most, dtype=np.int64)
    for entity in range(len(looks.rows) - 1):
        for look in range(looks.looks[entity], looks.looks[entity + 1]):
            moment = looks.as_of[look]
            since = LONG_AGO if window == EVER_US else moment - window
            count = _link(entity, moment, since, asked, answered, looks, times, nexts)
            if order in (LONGEST_GAP, GAP_AGAINST_USUAL):
                found[look] = _pause(order, moment, times[:count])
            else:
                found[look] = _answer(order, moment, within, times[:count], nexts[:count])


@njit(nogil=True, cache=True)
def _link(
    entity: int, moment: int, since: int, asked: int, answered: int, looks: Looks, times: Ints, nexts: Ints
) -> int:
    """Writes when the rows after `since` happened, newest first, and when what follows each happened; returns how many."""
    count, following, instant, answered_now = 0, NEVER, NEVER, False
    for row in range(looks.rows[entity + 1] - 1, looks.rows[entity] - 1, -1):
        if looks.known[row] > moment:
            continue
        if looks.happened[row] <= since:
            break
        if looks.happened[row] != instant:
            # an answer of the same instant follows nothing of that instant
            following = instant if answered_now else following
            instant, answered_now = looks.happened[row], False
        answered_now = answered_now or looks.shows[answered, row]
        if looks.shows[asked, row]:
            times[count], nexts[count] = instant, following
            count += 1
    return count


@njit(nogil=True, cache=True)
def _pause(order: int, moment: int, times: Ints) -> float:
    """The longest time between two rows, or the time since the last row over the mean time between them."""
    if len(times) < 2:
        return np.nan
    if order == LONGEST_GAP:
        return float((times[:-1] - times[1:]).max() / DAY_US)
    usual = (times[0] - times[-1]) / (len(times) - 1)
    return float((moment - times[0]) / max(usual, DAY_US))


@njit(nogil=True, cache=True)
def _answer(order: int, moment: int, within: int, times: Ints, nexts: Ints) -> float:
    """How many rows are followed in time, how long that took, how many still wait and for how long."""
    in_time, followed, hours, oldest = 0, 0, 0.0, NEVER
    for row in range(len(times)):
        if nexts[row] == NEVER:
            oldest = times[row]
        else:
            followed += 1
            hours += (nexts[row] - times[row]) / HOUR_US
            in_time += nexts[row] - times[row] <= within
    if order == HOURS_UNTIL:
        return hours / followed if followed else np.nan
    if order == WAITING_DAYS:
        return (moment - oldest) / DAY_US if oldest != NEVER else np.nan
    return float(in_time if order == FOLLOWED else len(times) - followed)
