"""A lead's number is found from its name, exactly, whatever names look like."""

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from features import identity
from features.identity import finder

TEXTS = ["a", "b", "ab", "abc", "L0001", "L00010", "ä", "", " a", "a" * 40, "a" * 41]


def places(names: Sequence[str | int], wanted: Sequence[str | int | None]) -> list[int]:
    kind = pa.string() if isinstance(names[0], str) else pa.int64()
    return list(finder(pa.array(names, kind))(pa.array(wanted, kind)))


def test_texts_are_found_and_strangers_are_not() -> None:
    strangers = ["c", "L000", "L000100", "a" * 39, "A", "L0002"]
    assert places(TEXTS, [*TEXTS, *strangers, None]) == [*range(len(TEXTS)), *[-1] * 7]


@pytest.mark.parametrize("numbers", [[5, 3, 4, 900], [5, -3, 10**15, -(10**18)]], ids=["dense", "far apart"])
def test_numbers_are_found_and_strangers_are_not(numbers: list[int]) -> None:
    assert places(numbers, [*numbers, 6, 0, None]) == [0, 1, 2, 3, -1, -1, -1]


@pytest.mark.parametrize("listed", [False, True], ids=["one by one", "as a dictionary"])
def test_many_texts_are_found_as_a_plain_dictionary_finds_them(listed: bool) -> None:  # noqa: FBT001
    dice = np.random.default_rng(7)
    names = [f"{number:x}" * (1 + number % 3) for number in range(0, 60_000, 3)]
    wanted = [names[place] if dice.random() < 0.7 else f"{place}?" for place in dice.integers(0, len(names), 50_000)]
    slow = {name: place for place, name in enumerate(names)}
    column = pa.array([None, *wanted])
    found = finder(pa.array(names))((column.dictionary_encode() if listed else column).slice(1))
    assert list(found) == [slow.get(name, -1) for name in wanted]


def test_texts_that_share_their_mixed_bits_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identity, "_mixed", lambda letters, start, end: np.uint64(7))
    for name in ("_enter_texts", "_find_texts", "_likely", "_search", "_begin", "_is", "_same"):
        monkeypatch.setattr(identity, name, getattr(identity, name).py_func)
    with np.errstate(over="ignore"):
        assert places(TEXTS, [*TEXTS, "nobody", "b "]) == [*range(len(TEXTS)), -1, -1]
