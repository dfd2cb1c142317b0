"""Keeps what was said on a day: the scores of every lead, and who was put on the list."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from configs.project import HeadName
from features.snapshots import midnight
from features.tables import deliveries
from models.base_rate import Shift
from models.reasons import NOTHING, Explanations
from pipelines.job import Job
from pipelines.store import Workspace, write_beside

UTC_TIME = pa.timestamp("us", tz="UTC")
REASON = pa.struct([("feature", pa.string()), ("says", pa.string()), ("points", pa.float64())])
MOVED_PART = pa.struct(
    [("cause", pa.string()), ("feature", pa.string()), ("says", pa.string()), ("points", pa.float64())]
)
ROWS_AT_ONCE = 100_000
CERTAIN = 1.0  # customers are put on the list by their rank alone


class Names(NamedTuple):
    """The names of features and the sentences of explanations."""

    features: pa.StringArray
    sentences: pa.StringArray


def scores_file(workspace: Workspace, day: date) -> Path:
    """Where the scores of a day lie."""
    return workspace.scores / f"as_of={day}" / "scores.parquet"


def deliveries_file(workspace: Workspace, day: date) -> Path:
    """Where it is kept who stood on the list of a day."""
    return workspace.lake / deliveries.name / f"as_of={day}.parquet"


def write_scores(
    job: Job,
    scores: pd.DataFrame,
    explanations: Explanations,
    version: str,
    shifts: Mapping[HeadName, Shift],
    since: date | None,
) -> Path:
    """Writes scores/as_of=DAY/scores.parquet, one row a lead (and cohort), and returns its path.

    Columns: lead_id, as_of (UTC), cohort, stage, a chance a head (empty where the head does not apply), low_HEAD and
    high_HEAD (between which 90 of 100 true chances lie; empty where that is not known), shift_HEAD (what was added
    to the log odds because the base rate has moved, 0 nothing), expected_value,
    currency, fit, engagement (0 to 100), band, rank, reasons (feature, says, points), model_version, funnel,
    feature_fingerprint, letter (A to D, see models.letters), helps (a sentence, see pipelines.helps), above_cut (of open leads,
    see models.holdout); for leads that stood on the list before: moved_since (its day), moved (points of chance of the cohort's
    first head) and moved_parts (cause, feature, says, points), which add up to it.
    """
    schema = _scores_schema([head.name for head in job.heads])
    same: dict[str, str | float] = {
        "model_version": version,
        "funnel": job.project.funnel.name,
        "feature_fingerprint": job.fingerprint,
    }
    same |= {f"shift_{name}": shift.log_odds for name, shift in shifts.items()}
    texts = (explanations.names, explanations.sentences)
    names = Names(*(pa.array(of_one, pa.string()) for of_one in texts))
    target = scores_file(job.workspace, job.day)
    with write_beside(target) as part, pq.ParquetWriter(part, schema, compression="zstd") as writer:
        for start in range(0, len(scores), ROWS_AT_ONCE):
            rows = scores.iloc[start : start + ROWS_AT_ONCE]
            reasons = _reasons(explanations, names, rows["explained"].to_numpy())
            known = {name: rows.get(name) for name in ("letter", "helps", "above_cut")}
            frame = rows.assign(**same, **known, reasons=None).join(_moves(rows["move"], since))
            table = pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False)
            writer.write_table(table.set_column(schema.get_field_index("reasons"), "reasons", reasons))
    return target


def _moves(moves: pd.Series, since: date | None) -> pd.DataFrame:
    told = {
        "moved_since": [None if move is None else since for move in moves],
        "moved": [None if move is None else move.points for move in moves],
        "moved_parts": [None if move is None else [vars(part) for part in move.parts] for move in moves],
    }
    return pd.DataFrame(told, index=moves.index, dtype=object)


def _reasons(explanations: Explanations, names: Names, rows: NDArray[np.int64]) -> pa.Array:
    """The reasons of rows, a list each, those for first."""
    features, says, points = (part[rows] for part in (explanations.features, explanations.says, explanations.points))
    known = features != NOTHING
    starts = np.concatenate([[0], known.sum(axis=1).cumsum()]).astype(np.int32)
    parts = [names.features.take(pa.array(features[known])), names.sentences.take(pa.array(says[known]))]
    reasons = pa.StructArray.from_arrays([*parts, pa.array(points[known])], fields=list(REASON))
    return pa.ListArray.from_arrays(pa.array(starts), reasons)


def _scores_schema(heads: Sequence[HeadName]) -> pa.Schema:
    return pa.schema(
        [("lead_id", pa.string()), ("as_of", UTC_TIME), ("cohort", pa.string()), ("stage", pa.string())]
        + [(head, pa.float64()) for head in heads]
        + [(f"shift_{head}", pa.float64()) for head in heads]
        + [(f"{bound}_{head}", pa.float64()) for head in heads for bound in ("low", "high")]
        + [("expected_value", pa.float64()), ("currency", pa.string()), ("fit", pa.float64())]
        + [("engagement", pa.float64()), ("band", pa.string()), ("rank", pa.int32())]
        + [("reasons", pa.list_(REASON)), ("model_version", pa.string()), ("funnel", pa.string())]
        + [("feature_fingerprint", pa.string()), ("moved_since", pa.date32()), ("moved", pa.float64())]
        + [("moved_parts", pa.list_(MOVED_PART)), ("letter", pa.string()), ("helps", pa.string())]
        + [("above_cut", pa.bool_())]
    )


def write_deliveries(job: Job, ranked: pd.DataFrame) -> None:
    """Writes lake/deliveries/as_of=DAY.parquet: every line of the day's list with its rank, band and probability of standing there."""
    moment = midnight(job.day)
    listed = ranked[ranked["band"] != "skip"]
    frame = listed[["lead_id", "rank", "band"]].assign(
        happened_at=moment, known_at=moment, chance_of_listing=_chances_of_listing(listed)
    )
    schema = pa.schema(
        [
            (name, {"rank": pa.float64(), "chance_of_listing": pa.float64()}.get(name, pa.string()))
            for name in deliveries.column_names
        ]
    )
    for name in ("happened_at", "known_at"):
        schema = schema.set(schema.get_field_index(name), pa.field(name, pa.timestamp("us")))
    with write_beside(deliveries_file(job.workspace, job.day)) as part:
        pq.write_table(
            pa.Table.from_pandas(frame[schema.names], schema, preserve_index=False), part, compression="zstd"
        )


def _chances_of_listing(listed: pd.DataFrame) -> pd.Series:
    known = listed.get("chance_of_listing", pd.Series(CERTAIN, index=listed.index))
    return known.fillna(CERTAIN)
