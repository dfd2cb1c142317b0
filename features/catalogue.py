"""Says of every feature, in words, what it looks at and how it is spoken of."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

from configs.project import Project
from features.declared import declared_features
from features.feature import Blend, Feature, Measure, Monotone, Rhythm, Selection
from features.oracle import oracle_sql
from features.readings import (
    Colleagues,
    Conditions,
    CriteriaMet,
    CriterionReading,
    Evidence,
    Fact,
    FieldReading,
    Fit,
    PlainReading,
)
from features.readings_sql import reading_sql
from features.registry import FAMILIES, FEATURES, tables_of
from features.rhythm_oracle import rhythm_sql
from features.words import Unit

SHOWN: dict[str, float] = {
    "share": 0.4,
    "rate": 0.2,
    "pace": 1.5,
    "multiple": 2.5,
    "stay": 2.5,
    "flag": 1,
    "verdict": 1,
    "stage": 1,
    "score": 60,
}
FACTS = {
    "stage_rank": "The place of the stage in the funnel, from 0.",
    "days_in_stage": "Days since the lead entered its stage.",
    "stay_against_usual": "Days in the stage over the stage's stale_after_days.",
    "days_open": "Days since this episode began.",
    "days_known": "Days since the lead was created.",
    "earlier_episodes": "How often the lead was open again after it had been closed.",
    "days_to_month_end": "Days from the day to the end of its month.",
    "days_to_quarter_end": "Days from the day to the end of its quarter.",
    "days_left_of_cover": "Days that the subscription and its days of grace still last.",
}

HOLDS: dict[Monotone | None, str] = {
    None: "",
    "rising": "More of it never speaks against a lead, by declaration.",
    "falling": "More of it never speaks for a lead, by declaration.",
}


@dataclass(frozen=True)
class Entry:
    """One feature in the catalogue: its name, columns, what it measures, its unit, its two sentences, and its SQL (empty for a blend).

    holds: the sentence on what models hold to, empty where nothing is declared.
    """

    name: str
    columns: tuple[str, ...]
    measures: str
    unit: str
    says: str
    silent: str
    sql: str
    holds: str


@dataclass(frozen=True)
class Chapter:
    """The features of one family."""

    name: str
    about: str
    entries: tuple[Entry, ...]


def catalogue(project: Project) -> tuple[Chapter, ...]:
    """All features of a project, family by family, its own last."""
    shipped = tuple(
        Chapter(family.__name__.rpartition(".")[2], str(family.__doc__), _entries(project, _of_family(family)))
        for family in FAMILIES
    )
    about = f"What the project {project.name} declares: its own features, frameworks and scores."
    own = Chapter("declared", about, _entries(project, declared_features(project, tables_of(project))))
    return (*shipped, own)


def _of_family(family: object) -> list[Feature]:
    return [feature for feature in FEATURES if feature.name in vars(family)]


def _entries(project: Project, features: Sequence[Feature]) -> tuple[Entry, ...]:
    stages = dict(enumerate(stage.says for stage in project.funnel.stages))
    return tuple(
        Entry(
            feature.name,
            tuple(column.name for column in feature.columns),
            _measured(feature.measure),
            feature.unit.name,
            feature.columns[0].sentence(_shown(feature.unit), stages),
            feature.columns[0].sentence(nan, stages),
            _sql(feature, project.funnel.win_horizon_days),
            HOLDS[feature.monotone],
        )
        for feature in features
    )


def _shown(unit: Unit) -> float:
    """A value to show the sentence with."""
    return SHOWN.get(unit.name, 3)


def _sql(feature: Feature, grown_days: int) -> str:
    column = feature.columns[0]
    match feature.measure:
        case Measure():
            return oracle_sql([column]).strip()
        case Rhythm():
            return rhythm_sql(column).strip()
        case Blend():
            return ""
        case reading:
            return reading_sql(reading, grown_days).strip()


def _measured(measure: Measure | Rhythm | Blend | PlainReading) -> str:
    match measure:
        case Measure():
            return _counted(measure)
        case Rhythm():
            return _followed(measure)
        case Blend():
            parts = "; ".join(f"{points:g} for {_rows(part.selection)}" for part, points in measure.parts)
            return f"Points that halve every {measure.parts[0][0].half_life_days:g} days, {measure.full:g} being 100: {parts}."
        case _:
            return _read(measure)


def _counted(measure: Measure) -> str:
    rows, column = _rows(measure.selection), measure.column
    return {
        "count": f"How many {rows}.",
        "sum": f"The sum of {column} over {rows}.",
        "active_days": f"On how many days there were {rows}.",
        "distinct": f"How many different values {column} has in {rows}.",
        "share": f"The share of {rows} among {_rows(measure.whole or measure.selection)}.",
        "pace": f"{rows} a day over {measure.now_days} days, against {measure.usual_days} days.".capitalize(),
        "days_since_last": f"Days since the last of {rows}.",
        "days_since_first": f"Days since the first of {rows}.",
        "last": f"{column} in the last of {rows} that has one.",
        "decayed": f"{rows}, each counting half after {measure.half_life_days} days.".capitalize(),
    }[measure.aggregate]


def _followed(measure: Rhythm) -> str:
    rows, then = _rows(measure.selection), _rows(measure.then or measure.selection)
    return {
        "longest_gap": f"The longest time between two of {rows}, in days.",
        "gap_against_usual": f"Days since the last of {rows}, against the mean days between them.",
        "followed": f"How many {rows} were followed within {measure.within_days:g} days by {then}.",
        "hours_until": f"The mean hours from {rows} to the next of {then}.",
        "unanswered": f"How many {rows} no {then} have followed.",
        "waiting_days": f"Days since the oldest of {rows} that no {then} have followed.",
    }[measure.aggregate]


def _read(measure: PlainReading) -> str:
    match measure:
        case Fact(name):
            return FACTS[name]
        case FieldReading(field, reading):
            return {
                "number": f"The number in the field {field}.",
                "known": f"Whether the field {field} is filled.",
                "held_days": f"Days since the field {field} took its value.",
                "win_rate": f"The share won among earlier leads with the same {field}, drawn to the mean of all where they are few.",
            }[reading]
        case Colleagues(counted, days):
            what = "Other leads" if counted == "people" else "Different roles among the other leads"
            return f"{what} of the account with an inbound touch in the last {days} days."
        case CriterionReading(evidence, reading):
            told = {
                "known": "Whether anything shows it",
                "verdict": "Good (1), bad (-1) or open (0)",
                "is": "Whether it has one value (1) or another (0)",
                "days_since": "Days since it was shown",
            }
            return f"{told[reading]}, by {' or '.join(map(_shown_by, evidence))}."
        case CriteriaMet(criteria):
            return f"How many of {len(criteria)} criteria are good."
        case Fit(traits):
            parts = "; ".join(f"{weight:g} for {_shown_by(evidence)}" for evidence, weight in traits)
            return f"The weight of the traits shown, of 100: {parts}."


def _shown_by(evidence: Evidence) -> str:
    if evidence.touch:
        return f"touches{_where(evidence.touch)}"
    bounds = [f"from {evidence.at_least:g}"] if evidence.at_least is not None else []
    bounds += [f"to {evidence.at_most:g}"] if evidence.at_most is not None else []
    return " ".join([f"the field {evidence.field}", *bounds]) + (
        f" ({', '.join(evidence.good)})" if evidence.good else ""
    )


def _rows(selection: Selection) -> str:
    whose = " of the account" if selection.scope == "account" else ""
    return f"{selection.table.name.replace('_', ' ')}{whose}{_where(selection.conditions)}"


def _where(conditions: Conditions) -> str:
    parts = [f"{name} is {' or '.join(str(value) for value in values)}" for name, values in conditions]
    return f" whose {' and '.join(parts)}" if parts else ""
