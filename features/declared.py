"""Turns what a project declares in its file into features: its own counts, its frameworks, its ideal customer, its points."""

from collections.abc import Callable, Mapping
from typing import Literal, get_args

from configs.declared import Criterion, Framework, ProjectFeature, Sign, Trait
from configs.errors import FunnelcastError
from configs.project import Project
from features.feature import Blend, Feature, Measure, Rhythm, Selection
from features.languages import Voice, voice_of
from features.readings import CriteriaMet, CriterionReading, Evidence, FieldReading, Fit, Reading
from features.tables import Table
from features.words import Unit, ago, flag, score, unit_named, verdict_of

FIELD_READINGS: dict[str, Reading] = {reading: reading for reading in get_args(Reading)}
IS: Literal["is"] = "is"


def declared_features(project: Project, tables: Mapping[str, Table]) -> tuple[Feature, ...]:
    """All features that a project declares, in the order of its file. Raises FunnelcastError for a wrong declaration.

    tables: the project's tables by name, with its own columns.
    """
    touches = Selection(tables["touches"])
    own = tuple(_told(project, feature, tables) for feature in project.features)
    qualified = tuple(one for framework in project.qualification for one in _qualified(project, framework, touches))
    return (*own, *qualified, *_fit(project), _engagement(project, touches))


def _told(project: Project, setting: ProjectFeature, tables: Mapping[str, Table]) -> Feature:
    try:
        _check_keys(setting)
        measure = _field_reading(setting) if setting.field else _measure(setting, tables)
        unit = unit_named(setting.unit)
        about = setting.behaviour or ""
        return Feature(
            measure,
            unit,
            setting.says,
            setting.silent,
            setting.over_days,
            setting.name,
            about,
            monotone=setting.monotone,
        )
    except FunnelcastError as error:
        raise FunnelcastError(f"project {project.name}, feature {setting.name}: {error}") from error


# What each measure takes beyond a table and where; all of it is needed.
TAKES: Mapping[str, tuple[str, ...]] = {
    "sum": ("column",), "distinct": ("column",), "last": ("column",), "share": ("whole",), "pace": ("now_days", "usual_days"),
    "decayed": ("half_life_days",), "followed": ("then", "within_days"), "hours_until": ("then",), "unanswered": ("then",),
    "waiting_days": ("then",), IS: ("values",),
}  # fmt: skip
MAY_TAKE = ("column", "whole", "then", "within_days", "now_days", "usual_days", "half_life_days", "values")


def _check_keys(setting: ProjectFeature) -> None:
    reads_field = setting.measure in (*FIELD_READINGS, IS)
    if reads_field != bool(setting.field) or bool(setting.field) == bool(setting.table):
        need = (
            "'field', the CRM field to read, and no 'table'"
            if reads_field
            else "'table', the rows to look at, and no 'field'"
        )
        raise FunnelcastError(f"{setting.measure} needs {need}")
    taken = TAKES.get(setting.measure, ())
    for key in MAY_TAKE:
        given = getattr(setting, key) is not None
        if key in taken and not given:
            raise FunnelcastError(f"{setting.measure} needs '{key}'")
        if given and key not in taken:
            raise FunnelcastError(f"{setting.measure} takes no '{key}'")


def _field_reading(setting: ProjectFeature) -> FieldReading | CriterionReading:
    assert setting.field is not None
    if setting.measure == IS:
        return CriterionReading((Evidence(setting.field, good=_small(setting.values or ())),), IS)
    return FieldReading(setting.field, FIELD_READINGS[setting.measure])


def _measure(setting: ProjectFeature, tables: Mapping[str, Table]) -> Measure | Rhythm:
    assert setting.table is not None
    table = Selection(tables[setting.table], scope="account" if setting.of_account else "lead")
    rows, whole, then = (table.where(**(where or {})) for where in (setting.where, setting.whole, setting.then))
    column = setting.column or ""
    made: dict[str, Callable[[], Measure | Rhythm]] = {
        "count": rows.count,
        "active_days": rows.active_days,
        "days_since_last": rows.days_since_last,
        "days_since_first": rows.days_since_first,
        "longest_gap": rows.longest_gap,
        "gap_against_usual": rows.gap_against_usual,
        "sum": lambda: rows.sum(column),
        "distinct": lambda: rows.distinct(column),
        "last": lambda: rows.last(column),
        "share": lambda: rows.share_of(whole),
        "pace": lambda: rows.pace(setting.now_days or 0, setting.usual_days or 0),
        "decayed": lambda: rows.decayed(setting.half_life_days or 0),
        "followed": lambda: rows.followed_by(then, setting.within_days or 0),
        "hours_until": lambda: rows.hours_until(then),
        "unanswered": lambda: rows.unanswered_by(then),
        "waiting_days": lambda: rows.waiting_for(then),
    }
    return made[setting.measure]()


