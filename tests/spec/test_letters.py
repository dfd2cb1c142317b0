"""Letters from A to D by chance, which do not flip on noise, and how much of a list changed without news."""

import numpy as np
import pytest
from pydantic import ValidationError

from configs.project import LetterSetting
from models.letters import edges, letters
from models.steady import exchanged

LEAST = np.array([0.5, 0.2, 0.1])


def of(chance: float, before: str | None, margin: float = 0.2) -> str:
    return letters(np.array([chance]), LEAST, [before], margin)[0]


@pytest.mark.parametrize(
    ("chance", "letter"), [(1.0, "A"), (0.5, "A"), (0.49, "B"), (0.2, "B"), (0.1, "C"), (0.09, "D"), (0.0, "D")]
)
def test_a_new_lead_has_the_letter_of_its_chance(chance: float, letter: str) -> None:
    assert of(chance, None) == of(chance, "") == letter


@pytest.mark.parametrize(
    ("before", "chance", "letter"),
    [
        ("A", 0.46, "A"),  # odds 0.852 of at least 1 / 1.2
        ("A", 0.45, "B"),
        ("B", 0.54, "B"),  # odds 1.174 of less than 1.2
        ("B", 0.55, "A"),
        ("D", 0.11, "D"),
        ("D", 0.12, "C"),
        ("A", 0.05, "D"),
        ("D", 1.0, "A"),
        ("A", 1.0, "A"),
        ("D", 0.0, "D"),
    ],
)
def test_a_letter_stays_until_its_chance_is_well_past_the_edge(before: str, chance: float, letter: str) -> None:
    assert of(chance, before) == letter
    assert of(chance, before, margin=0.0) == of(chance, None)


def test_an_unknown_chance_has_no_letter() -> None:
    assert of(float("nan"), "A") == ""


def test_edges_are_given_or_leave_so_many_leads_below() -> None:
    chances = np.linspace(0, 1, 101)
    assert edges(chances, LetterSetting()) == pytest.approx([0.95, 0.8, 0.5])
    assert edges(chances, LetterSetting(chances=(0.3, 0.1, 0.03))) == pytest.approx([0.3, 0.1, 0.03])
    assert letters(np.array([]), edges(np.array([]), LetterSetting()), [], 0.2) == []
    with pytest.raises(ValidationError, match="give the highest first"):
        LetterSetting(chances=(0.03, 0.1, 0.3))


def test_noise_at_an_edge_flips_nothing() -> None:
    noise = np.random.default_rng(3)
    truth, before = np.full(500, 0.2), [str(one) for one in ["B"] * 250 + ["C"] * 250]
    flips = 0
    for _ in range(10):
        after = letters(truth + noise.normal(0, 0.005, 500), LEAST, before, 0.2)
        flips += sum(one != other for one, other in zip(before, after, strict=True))
        before = after
    assert flips == 0


def test_a_place_counts_as_changed_where_one_quiet_lead_took_it_from_another() -> None:
    was, now = {"a", "b", "c"}, {"a", "x", "y"}
    assert exchanged(was, now, {"a", "b", "c", "x", "y"}) == 2
    assert exchanged(was, now, {"b", "x", "y"}) == 1
    assert exchanged(was, now, {"x", "y"}) == 0
    assert exchanged(was, was, was) == 0
