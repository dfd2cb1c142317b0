"""Every notebook runs from its first cell to its last."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.house import HOUSE
from tests.made_up import little_truth

NOTEBOOKS = sorted((HOUSE / "notebooks").glob("*.ipynb"))


def run(notebook: Path) -> dict[str, object]:
    """The names that the notebook's cells leave behind."""
    names: dict[str, object] = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{notebook.name} {cell['id']}", "exec"), names)
    return names


def test_there_are_notebooks() -> None:
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: str(path.stem))
def test_a_notebook_runs(notebook: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    with little_truth():
        names = run(notebook)
    ranked = names["ranked"]
    assert isinstance(ranked, pd.DataFrame)
    assert ranked["win"].dropna().between(0, 1).all()
    assert ranked.groupby("cohort")["rank"].min().eq(1).all()
