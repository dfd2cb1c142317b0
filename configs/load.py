"""Reads a project and its funnel from YAML, and explains every mistake in one sentence."""

import re
from pathlib import Path
from typing import Literal, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from configs.declared import Framework
from configs.errors import FunnelcastError, did_you_mean
from configs.funnel import Funnel
from configs.project import Project
from configs.reader import Document, Location, Plain, read_yaml
from configs.scanned import KnownScanners

CONFIGS = Path(__file__).parent
Settings = TypeVar("Settings", bound=BaseModel)

# What a value must be, by pydantic's name of the mistake; braces are filled with the limit that was broken.
MUST_BE = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "dict_type": "a group of 'key: value' lines",
    "float_parsing": "a number",
    "float_type": "a number",
    "greater_than_equal": "at least {ge:g}",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "less_than_equal": "at most {le:g}",
    "model_type": "a group of 'key: value' lines",
    "string_pattern_mismatch": "a name in lower-case letters, digits and _, beginning with a letter",
    "string_too_short": "filled in",
    "string_type": "text (put a number or a date that is meant as text in quotes)",
    "too_short": "filled with at least {min_length} of them",
    "tuple_type": "a list",
}


def load_project(path: Path) -> Project:
    """The project in a YAML file.

    `funnel` there is a name in configs/funnels or a path relative to the project file; each item of `qualification` likewise in
    configs/frameworks. Raises FunnelcastError with file, line, what was meant and what to do for anything that is not a valid project.
    """
    document = read_yaml(path)
    _refuse_unknown_keys(Project, document)
    funnel = load_funnel(_named_file(document, ("funnel",), "funnel"))
    values = {**document.values, "funnel": funnel.model_dump(), "qualification": _frameworks(document)}
    return _validate(Project, Document(path, values, document.lines))


def load_funnel(path: Path) -> Funnel:
    """The funnel in a YAML file. Raises FunnelcastError with file and line."""
    return _validate(Funnel, read_yaml(path))


def load_scanners(name: str) -> KnownScanners:
    """A list of mail scanners in configs/bots. Raises FunnelcastError, with the near miss, for one that there is not."""
    if name not in shipped("bots"):
        raise FunnelcastError(
            f"bots.lists: there is no list '{name}' in configs/bots{did_you_mean(name, shipped('bots'))}"
        )
    return _validate(KnownScanners, read_yaml(CONFIGS / "bots" / f"{name}.yaml"))


def shipped(folder: str) -> list[str]:
    """The names of the YAML files under configs/FOLDER."""
    return sorted(path.stem for path in (CONFIGS / folder).glob("*.yaml"))


def _frameworks(document: Document) -> list[Plain]:
    named = document.values.get("qualification", [])
    if not isinstance(named, list):
        raise FunnelcastError(
            f"{document.where(('qualification',))}: 'qualification' must be a list of frameworks{_choice(shipped('frameworks'))}."
        )
    places = [("qualification", number) for number in range(len(named))]
    return [_validate(Framework, read_yaml(_named_file(document, place, "framework"))).model_dump() for place in places]


def _named_file(document: Document, location: Location, kind: Literal["funnel", "framework"]) -> Path:
    """The file of a funnel or framework that the document names: one that ships, or a path relative to the document."""
    named: object = document.values
    for part in location:
        named = (
            named.get(str(part)) if isinstance(named, dict) else named[int(part)] if isinstance(named, list) else None
        )
    place, known = document.where(location), shipped(f"{kind}s")
    if not isinstance(named, str):
        raise FunnelcastError(f"{place}: '{location[0]}' must name a {kind} or its file{_choice(known)}.")
    if named in known:
        return CONFIGS / f"{kind}s" / f"{named}.yaml"
    if not named.endswith((".yaml", ".yml")):
        raise FunnelcastError(f"{place}: there is no {kind} '{named}'{did_you_mean(named, known)}")
    if not (document.path.parent / named).is_file():
        raise FunnelcastError(f"{place}: there is no {kind} file {document.path.parent / named}; check the path.")
    return document.path.parent / named


