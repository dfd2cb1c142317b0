"""Every feature there is: the families that ship, and what a project declares beside them."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from types import ModuleType

from configs.errors import FunnelcastError
from configs.funnel import Funnel
from configs.project import Project
from features import account, dialogue, engagement, journey, momentum, qualification, recency
from features.declared import declared_features
from features.feature import Feature, FeatureColumn
from features.readings import PlainReading, fields_of
from features.tables import Table, project_tables
from features.timeline import moves

FAMILIES: tuple[ModuleType, ...] = (recency, engagement, momentum, dialogue, qualification, journey, account)

FEATURES: tuple[Feature, ...] = tuple(
    replace(value, name=name)
    for family in FAMILIES
    for name, value in vars(family).items()
    if isinstance(value, Feature)
)


def project_columns(project: Project) -> tuple[FeatureColumn, ...]:
    """The columns of every shipped and declared feature, in a fixed order, said in the language of the list.

    Raises FunnelcastError for a wrong declaration.
    """
    declared = declared_features(project, tables_of(project))
    names = [feature.name for feature in (*FEATURES, *declared)]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FunnelcastError(
            f"project {project.name}: the feature name '{twice[0]}' is taken already; choose another in features"
        )
    language = project.list.language
    return tuple(replace(column, language=language) for feature in (*FEATURES, *declared) for column in feature.columns)


def tables_of(project: Project) -> dict[str, Table]:
    """The tables that features look at, by name, with the project's own columns; stage moves are those that were known then."""
    return {**project_tables(project.touch_details, project.lead_attributes, project.personal), "stage_moves": moves}


def fields_read(columns: Sequence[FeatureColumn]) -> tuple[str, ...]:
    """The CRM fields that the columns read."""
    readings = (column.feature.measure for column in columns)
    return tuple(
        sorted({field for reading in readings if isinstance(reading, PlainReading) for field in fields_of(reading)})
    )


def fingerprint(columns: Sequence[FeatureColumn], funnel: Funnel) -> str:
    """16 hex digits that change when what a column measures changes, or the order of the stages; the wording does not count."""
    meaning = [f"{column.name}: {column.feature.measure!r}" for column in columns]
    stages = [*(stage.name for stage in funnel.stages), "won", *(end.name for end in funnel.won)]
    return hashlib.sha256("\n".join([*meaning, *stages]).encode()).hexdigest()[:16]
