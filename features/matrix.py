"""The table that models learn from and score: one row a snapshot, what was known then and what came next."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from configs.project import Margin, Project
from features.engine import compute
from features.feature import FeatureColumn, Monotone
from features.fields import create_field_spans, field_values
from features.outcomes import create_outcomes
from features.reading import Files
from features.registry import fields_read
from features.snapshots import create_snapshots
from features.tables import project_tables

FIELD_COLUMN = "field_"  # before the name of a CRM field among the columns of a frame

WorkOut = Callable[
    [DuckDBPyConnection, Sequence[FeatureColumn], int, Mapping[str, Files] | None, float], NDArray[np.float32]
]


@dataclass(frozen=True)
class Matrix:
    """Snapshots, features and outcomes in the same row order.

    snapshots: lead_id, as_of (UTC without zone), cohort (open or customer), stage, stage_rank, account_id, owner_id, last_touch_at (NaT if
    never), amount (what the project's margin leaves of it), currency, opened_at (of a customer: created), engagement_score and fit_score
    (0 to 100 or NaN), and field_NAME for each field that naive Bayes looks at, as it was known on the day. values: (rows, columns), NaN
    unknown. outcomes: one column a head; 1 yes, 0 no, NaN not applicable or too early to tell. monotone: by the name of a column what its
    feature declares; see features.feature.Feature.
    """

    snapshots: pd.DataFrame
    values: NDArray[np.float32]
    columns: tuple[str, ...]
    outcomes: pd.DataFrame
    monotone: Mapping[str, Monotone] = field(default_factory=dict)

    def take(self, rows: NDArray[np.bool_]) -> "Matrix":
        """The rows that are true in the mask."""
        return self if rows.all() else self._at(np.flatnonzero(rows))

    def between(self, first: int, last: int) -> "Matrix":
        """The rows from the first to the last (not included); their values lie where they lay."""
        return Matrix(
            self.snapshots.iloc[first:last].reset_index(drop=True),
            self.values[first:last],
            self.columns,
            self.outcomes.iloc[first:last].reset_index(drop=True),
            self.monotone,
        )

    def repeated(self, times: NDArray[np.int64]) -> "Matrix":
        """Each row (rows,) so many times, one after the other; none of what counts 0 times."""
        return self._at(np.repeat(np.arange(len(times)), times))

    def _at(self, places: NDArray[np.int64]) -> "Matrix":
        return Matrix(
            self.snapshots.iloc[places].reset_index(drop=True),
            self.values[places],
            self.columns,
            self.outcomes.iloc[places].reset_index(drop=True),
            self.monotone,
        )


def build_matrix(
    con: DuckDBPyConnection,
    project: Project,
    columns: Sequence[FeatureColumn],
    days: Sequence[date],
    horizons: Mapping[str, int],
    observed_until: datetime,
    files: Mapping[str, Files] | None = None,
    work_out: WorkOut = compute,
) -> Matrix:
    """The matrix of the days (midnight UTC each) from a connection that holds the canonical tables.

    horizons: days by head. observed_until (UTC): the last moment that the data covers. files: where tables lie that hold just the
    rows that the connection sees. work_out: gives the columns as features.engine.compute does.
    """
    known = known_matrix(con, project, columns, days, files, work_out)
    create_outcomes(con, project.funnel, horizons, observed_until, rejected_is_lost=project.feedback.rejected_is_lost)
    return replace(known, outcomes=_outcomes(con))


def known_matrix(
    con: DuckDBPyConnection,
    project: Project,
    columns: Sequence[FeatureColumn],
    days: Sequence[date],
    files: Mapping[str, Files] | None = None,
    work_out: WorkOut = compute,
    leads: Sequence[str] | None = None,
) -> Matrix:
    """The matrix of the days as build_matrix gives it, without outcomes; leads: of these alone (None: of all)."""
    create_snapshots(con, project, days, leads)
    table = project_tables(project.touch_details, project.lead_attributes, project.personal)["leads"]
    margin = project.list.margin
    shown = ("owner_id", "amount", "currency", *((margin.field,) if margin and margin.field else ()))
    create_field_spans(con, table, (*fields_read(columns), *project.bayes_fields, *shown))
    values = work_out(con, columns, project.funnel.win_horizon_days, files, project.memory_gb)
    names = tuple(column.name for column in columns)
    monotone = {column.name: found for column in columns if (found := column.feature.monotone)}
    snapshots = _snapshots(con, project.bayes_fields, margin, values, names)
    return Matrix(snapshots, values, names, pd.DataFrame(index=snapshots.index), monotone)


def known_outcomes(
    con: DuckDBPyConnection,
    project: Project,
    days: Sequence[date],
    horizons: Mapping[str, int],
    observed_until: datetime,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Who is looked at on the days (lead_id, as_of, cohort), and what is said to have come next, in the row order of build_matrix.

    For a connection that sees fewer rows than the one of a matrix, as they were known on an earlier day: features know no row that was
    known after their as_of, but an outcome may look different before all of its rows have come in.
    """
    create_snapshots(con, project, days)
    create_outcomes(con, project.funnel, horizons, observed_until, rejected_is_lost=project.feedback.rejected_is_lost)
    looked_at = con.execute("SELECT lead_id, as_of, cohort FROM snapshots ORDER BY snapshot_id").df()
    return looked_at, _outcomes(con)


def _outcomes(con: DuckDBPyConnection) -> pd.DataFrame:
    return con.execute("SELECT * EXCLUDE (snapshot_id) FROM outcomes ORDER BY snapshot_id").df().astype("float64")


def _snapshots(
    con: DuckDBPyConnection,
    fields: Sequence[str],
    margin: Margin | None,
    values: NDArray[np.float32],
    names: Sequence[str],
) -> pd.DataFrame:
    """The snapshots as a frame; owner, amount and fields as they were known on the day."""
    left, of_margin = _margin(margin)
    known = "".join(f', "{FIELD_COLUMN}{name}".value AS "{FIELD_COLUMN}{name}"' for name in fields)
    joins = " ".join(f'LEFT JOIN ({field_values(name)}) "{FIELD_COLUMN}{name}" USING (snapshot_id)' for name in fields)
    frame = con.execute(f"""
        SELECT s.lead_id, s.as_of, s.cohort, s.stage, s.stage_rank, s.account_id, o.value AS owner_id,
            TRY_CAST(a.value AS DOUBLE){left} AS amount, u.value AS currency,
            CASE WHEN s.cohort = 'open' THEN s.opened_at ELSE s.created_at END AS opened_at{known}
        FROM snapshots s
        LEFT JOIN field_spans o ON o.lead_id = s.lead_id AND o.field = 'owner_id' AND o.known_at <= s.as_of AND s.as_of < o.until
        LEFT JOIN field_spans a ON a.lead_id = s.lead_id AND a.field = 'amount' AND a.known_at <= s.as_of AND s.as_of < a.until
        LEFT JOIN field_spans u ON u.lead_id = s.lead_id AND u.field = 'currency' AND u.known_at <= s.as_of AND s.as_of < u.until
        {of_margin} {joins}
        ORDER BY s.snapshot_id
    """).df()
    frame["last_touch_at"] = frame["as_of"] - pd.to_timedelta(_shown("last_touch", values, names), unit="D")
    scores = {score: _shown(score, values, names) for score in ("engagement_score", "fit_score")}
    return frame.assign(**scores).astype({f"{FIELD_COLUMN}{name}": "category" for name in fields})


def _margin(margin: Margin | None) -> tuple[str, str]:
    """SQL of a factor that leaves the margin of an amount, and of the join that it needs."""
    if margin is None:
        return "", ""
    if margin.field is None:
        return f" * {margin.share}", ""
    known = "TRY_CAST(m.value AS DOUBLE)"
    factor = f" * CASE WHEN {known} BETWEEN -1 AND 1 THEN {known} ELSE {margin.share} END"
    return factor, f"LEFT JOIN ({field_values(margin.field)}) m USING (snapshot_id)"


def _shown(name: str, values: NDArray[np.float32], names: Sequence[str]) -> NDArray[np.float64]:
    """A column of the values (rows,); NaN where the project has no such column."""
    return values[:, names.index(name)].astype(np.float64) if name in names else np.full(len(values), np.nan)