def _choice(names: list[str]) -> str:
    return f"; known here: {', '.join(names)}" if names else ""


def _refuse_unknown_keys(kind: type[BaseModel], document: Document) -> None:
    """A misspelt key is the cause of most other mistakes, so it is told before any of them."""
    try:
        kind.model_validate(document.values)
    except ValidationError as error:
        for mistake in error.errors():
            if _is_unknown_key(mistake):
                raise FunnelcastError(_unknown_key(kind, mistake, document)) from error


def _validate(kind: type[Settings], document: Document) -> Settings:
    _refuse_unknown_keys(kind, document)
    try:
        return kind.model_validate(document.values)
    except ValidationError as error:
        raise FunnelcastError(_explain(error.errors(), document)) from error


def _is_unknown_key(mistake: ErrorDetails) -> bool:
    return mistake["type"] == "extra_forbidden" or mistake["loc"][-1:] == ("[key]",)


def _unknown_key(kind: type[BaseModel], mistake: ErrorDetails, document: Document) -> str:
    location = _written(mistake["loc"], document)
    options = _options(mistake) or _keys_at(kind, location[:-1])
    return f"{document.where(location)}: unknown key '{location[-1]}'{did_you_mean(str(location[-1]), options)}"


def _explain(mistakes: list[ErrorDetails], document: Document) -> str:
    """The first mistake in a sentence; of a setting that may be one of several kinds, all the kinds that it is not."""
    first = mistakes[0]
    location = _written(first["loc"], document)
    place, setting = document.where(location), _spoken(location)
    if first["type"] == "missing":
        return f"{place}: {_spoken((*location, first['loc'][-1]))} is missing; add it."
    if first["type"] == "value_error":
        return f"{place}: {setting + ': ' if setting else ''}{first['msg'].removeprefix('Value error, ')}."
    given = first["input"]
    if first["type"] == "literal_error" and isinstance(given, str):
        return f"{place}: {setting} cannot be '{given}'{did_you_mean(given, _options(first))}"
    same_place = [mistake for mistake in mistakes if _written(mistake["loc"], document) == location]
    wanted = " or ".join(dict.fromkeys(_wanted(mistake) for mistake in same_place))
    shown = f", not {given!r}" if isinstance(given, str | int | float | bool) else ""
    return f"{place}: {setting} must be {wanted}{shown}."


def _wanted(mistake: ErrorDetails) -> str:
    limits = mistake.get("ctx", {})
    if mistake["type"] == "literal_error":
        return str(limits["expected"])
    return MUST_BE.get(mistake["type"], f"right: {mistake['msg']}").format(**limits)


def _options(mistake: ErrorDetails) -> list[str]:
    """The words that a setting of few words allows."""
    return re.findall(r"'([^']+)'", str(mistake.get("ctx", {}).get("expected", "")))


def _written(location: Location, document: Document) -> Location:
    """The parts of a location that stand in the file; pydantic adds the names of the kinds that it tried."""
    written: Location = ()
    for part in location:
        if (*written, part) in document.lines:
            written = (*written, part)
    return written


def _spoken(location: Location) -> str:
    """heads.win.horizon_days; list items count from 1."""
    parts = [f"item {part + 1}" if isinstance(part, int) else str(part) for part in location]
    return ".".join(parts)


def _keys_at(kind: type[BaseModel], location: Location) -> list[str]:
    """The keys allowed at a location, following the annotations of the settings down from the top."""
    here: object = kind
    for part in location:
        field = here.model_fields.get(str(part)) if isinstance(here, type) and issubclass(here, BaseModel) else None
        here = _settings_within(field.annotation) if field else here
    return list(here.model_fields) if isinstance(here, type) and issubclass(here, BaseModel) else []


def _settings_within(annotation: object) -> object:
    """The settings class inside an annotation such as `tuple[Stage, ...] | None`, else the annotation itself."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in get_args(annotation):
        found = _settings_within(inner)
        if isinstance(found, type) and issubclass(found, BaseModel):
            return found
    return annotation
