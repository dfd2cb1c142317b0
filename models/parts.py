"""The sentences that speak for the parts of a model, whichever step of the ladder it stands on."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.feature import Feature, FeatureColumn
from features.matrix import FIELD_COLUMN, Matrix
from features.readings import FieldReading
from features.words import rate

STAGE, STAGE_COLUMN = "stage", "stage_now"


def spoken(parts: Sequence[str], columns: Sequence[FeatureColumn]) -> tuple[FeatureColumn, ...]:
    """The feature column that says what each part means: the column of that name, the stage, or how often a field's value was won.

    parts: as models.predict.parts_of gives them. A field that no feature reads has no sentence and is never a reason.
    """
    by_name = {column.name: column for column in columns}
    by_field = {
        column.feature.measure.field: column
        for column in columns
        if isinstance(column.feature.measure, FieldReading) and column.feature.measure.reading == "win_rate"
    }
    return tuple(_speaks(part, by_name, by_field) for part in parts)


def spoken_values(said: Sequence[FeatureColumn], matrix: Matrix) -> NDArray[np.float32]:
    """The values (rows, parts) of the columns that speak, NaN where the matrix has no such column; its own where they are all."""
    if [column.name for column in said] == list(matrix.columns):
        return matrix.values
    at = {name: place for place, name in enumerate(matrix.columns)}
    places = np.array([at.get(column.name, 0) for column in said], dtype=np.intp)
    found = np.take(matrix.values, places, axis=1)
    found[:, [column.name not in at for column in said]] = np.nan
    return found


def _speaks(part: str, by_name: dict[str, FeatureColumn], by_field: dict[str, FeatureColumn]) -> FeatureColumn:
    field = part.removeprefix(FIELD_COLUMN)
    if part in by_name:
        return by_name[part]
    if part == STAGE and STAGE_COLUMN in by_name:
        return by_name[STAGE_COLUMN]
    if field in by_field:
        return by_field[field]
    silent = Feature(FieldReading(field, "win_rate"), rate, part, part, name=part, is_reason=False)
    return silent.columns[0]
