"""Reasons are said as a person would say them: what fades without its decimals, a stay against the usual one, ways, and none as none."""

import pytest

from configs.project import Language
from features.dialogue import silence_against_habit
from features.engagement import attention, channels
from features.feature import Feature, FeatureColumn, Selection
from features.journey import stay_against_usual
from features.tables import touches
from features.words import days


def said(feature: Feature, value: float, language: Language = "en") -> str:
    return FeatureColumn(feature, feature.columns[0].window, language).sentence(value, {})


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.0, "Has shown no interest so far"), (0.2, "Showed hardly any signs"), (0.5, "Showed one or two signs"),
     (2.49, "Showed one or two signs"), (2.5, "Showed a few signs"), (4.5, "Showed about 4 signs"), (16.2, "Showed about 16 signs")],
)  # fmt: skip
def test_what_fades_is_about_so_many(value: float, told: str) -> None:
    assert said(attention, value).startswith(told)
    assert "." not in said(attention, value)


@pytest.mark.parametrize(
    ("feature", "begins"), [(stay_against_usual, "Has been in this stage for "), (silence_against_habit, "Has been silent for ")]
)  # fmt: skip
@pytest.mark.parametrize(
    ("value", "told"),
    [(0.03, "less time than usual"), (0.94, "less time than usual"), (0.95, "as long as usual"), (1.05, "as long as usual"),
     (2.5, "2.5 times as long as usual"), (13.7, "14 times as long as usual")],
)  # fmt: skip
def test_a_stay_is_held_against_the_usual_one(feature: Feature, begins: str, value: float, told: str) -> None:
    assert said(feature, value) == begins + told


def test_ways_are_counted_in_each_language() -> None:
    assert said(channels, 1) == "Showed interest in 1 way in the last 30 days"
    assert said(channels, 5) == "Showed interest in 5 different ways in the last 30 days"
    assert said(channels, 5, "fr") == "A montré de l'intérêt de 5 manières différentes au cours des 30 derniers jours"
    assert said(channels, 5, "nl") == "Toonde in de afgelopen 30 dagen op 5 verschillende manieren interesse"


def test_no_day_with_a_quiz_is_no_quiz() -> None:
    """Days that are counted are none at zero; days ago are today."""
    rows = Selection(touches).where(kind="quiz_day")
    counted = Feature(rows.count(), days, "Did quizzes on {value} in the last {window}", "Did no quiz", (7,), "quizzes")
    ago = Feature(rows.days_since_last(), days, "Did a quiz {value} ago", "Did no quiz", (), "last_quiz")
    assert (said(counted, 0), said(ago, 0)) == ("Did no quiz", "Did a quiz today")
    assert said(counted, 1) == "Did quizzes on 1 day in the last 7 days"
