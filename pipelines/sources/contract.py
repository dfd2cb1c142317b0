"""What a row must be to be believed: who, when and what, in values that can be read; all else is rejected."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from configs.funnel import Funnel
from configs.source import Scalar, Source
from features.tables import SQL_TYPES, VERDICTS, Column, Table
from pipelines.sources.sql import name, names, text, texts

LEFT_OUT = "left out"
UNKNOWN_STAGE = "unknown stage"
NOT_READ = {"number": "is not a number", "time": "is not a time", "flag": "is neither yes nor no"}
READERS = {"text": "{0}", "number": "number_in({0})", "time": "moment({0})", "flag": "flag_in({0})"}

# The session's time zone is the source's while these run. A day without a time of day is known when it is over.
MACROS = """
    CREATE OR REPLACE TEMP MACRO utc(t) AS make_timestamp(epoch_us(t));
    CREATE OR REPLACE TEMP MACRO day_end(d) AS utc((d + 1)::TIMESTAMP::TIMESTAMPTZ) - INTERVAL 1 MICROSECOND;
    CREATE OR REPLACE TEMP MACRO is_day(x) AS length(x) < 11 AND TRY_CAST(x AS BIGINT) IS NULL;
    CREATE OR REPLACE TEMP MACRO whole_day(x) AS day_end(coalesce(
        TRY_CAST(regexp_extract(x, '^[0-9][^T ]*') AS DATE),
        try_strptime(regexp_extract(x, '^[0-9][^T ]*'), '%d.%m.%Y')::DATE));
    CREATE OR REPLACE TEMP MACRO instant(x) AS CASE WHEN x[1] BETWEEN '0' AND '9' THEN coalesce(
        utc(TRY_CAST(x AS TIMESTAMPTZ)),
        utc(try_strptime(x, [
            '%d.%m.%Y %H:%M:%S', '%d.%m.%Y %H:%M', '%Y-%m-%d %I:%M %p', '%Y-%m-%d %I:%M:%S %p'])::TIMESTAMPTZ),
        make_timestamp(CASE length(x) WHEN 10 THEN 1000000 WHEN 13 THEN 1000 END * TRY_CAST(x AS BIGINT))) END;
    CREATE OR REPLACE TEMP MACRO moment(x) AS CASE WHEN is_day(x) THEN whole_day(x) ELSE instant(x) END;
    CREATE OR REPLACE TEMP MACRO number_in(x) AS
        CASE WHEN isfinite(TRY_CAST(x AS DOUBLE)) THEN TRY_CAST(x AS DOUBLE) END;
    CREATE OR REPLACE TEMP MACRO flag_in(x) AS CASE
        WHEN lower(x) IN ('true', 't', 'yes', 'y', '1') THEN true
        WHEN lower(x) IN ('false', 'f', 'no', 'n', '0') THEN false END;
