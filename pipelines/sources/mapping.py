"""Checks that what a project says about its files fits our tables, before any row is read."""

import math
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from duckdb import DuckDBPyConnection

from configs.errors import FunnelcastError, did_you_mean
from configs.funnel import Funnel
from configs.project import Project
from configs.source import Scalar, Source
from features.tables import Table

DECLARED_UNDER = {"leads": "lead_attributes", "touches": "touch_details"}


def check_sources(con: DuckDBPyConnection, project: Project, tables: Mapping[str, Table]) -> None:
    """Raises FunnelcastError for the first source that does not fit its table, naming the source and the near miss."""
    if all(source.table != "leads" for source in project.sources):
        raise FunnelcastError(f"{project.name}: no source fills the table leads; add one under sources.")
    for table in tables.values():
        _check_names(project, table)
    for number, source in enumerate(project.sources, start=1):
        try:
            _check_columns(source, tables[source.table])
            _check_filters(source)
            _check_stages(source, project.funnel)
            _check_time_zone(con, source)
        except FunnelcastError as error:
            raise FunnelcastError(f"{project.name}, sources item {number} ({source.files}): {error}") from error


def _check_names(project: Project, table: Table) -> None:
    seen: set[str] = set()
    for column in table.column_names:
        if column.startswith("_") or column.lower() in seen:
            why = "begins with _" if column.startswith("_") else "differs only by its capitals from another column"
            raise FunnelcastError(
                f"{project.name}, {DECLARED_UNDER[table.name]}: '{column}' {why}; give it another name."
            )
        seen.add(column.lower())


def _check_columns(source: Source, table: Table) -> None:
    filled = {*source.columns, *source.constants}
    for column in [*source.columns, *source.constants]:
        if column not in table.column_names:
            place = DECLARED_UNDER.get(table.name)
            declare = f", or declare it under {place}" if place else ""
            near = did_you_mean(column, table.column_names)
            raise FunnelcastError(f"{table.name} has no column '{column}'{near}{declare}")
    needed = [column.name for column in table.columns if column.required and column.name != "known_at"]
    missing = [column for column in needed if column not in filled]
    if missing:
        raise FunnelcastError(f"{table.name} needs '{missing[0]}'; add it under columns or constants")
    _require("maps", source.maps, filled)
    _require("fields", source.fields, filled - {"lead_id", "happened_at", "known_at"})
    _require("whole_days", source.whole_days, {c.name for c in table.columns if c.kind == "time"} & filled)
    if source.ends_after:
        _require("ends_after.column", [source.ends_after.column], filled)
    if source.once_per_lead and "lead_id" not in table.column_names:
        raise FunnelcastError(f"once_per_lead does not fit {table.name}, which has no lead")


def _require(setting: str, given: Iterable[str], filled: set[str]) -> None:
    for column in given:
        if column not in filled:
            raise FunnelcastError(
                f"{setting} names '{column}', which this source does not fill{did_you_mean(column, filled)}"
            )


def _check_filters(source: Source) -> None:
    for setting, conditions in (("where", source.where), ("without", source.without)):
        for column, values in conditions.items():
            listed = values if isinstance(values, tuple) else (values,)
            if not listed:
                raise FunnelcastError(f"{setting}.{column} lists no value; give one, or remove the line")
            for value in listed:
                _check_filter_value(f"{setting}.{column}", value)


def _check_filter_value(place: str, value: Scalar) -> None:
    if isinstance(value, float) and not math.isfinite(value):
        raise FunnelcastError(f"{place}: {value} cannot be compared with; give a text, a number, true or false")


def _check_stages(source: Source, funnel: Funnel) -> None:
    for stage in source.not_after:
        if stage not in funnel.stage_names:
            raise FunnelcastError(
                f"not_after names a stage '{stage}' that the funnel lacks{did_you_mean(stage, funnel.stage_names)}"
            )


def _check_time_zone(con: DuckDBPyConnection, source: Source) -> None:
    zone = source.time_zone
    if zone is None:
        return
    zones = [str(row[0]) for row in con.execute("SELECT name FROM pg_timezone_names()").fetchall()]
    if zone not in zones:
        close = get_close_matches(zone, zones, n=1)
        hint = f"did you mean '{close[0]}'?" if close else "give a name such as Europe/Amsterdam or UTC"
        raise FunnelcastError(f"there is no time zone '{zone}'; {hint}")