def _qualified(project: Project, framework: Framework, touches: Selection) -> tuple[Feature, ...]:
    place = f"project {project.name}, framework {framework.name}"
    evidence = tuple(_all_evidence(criterion, touches, place) for criterion in framework.criteria)
    voice = voice_of(project.list.language)
    of_criteria = [
        feature
        for criterion, signs in zip(framework.criteria, evidence, strict=True)
        for feature in _criterion(framework, criterion, signs, voice)
    ]
    of_all = {"count": str(len(evidence)), "framework": framework.says}
    met = Feature(
        CriteriaMet(evidence),
        score,
        voice.say("{value} of {count} criteria of {framework} are met", **of_all),
        voice.say("None of {count} criteria of {framework} is met", **of_all),
        (),
        f"{framework.name}_met",
    )
    return (*of_criteria, met)


def _criterion(
    framework: Framework, criterion: Criterion, signs: tuple[Evidence, ...], voice: Voice
) -> tuple[Feature, ...]:
    def told(text: str) -> str:
        return voice.say(text, framework=framework.says, criterion=voice.say(criterion.says))

    name, silent = f"{framework.name}_{criterion.name}", told("{framework}: nothing is known of {criterion}")
    known, heard = (
        told("{framework}: {criterion} is known"),
        told("{framework}: {criterion} was last heard of {value} ago"),
    )
    outcome = told("{framework}: {value}")
    return (
        Feature(CriterionReading(signs, "known"), flag, known, silent, (), f"{name}_known"),
        Feature(CriterionReading(signs, "verdict"), _verdict(criterion, told), outcome, silent, (), f"{name}_verdict"),
        Feature(CriterionReading(signs, "days_since"), ago, heard, silent, (), f"{name}_heard"),
    )


def _verdict(criterion: Criterion, told: Callable[[str], str]) -> Unit:
    return verdict_of(
        criterion.good or told("what is known of {criterion} speaks for the lead"),
        criterion.bad or told("what is known of {criterion} speaks against the lead"),
        told("{criterion} is still open"),
    )


def _all_evidence(criterion: Criterion, touches: Selection, place: str) -> tuple[Evidence, ...]:
    try:
        return tuple(_evidence(sign, touches) for sign in criterion.shown_by)
    except FunnelcastError as error:
        raise FunnelcastError(f"{place}, criterion {criterion.name}: {error}") from error


def _evidence(sign: Sign, touches: Selection) -> Evidence:
    return Evidence(
        sign.field,
        touches.where(**sign.touch).conditions,
        _small(sign.good),
        _small(sign.bad),
        sign.at_least,
        sign.at_most,
    )


def _small(values: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(value.lower() for value in values)


def _fit(project: Project) -> tuple[Feature, ...]:
    if not project.ideal_customer:
        return ()
    traits = tuple((_trait(trait), trait.weight) for trait in project.ideal_customer)
    says = "Fits our ideal customer {value} of 100"
    return (Feature(Fit(traits), score, says, "Nothing is known of the fit to our ideal customer", (), "fit_score"),)


def _trait(trait: Trait) -> Evidence:
    return Evidence(trait.field, (), _small(trait.values), (), trait.at_least, trait.at_most)


def _engagement(project: Project, touches: Selection) -> Feature:
    setting = project.engagement
    parts = tuple(
        (touches.where(**points.touch).decayed(setting.half_life_days), points.points) for points in setting.points
    )
    return Feature(
        Blend(parts, setting.full), score, "Engagement is {value} of 100", "Shows no engagement", (), "engagement_score"
    )
