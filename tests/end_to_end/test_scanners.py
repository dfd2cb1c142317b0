"""The mail scanners of the made-up company are found, though half of them pretend to be people, and no person is taken for one."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest
from numpy.typing import NDArray

from configs.load import load_project
from configs.scanned import Bots
from configs.source import DemoCompany
from pipelines.sources.demo import record, write_company
from pipelines.sources.demo.words import SCANNER_AGENT
from pipelines.sources.files import ingest
from pipelines.store import open_workspace
from tests.made_up import little_truth

COMPANY = DemoCompany(leads=1_000, months=8, seed=4)
PULLED = datetime(2026, 7, 1, tzinfo=UTC)
agent_of = record._agent


def _confessing(of: str | None, lead: NDArray[np.int32]) -> NDArray[np.int8]:
    """Every scanner says what it is; all else is drawn as ever, so row by row the files are those of the company."""
    return np.full(len(lead), SCANNER_AGENT, np.int8) if of == "scanner" else agent_of(of, lead)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The company as it is, and the same with scanners that confess."""
    folder = tmp_path_factory.mktemp("scanners")
    with little_truth(), pytest.MonkeyPatch.context() as patch:
        write_company(folder / "as_it_is", COMPANY)
        patch.setattr(record, "_agent", _confessing)
        write_company(folder / "confessing", COMPANY)
    return folder / "as_it_is", folder / "confessing"


def found(exports: tuple[Path, Path], workspace_folder: Path, bots: Bots) -> Mapping[str, float]:
    """Recall and precision of the marks, row by row: the lead, the time and the kind tell rows apart, and how many there are of each."""
    project = load_project(Path("configs/projects/demo.yaml")).model_copy(update={"bots": bots})
    with open_workspace(workspace_folder) as workspace:
        ingest(project, exports[0], workspace, PULLED, lambda source: None)
        with duckdb.connect() as con:
            con.execute(f"""
                CREATE VIEW scanned AS SELECT lead_no AS lead, occurred_on AS moment, activity AS kind, count(*) AS rows
                FROM '{exports[1]}/touches.parquet' WHERE user_agent LIKE 'MailGuard%' GROUP BY ALL;
                CREATE VIEW marked AS SELECT lead_id AS lead, happened_at AS moment, kind, count(*) AS rows
                FROM '{workspace.lake}/bot_touches/rows.parquet' GROUP BY ALL
            """)
            ((right, all_marked, all_scanned),) = con.execute("""
                SELECT (SELECT sum(least(s.rows, m.rows)) FROM scanned s JOIN marked m USING (lead, moment, kind)),
                    (SELECT sum(rows) FROM marked), (SELECT sum(rows) FROM scanned)
            """).fetchall()
    return {"recall": float((right or 0) / all_scanned), "precision": float((right or 0) / (all_marked or 1))}


def test_the_project_finds_every_scanner_and_blames_nobody(exports: tuple[Path, Path], tmp_path: Path) -> None:
    bots = load_project(Path("configs/projects/demo.yaml")).bots
    assert bots is not None
    assert found(exports, tmp_path, bots) == {"recall": 1.0, "precision": 1.0}


@pytest.mark.parametrize(
    ("bots", "least", "most"),
    [
        (Bots(agent_column="agent", delivery_s=0, links_s=0, colleagues_s=0), 0.35, 0.65),
        (Bots(links_s=0, colleagues_s=0), 0.99, 1.0),
        (Bots(delivery_s=0, links_s=25, colleagues_s=0), 0.6, 0.8),
    ],
    ids=["known programs alone", "delivery alone", "every link at once alone"],
)
def test_each_rule_alone_finds_a_part_and_blames_nobody(
    exports: tuple[Path, Path], tmp_path: Path, bots: Bots, least: float, most: float
) -> None:
    figures = found(exports, tmp_path, bots)
    assert least <= figures["recall"] <= most, figures
    assert figures["precision"] == 1.0, figures
