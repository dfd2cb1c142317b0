"""A small company whose export files and settings each test writes itself."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from configs.errors import FunnelcastError
from configs.project import Project
from pipelines.sources.files import ingest
from pipelines.sources.report import IngestReport, SourceReport
from pipelines.store import Workspace, open_lake, open_workspace

FUNNEL = {
    "name": "shop",
    "stages": [
        {"name": "new", "says": "new", "group": "top"},
        {"name": "offer", "says": "offer sent", "group": "bottom"},
    ],
    "won": [{"name": "won", "says": "won"}],
    "horizon_days": 14,
    "win_horizon_days": 14,
}
LEADS = "id,created\n1,2024-01-01T08:00:00Z\n2,2024-01-02T08:00:00Z\n"
LEAD_SOURCE = {"table": "leads", "files": "leads.csv", "columns": {"lead_id": "id", "happened_at": "created"}}
CALL_COLUMNS = {"lead_id": "lead", "happened_at": "at"}
NOW = datetime(2024, 6, 1, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Shop:
    """A folder with data/ and workspace/; every limit on rejected rows is off unless a test sets one."""

    folder: Path
    reports: list[SourceReport] = field(default_factory=list)

    def write(self, name: str, content: str | bytes) -> None:
        path = self.folder / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)

    def project(self, *sources: Mapping[str, object], **settings: object) -> Project:
        return Project.model_validate(
            {
                "name": "shop",
                "funnel": FUNNEL,
                "data": "data",
                "workspace": "workspace",
                "privacy": {"basis": "contract"},
                "sources": sources or [LEAD_SOURCE],
                "heads": {"win": {}},
                "rejects": {"rows": 1.0, "unknown_stages": 1.0},
                **settings,
            }
        )

    def ingest(self, *sources: Mapping[str, object], now: datetime = NOW, **settings: object) -> IngestReport:
        project = self.project(*sources, **settings)
        with open_workspace(self.folder / "workspace") as workspace:
            return ingest(project, self.folder / "data", workspace, now, self.reports.append)

    def refusal(self, *sources: Mapping[str, object], **settings: object) -> str:
        """What the user is told when these sources are ingested."""
        try:
            self.ingest(*sources, now=NOW, **settings)
        except FunnelcastError as error:
            return str(error)
        return pytest.fail("the ingest should have been refused")

    @property
    def workspace(self) -> Workspace:
        return Workspace(self.folder / "workspace")

    def rows(self, query: str, **settings: object) -> list[tuple[object, ...]]:
        with open_lake(self.workspace, self.project(**settings), None) as con:
            return con.execute(query).fetchall()

    def rejected(self) -> list[tuple[object, ...]]:
        with duckdb.connect() as con:
            return con.execute(f"FROM '{self.workspace.rejected}/*.parquet'").fetchall()


def touches_from(files: str = "calls.csv", **more: object) -> dict[str, object]:
    """A source of touches of the kind call."""
    return {"table": "touches", "files": files, "columns": CALL_COLUMNS, "constants": {"kind": "call"}, **more}


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text)
