"""The bars of a drawn waterfall meet: each begins where the one before it ends, and none is cut off at the edge."""

import pytest

from features.languages import voice_of
from pipelines.site.drawn import Step, steps
from pipelines.waterfall import fall_of

BARS = [("a", 30.0), ("b", 25.0), ("c", 20.0), ("d", -28.0), ("e", -17.0)]


def drawn() -> list[Step]:
    return steps(fall_of("", "base", 10.0, BARS, "lead", 40.0), 100, voice_of("en"))


def test_each_bar_begins_where_the_one_before_it_ends() -> None:
    begin, *between, end = drawn()
    at = begin.left + begin.width
    for step in between:
        starts = step.left if step.kind == "up" else step.left + step.width
        assert starts == pytest.approx(at, abs=0.02), step.says
        at = step.left + step.width if step.kind == "up" else step.left
    assert at == pytest.approx(end.left + end.width, abs=0.02)


def test_bars_are_as_wide_as_their_points_and_the_highest_point_is_the_edge() -> None:
    _, *between, _ = drawn()
    widths = {step.says: step.width for step in between}
    assert widths == pytest.approx({says: abs(points) / 85 * 100 for says, points in BARS}, abs=0.02)
    assert max(step.left + step.width for step in between) == pytest.approx(100, abs=0.02)
