"""Every leak planted in the made-up company is found, with the right evidence, and none of its honest fields is blamed."""

import json
from datetime import date
from pathlib import Path

import pytest

from configs.project import Leaks, Project
from features.evidence import Finding
from features.snapshots import midnight
from models.leaks import Graded, LeakReport
from models.track import Champion
from pipelines.ingest import ingest_project
from pipelines.job import Job, matrix_of, training_days
from pipelines.leaks.screen import screen
from pipelines.lists.site import MODEL_PAGE
from pipelines.store import Workspace, open_workspace
from pipelines.train import train_project
from tests.planted import FIELDS, column_of, plant

DAY = date(2026, 6, 30)
EXPECTED = {
    "closed_on": {"banned": {"outcome_date", "missingness"}},
    "contract_no": {"banned": {"missingness"}},
    "first_talk_on": {"banned": {"back_fill"}},
    "crm_status": {"suspect": {"stage_copy"}},
    "last_status": {"banned": {"stage_copy"}},
    "lost_reason": {"banned": {"after_outcome"}},
}


class Planted:
    """The company in its workspace, and the report on its columns."""

    def __init__(self, project: Project, workspace: Workspace, data: Path) -> None:
        self.job = Job(project, workspace, data, DAY)
        ingest_project(self.job)
        days = training_days(self.job, DAY)
        self.matrix = matrix_of(self.job, days, midnight(DAY))
        self.report: LeakReport = screen(self.job, self.matrix, days, midnight(DAY))

    def column(self, name: str) -> Graded:
        """The graded column of that name."""
        (found,) = (column for column in self.report.columns if column.name == name)
        return found


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder = tmp_path_factory.mktemp("planted")
    project = plant(folder)
    with open_workspace(folder / "workspace") as workspace:
        return Planted(project, workspace, folder / "data")


@pytest.mark.parametrize("field", FIELDS)
def test_a_planted_leak_is_found_with_its_evidence(planted: Planted, field: str) -> None:
    column = planted.column(column_of(field))
    ((grade, kinds),) = EXPECTED[field].items()
    assert column.grade == grade
    assert kinds <= {found.kind for found in column.evidence if found.grade == grade}, column.says


def test_no_honest_column_and_no_honest_field_is_blamed(planted: Planted) -> None:
    ours = {column_of(field) for field in FIELDS}
    blamed = [
        one.says for one in (*planted.report.columns, *planted.report.fields) if one.evidence and one.name not in ours
    ]
    assert blamed == []
    assert len(planted.report.columns) > 120


def test_columns_that_count_a_banned_field_among_others_are_named(planted: Planted) -> None:
    (note,) = (note for note in planted.report.notes if "closed_on" in note)
    assert "field_edits_14d" in note


def test_a_banned_column_is_not_learned_from_unless_the_project_names_it(planted: Planted) -> None:
    job = planted.job
    allow = Leaks(allow=(column_of("contract_no"),))
    allowing = job.project.model_copy(update={"heads": {"win": job.project.heads["win"]}, "leaks": allow})
    champion = train_project(Job(allowing, job.workspace, job.data, DAY))
    learned = set(champion.bundle.heads["win"].columns)
    assert column_of("contract_no") in learned
    assert not learned & {column_of(field) for field in ("closed_on", "first_talk_on", "last_status", "lost_reason")}
    written = json.loads((job.workspace.leaks / str(DAY) / "report.json").read_text(encoding="utf-8"))
    (allowed,) = (column for column in written["columns"] if column["allowed"])
    assert (allowed["name"], allowed["grade"]) == (column_of("contract_no"), "banned")
    (win,) = written["without_suspects"]
    assert win["head"] == "win"
    assert abs(win["auc_with"] - win["auc_without"]) < 0.05
    assert (job.workspace.leaks / str(DAY) / "index.html").is_file()
    assert list(job.workspace.artefacts.rglob("leaks/report.json"))
    _check_model_page(planted, champion)


def _check_model_page(planted: Planted, champion: Champion) -> None:
    """It stands in the workspace and with the run, tells of the model that serves, and names nobody."""
    workspace, model = planted.job.workspace, champion.bundle.heads["win"]
    page = (workspace.models / champion.version / MODEL_PAGE).read_text(encoding="utf-8")
    (kept,) = workspace.artefacts.rglob(MODEL_PAGE)
    assert kept.read_text(encoding="utf-8") == page.replace(f"../../leaks/{DAY}/index.html", "leaks/index.html")
    for said in (f"{model.rows:,}", f"{model.yes:,}", f"{model.trained_from:%Y-%m-%d}", "stage rate", "logistic"):
        assert f">{said}" in page, said
    assert [lead for lead in planted.matrix.snapshots["lead_id"].unique() if lead in page] == []


def test_evidence_has_figures(planted: Planted) -> None:
    found: list[Finding] = [one for column in planted.report.columns for one in column.evidence]
    assert all(one.figures for one in found)
