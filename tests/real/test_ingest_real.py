"""The real exports arrive whole, and the leads looked at on a Monday are those of the yardsticks."""

import importlib.util
import re
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from configs.load import load_project
from configs.project import Project
from features.matrix import build_matrix
from features.registry import project_columns
from features.snapshots import create_snapshots, midnight
from pipelines.sources.files import ingest
from pipelines.sources.report import IngestReport
from pipelines.store import Workspace, open_lake, open_workspace

HOUSE = Path(__file__).resolve().parents[2]
SHARED = HOUSE.parent / "shared"
pytestmark = pytest.mark.skipif(not (SHARED / "data").exists(), reason="../shared is absent")


class Filled:
    """A project of configs/projects, ingested from the real files."""

    def __init__(self, name: str, root: Path) -> None:
        self.project: Project = load_project(HOUSE / "configs" / "projects" / f"{name}.yaml")
        self.reports: IngestReport
        with open_workspace(root / name) as workspace:
            self.workspace: Workspace = workspace
            self.reports = ingest(self.project, HOUSE / self.project.data, workspace, datetime.now(UTC), lambda _: None)

    def cohort(self, day: date) -> set[str]:
        with open_lake(self.workspace, self.project, None) as con:
            create_snapshots(con, self.project, [day])
            return {
                str(row[0]) for row in con.execute("SELECT lead_id FROM snapshots WHERE cohort = 'open'").fetchall()
            }

    def counts(self) -> dict[str, tuple[int, int, int, int]]:
        """read, kept, left out and rejected rows of the first source of every file and table."""
        sources = {f"{source.table} {source.files}": source for source in reversed(self.reports.sources)}
        return {name: (s.read, s.kept, s.left_out, s.rejects) for name, s in sources.items()}


@pytest.fixture(scope="module")
def bpic12(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return Filled("bpic12", tmp_path_factory.mktemp("real"))


@pytest.fixture(scope="module")
def d365(tmp_path_factory: pytest.TempPathFactory) -> Filled:
    return Filled("d365", tmp_path_factory.mktemp("real"))


def promised(folder: str) -> dict[str, int]:
    """File to rows, as the README of the data says."""
    line = next(
        line for line in (SHARED / "data" / "README.md").read_text().splitlines() if line.startswith(f"| {folder}")
    )
    return {
        name: int(rows.replace(",", ""))
        for name, rows in re.findall(r"(leads|stage_history|activities|purchases) ([\d,]+)", line)
    }


def yardstick(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, SHARED / "bench" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_row_of_the_loans_is_kept(bpic12: Filled) -> None:
    rows = promised("bpic12_crm/")
    assert bpic12.counts() == {
        "leads leads.csv.gz": (rows["leads"], rows["leads"], 0, 0),
        "stage_moves stage_history.csv.gz": (rows["stage_history"], rows["stage_history"], 0, 0),
        "touches activities.csv.gz": (rows["activities"], rows["activities"], 0, 0),
    }
    assert bpic12.reports.observed_until == datetime(2012, 3, 14, 15, 4, 54, 681000)


def test_every_row_of_the_school_is_kept(d365: Filled) -> None:
    rows = promised("d365_crm/")
    counts = d365.counts()
    for name, file in (
        ("leads leads", "leads"),
        ("stage_moves leads", "leads"),
        ("touches activities", "activities"),
        ("purchases purchases", "purchases"),
    ):
        assert counts[f"{name}.csv.gz"] == (rows[file], rows[file], 0, 0)
    for source in d365.reports.sources:
        assert source.read == source.kept + source.left_out + source.folded + source.rejects
    assert d365.reports.observed_until == datetime(2022, 10, 20, 23, 59, 59, 999999)


def test_the_country_na_is_namibia(d365: Filled) -> None:
    with open_lake(d365.workspace, d365.project, None) as con:
        found = con.execute(
            "SELECT count(*) FILTER (country = 'NA'), count(*) FILTER (country IS NULL) FROM leads"
        ).fetchone()
    leads = pd.read_csv(SHARED / "data" / "d365_crm" / "leads.csv.gz", keep_default_na=False)
    assert found == ((leads.country == "NA").sum(), (leads.country == "").sum())


def test_subscriptions_end_by_the_length_of_their_plan(d365: Filled) -> None:
    with open_lake(d365.workspace, d365.project, None) as con:
        found = con.execute("SELECT DISTINCT plan, ends_at - happened_at FROM purchases ORDER BY 1").fetchall()
    assert [(plan, length.days) for plan, length in found] == [("Annual", 365), ("Monthly", 30), ("Quarterly", 91)]


@pytest.mark.parametrize("day", ["2011-12-26", "2012-01-23"])
def test_the_open_loans_of_a_monday_are_those_of_the_yardstick(bpic12: Filled, day: str) -> None:
    reference = yardstick("reference_bpic12")
    leads, moves = reference.read("leads", "created_at"), reference.read("stage_history", "changed_at")
    moves["rank"] = moves.to_stage.map(reference.RANK)
    touches = reference.read("activities", "occurred_at")
    expected = reference.snapshots(pd.Timestamp(day, tz="UTC"), leads, moves, touches)
    assert bpic12.cohort(date.fromisoformat(day)) == {str(lead) for lead in expected.index}


@pytest.mark.parametrize("day", ["2022-07-18", "2022-09-19"])
def test_the_young_unpaid_pupils_of_a_monday_are_those_of_the_yardstick(d365: Filled, day: str) -> None:
    reference = yardstick("reference_d365")
    leads = pd.read_csv(reference.DATA / "leads.csv.gz", parse_dates=["created_at"], keep_default_na=False)
    touches = pd.read_csv(reference.DATA / "activities.csv.gz", parse_dates=["occurred_at"])
    purchases = pd.read_csv(reference.DATA / "purchases.csv.gz", parse_dates=["purchased_at"])
    expected = reference.snapshots(pd.Timestamp(day), leads, touches, purchases)
    assert d365.cohort(date.fromisoformat(day)) == {str(lead) for lead in expected.index}


@pytest.mark.parametrize("day", [date(2022, 5, 2), date(2022, 9, 5)])
def test_nothing_of_the_as_of_day_counts(d365: Filled, day: date) -> None:
    raw = pd.read_csv(
        SHARED / "data" / "d365_crm" / "activities.csv.gz", parse_dates=["occurred_at"], dtype={"lead_id": str}
    )
    ago = (pd.Timestamp(day) - raw["occurred_at"]).dt.days
    assert (ago == 0).any()
    columns = project_columns(d365.project)
    with open_lake(d365.workspace, d365.project, None) as con:
        matrix = build_matrix(con, d365.project, columns, [day], {"win": 30}, midnight(day))
    leads = matrix.snapshots["lead_id"]
    for over_days in (7, 30):
        counted = raw[ago.between(1, over_days)].groupby("lead_id").size().reindex(leads, fill_value=0)
        found = matrix.values[:, matrix.columns.index(f"contacts_{over_days}d")]
        assert counted.sum() > 0
        assert (found == counted.to_numpy()).all()
