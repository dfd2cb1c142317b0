"""Adds up what a lead does, each thing with its points, to one score that a person can read."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.feature import Blend, Feature, FeatureColumn, Measure
from features.words import number

MOST = 100.0


def blended_parts(columns: Sequence[FeatureColumn]) -> tuple[FeatureColumn, ...]:
    """A column for each different measure that the blends among the columns add up."""
    blends = (column.feature.measure for column in columns)
    measures = dict.fromkeys(part for blend in blends if isinstance(blend, Blend) for part, _ in blend.parts)
    return tuple(_part(measure) for measure in measures)


def fill_blends(columns: Sequence[FeatureColumn], parts: Sequence[FeatureColumn], matrix: NDArray[np.float32]) -> None:
    """Fills the blends among the columns of a matrix (snapshots, columns + parts) from its last columns."""
    place_of = {part.feature.measure: len(columns) + place for place, part in enumerate(parts)}
    for place, column in enumerate(columns):
        blend = column.feature.measure
        if isinstance(blend, Blend):
            added = sum(points * matrix[:, place_of[measure]].astype(np.float64) for measure, points in blend.parts)
            matrix[:, place] = np.minimum(MOST, MOST * added / blend.full)


def _part(measure: Measure) -> FeatureColumn:
    return FeatureColumn(Feature(measure, number, "{value}", "none", name="part of a score"), None)
