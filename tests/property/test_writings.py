"""Values that count as written alike are written alike, in every unit: a sentence is made once for all of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.languages import ENGLISH
from features.words import UNITS, Unit, ago, writings

EVERY = [*UNITS.values(), ago]


@pytest.mark.parametrize("unit", EVERY, ids=lambda unit: unit.name)
@given(st.integers(0, 200) | st.integers(0, 200_000), st.floats(0, 1), st.integers(-2, 2))
def test_what_is_written_alike_has_one_writing(unit: Unit, half: int, within: float, steps: int) -> None:
    """Around every half of a part, where roundings turn, and anywhere up to the next."""
    edge = np.float32(half / (2 * unit.parts))
    near = edge
    for _ in range(abs(steps)):
        near = np.nextafter(near, np.float32(np.sign(steps) * np.inf))
    values = np.array([edge, max(near, np.float32(0)), (half + within) / (2 * unit.parts)], dtype=np.float32)
    found = writings(values, np.full(len(values), unit.parts, dtype=np.int64))
    told = [unit.write(float(value), ENGLISH) for value in values]
    for one in range(len(values)):
        for two in range(one):
            assert found[one] != found[two] or told[one] == told[two], (unit.name, values[one], values[two])


@pytest.mark.parametrize("unit", EVERY, ids=lambda unit: unit.name)
def test_no_more_is_told_apart_than_needed(unit: Unit) -> None:
    values = np.linspace(0, 10, 1_000_001, dtype=np.float32)
    assert len(np.unique(writings(values, np.array(unit.parts)))) <= 4 * 10 * unit.parts + 1
