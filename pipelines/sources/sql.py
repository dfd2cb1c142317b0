"""Writes names and texts so that the database takes them as they are."""

from collections.abc import Iterable


def text(value: str) -> str:
    """An SQL text literal.

    >>> text("it's")
    "'it''s'"
    """
    return "'" + value.replace("'", "''") + "'"


def texts(values: Iterable[str]) -> str:
    """SQL text literals, with commas."""
    return ", ".join(text(value) for value in values)


def name(column: str) -> str:
    """A column's name, whatever signs are in it."""
    return '"' + column.replace('"', '""') + '"'


def names(columns: Iterable[str]) -> str:
    """Columns' names, with commas."""
    return ", ".join(name(column) for column in columns)
