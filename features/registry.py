"""Every feature there is: the families that ship, and what a project declares beside them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType

from configs.errors import FunnelcastError
from configs.funnel import Funnel
from configs.project import Project, ProjectFeature
from features import account, engagement, journey, momentum, qualification, recency
from features.feature import Feature, FeatureColumn, FieldReading, Measure, Selection
from features.tables import Table, project_tables
from features.timeline import moves
from features.words import unit_named

FAMILIES: tuple[ModuleType, ...] = (recency, engagement, momentum, qualification, journey, account)

FEATURES: tuple[Feature, ...] = tuple(
    replace(value, name=name)
    for family in FAMILIES
    for name, value in vars(family).items()
    if isinstance(value, Feature)
)


def project_columns(project: Project) -> tuple[FeatureColumn, ...]:
    """The columns of every shipped and declared feature, in a fixed order. Raises FunnelcastError for a wrong declaration."""
    tables = {
        **project_tables(project.touch_details, project.lead_attributes, project.personal),
        "stage_moves": moves,
    }
    declared = tuple(_declared(feature, tables, project) for feature in project.features)
    names = [feature.name for feature in (*FEATURES, *declared)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FunnelcastError(
            f"project {project.name}: the feature name '{twice[0]}' is taken already; choose another in features"
        )
    return tuple(column for feature in (*FEATURES, *declared) for column in feature.columns)


def fields_read(columns: Sequence[FeatureColumn]) -> tuple[str, ...]:
    """The CRM fields that the columns read."""
    measures = (column.feature.measure for column in columns)
    return tuple(sorted({measure.field for measure in measures if isinstance(measure, FieldReading)}))


def fingerprint(columns: Sequence[FeatureColumn], funnel: Funnel) -> str:
    """16 hex digits that change when what a column measures changes, or the order of the stages; the wording does not count."""
    meaning = [f"{column.name}: {column.feature.measure!r}" for column in columns]
    stages = [*(stage.name for stage in funnel.stages), "won", *(end.name for end in funnel.won)]
    return hashlib.sha256("\n".join([*meaning, *stages]).encode()).hexdigest()[:16]


def _declared(setting: ProjectFeature, tables: dict[str, Table], project: Project) -> Feature:
    try:
        rows = Selection(tables[setting.table]).where(**setting.where)
        return Feature(
            _measure(rows, setting),
            unit_named(setting.unit),
            setting.says,
            setting.silent,
            setting.over_days,
            setting.name,
        )
    except FunnelcastError as error:
        raise FunnelcastError(f"project {project.name}, feature {setting.name}: {error}") from error


def _measure(rows: Selection, setting: ProjectFeature) -> Measure:
    if setting.measure in ("sum", "distinct", "last"):
        if setting.column is None:
            raise FunnelcastError(f"{setting.measure} needs 'column': the column of {setting.table} to look at")
        by_column = {"sum": rows.sum, "distinct": rows.distinct, "last": rows.last}
        return by_column[setting.measure](setting.column)
    if setting.column is not None:
        raise FunnelcastError(f"{setting.measure} looks at whole rows and takes no 'column'")
    if setting.measure == "decayed":
        if setting.half_life_days is None:
            raise FunnelcastError("decayed needs 'half_life_days'")
        return rows.decayed(setting.half_life_days)
    plain = {
        "count": rows.count,
        "active_days": rows.active_days,
        "days_since_last": rows.days_since_last,
        "days_since_first": rows.days_since_first,
    }
    return plain[setting.measure]()
