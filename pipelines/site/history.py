"""Reads what was known of the leads on a list by its day: their touches, stages, fields and purchases, and their earlier chances."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from duckdb import DuckDBPyConnection

from configs.project import HeadName, Project
from features.query import answer
from features.snapshots import midnight
from pipelines.job import Job
from pipelines.since import scored_days
from pipelines.store import open_lake
from pipelines.written import scores_file

RECENT_DAYS = 90
MOST_A_LEAD = 60  # lines of a timeline; what is more is only counted
MOST_DAYS = 60  # earlier lists that a chance is followed over

What = Literal["touch", "stage", "field", "purchase"]


@dataclass(frozen=True)
class Happening:
    """Something on a day, so many times; detail: the page, the stage or the value. direction and channel: of touches alone."""

    day: date
    what: What
    kind: str
    detail: str = ""
    times: int = 1
    direction: str = ""
    amount: float | None = None
    currency: str = ""


@dataclass(frozen=True)
class Earlier:
    """Touches of one kind that are not told one by one: how many, and the day of the last."""

    kind: str
    direction: str
    times: int
    last: date


@dataclass(frozen=True)
class History:
    """What happened to a lead, the newest first, and what is only counted, the most frequent first."""

    happenings: tuple[Happening, ...] = ()
    earlier: tuple[Earlier, ...] = ()


@dataclass(frozen=True)
class Person:
    """Who a lead is: personal, read for the list alone. role: empty where the project has no such attribute."""

    name: str
    company: str
    role: str


@dataclass(frozen=True)
class Known:
    """What one look into the lake finds: people and histories by lead_id, and the leads that showed themselves in the last 30 days."""

    people: Mapping[str, Person]
    histories: Mapping[str, History]
    active: frozenset[str]


def read_known(job: Job, listed: Sequence[str], beside: Iterable[str]) -> Known:
    """What was known of leads at midnight (UTC) of the job's day; rows with a later known_at are not read.

    listed: the leads whose histories are told, touches of the last RECENT_DAYS one by one. beside: further leads of their accounts,
    of whom only the name and whether they are active are read.
    """
    with open_lake(job.workspace, job.project, midnight(job.day)) as con:
        con.register("listed", pa.table({"lead_id": pa.array(listed, pa.string())}))
        con.register("met", pa.table({"lead_id": pa.array(sorted({*listed, *beside}), pa.string())}))
        return Known(_people(con, job.project), _histories(con, job), _active(con, job.day))


def chances_before(job: Job, listed: Sequence[str], cohort: str, head: HeadName) -> dict[str, list[tuple[date, float]]]:
    """The chances of leads on the days that were scored before the job's, oldest first; each file is read once for all of them."""
    found: dict[str, list[tuple[date, float]]] = defaultdict(list)
    wanted = pa.array(listed, pa.string())
    for day in [day for day in scored_days(job) if day < job.day][-MOST_DAYS:]:
        file = pq.ParquetFile(scores_file(job.workspace, day))
        if head not in file.schema_arrow.names:
            continue
        scores = file.read(columns=["lead_id", "cohort", head]).to_pandas()
        of_leads = scores[(scores["cohort"] == cohort) & scores["lead_id"].isin(wanted.to_pylist())].dropna()
        for lead, chance in zip(of_leads["lead_id"], of_leads[head], strict=True):
            found[lead].append((day, float(chance)))
    return found


def _people(con: DuckDBPyConnection, project: Project) -> dict[str, Person]:
    role = "role" if "role" in project.lead_attributes else "NULL"
    rows = _rows(con, f"SELECT lead_id, display_name, company, {role} AS role FROM leads SEMI JOIN met USING (lead_id)")
    return {
        str(row["lead_id"]): Person(*(_text(row[name]) for name in ("display_name", "company", "role"))) for row in rows
    }


def _active(con: DuckDBPyConnection, day: date) -> frozenset[str]:
    since = _moment(day - timedelta(days=30))
    rows = _rows(
        con,
        f"SELECT DISTINCT lead_id FROM touches SEMI JOIN met USING (lead_id) WHERE direction = 'inbound' AND happened_at > {since}",
    )
    return frozenset(str(row["lead_id"]) for row in rows)


def _histories(con: DuckDBPyConnection, job: Job) -> dict[str, History]:
    told: dict[str, list[Happening]] = defaultdict(list)
    shown: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in _rows(con, _touches_sql(job)):
        lead, kind, direction = str(row["lead_id"]), _text(row["kind"]), _text(row["direction"])
        told[lead].append(Happening(row["day"], "touch", kind, _text(row["detail"]), int(row["times"]), direction))
        shown[lead, kind, direction] += int(row["times"])
    for happenings in (_stages(con, job.project), _fields(con, job.project), _purchases(con)):
        for lead, one in happenings:
            told[lead].append(one)
    earlier = _earlier(con, job.day, shown)
    leads = {*told, *earlier}
    return {lead: History(_newest_first(told[lead]), tuple(earlier.get(lead, ()))) for lead in leads}


