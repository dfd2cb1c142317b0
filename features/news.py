"""Which of the things known of a lead a piece of news can change: what is new of its touches changes no field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

import numpy as np
import pandas as pd
from duckdb import DuckDBPyConnection
from numpy.typing import NDArray

from features.feature import Blend, FeatureColumn, Measure, Rhythm
from features.fields import FIRST_CAMPAIGN
from features.matrix import FIELD_COLUMN, Matrix
from features.query import answer
from features.readings import Colleagues, CriteriaMet, CriterionReading, Evidence, Fact, FieldReading, Fit, PlainReading
from features.signals import quoted
from features.sourced import field_part, parts_read

NewsSource = Literal["stage_moves", "field_changes", "touches", "purchases", "others"]
SOURCES: tuple[NewsSource, ...] = get_args(NewsSource)
Waiting = Literal["time"]
TIME: Waiting = "time"
OTHERS: NewsSource = "others"
COLLEAGUES_ROLE = ("colleagues", "role")
COVER = "days_left_of_cover"
CALENDAR = ("days_known", "days_to_month_end", "days_to_quarter_end")
OF_THE_SNAPSHOT: Mapping[str, NewsSource] = {
    "stage": "stage_moves",
    "stage_rank": "stage_moves",
    "opened_at": "stage_moves",
    "owner_id": "field_changes",
    "amount": "field_changes",
    "fit_score": "field_changes",
    "last_touch_at": "touches",
    "engagement_score": "touches",
    f"{FIELD_COLUMN}{FIRST_CAMPAIGN}": "touches",
}


@dataclass(frozen=True)
class Letting:
    """When the columns of some rows move on from an earlier day to a later one.

    places (rows, columns): the number in SOURCES of the news that lets in the later value. waits (columns,): whether time alone changes
    the column before that; what was known of other leads does not belong to one lead's waiting.
    """

    places: NDArray[np.int8]
    waits: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> "Letting":
        """The rows that are true in the mask."""
        return Letting(self.places[rows], self.waits)

    def let_in(self, at: Matrix, target: Matrix, cause: NewsSource | Waiting) -> Matrix:
        """The rows of `at` with the columns that a cause moves, time or one of SOURCES, taken from the same rows of target."""
        lets = self.waits[None, :] if cause == TIME else self.places == SOURCES.index(cause)
        shown = [name for name in target.snapshots if cause in (TIME, _source_of_shown(str(name)))]
        snapshots = at.snapshots.assign(**{str(name): target.snapshots[name] for name in shown})
        return replace(at, values=np.where(lets, target.values, at.values), snapshots=snapshots)


def letting_of(columns: Sequence[FeatureColumn], leads: pd.Series, news: pd.DataFrame) -> Letting:
    """How news is let in for the leads (rows,); news as read_news gives it.

    A column that several sources may change moves with the first of them of which the lead has news, and else with the last.
    """
    read = [sources_of(column) for column in columns]
    last = np.array([SOURCES.index(sources[-1]) if sources else len(SOURCES) - 1 for sources in read], dtype=np.int8)
    places = np.tile(last, (len(leads), 1))
    parts = tuple(sorted(set(zip(news["source"], news["name"], strict=True))))
    for place, (column, sources) in enumerate(zip(columns, read, strict=True)):
        if len(sources) < 2:
            continue
        for source in reversed(sources[:-1]):
            wanted = _heard_of(column, parts, source)
            told = [part in wanted for part in zip(news["source"], news["name"], strict=True)]
            places[leads.isin(news["lead_id"][told]).to_numpy(), place] = SOURCES.index(source)
    return Letting(places, np.array([OTHERS not in sources for sources in read], dtype=np.bool_))


def sources_of(column: FeatureColumn) -> tuple[NewsSource, ...]:
    """The sources whose news can change a column, in the order of SOURCES; none for what only the calendar changes."""
    found = set(_sources(column.feature.measure))
    return tuple(source for source in SOURCES if source in found)


def read_news(con: DuckDBPyConnection, columns: Sequence[FeatureColumn], since: datetime) -> pd.DataFrame:
    """What became known of each lead after `since` (UTC) among the fields and kinds of touch that columns of several sources read.

    One row is (lead_id, source, name): (field, NAME), (touches, KIND) or (colleagues, role), whenever it happened.
    """
    several = [column for column in columns if len(sources_of(column)) > 1]
    evidence = [part for column in several for part in _parts(column)]
    listed = {
        source: ", ".join(quoted(name) for found, name in sorted(set(evidence)) if found == source) or "NULL"
        for source in ("field", "touches")
    }
    moment = f"TIMESTAMP '{since.isoformat(sep=' ')}'"
    rows = answer(
        con,
        f"""
        SELECT DISTINCT lead_id, 'field' AS source, field AS name FROM field_changes
        WHERE known_at > {moment} AND field IN ({listed["field"]})
        UNION ALL SELECT DISTINCT lead_id, 'touches', kind FROM touches WHERE known_at > {moment} AND kind IN ({listed["touches"]})
        UNION ALL SELECT DISTINCT o.lead_id, 'colleagues', 'role' FROM field_changes f JOIN leads l ON l.lead_id = f.lead_id
            JOIN leads o ON o.account_id = l.account_id AND o.lead_id <> l.lead_id WHERE f.known_at > {moment} AND f.field = 'role'
        """,
    )
    news: pd.DataFrame = rows.to_pandas()
    return news


def _sources(measure: Measure | Rhythm | Blend | PlainReading) -> list[NewsSource]:
    match measure:
        case Measure() | Rhythm():
            return [_source(measure.selection.table.name)]
        case Blend():
            return [_source(part.selection.table.name) for part, _ in measure.parts]
        case Fact(name=name):
            return [] if name in CALENDAR else ["purchases" if name == COVER else "stage_moves"]
        case FieldReading(field=field, reading=reading):
            own: NewsSource = "touches" if field == FIRST_CAMPAIGN else "field_changes"
            return [own, OTHERS] if reading == "win_rate" else [own]
        case Colleagues(counted=counted):
            return ["touches"] if counted == "people" else ["field_changes", "touches"]
        case _:
            return ["touches" if one.touch else "field_changes" for one in _evidence(measure)]


def _evidence(reading: CriterionReading | CriteriaMet | Fit) -> list[Evidence]:
    match reading:
        case CriterionReading():
            return list(reading.evidence)
        case CriteriaMet():
            return [one for evidence in reading.criteria for one in evidence]
        case Fit():
            return [one for one, _ in reading.traits]


def _parts(column: FeatureColumn) -> list[tuple[str, str]]:
    measure = column.feature.measure
    if isinstance(measure, FieldReading):
        return [field_part(measure.field)]
    if not isinstance(measure, CriterionReading | CriteriaMet | Fit):
        return []
    kinds = [str(kind) for one in _evidence(measure) for kind in dict(one.touch).get("kind", ())]
    fields = [one.field for one in _evidence(measure) if one.field]
    return [*map(field_part, fields), *(("touches", kind) for kind in kinds)]


def _heard_of(column: FeatureColumn, parts: Sequence[tuple[str, str]], source: NewsSource) -> set[tuple[str, str]]:
    """The news of a source that a column hears; of colleagues it hears which roles they have."""
    if isinstance(column.feature.measure, Colleagues):
        return {COLLEAGUES_ROLE}
    return {part for part in parts_read(column, parts) if _table_of(part) == source}


def _table_of(part: tuple[str, str]) -> str:
    return "field_changes" if part[0] == "field" else part[0]


def _source(table: str) -> NewsSource:
    if table == "feedback":
        return "field_changes"
    return "stage_moves" if table == "moves" else next(source for source in SOURCES if source == table)


def _source_of_shown(name: str) -> str:
    return OF_THE_SNAPSHOT.get(name, "field_changes" if name.startswith(FIELD_COLUMN) else "")
