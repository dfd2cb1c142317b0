"""Which features see one and the same behaviour of a lead, so that it becomes one reason and not several."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from features.feature import Feature, FeatureColumn, Measure, Rhythm, Selection
from features.readings import Colleagues, Conditions, CriterionReading, Fact, FieldReading

# One time, counted from one moment or measured against what is usual.
FACTS = {
    "days_in_stage": "time in stage",
    "stay_against_usual": "time in stage",
    "days_open": "age",
    "days_known": "age",
    "days_to_month_end": "calendar",
    "days_to_quarter_end": "calendar",
}


def behaviour_of(feature: Feature) -> str:
    """The name of what a feature sees of a lead: the one that it declares, else the rows, the field or the fact that it looks at.

    Counts, minutes, days since the last of the same rows are one behaviour over all their windows. Rows of the account hold those of
    the lead, so they are the same behaviour; what the other leads of the account do is one of its own. All that is read of a CRM field
    is one behaviour, its edits included, and a criterion belongs to the first of its fields.
    """
    return feature.behaviour or _seen(feature)


def numbered_behaviours(columns: Sequence[FeatureColumn]) -> tuple[tuple[str, ...], NDArray[np.int64]]:
    """The behaviours that the columns see, in the order of the first that sees each, and for every column the number of its own from 0."""
    names = [behaviour_of(column.feature) for column in columns]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return tuple(numbers), np.array([numbers[name] for name in names], dtype=np.int64)


def _seen(feature: Feature) -> str:
    match feature.measure:
        case Fact(name=name):
            return FACTS.get(name, name)
        case FieldReading(field=field):
            return _field(field)
        case CriterionReading(evidence=evidence):
            fields = [one.field for one in evidence if one.field]
            return _field(fields[0]) if fields else _rows("touches", evidence[0].touch)
        case Measure() | Rhythm() as measure:
            return _rows_of(measure.selection)
        case Colleagues():
            return "colleagues"
        case _:
            return feature.name


def _rows_of(selection: Selection) -> str:
    match selection.table.name, dict(selection.conditions):
        case "field_changes", {"field": (str(field),)}:
            return _field(field)
        case _:
            return _rows(selection.table.name, selection.conditions)


def _field(name: str) -> str:
    return f"field {name}"


def _rows(table: str, conditions: Conditions) -> str:
    met = (f"{column} {' or '.join(map(str, values))}" for column, values in conditions)
    return f"{table}: {', '.join(met) or 'all'}"