"""


@dataclass(frozen=True)
class Contract:
    """What the rows of one source must keep to; pulled_at is when its files were read (UTC, naive)."""

    source: Source
    table: Table
    funnel: Funnel
    pulled_at: datetime

    def rows(self, lines: str, cells: Mapping[str, str]) -> str:
        """SQL of (_line, _fate, and the table's columns) from SQL of (_line, _broken, cells).

        cells: the file's columns to their SQL names in `lines`. _fate is NULL for a row that may be kept, LEFT_OUT, or the reason
        why it is rejected. The MACROS must exist and the session's time zone be the source's.
        """
        given = "".join(f", {self._given(column, cells)} AS {_given(column)}" for column in self.mapped)
        said = "".join(f", {self._translated(column)} AS {_said(column)}" for column in self.mapped)
        values = "".join(
            f", ({self._value(column)})::{SQL_TYPES[column.kind]} AS {name(column.name)}"
            for column in self.table.columns
        )
        breaks = " ".join(f"WHEN {broken} THEN {text(reason)}" for broken, reason in self._breaks())
        fate = f"CASE WHEN _broken IS NOT NULL THEN _broken WHEN NOT _considered THEN {text(LEFT_OUT)} {breaks} END"
        return f"""
            WITH lines AS ({lines}),
            given AS (SELECT _line, _broken, {considered_sql(self.source, cells)} AS _considered{given} FROM lines),
            said AS (SELECT *{said} FROM given),
            read AS (SELECT *{values} FROM said)
            SELECT _line, {fate} AS _fate, {names(self.table.column_names)} FROM read
        """

    @property
    def mapped(self) -> tuple[str, ...]:
        """The table's columns that the source fills from the file or with a constant, in their stored order."""
        filled = {*self.source.columns, *self.source.constants}
        return tuple(column for column in self.table.column_names if column in filled)

    def _given(self, column: str, cells: Mapping[str, str]) -> str:
        if column in self.source.constants:
            return text(_as_text(self.source.constants[column]))
        return cell_text(cells[self.source.columns[column]])

    def _translated(self, column: str) -> str:
        words = self.source.maps.get(column)
        if not words:
            return _given(column)
        given = f"coalesce({_given(column)}, '')" if "" in words else _given(column)
        cases = " ".join(
            f"WHEN {given} = {text(theirs)} THEN {text(ours)}" for theirs, ours in words.items() if theirs != "*"
        )
        rest = _given(column) if words.get("*") == "*" else text(words.get("*", ""))
        otherwise = f"WHEN {given} IS NOT NULL THEN {rest}"
        return f"nullif(CASE {cases} {otherwise} END, '')"

    def _value(self, column: Column) -> str:
        said = _said(column.name) if column.name in self.mapped else "NULL"
        if column.name == "known_at":
            return self._known_at() if column.name in self.mapped else "happened_at"
        if column.name == "ends_at" and self.source.ends_after:
            return self._ends_at(said)
        if column.kind == "time":
            return self._time(column.name)
        return READERS[column.kind].format(said)

    def _time(self, column: str) -> str:
        if column not in self.mapped:
            return "NULL"
        return f"whole_day({_said(column)})" if column in self.source.whole_days else f"moment({_said(column)})"

    def _known_at(self) -> str:
        """A row that happened on a whole day and was known within that day is known when the day is over."""
        known = self._time("known_at")
        whole = "TRUE" if "happened_at" in self.source.whole_days else f"is_day({_said('happened_at')})"
        same_day = f"{whole} AND {known} >= happened_at - INTERVAL 1 DAY"
        return f"CASE WHEN {same_day} THEN greatest({known}, happened_at) ELSE {known} END"

    def _ends_at(self, said: str) -> str:
        lengths = self.source.ends_after
        assert lengths is not None, "only asked for sources with ends_after"
        cases = " ".join(f"WHEN {text(plan)} THEN {days}" for plan, days in lengths.days.items())
        counted = f"happened_at + (CASE {_said(lengths.column)} {cases} END) * INTERVAL 1 DAY"
        return counted if said == "NULL" else f"coalesce({self._time('ends_at')}, {counted})"

    def _breaks(self) -> Iterator[tuple[str, str]]:
        """Conditions and reasons; the first that holds is the row's."""
        if "lead_id" in self.mapped:
            yield f"{_said('lead_id')} IS NULL", "no lead"
        yield f"{_said('happened_at')} IS NULL", "no time"
        yield from (
            (self._misses_map(mapped), f"{mapped} has a value that its map lacks") for mapped in self.source.maps
        )
        columns = [self.table.column(column) for column in self.mapped]
        for column in columns:
            if column.kind != "text":
                unread = f"{_said(column.name)} IS NOT NULL AND {name(column.name)} IS NULL"
                yield unread, f"{column.name} {NOT_READ[column.kind]}"
        yield from ((f"{_said(column.name)} IS NULL", f"no {column.name}") for column in columns if column.required)
        if "direction" in self.mapped:
            yield "direction NOT IN ('inbound', 'outbound')", "direction is neither inbound nor outbound"
        if self.table.name == "stage_moves":
            yield f"stage NOT IN ({texts(self.funnel.stage_names)})", UNKNOWN_STAGE
        if self.table.name == "feedback":
            yield f"verdict NOT IN ({texts(VERDICTS)})", f"verdict is none of {', '.join(VERDICTS)}"
        yield "known_at < happened_at", "known before it happened"
        # A whole day of today is over only tonight, and the source's clock may run ahead of ours.
        yield f"known_at > TIMESTAMP '{self.pulled_at.isoformat(sep=' ')}' + INTERVAL 1 DAY", "dated after the pull"

    def _misses_map(self, column: str) -> str:
        words = self.source.maps[column]
        if "*" in words:
            return "FALSE"
        return f"{_given(column)} IS NOT NULL AND {_given(column)} NOT IN ({texts(words)})"


def considered_sql(source: Source, cells: Mapping[str, str]) -> str:
    """SQL that is true for the lines which where and without let through."""
    kept = [_is_one_of(cells[column], values) for column, values in source.where.items()]
    out = [f"NOT {_is_one_of(cells[column], values)}" for column, values in source.without.items()]
    return " AND ".join([*kept, *out]) or "TRUE"


def _is_one_of(cell: str, values: Scalar | tuple[Scalar, ...]) -> str:
    wanted = values if isinstance(values, tuple) else (values,)
    tests = [_equals(cell_text(cell), value) for value in wanted]
    return f"coalesce({' OR '.join(tests)}, FALSE)"


def _equals(cell: str, value: Scalar) -> str:
    if isinstance(value, bool):
        return f"flag_in({cell}) = {value}"
    if isinstance(value, int | float):
        return f"number_in({cell}) = {value}"
    return f"{cell} = {text(value)}" if value else f"{cell} IS NULL"


def cell_text(cell: str) -> str:
    """SQL of a cell as text: spaces around it mean nothing, and an empty one is none."""
    return f"nullif(trim({cell}), '')"


def _as_text(value: Scalar) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _given(column: str) -> str:
    return name(f"given {column}")


def _said(column: str) -> str:
    return name(f"said {column}")
