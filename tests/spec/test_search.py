"""A search finds settings that pay off on later weeks, goes on after a kill, and leaves the defaults where they are good enough."""

import signal
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from configs.errors import FunnelcastError
from features.matrix import Matrix
from models.fit import SETTINGS
from models.heads import Head
from models.judgement import learn
from models.search import SPACE, Forward, Store, gain_by_lead, search
from models.split import days_of, hold_out
from tests.house import HOUSE

HEAD = Head("win", "open", 7, "buy")
UNTIL = datetime(2026, 7, 1)
WEEKS, LEADS, SIGNS = 10, 60, 10


def company(strength: float) -> Matrix:
    """Weeks of leads with rare signs, each so rare that the defaults may not look at it alone; strength: log odds that a sign moves."""
    draw = np.random.default_rng(2)
    days = np.repeat(pd.date_range("2026-01-05", periods=WEEKS, freq="7D").to_numpy(), LEADS)
    signs = draw.random((len(days), SIGNS)) < 0.06
    moves = strength * np.where(np.arange(SIGNS) % 2, 1, -1)
    outcome = draw.random(len(days)) < 1 / (1 + np.exp(-(signs @ moves)))
    snapshots = pd.DataFrame(
        {"lead_id": [f"L{row % LEADS}" for row in range(len(days))], "as_of": days, "cohort": "open"}
    )
    names = tuple(f"sign_{number}" for number in range(SIGNS))
    return Matrix(snapshots, signs.astype(np.float32), names, pd.DataFrame({"win": outcome.astype(float)}))


def store(folder: Path) -> Store:
    return Store(f"sqlite:///{folder / 'search.db'}")


def test_a_planted_better_setting_is_found_and_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fit.STARTS", (0.0,))  # a regression would see the signs without any setting
    found = search(company(5.0), HEAD, UNTIL, 10, store(tmp_path))
    assert found.trials[0].settings == {name: SETTINGS[name] for name in SPACE}
    assert found.gain > 4 * found.error > 0
    assert float(found.chosen["min_data_in_leaf"]) < 36, "a sign is seen on about 36 rows in all"
    assert "it is used" in found.says


def test_where_nothing_pays_off_the_defaults_stay_and_it_says_so(tmp_path: Path) -> None:
    found = search(company(0.0), HEAD, UNTIL, 6, store(tmp_path))
    assert found.chosen == {}
    assert found.gain <= 2 * found.error
    assert "the defaults stay" in found.says or "the defaults, which stay" in found.says


KILLED = """
import os, signal, sys
from pathlib import Path
from tests.spec import test_search as here
left = [3]
def count(part):
    left[0] -= 1
    if not left[0]:
        os.kill(os.getpid(), signal.SIGKILL)
here.search(here.company(2.0), here.HEAD, here.UNTIL, 6, here.store(Path(sys.argv[1])), count)
"""


def test_a_killed_search_goes_on_and_finds_what_it_would_have_found(tmp_path: Path) -> None:
    for name in ("killed", "whole"):
        (tmp_path / name).mkdir()
    ended = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path / "killed")], cwd=HOUSE, check=False).returncode
    assert ended == -signal.SIGKILL
    made: list[str] = []
    rest = search(company(2.0), HEAD, UNTIL, 6, store(tmp_path / "killed"), made.append)
    assert len(made) == 3, "the three trials made before the kill are not made again"
    whole = search(company(2.0), HEAD, UNTIL, 6, store(tmp_path / "whole"))
    assert [(trial.settings, trial.loss) for trial in rest.trials] == [
        (trial.settings, trial.loss) for trial in whole.trials
    ]
    assert (rest.chosen, rest.gain, rest.error) == (whole.chosen, whole.gain, whole.error)
    assert len({str(trial.settings) for trial in rest.trials}) == 6


def test_fewer_trials_are_the_first_of_those_kept(tmp_path: Path) -> None:
    three = search(company(2.0), HEAD, UNTIL, 3, store(tmp_path))
    made: list[str] = []
    assert search(company(2.0), HEAD, UNTIL, 1, store(tmp_path), made.append).trials == three.trials[:1]
    assert made == []


def test_the_weeks_that_judge_the_training_are_not_looked_at(tmp_path: Path) -> None:
    rows = company(2.0)
    newest = hold_out(days_of(rows.snapshots), HEAD).later
    turned = pd.DataFrame({"win": np.where(newest, 1 - rows.outcomes["win"], rows.outcomes["win"])})
    other = Matrix(rows.snapshots, rows.values, rows.columns, turned)
    made: list[str] = []
    search(rows, HEAD, UNTIL, 2, store(tmp_path))
    search(other, HEAD, UNTIL, 2, store(tmp_path), made.append)
    assert made == [], "the trials are those of the same rows"
    earlier = Matrix(rows.snapshots, rows.values, rows.columns, 1 - rows.outcomes)
    search(earlier, HEAD, UNTIL, 2, store(tmp_path), made.append)
    assert len(made) == 2, "over other rows it begins anew"


def test_the_error_of_a_gain_counts_leads_and_not_rows() -> None:
    """Two leads with two rows each, all rows weighing a quarter: one gains 2 a row, the other nothing."""
    leads = np.array(["a", "a", "b", "b"], dtype=object)
    even = np.full(4, 0.25)
    ours, defaults = (
        Forward(losses, even, leads, 1) for losses in (np.array([1.0, 1.0, 3.0, 3.0]), np.array([3.0, 3.0, 3.0, 3.0]))
    )
    # the mean gain is 1; each lead is off it by 1 on two rows of a quarter: sqrt(2 / 1 * (0.5 ** 2 + 0.5 ** 2))
    assert gain_by_lead(ours, defaults) == (1.0, 1.0)


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        ("scale_pos_weight", "'scale_pos_weight' is refused: it counts one outcome more than the other"),
        ("is_unbalance", "'is_unbalance' is refused"),
        ("class_weight", "'class_weight' is refused"),
        ("num_leafs", "no setting 'num_leafs' of the trees; did you mean 'num_leaves'"),
    ],
)
def test_a_setting_that_breaks_the_chances_is_refused(setting: str, words: str) -> None:
    rows = company(2.0)
    with pytest.raises(FunnelcastError, match=words):
        learn(rows, HEAD, {setting: 2})
    assert setting not in SPACE
