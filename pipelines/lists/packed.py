"""Writes the lines of a page so that a very long list stays small: each text that many lines say stands there once."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields
from typing import Any

from pipelines.lists.row import Beside, Row, ShownReason

ENDS_OR_OPENS_MARKUP = "<>&\u2028\u2029"
COLUMNS = tuple(field.name for field in fields(Row))
TABLED = frozenset(
    ("band", "owner", "stage", "scores", "frequency", "outcome", "send", "helps", "moved", "letter", "country")
)
Cell = str | float | None | list["Cell"]


def packed(rows: Sequence[Row]) -> str:
    """The rows as JSON that cannot end the script element it stands in, a row a line.

    columns: of each row. tabled: those of them that hold the place of a text in texts. A reason is 1 (up) or 0, the place of its sentence
    and that of its points; a note on the account is the key of the other lead and what is said.
    """
    places: dict[str, int] = {}
    told = [_json(_cells(row, places)) for row in rows]
    head = {"columns": COLUMNS, "tabled": sorted(TABLED), "texts": list(places)}
    return _json(head).removesuffix("}") + ',"rows":[\n' + ",\n".join(told) + "\n]}"


def unpacked(text: str) -> list[Row]:
    """The rows that `packed` wrote."""
    data = json.loads(text)
    return [Row(**dict(_fields(data, cells))) for cells in data["rows"]]


def _cells(row: Row, places: dict[str, int]) -> list[Cell]:
    def place(text: str) -> int:
        return places.setdefault(text, len(places))

    told: Mapping[str, list[Cell]] = {
        "reasons": [[int(reason.up), place(reason.says), place(reason.points)] for reason in row.reasons],
        "beside": [[one.key, one.says] for one in row.beside],
    }
    return [
        told[name] if name in told else place(getattr(row, name)) if name in TABLED else getattr(row, name)
        for name in COLUMNS
    ]


def _fields(data: Mapping[str, Any], cells: Sequence[Any]) -> Iterator[tuple[str, Any]]:
    """The fields of a row by name, out of what JSON holds."""
    texts = data["texts"]
    for name, cell in zip(data["columns"], cells, strict=True):
        if name == "reasons":
            yield name, tuple(ShownReason(bool(up), texts[says], texts[points]) for up, says, points in cell)
        elif name == "beside":
            yield name, tuple(Beside(key, says) for key, says in cell)
        else:
            yield name, texts[cell] if name in data["tabled"] else cell


def _json(value: object) -> str:
    data = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for mark in ENDS_OR_OPENS_MARKUP:
        data = data.replace(mark, f"\\u{ord(mark):04x}")
    return data
