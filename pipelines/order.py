"""What somebody asks for: a project file, a day, and other folders where wanted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from configs.errors import FunnelcastError
from configs.load import load_project
from configs.project import Project
from pipelines.job import Job
from pipelines.narrator import Narrator
from pipelines.store import open_workspace


@dataclass(frozen=True)
class Order:
    """A command's settings as plain text, so that a schedule can keep them.

    workspace and data replace the project's own. leads, months and seed change the made-up company, if the project has one.
    """

    project: str
    as_of: str | None = None
    workspace: str | None = None
    data: str | None = None
    leads: int | None = None
    months: int | None = None
    seed: int | None = None

    def read_project(self) -> Project:
        """The project as ordered. Raises FunnelcastError for a file that is not one."""
        project = load_project(Path(self.project))
        asked = {"leads": self.leads, "months": self.months, "seed": self.seed}
        changes = {name: value for name, value in asked.items() if value is not None}
        if not changes:
            return project
        if project.demo is None:
            raise FunnelcastError(
                f"{self.project} has no made-up company (demo:), so --{next(iter(changes))} changes nothing; leave it out."
            )
        return project.model_copy(update={"demo": project.demo.model_copy(update=changes)})


@contextmanager
def open_job(order: Order, narrator: Narrator | None = None) -> Iterator[Job]:
    """The job that an order asks for, alone in its workspace until the block ends. Raises FunnelcastError for whatever is not there."""
    project = order.read_project()
    as_of = None if order.as_of is None else parse_day(order.as_of)
    with open_workspace(Path(order.workspace or project.workspace)) as workspace:
        data = Path(order.data) if order.data else workspace.demo if project.demo else Path(project.data)
        yield Job(project, workspace, data, as_of, narrator or Narrator())


def parse_day(text: str) -> date:
    """A day written as 2026-06-30. Raises FunnelcastError."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise FunnelcastError(f"'{text}' is not a day; write it as 2026-06-30.") from error
