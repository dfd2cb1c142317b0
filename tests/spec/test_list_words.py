"""Days, chances and money in the words of the list."""

import random
import re
from datetime import date

import pytest

from pipelines.lists.row import full_bar
from pipelines.lists.words import (
    MINUS,
    chance_says,
    day_says,
    expected_says,
    frequency,
    left_says,
    money,
    out_of,
    points_says,
    split_chance,
    weekday_says,
)

DAY, NAN = date(2026, 12, 21), float("nan")


@pytest.mark.parametrize(
    ("day", "says"),
    [
        (date(2026, 12, 31), "31 December"),
        (date(2027, 1, 4), "4 January 2027"),
        (date(2025, 12, 21), "21 December 2025"),
    ],
)
def test_the_year_is_said_only_when_it_is_another(day: date, says: str) -> None:
    assert day_says(day, DAY) == says


def test_the_day_of_a_list_is_said_in_full() -> None:
    assert weekday_says(DAY) == "Monday, 21 December 2026"


@pytest.mark.parametrize(
    ("chance", "size", "says"),
    [
        (0.38, 100, "38 in 100"),
        (0.384999, 100, "38 in 100"),
        (0.385, 100, "39 in 100"),
        (0.005, 100, "1 in 100"),
        (0.003, 100, "less than 1 in 100"),
        (0.003, 1_000, "3 in 1,000"),
        (0.00004, 10_000, "less than 1 in 10,000"),
        (0.9949, 100, "99 in 100"),
        (0.996, 100, "more than 99 in 100"),
        (0.9999, 1_000, "more than 999 in 1,000"),
        (0.0, 100, "less than 1 in 100"),
        (1.0, 100, "more than 99 in 100"),
        (NAN, 100, ""),
    ],
)
def test_a_chance_is_a_natural_frequency_and_never_none_or_all(chance: float, size: int, says: str) -> None:
    assert frequency(chance, size) == says


@pytest.mark.parametrize(
    ("chances", "size"),
    [
        ([0.6, 0.4, 0.001], 100),
        ([0.02, 0.02], 100),
        ([0.019], 1_000),
        ([0.003, 0.004, 0.4], 1_000),
        ([0.0019, 0.0001], 10_000),
        ([0.3, NAN], 100),
        ([], 100),
    ],
)
def test_one_list_counts_in_one_number(chances: list[float], size: int) -> None:
    assert out_of(chances) == size


def test_a_chance_comes_apart_where_the_page_makes_it_big() -> None:
    for chance in (0.38, 0.001, 0.999):
        sentence = chance_says(chance, "win", date(2027, 1, 4), DAY)
        assert split_chance(sentence) == (frequency(chance), "are won by 4 January 2027")
    assert split_chance("no words by this house") == ("", "no words by this house")
    assert chance_says(NAN, "leave", DAY, DAY) == ""


@pytest.mark.parametrize(
    ("amount", "currency", "says"),
    [
        (38_000, "EUR", "EUR 38,000"),
        (1_234_567.8, "USD", "USD 1,234,568"),
        (9.5, "EUR", "EUR 9.50"),
        (9.0, "EUR", "EUR 9"),
        (99.999, "EUR", "EUR 100"),
        (0.0, "EUR", "EUR 0"),
        (-1_200, "EUR", "EUR -1,200"),
        (850, "", "850"),
        (NAN, "EUR", ""),
    ],
)
def test_money_is_said_with_its_currency(amount: float, currency: str, says: str) -> None:
    assert money(amount, currency) == says


@pytest.mark.parametrize(
    ("points", "says"),
    [(12.3, "+12"), (-6.0, f"{MINUS}6"), (0.42, "+0.4"), (-0.96, f"{MINUS}1"), (0.04, ""), (0.0, ""), (NAN, "")],
)
def test_points_are_signed_and_small_ones_are_not_said(points: float, says: str) -> None:
    assert points_says(points) == says


def test_what_a_list_is_expected_to_bring() -> None:
    by = date(2027, 8, 24)
    said = expected_says(25, 4.2, "win", by, DAY, {"EUR": 38_412.0})
    assert said == "These 25 calls are expected to bring 4.2 wins worth EUR 38,000 by 24 August 2027."
    both = expected_says(25, 9.97, "win", by, DAY, {"EUR": 990.0, "USD": 52.4})
    assert both == "These 25 calls are expected to bring 10 wins worth EUR 990 and USD 52 by 24 August 2027."
    one = expected_says(1, 1.02, "progress", date(2026, 12, 31), DAY)
    assert one == "This call is expected to bring 1 step forward by 31 December."
    assert "less than 0.1 wins" in expected_says(3, 0.01, "win", by, DAY)
    assert expected_says(0, 0.0, "win", by, DAY) == "There is nobody to call today."


def test_a_full_bar_is_a_round_chance_that_none_exceeds() -> None:
    assert [full_bar([0.004]), full_bar([0.2]), full_bar([0.21, NAN]), full_bar([0.99]), full_bar([])] == [
        0.01,
        0.2,
        0.5,
        1.0,
        1.0,
    ]


def test_what_the_cut_leaves_behind_is_said_by_band() -> None:
    said = left_says(8.2, 0.01, "win")
    assert (
        said
        == "The cut leaves 8.2 wins behind: 8.2 wins with the leads to nurture, less than 0.1 wins with those skipped."
    )
    assert left_says(0.0, 1.0, "progress") == "The cut leaves 1 step forward behind: 1 step forward with those skipped."
    assert left_says(0.0, 0.0, "win") == ""


@pytest.mark.parametrize("seed", range(20))
def test_what_the_cut_leaves_is_the_sum_of_its_parts_as_they_are_said(seed: int) -> None:
    luck = random.Random(seed)  # noqa: S311 - figures for a test
    for largest in (0.2, 3.0, 9.0, 15.0, 2_000.0):
        nurtured, skipped = luck.random() * largest, luck.random() * largest
        said = (
            left_says(nurtured, skipped, "win")
            .replace("less than 0.1", "0")
            .replace("less than 1 ", "0 ")
            .replace(",", "")
        )
        whole, *parts = [float(figures) for figures in re.findall(r"([\d.]+) wins?", said)]
        assert whole == pytest.approx(sum(parts), abs=1e-9), said
        assert whole == pytest.approx(nurtured + skipped, abs=1.01 if whole >= 10 else 0.11)
