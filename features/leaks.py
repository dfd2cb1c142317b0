"""Looks in the tables for fields and logs that were written by somebody who knew how the story ended."""

# Only rows known by the day are read, as the connection shows them; a field is a column of leads or a name in field_changes.

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from duckdb import DuckDBPyConnection

from configs.project import Project
from features.evidence import Finding
from features.fields import NOT_FIELDS
from features.foresight import foresight
from features.hindsight import back_fills, late_changes, outcome_dates, stage_copies
from features.snapshots import midnight
from features.sourced import Part, field_part
from features.tables import project_tables
from features.timeline import create_funnel_stages

KNOWN_BY_PULL = 0.5  # a field that fewer of the training days can know tells the day apart before it tells leads apart


def table_evidence(
    con: DuckDBPyConnection, project: Project, days: Sequence[date]
) -> Mapping[Part, tuple[Finding, ...]]:
    """What speaks against each part of the data, every part being named; days: those that are learned from.

    Makes the tables funnel_stages, fates and field_words; needs the canonical tables.
    """
    create_funnel_stages(con, project.funnel)
    create_fates(con)
    create_field_words(con, project)
    found: dict[Part, list[Finding]] = {part: [] for part in _parts(con)}
    for look in (late_changes, outcome_dates, stage_copies, foresight):
        for field, evidence in look(con):
            found[field_part(field)].append(evidence)
    for part, evidence in back_fills(con):
        found[part].append(evidence)
    for field, evidence in _pulled(con, project, days):
        found[field_part(field)].append(evidence)
    return {part: tuple(evidence) for part, evidence in found.items()}


def create_fates(con: DuckDBPyConnection) -> None:
    """Makes the table fates: lead_id, ended_at (the first time it was won or lost, or NULL), won and lost (whether it ever was)."""
    con.execute("""
        CREATE OR REPLACE TEMP TABLE fates AS
        SELECT l.lead_id, min(m.happened_at) AS ended_at,
            coalesce(bool_or(m.kind = 'won'), FALSE) AS won, coalesce(bool_or(m.kind = 'lost'), FALSE) AS lost
        FROM leads l LEFT JOIN (
            SELECT lead_id, happened_at, kind FROM stage_moves JOIN funnel_stages USING (stage) WHERE kind IN ('won', 'lost')
        ) m USING (lead_id)
        GROUP BY l.lead_id
    """)


def create_field_words(con: DuckDBPyConnection, project: Project) -> None:
    """Makes the table field_words: field, lead_id, value (never empty), happened_at, known_at, changed (it comes from field_changes).

    Personal fields are not looked at.
    """
    leads = project_tables(project.touch_details, project.lead_attributes, project.personal)["leads"]
    columns = [column for column in leads.columns if column.name not in NOT_FIELDS]
    personal = ", ".join(f"'{column.name}'" for column in columns if column.personal)
    firsts = [
        f"SELECT '{name}' AS field, lead_id, \"{name}\"::VARCHAR AS value, happened_at, known_at, FALSE AS changed FROM leads"
        for name in (column.name for column in columns if not column.personal)
    ]
    changes = "SELECT field, lead_id, value, happened_at, known_at, TRUE FROM field_changes"
    rows = " UNION ALL ".join([*firsts, changes])
    con.execute(
        f"CREATE OR REPLACE TEMP TABLE field_words AS SELECT * FROM ({rows}) WHERE value <> '' AND field NOT IN ({personal})"
    )


def _parts(con: DuckDBPyConnection) -> list[Part]:
    fields = con.execute("SELECT DISTINCT field FROM field_words ORDER BY field").fetchall()
    kinds = con.execute("SELECT DISTINCT kind FROM touches ORDER BY kind").fetchall()
    return [*(field_part(name) for (name,) in fields), *(("touches", kind) for (kind,) in kinds), ("purchases", "")]


def _pulled(con: DuckDBPyConnection, project: Project, days: Sequence[date]) -> list[tuple[str, Finding]]:
    """Fields that are `current`: they can say nothing of the days before they were first pulled."""
    current = {field for source in project.sources for field, kind in source.fields.items() if kind == "current"}
    first = con.execute(
        "SELECT field, min(known_at), bool_or(NOT changed) FROM field_words GROUP BY field ORDER BY field"
    )
    return [
        (field, evidence)
        for field, pulled_at, with_the_lead in first.fetchall()
        if field in current
        for evidence in _before_the_pull(pulled_at, days, with_the_lead=with_the_lead)
    ]


def _before_the_pull(pulled_at: datetime, days: Sequence[date], *, with_the_lead: bool) -> list[Finding]:
    if with_the_lead:
        says = (
            "is only known as it is today, and yet it stands on days before it was pulled; run funnelcast ingest again"
        )
        return [Finding("current_in_past", "banned", says, {"share_of_days_known": 1.0})]
    known = sum(midnight(day) >= pulled_at for day in days) / max(len(days), 1)
    if known >= KNOWN_BY_PULL:
        return []
    says = (
        f"is only known as it is today: it was first pulled on {pulled_at:%Y-%m-%d}, and {known:.0%} of the {len(days)} days learned "
        "from are later, so it tells the days apart rather than the leads"
    )
    return [Finding("current_in_past", "suspect", says, {"share_of_days_known": known})]
