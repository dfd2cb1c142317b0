"""No sentence is said against a lead that speaks for everybody else, and no silence in its favour; what counts still adds up."""

import numpy as np
import pytest

from features.feature import Feature, FeatureColumn, Selection
from features.tables import touches as touches_table
from features.words import days, times
from models.explain import Telling, telling
from models.plain_sense import SAMPLE, sense_of, sensible

touches = Selection(touches_table)
VIEWS, JOBS = touches.where(kind="page_view"), touches.where(kind="form", page="careers")
MORE, LATER, LONG_AGO, JOB = range(4)
COLUMNS: tuple[FeatureColumn, ...] = (
    *Feature(VIEWS.count(), times, "came {value} in the last {window}", "did not come", (30, 90), "views").columns,
    *Feature(VIEWS.days_since_last(), days, "last came {value} ago", "never came", name="last_view").columns,
    *Feature(
        JOBS.count(), times, "asked for a job {value} in the last {window}", "asked for none", (90,), "jobs"
    ).columns,
)


def list_of(leads: int = 400) -> tuple[Telling, np.ndarray, np.ndarray]:
    """Whoever comes more, and later, is likelier; of the older visits the model takes some back; asking for a job speaks against."""
    luck = np.random.default_rng(1)
    recent, older = luck.poisson(2.0, leads), luck.poisson(6.0, leads)
    last = np.where(recent + older > 0, luck.exponential(10.0, leads) + 30.0 * (recent == 0), np.nan)
    jobs = (luck.random(leads) < 0.2).astype(float)
    values = np.column_stack([recent, recent + older, last, jobs]).astype(np.float32)
    pulls = np.column_stack(
        [0.4 * (recent - 2), -0.02 * (older - 6), -0.02 * (np.nan_to_num(last, nan=60.0) - 25), -0.5 * jobs + 0.1]
    )
    return telling(COLUMNS, values), values, np.column_stack([pulls, np.full(leads, -2.0)])


def ask(row: tuple[float, ...], pulls: tuple[float, ...]) -> list[bool]:
    """Which of the columns may speak for one more lead of the list."""
    words, values, given = list_of()
    asked = np.array([row], dtype=np.float32), np.array([[*pulls, -2.0]])
    return list(sense_of(words, values, given).allows(*asked)[0])


def test_many_visits_are_not_said_against_a_lead_but_that_they_are_long_over() -> None:
    allowed = ask((0.0, 15.0, 40.0, 0.0), (-0.8, -0.4, -0.3, 0.1))
    assert allowed == [True, False, True, True]


def test_a_few_times_are_not_said_against_a_lead_as_nobody_sees_how_often_others_came() -> None:
    assert not ask((2.0, 4.0, 9.0, 0.0), (-0.1, -0.2, 0.0, 0.1))[LATER]
    assert ask((0.0, 1.0, 9.0, 0.0), (-0.8, -0.2, 0.0, 0.1))[LATER]


def test_what_takes_back_a_part_of_what_another_behaviour_gives_is_not_said_against() -> None:
    words, values, given = list_of()
    values[:, JOB] = values[:, MORE]
    given[:, JOB] = -0.1 * (values[:, JOB] - 2)
    asked = np.array([[6.0, 9.0, 1.0, 6.0]], dtype=np.float32), np.array([[1.6, 0.0, 0.3, -0.4, -2.0]])
    assert not sense_of(words, values, given).allows(*asked)[0, JOB]


def test_silence_is_not_said_in_favour() -> None:
    allowed = ask((0.0, 1.0, 55.0, 0.0), (0.3, 0.2, 0.1, 0.1))
    assert allowed[:JOB] == [False, False, False]


def test_what_agrees_may_be_said_whichever_way_it_goes() -> None:
    assert ask((6.0, 15.0, 0.5, 0.0), (1.6, -0.4, 0.5, 0.1)) == [True, True, True, True]
    assert ask((0.0, 0.0, 90.0, 1.0), (-0.8, 0.3, -1.3, -0.4)) == [True, True, True, True]


def test_what_is_bad_for_everybody_may_be_said_against_and_not_for() -> None:
    assert ask((2.0, 8.0, 9.0, 1.0), (0.1, 0.0, 0.0, -0.4))[JOB]
    assert not ask((2.0, 8.0, 9.0, 1.0), (0.1, 0.0, 0.0, 0.4))[JOB]
    assert not ask((2.0, 8.0, 9.0, 0.0), (0.1, 0.0, 0.0, -0.4))[JOB]


def test_never_is_judged_by_those_who_never_did() -> None:
    words, values, given = list_of()
    values[:40, LONG_AGO], given[:40, LONG_AGO] = np.nan, -1.5
    sense = sense_of(words, values, given)
    row = np.array([[0.0, 0.0, np.nan, 0.0]], dtype=np.float32)
    assert sense.allows(row, np.array([[-0.8, 0.3, -1.5, 0.1, -2.0]]))[0, LONG_AGO]
    assert not sense.allows(row, np.array([[0.8, 0.3, 0.5, 0.1, -2.0]]))[0, LONG_AGO]


def test_what_pulls_neither_way_on_the_whole_may_be_said_either_way() -> None:
    words, values, given = list_of()
    given[:, JOB] = np.random.default_rng(2).normal(size=len(given))
    assert sensible(words, values, given)[:, JOB].all()


@pytest.mark.parametrize("leads", [0, 1, 19])
def test_on_a_short_list_everything_may_be_said(leads: int) -> None:
    words, values, given = list_of()
    assert sensible(words, values[:leads], given[:leads]).all()


def test_a_list_told_in_parts_is_judged_as_the_whole() -> None:
    words, values, given = list_of(3 * SAMPLE)
    whole = sensible(words, values, given)
    sense = sense_of(words, values, given)
    parts = [sense.allows(values[start::3], given[start::3]) for start in range(3)]
    for start, part in enumerate(parts):
        np.testing.assert_array_equal(part, whole[start::3])
    assert 0.01 < 1 - whole.mean() < 0.5
