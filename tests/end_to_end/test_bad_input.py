"""Every mistake that a user can make ends with one clear sentence and exit code 2."""

import sys
from pathlib import Path

import pytest

from pipelines.cli import main
from pipelines.workspace import open_workspace
from tests.corner_shop import Shop, open_shop


@pytest.fixture(scope="module")
def ingested(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    shop = open_shop(tmp_path_factory.mktemp("shop"))
    with pytest.MonkeyPatch.context() as patch:
        assert run(patch, shop.arguments("ingest")) == 0
    return shop


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return open_shop(tmp_path / "shop", leads=60)


@pytest.fixture(autouse=True)
def _no_server(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL", raising=False)


def run(patch: pytest.MonkeyPatch, arguments: list[str]) -> int:
    """The exit code of a command line."""
    patch.setattr(sys, "argv", ["funnelcast", *arguments])
    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def assert_refused(
    patch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], *words: str
) -> None:
    """The command ends with code 2 and one sentence that holds the words, and no traceback."""
    capsys.readouterr()
    code = run(patch, arguments)
    said = capsys.readouterr().err
    last = said.strip().splitlines()[-1]
    assert code == 2, said
    assert last.startswith("funnelcast: "), said
    assert "Traceback" not in said
    for word in words:
        assert word in last


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("project.yaml", "leads.csv", "laeds.csv", ["laeds.csv", "leads.csv"]),
        ("project.yaml", "happened_at: created", "happened_at: craeted", ["craeted", "did you mean 'created'"]),
        ("project.yaml", "capacity: 5", "capcity: 5", ["capcity", "did you mean 'capacity'", "line 19"]),
        ("project.yaml", "data: data", "data: data\nname: again", ["'name' is given twice", "line 1"]),
        ("project.yaml", "funnel: funnel.yaml", "funnel: loans", ["loans", "loan"]),
        ("funnel.yaml", "name: talking", "name: speaking", ["talking", "funnel"]),
        ("funnel.yaml", "won: [{name: won, says: won}]\n", "", ["won", "missing"]),
        ("funnel.yaml", "won: [{name: won, says: won}]", "won: []", ["won"]),
        ("funnel.yaml", "\nhorizon_days: 14", "\nhorizon_days: 0", ["horizon_days must be at least 1"]),
    ],
)
def test_a_wrong_setting_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
    file: str, old: str, new: str, words: list[str],
) -> None:  # fmt: skip
    shop.edit(file, old, new)
    assert_refused(monkeypatch, capsys, shop.arguments("ingest"), *words)


def test_a_missing_project_file_is_named(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert_refused(monkeypatch, capsys, ["ingest", "--project", "nowhere.yaml"], "nowhere.yaml")


def test_an_empty_table_is_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop.data / "leads.csv").write_text("id,created,name,source,amount\n", encoding="utf-8")
    assert_refused(monkeypatch, capsys, shop.arguments("ingest"), "leads.csv")


def test_one_unknown_stage_stops_and_is_listed(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with (shop.data / "stages.csv").open("a", encoding="utf-8") as file:
        file.write("L0001,2025-06-01T10:00:00,tlaking\n")
    assert_refused(monkeypatch, capsys, shop.arguments("ingest"), "tlaking", "talking", "stages.csv")
    assert list((shop.workspace / "lake" / "_rejected").glob("*.parquet"))


def test_outcomes_of_one_class_are_named(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stages = shop.data / "stages.csv"
    stages.write_text(stages.read_text(encoding="utf-8").replace(",won", ",lost"), encoding="utf-8")
    shop.edit("project.yaml", "heads: {progress: {}, win: {}}", "heads: {win: {}}")
    assert run(monkeypatch, shop.arguments("ingest")) == 0
    assert_refused(monkeypatch, capsys, shop.arguments("train"), "win", "'no'")


def test_a_day_before_the_first_row_is_named(
    ingested: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(monkeypatch, capsys, ingested.arguments("train", "--as-of", "2020-01-01"), "2020-01-01", "2025-01-0")
    assert_refused(monkeypatch, capsys, ingested.arguments("train", "--as-of", "1st of May"), "1st of May")


def test_scoring_without_a_model_says_what_to_do(
    ingested: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(monkeypatch, capsys, ingested.arguments("score"), "funnelcast train")


def test_training_without_data_says_what_to_do(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(monkeypatch, capsys, shop.arguments("train"), "funnelcast ingest")


def test_a_workspace_of_a_newer_version_is_left_alone(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    shop.workspace.mkdir()
    (shop.workspace / "VERSION").write_text("99\n", encoding="utf-8")
    assert_refused(monkeypatch, capsys, shop.arguments("ingest"), "newer", "99")


def test_a_second_run_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with open_workspace(shop.workspace):
        assert_refused(monkeypatch, capsys, shop.arguments("ingest"), "going on")


def test_a_schedule_needs_a_server(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert_refused(monkeypatch, capsys, shop.arguments("schedule"), "PREFECT_API_URL")
