"""Reads a YAML file strictly: no key twice, no surprise types, and every key remembers its line."""

import re
from dataclasses import dataclass
from pathlib import Path

import yaml

from configs.errors import FunnelcastError

Plain = None | bool | int | float | str | list["Plain"] | dict[str, "Plain"]
Location = tuple[str | int, ...]

# YAML 1.1 reads NO as false, 2012-02-01 as a date, 012 as ten and 1:30 as ninety; here they stay what was written.
WORDS = {"": None, "~": None, "null": None, "true": True, "True": True, "false": False, "False": False}
WHOLE_NUMBER = re.compile(r"[-+]?(0|[1-9][0-9]*)")
DECIMAL_NUMBER = re.compile(r"[-+]?[0-9]+\.[0-9]+([eE][-+]?[0-9]+)?")
PLAIN_TAGS = {f"tag:yaml.org,2002:{kind}" for kind in ("str", "seq", "map")}

ADVICE = {
    "cannot start any token": "indent with spaces, not tabs; put a text that begins with a sign such as @ in quotes",
    "mapping values are not allowed here": "put a text that holds ': ' in quotes, or check the indentation",
    "could not find expected ':'": "every key is followed by ': '",
    "expected <block end>": "lines of one group must be indented alike",
    "expected alphabetic or numeric character": "put a text that begins with * or & in quotes",
    "found undefined alias": "put a text that begins with * in quotes",
    "found another document": "a file holds one document, without '---'",
}


@dataclass(frozen=True)
class Document:
    """A YAML file as plain values, with the line (from 1) of every key and list item."""

    path: Path
    values: dict[str, Plain]
    lines: dict[Location, int]

    def where(self, location: Location) -> str:
        """'file.yaml line 12' for the longest known part of a location."""
        for length in range(len(location), 0, -1):
            if location[:length] in self.lines:
                return f"{self.path} line {self.lines[location[:length]]}"
        return str(self.path)


def read_yaml(path: Path) -> Document:
    """The document in a YAML file.

    Raises FunnelcastError for a missing or unreadable file, broken YAML, a top level that is not a mapping, a key that
    is given twice or is no word, a tag, and groups nested without end.
    """
    try:
        root = yaml.compose(_text(path), Loader=yaml.BaseLoader)
        if not isinstance(root, yaml.MappingNode):
            holds = "something else" if root else "nothing"
            raise FunnelcastError(f"{path}: 'key: value' lines were expected, and the file holds {holds}.")
        lines: dict[Location, int] = {}
        return Document(path, _mapping(root, (), lines, path), lines)
    except yaml.YAMLError as error:
        raise FunnelcastError(_broken(path, error)) from error
    except RecursionError as error:
        raise FunnelcastError(f"{path}: the groups are nested too deeply, or an alias (*name) holds itself.") from error


def _text(path: Path) -> str:
    if not path.is_file():
        raise FunnelcastError(f"There is no file {path}; check the path, or see configs/projects for examples.")
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise FunnelcastError(f"{path}: this is not UTF-8 text; save the file as UTF-8.") from error
    except OSError as error:
        raise FunnelcastError(f"{path}: the file cannot be read ({error.strerror}); check its permissions.") from error


def _broken(path: Path, error: yaml.YAMLError) -> str:
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"{path}: this is not valid YAML; it holds a character that text cannot hold."
    problem = (error.problem or "it cannot be read").removeprefix("but ")
    advice = next((f"; {advice}" for words, advice in ADVICE.items() if words in problem), "")
    return f"{path} line {error.problem_mark.line + 1}: this is not valid YAML: {problem}{advice}."


def _plain(node: yaml.Node, location: Location, lines: dict[Location, int], path: Path) -> Plain:
    line = lines.setdefault(location, node.start_mark.line + 1)
    if node.tag not in PLAIN_TAGS:
        raise FunnelcastError(
            f"{path} line {line}: the tag {node.tag} has no meaning here; write the value without it."
        )
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, location, lines, path)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item, (*location, index), lines, path) for index, item in enumerate(node.value)]
    return _scalar(str(node.value), quoted=getattr(node, "style", None) is not None)


def _mapping(node: yaml.MappingNode, location: Location, lines: dict[Location, int], path: Path) -> dict[str, Plain]:
    values: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise FunnelcastError(
                f"{path} line {line}: a key must be one word; put a text that holds braces or brackets in quotes."
            )
        key = str(key_node.value)
        if key in values:
            first = lines[(*location, key)]
            raise FunnelcastError(
                f"{path} line {line}: '{key}' is given twice (first on line {first}); keep one of them."
            )
        lines[(*location, key)] = line
        values[key] = _plain(value_node, (*location, key), lines, path)
    return values


def _scalar(text: str, *, quoted: bool) -> Plain:
    if quoted:
        return text
    if text in WORDS:
        return WORDS[text]
    if WHOLE_NUMBER.fullmatch(text):
        return int(text)
    return float(text) if DECIMAL_NUMBER.fullmatch(text) else text
