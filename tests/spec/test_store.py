"""The workspace keeps other runs out, knows its version, is never half-written, and opens as it was known on a day."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from pipelines import workspace as workspace_module
from pipelines.store import Workspace, connect, observed_until, open_lake, open_workspace, write_beside
from tests.shop import Shop

HOLD = """
import sys, time
from pathlib import Path
from pipelines.store import open_workspace, write_beside
with open_workspace(Path(sys.argv[1])) as workspace, write_beside(workspace.lake) as part:
    part.mkdir()
    (part / "half").write_text("half")
    print("open", flush=True)
    time.sleep(60)
"""


def start_holder(root: Path) -> subprocess.Popen[str]:
    """Another process that has the workspace open and is writing the lake."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(root)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def refusal(root: Path) -> str:
    with pytest.raises(FunnelcastError) as caught, open_workspace(root):
        pass
    return str(caught.value)


def test_a_second_run_is_told_of_the_first_and_a_killed_run_leaves_the_old_lake_and_no_lock(tmp_path: Path) -> None:
    with open_workspace(tmp_path / "w") as workspace:
        workspace.lake.mkdir()
        (workspace.lake / "whole").write_text("whole")
    holder = start_holder(workspace.root)
    said = refusal(workspace.root)
    assert f"process {holder.pid}, started 20" in said
    assert "Another run is going on" in said
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert [path.name for path in workspace.lake.iterdir()] == ["whole"]
    with open_workspace(workspace.root):
        assert sorted(path.name for path in workspace.root.iterdir()) == [".lock", "VERSION", "lake"]


def test_a_workspace_of_a_newer_version_is_refused_with_both_versions(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        workspace.version.write_text("7\n")
    said = refusal(tmp_path)
    assert "layout 7; this one knows layouts up to 1" in said
    assert "install the newer funnelcast, or give another --workspace" in said


def test_a_spoilt_version_is_refused(tmp_path: Path) -> None:
    with open_workspace(tmp_path) as workspace:
        workspace.version.write_text("one")
    assert "should hold a number, not 'one'" in refusal(tmp_path)


def test_a_folder_with_other_things_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").touch()
    assert "holds other things (holiday.jpg)" in refusal(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["holiday.jpg"]


def test_a_file_is_no_workspace(tmp_path: Path) -> None:
    (tmp_path / "w").touch()
    assert "cannot be made" in refusal(tmp_path / "w")


class TestWriteBeside:
    """The target is the whole old thing or the whole new one."""

    def test_a_file_and_a_folder_replace_the_old_ones(self, tmp_path: Path) -> None:
        for text in ("old", "new"):
            with write_beside(tmp_path / "day" / "scores") as part:
                part.write_text(text)
            with write_beside(tmp_path / "lake") as part:
                part.mkdir()
                (part / text).touch()
        assert (tmp_path / "day" / "scores").read_text() == "new"
        assert [path.name for path in (tmp_path / "lake").iterdir()] == ["new"]
        assert sorted(path.name for path in tmp_path.iterdir()) == ["day", "lake"]

    def test_an_error_leaves_the_old_one(self, tmp_path: Path) -> None:
        (tmp_path / "scores").write_text("old")
        with pytest.raises(ZeroDivisionError), write_beside(tmp_path / "scores") as part:
            part.write_text(str(1 / 0))
        with pytest.raises(FileNotFoundError), write_beside(tmp_path / "scores"):
            pass
        assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("scores", "old")]

    @pytest.mark.parametrize("renames", [0, 1, 2])
    def test_a_kill_at_any_rename_leaves_one_whole_folder_at_the_next_start(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, renames: int
    ) -> None:
        with open_workspace(tmp_path) as workspace, write_beside(workspace.lists / "day") as part:
            part.mkdir()
            (part / "old").touch()
        with monkeypatch.context() as patch:
            patch.setattr(workspace_module, "_put_back", Path.exists)
            patch.setattr(Path, "rename", die_after(renames))
            patch.setattr(Path, "replace", Path.rename)
            with pytest.raises(KeyboardInterrupt):
                replace_day(workspace, patch)
        with open_workspace(tmp_path):
            assert [path.name for path in workspace.lists.iterdir()] == ["day"]
            assert [path.name for path in (workspace.lists / "day").iterdir()] == ["new" if renames == 2 else "old"]


def die_after(renames: int) -> Callable[[Path, Path], Path]:
    """A rename that works so many times."""
    rename, left = Path.rename, iter(range(renames))

    def renamed(path: Path, target: Path) -> Path:
        if next(left, None) is None:
            raise KeyboardInterrupt
        return rename(path, target)

    return renamed


def replace_day(workspace: Workspace, patch: pytest.MonkeyPatch) -> None:
    """Writes a day's list anew and dies before anything is cleared up."""
    with write_beside(workspace.lists / "day") as part:
        part.mkdir()
        (part / "new").touch()
        patch.setattr(workspace_module, "_remove", Path.exists)
    raise KeyboardInterrupt


class TestOpenLake:
    """One view for each table, as it was known on a day."""

    def test_only_rows_known_by_the_day_are_seen(self, tmp_path: Path) -> None:
        shop = Shop(tmp_path / "with ' and [signs]*")
        shop.write("leads.csv", "id,created\n1,2024-01-01 10:00\n2,2024-01-01 10:00:00.000001\n3,2024-01-02\n")
        shop.ingest()
        for until, leads in ((None, 3), (datetime(2024, 1, 1, 10), 1), (datetime(2023, 1, 1), 0)):
            with open_lake(shop.workspace, shop.project(), until) as con:
                assert con.execute("SELECT count(*) FROM leads").fetchall() == [(leads,)]

    def test_a_table_without_rows_has_its_columns_and_types(self, tmp_path: Path) -> None:
        with open_lake(Workspace(tmp_path), Shop(tmp_path).project(touch_details=["topic"]), None) as con:
            types = {str(row[0]): row[1] for row in con.execute("DESCRIBE touches").fetchall()}
            assert (types["happened_at"], types["topic"], types["value"]) == ("TIMESTAMP", "VARCHAR", "DOUBLE")
            assert con.execute("SELECT count(*) FROM spend").fetchall() == [(0,)]

    def test_a_column_declared_after_the_ingest_asks_for_a_new_ingest(self, tmp_path: Path) -> None:
        shop = Shop(tmp_path)
        shop.write("leads.csv", "id,created\n1,2024-01-01 10:00\n")
        shop.ingest()
        with pytest.raises(
            FunnelcastError, match="has no column 'country', which the project declares; run funnelcast ingest again"
        ):
            open_lake(shop.workspace, shop.project(lead_attributes=["country"]), None)

    def test_an_empty_workspace_says_that_there_is_no_data(self, tmp_path: Path) -> None:
        with pytest.raises(FunnelcastError, match="run funnelcast ingest first"):
            observed_until(Workspace(tmp_path))

    def test_the_connection_is_in_utc_and_asks_no_network(self, tmp_path: Path) -> None:
        wanted = "TimeZone", "autoinstall_known_extensions", "autoload_known_extensions", "enable_progress_bar"
        with connect(Workspace(tmp_path)) as con:
            found = [con.execute(f"SELECT current_setting('{name}')").fetchall()[0][0] for name in wanted]
        assert found == ["UTC", False, False, False]
