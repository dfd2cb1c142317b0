"""A YAML file is read as it was written, and what cannot be read is explained with its line."""

from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from configs.reader import read_yaml


def _write(folder: Path, text: str) -> Path:
    path = folder / "a.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("2012-02-01", "2012-02-01"),
        ("2012-02-01 12:30:00", "2012-02-01 12:30:00"),
        ("12:30:00", "12:30:00"),
        ("1:30.5", "1:30.5"),
        ("012", "012"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        (".inf", ".inf"),
        (".NaN", ".NaN"),
        ("'0'", "0"),
        ("'7'", "7"),
        ('"true"', "true"),
        ("'null'", "null"),
        ("<<", "<<"),
        ("0", 0),
        ("-7", -7),
        ("+7", 7),
        ("0.05", 0.05),
        ("-1.5e3", -1500.0),
        ("true", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ("[NO, 1, 0.5]", ["NO", 1, 0.5]),
        ("{NO: [a, b]}", {"NO": ["a", "b"]}),
    ],
)
def test_a_value_is_read_as_it_was_written(tmp_path: Path, written: str, read: object) -> None:
    value = read_yaml(_write(tmp_path, f"key: {written}")).values["key"]
    assert value == read
    assert type(value) is type(read)


def test_every_key_and_item_remembers_its_line(tmp_path: Path) -> None:
    document = read_yaml(_write(tmp_path, "# a remark\na:\n  b: 1\n  c:\n    - x\n    - d: 2\n"))
    assert document.lines == {
        ("a",): 2,
        ("a", "b"): 3,
        ("a", "c"): 4,
        ("a", "c", 0): 5,
        ("a", "c", 1): 6,
        ("a", "c", 1, "d"): 6,
    }
    assert document.where(("a", "c", 1, "not here")) == f"{document.path} line 6"
    assert document.where(("nowhere",)) == str(document.path)


def test_a_value_that_is_named_once_may_be_used_twice(tmp_path: Path) -> None:
    document = read_yaml(_write(tmp_path, "a: &days [7, 30]\nb: *days\n"))
    assert document.values == {"a": [7, 30], "b": [7, 30]}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb: 2\na: 3\n", " line 3: 'a' is given twice (first on line 1); keep one of them."),
        ("a:\n  b: 1\n  c: 2\n  b: 3\n", " line 4: 'b' is given twice (first on line 2); keep one of them."),
        ("a: {NO: 1, 'NO': 2}\n", " line 1: 'NO' is given twice (first on line 1); keep one of them."),
        ("", ": 'key: value' lines were expected, and the file holds nothing."),
        ("- a\n- b\n", ": 'key: value' lines were expected, and the file holds something else."),
        ("only words\n", ": 'key: value' lines were expected, and the file holds something else."),
        ("a: \x00\n", ": this is not valid YAML; it holds a character that text cannot hold."),
        ("a: !day 3\n", " line 1: the tag !day has no meaning here; write the value without it."),
        ("a: !!int '3'\n", " line 1: the tag tag:yaml.org,2002:int has no meaning here; write the value without it."),
        ("a: {{ days }}\n", " line 1: a key must be one word; put a text that holds braces or brackets in quotes."),
        ("a: &b [*b]\n", ": the groups are nested too deeply, or an alias (*name) holds itself."),
    ],
)
def test_a_file_that_cannot_be_read_is_explained(tmp_path: Path, text: str, says: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(FunnelcastError) as error:
        read_yaml(path)
    assert str(error.value) == f"{path}{says}"


@pytest.mark.parametrize(
    ("text", "line", "problem", "advice"),
    [
        (
            "a: b: c\n",
            1,
            "mapping values are not allowed here",
            "; put a text that holds ': ' in quotes, or check the indentation",
        ),
        (
            "a:\n\tb: 1\n",
            2,
            "found character '\\t' that cannot start any token",
            "; indent with spaces, not tabs; put a text that begins with a sign such as @ in quotes",
        ),
        (
            "a:\n  - b: 1\n   c: 2\n",
            3,
            "expected <block end>, but found '<block mapping start>'",
            "; lines of one group must be indented alike",
        ),
        ("a: 1\nb\nc: 2\n", 3, "could not find expected ':'", "; every key is followed by ': '"),
        ("a: *b\n", 1, "found undefined alias 'b'", "; put a text that begins with * in quotes"),
        (
            "a: *.csv\n",
            1,
            "expected alphabetic or numeric character, but found '.'",
            "; put a text that begins with * or & in quotes",
        ),
        ("a: 1\n---\nb: 2\n", 2, "found another document", "; a file holds one document, without '---'"),
        ("a: [1, 2\n", 2, "expected ',' or ']', but got '<stream end>'", ""),
        ("a: 'b\n", 2, "found unexpected end of stream", ""),
    ],
)
def test_broken_yaml_is_explained(tmp_path: Path, text: str, line: int, problem: str, advice: str) -> None:
    path = _write(tmp_path, text)
    with pytest.raises(FunnelcastError) as error:
        read_yaml(path)
    assert str(error.value) == f"{path} line {line}: this is not valid YAML: {problem}{advice}."


def test_a_file_of_another_encoding_is_explained(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("says: Böhm".encode("latin-1"))
    with pytest.raises(FunnelcastError, match="this is not UTF-8 text; save the file as UTF-8"):
        read_yaml(path)


def test_a_file_that_may_not_be_read_is_explained(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path, encoding: str) -> str:
        raise PermissionError(13, "Permission denied", path, encoding)

    path = _write(tmp_path, "a: 1")
    monkeypatch.setattr(Path, "read_text", refuse)
    with pytest.raises(FunnelcastError) as error:
        read_yaml(path)
    assert str(error.value) == f"{path}: the file cannot be read (Permission denied); check its permissions."
