"""Which fields, kinds of touch and tables a column gets its value from."""

from collections.abc import Sequence

from features.feature import Blend, FeatureColumn, Measure, Rhythm, Selection
from features.readings import CriteriaMet, CriterionReading, Evidence, Fact, PlainReading, fields_of

Part = tuple[str, str]
FIELD = "field"
# The outcome is computed from these rows, so a strong tie to it is what they are for: a cover that ends soon does end soon.
OUTCOME_TABLES = ("moves", "stage_moves", "purchases")


def field_part(name: str) -> Part:
    """The part of the data that a CRM field is; others are (touches, KIND) and (TABLE, '')."""
    return FIELD, name


def parts_read(column: FeatureColumn, parts: Sequence[Part]) -> tuple[Part, ...]:
    """Of the parts of the data those that a column reads; none for a plain fact."""
    measure = column.feature.measure
    if isinstance(measure, PlainReading):
        kinds = {kind for evidence in _evidence_of(measure) for kind in dict(evidence.touch).get("kind", ())}
        fields = [field_part(field) for field in fields_of(measure)]
        return (*dict.fromkeys(fields), *(part for part in parts if part[0] == "touches" and part[1] in kinds))
    return tuple(part for part in parts if any(_reads(selection, part) for selection in _selections(measure)))


def signal_of(column: FeatureColumn) -> str:
    """A name that columns share which read the same rows, whatever they take from them."""
    measure = column.feature.measure
    if isinstance(measure, PlainReading):
        return f"fields {fields_of(measure)}" if fields_of(measure) else repr(measure)
    return repr([(one.table.name, one.conditions) for one in _selections(measure)[:1]])


def is_structural(column: FeatureColumn) -> bool:
    """Whether a column reads the rows from which outcomes are computed (or nothing but the snapshot), so that its tie proves nothing."""
    measure = column.feature.measure
    if isinstance(measure, PlainReading):
        return isinstance(measure, Fact)
    return all(selection.table.name in OUTCOME_TABLES for selection in _selections(measure))


def _selections(measure: Measure | Rhythm | Blend) -> list[Selection]:
    match measure:
        case Measure():
            return [measure.selection, *([measure.whole] if measure.whole else [])]
        case Rhythm():
            return [measure.selection, *([measure.then] if measure.then else [])]
        case Blend():
            return [part.selection for part, _ in measure.parts]


def _evidence_of(measure: PlainReading) -> tuple[Evidence, ...]:
    match measure:
        case CriterionReading():
            return measure.evidence
        case CriteriaMet():
            return tuple(one for evidence in measure.criteria for one in evidence)
        case _:
            return ()


def _reads(selection: Selection, part: Part) -> bool:
    table, key = {"field_changes": (FIELD, "field"), "touches": ("touches", "kind")}.get(
        selection.table.name, (selection.table.name, "")
    )
    wanted = dict(selection.conditions).get(key)
    return part[0] == table and (wanted is None or part[1] in wanted)
