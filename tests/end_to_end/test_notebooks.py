"""Every notebook runs from its first cell to its last, on one company that the first of them makes."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from models.track import Champion
from models.train import points_alone
from pipelines.job import Job, background_of
from pipelines.train import champion_or_new
from tests.house import HOUSE
from tests.made_up import little_truth

NOTEBOOKS = sorted((HOUSE / "notebooks").glob("*.ipynb"))
Names = dict[str, object]


@pytest.fixture(scope="module")
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of temporary files that all notebooks share."""
    folder = tmp_path_factory.mktemp("notebooks")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        patch.setattr("tempfile.tempdir", str(folder))
        yield folder


def run(notebook: Path) -> Names:
    """The names that the notebook's cells leave behind."""
    names: Names = {}
    for cell in json.loads(notebook.read_text("utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            exec(compile("".join(cell["source"]), f"{notebook.name} {cell['id']}", "exec"), names)
    return names


def frame(names: Names, name: str) -> pd.DataFrame:
    found = names[name]
    assert isinstance(found, pd.DataFrame)
    return found


def ranks_leads(names: Names) -> None:
    ranked = frame(names, "ranked")
    assert ranked["win"].dropna().between(0, 1).all()
    assert ranked.groupby("cohort")["rank"].min().eq(1).all()


def weighs_the_feature(names: Names) -> None:
    gains = frame(names, "gains")
    assert list(gains["head"]) == ["progress", "win"]
    assert np.allclose(gains["without it"] - gains["log loss"], gains["gain"], atol=1e-9)
    assert gains["standard error"].gt(0).all(), "with the column the trees say something else"


def compares_models(names: Names) -> None:
    compared = frame(names, "compared")
    value = compared["value"]
    for rival in ("stage_rate", "recency", "logistic"):
        between = (value.loc["model"] - value.loc[rival] - value.loc[f"model - {rival}"]).to_numpy()
        assert np.allclose(between, 0.0, atol=1e-9)
    assert (compared["low"] < compared["high"]).to_numpy().all()


def explains_a_lead(names: Names) -> None:
    weights, told = frame(names, "weights"), frame(names, "told")
    lead = told[told["lead_id"] == names["lead"]]
    assert lead["win"].iloc[-1] == told.loc[told["as_of"] == told["as_of"].max(), "win"].max()
    assert len(weights) == len(lead)
    parts = names["parts"]
    assert isinstance(parts, tuple)
    assert len(frame(names, "words")) == min(10, len(parts))


SHOWS: dict[str, Callable[[Names], None]] = {
    "01_first_list": ranks_leads,
    "02_add_a_feature": weighs_the_feature,
    "03_compare_models": compares_models,
    "04_why_this_lead": explains_a_lead,
}


def test_what_every_notebook_shows_is_known() -> None:
    assert [notebook.stem for notebook in NOTEBOOKS] == list(SHOWS)


@pytest.mark.parametrize("name", SHOWS)
def test_a_notebook_runs(name: str, temporary: Path) -> None:
    with little_truth():
        names = run(HOUSE / "notebooks" / f"{name}.ipynb")
    SHOWS[name](names)
    assert [place.name for place in temporary.iterdir() if place.is_dir()] == ["funnelcast-notebooks"]


@pytest.mark.usefixtures("temporary")
def test_a_lead_is_explained_on_the_first_step_of_the_ladder_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The other notebooks' company keeps the step that its model has reached."""

    def on_points(job: Job) -> Champion:
        champion = champion_or_new(job)
        until = champion.bundle.trained_until
        first = points_alone(champion.bundle.heads["win"].head, background_of(job, until), until)
        return replace(champion, bundle=replace(champion.bundle, heads={**champion.bundle.heads, "win": first}))

    monkeypatch.setattr("pipelines.train.champion_or_new", on_points)
    with little_truth():
        names = run(HOUSE / "notebooks" / "04_why_this_lead.ipynb")
    assert len(frame(names, "words")) == 3
    explains_a_lead(names)