def _newest_first(told: list[Happening]) -> tuple[Happening, ...]:
    """By day; on one day stages stand before fields, and these before touches."""
    places: dict[What, int] = {"stage": 0, "purchase": 1, "field": 2, "touch": 3}
    return tuple(sorted(told, key=lambda one: (-one.day.toordinal(), places[one.what])))


def _touches_sql(job: Job) -> str:
    """The recent touches by lead, day, kind and page; of a lead with many only the newest."""
    details = [name for name in ("page", "campaign") if name not in job.project.personal]
    detail = f"coalesce({', '.join(details)})" if details else "NULL"
    return f"""
        WITH days AS (
            SELECT lead_id, happened_at::DATE AS day, kind, direction, {detail} AS detail, count(*) AS times, max(happened_at) AS last
            FROM touches SEMI JOIN listed USING (lead_id) WHERE happened_at > {_moment(job.day - timedelta(days=RECENT_DAYS))}
            GROUP BY ALL
        )
        SELECT * FROM days
        QUALIFY row_number() OVER (PARTITION BY lead_id ORDER BY last DESC, kind, direction, detail) <= {MOST_A_LEAD}
        ORDER BY lead_id, last DESC, kind, direction, detail
    """


def _earlier(con: DuckDBPyConnection, day: date, shown: Mapping[tuple[str, str, str], int]) -> dict[str, list[Earlier]]:
    found: dict[str, list[Earlier]] = defaultdict(list)
    recent = _moment(day - timedelta(days=RECENT_DAYS))
    rows = _rows(
        con,
        "SELECT lead_id, kind, direction, count(*) AS times, "
        f"coalesce(max(happened_at) FILTER (happened_at <= {recent}), max(happened_at))::DATE AS last FROM touches "
        "SEMI JOIN listed USING (lead_id) GROUP BY ALL ORDER BY lead_id, times DESC, kind, direction",
    )
    for row in rows:
        lead, kind, direction = str(row["lead_id"]), _text(row["kind"]), _text(row["direction"])
        left = int(row["times"]) - shown.get((lead, kind, direction), 0)
        if left:
            found[lead].append(Earlier(kind, direction, left, row["last"]))
    return found


def _stages(con: DuckDBPyConnection, project: Project) -> Iterable[tuple[str, Happening]]:
    """Each stage that a lead has entered, but not the same one twice in a row."""
    words, before = project.funnel.stage_words, ("", "")
    rows = _rows(
        con,
        "SELECT lead_id, happened_at::DATE AS day, stage FROM stage_moves SEMI JOIN listed USING (lead_id) "
        "ORDER BY lead_id, happened_at, coalesce(order_key, 0), stage",
    )
    for row in rows:
        lead, stage = str(row["lead_id"]), _text(row["stage"])
        if (lead, stage) != before:
            yield lead, Happening(row["day"], "stage", words.get(stage, stage))
        before = (lead, stage)


def _fields(con: DuckDBPyConnection, project: Project) -> Iterable[tuple[str, Happening]]:
    """What the fields of a lead became, but for personal ones."""
    con.register("unsaid", pa.table({"field": pa.array([*project.personal, "display_name", "company"], pa.string())}))
    rows = _rows(
        con,
        "SELECT lead_id, happened_at::DATE AS day, field, value FROM field_changes SEMI JOIN listed USING (lead_id) "
        "ANTI JOIN unsaid USING (field) ORDER BY lead_id, happened_at DESC, field",
    )
    return (
        (str(row["lead_id"]), Happening(row["day"], "field", _text(row["field"]), _text(row["value"]))) for row in rows
    )


def _purchases(con: DuckDBPyConnection) -> Iterable[tuple[str, Happening]]:
    rows = _rows(
        con,
        "SELECT lead_id, happened_at::DATE AS day, plan, amount, currency FROM purchases SEMI JOIN listed USING (lead_id) "
        "ORDER BY lead_id, happened_at DESC, plan",
    )
    for row in rows:
        worth = None if row["amount"] is None else float(row["amount"])
        yield (
            str(row["lead_id"]),
            Happening(row["day"], "purchase", _text(row["plan"]), amount=worth, currency=_text(row["currency"])),
        )


def _rows(con: DuckDBPyConnection, sql: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = answer(con, sql).to_pylist()
    return rows


def _moment(day: date) -> str:
    return f"TIMESTAMP '{midnight(day).isoformat(sep=' ')}'"


def _text(cell: object) -> str:
    return "" if cell is None or cell is pd.NA else str(cell)
