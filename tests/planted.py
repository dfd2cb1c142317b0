"""A made-up company into whose export fields were smuggled that know how each story ends."""

from pathlib import Path

import duckdb

from configs.load import load_project
from configs.project import Project
from configs.source import DemoCompany
from pipelines.sources.demo import write_company
from tests.made_up import little_truth

COMPANY = DemoCompany(leads=1_500, months=12, seed=11)
ENDS = "('Closed won', 'Closed lost')"
LATER = "TIMESTAMP '2026-03-02 06:00:00'"

# The rows of each planted field: lead_no, changed_on, known_on, new_value.
FIELDS = {
    "closed_on": "SELECT lead_no, created_on, created_on, ended_on::DATE::VARCHAR FROM ended",
    "contract_no": "SELECT lead_no, created_on, created_on, 'C-' || lead_no FROM ended WHERE stage_label = 'Closed won'",
    "first_talk_on": f"""
        SELECT lead_no, created_on + INTERVAL 3 DAY, {LATER}, (created_on + INTERVAL 3 DAY)::DATE::VARCHAR FROM leads
        WHERE created_on < {LATER} - INTERVAL 5 DAY""",
    "crm_status": "SELECT lead_no, entered_on, entered_on, stage_label FROM stage_moves",
    "last_status": """
        SELECT lead_no, any_value(created_on), any_value(created_on), arg_max(stage_label, entered_on)
        FROM stage_moves JOIN leads USING (lead_no) GROUP BY lead_no""",
    "lost_reason": "SELECT lead_no, ended_on, ended_on, 'price' FROM ended WHERE stage_label = 'Closed lost'",
}
COLUMNS = {
    "lead_id": "lead_no",
    "happened_at": "changed_on",
    "known_at": "known_on",
    "field": "field_name",
    "value": "new_value",
}
VALUES = {"last_status": "Closed lost", "crm_status": "In negotiation"}


def plant(folder: Path) -> Project:
    """Writes a company and its planted fields into folder/data, and returns a project that reads and counts them."""
    data = folder / "data"
    with little_truth():
        write_company(data, COMPANY)
    _write_fields(data)
    settings = load_project(Path("configs/projects/demo.yaml")).model_dump()
    settings |= {"demo": None, "heads": {"progress": {}, "win": {}, "leave": {}}}
    source = {"table": "field_changes", "files": "planted.parquet", "columns": COLUMNS, "time_zone": "UTC"}
    settings["sources"] = (*settings["sources"], source)
    settings["features"] = (*settings["features"], *(_feature(field) for field in FIELDS))
    return Project.model_validate(settings)


def column_of(field: str) -> str:
    """The column that counts a planted field."""
    return f"has_{field}_ever"


def _feature(field: str) -> dict[str, object]:
    where = {"field": field} | ({"value": VALUES[field]} if field in VALUES else {})
    return {
        "name": f"has_{field}",
        "table": "field_changes",
        "measure": "count",
        "where": where,
        "over_days": ["ever"],
        "unit": "times",
        "says": f"{field} was filled {{value}}",
        "silent": f"{field} is empty",
    }


def _write_fields(data: Path) -> None:
    rows = " UNION ALL ".join(
        f"SELECT lead_no, changed_on, known_on, '{field}' AS field_name, new_value "
        f"FROM ({sql}) AS t(lead_no, changed_on, known_on, new_value)"
        for field, sql in FIELDS.items()
    )
    with duckdb.connect() as con:
        for table in ("leads", "stage_moves"):
            con.execute(f"CREATE VIEW {table} AS FROM '{data}/{table}.parquet'")
        con.execute(f"""
            CREATE TABLE ended AS SELECT lead_no, any_value(created_on) AS created_on, min(entered_on) AS ended_on,
                arg_min(stage_label, entered_on) AS stage_label
            FROM stage_moves JOIN leads USING (lead_no) WHERE stage_label IN {ENDS} GROUP BY lead_no
        """)
        con.execute(
            f"COPY ({rows} ORDER BY changed_on, lead_no, field_name) TO '{data}/planted.parquet' (FORMAT parquet)"
        )
