"""How a change of chance is said in one line, and drawn as a waterfall whose bars meet."""

from datetime import date

import pytest

from models.tell_moves import Move, MovedPart
from pipelines.lists.moves import move_says
from pipelines.waterfall import fall_of

DAY, YESTERDAY, BEFORE = date(2026, 3, 9), date(2026, 3, 8), date(2026, 3, 2)
MEETING = MovedPart("touches", "meetings", "Met us once in the last 30 days", 9.2)
WAITING = MovedPart("time", "", "time passing", -2.4)
CRUMB = MovedPart("agreement", "", "the heads made to agree", 0.01)


@pytest.mark.parametrize(
    ("points", "parts", "since", "says"),
    [
        (
            6.8,
            (WAITING, MEETING),
            YESTERDAY,
            "Up 7 points since yesterday: Met us once in the last 30 days +9, time passing −2.",
        ),
        (-2.4, (WAITING,), BEFORE, "Down 2 points since 2 March: time passing −2."),
        (1.2, (CRUMB,), BEFORE, "Up 1 point since 2 March."),
        (0.4, (MEETING,), YESTERDAY, "Up 0.4 points since yesterday: Met us once in the last 30 days +9."),
        (0.01, (CRUMB,), YESTERDAY, ""),
    ],
)
def test_a_move_in_one_line(points: float, parts: tuple[MovedPart, ...], since: date, says: str) -> None:
    assert move_says(Move(points, parts), since, DAY) == says


def test_the_bars_of_a_waterfall_meet_and_end_at_the_chance() -> None:
    bars = [(f"part {number}", (-1) ** number * number / 7) for number in range(40)]
    end = 30 + sum(points for _, points in bars)
    fall = fall_of("why", "base", 30, bars, "lead", end)
    assert [bar.says for bar in fall.bars[:2]] == ["base", "part 39"]
    for one, other in zip(fall.bars[:-2], fall.bars[1:-1], strict=True):
        assert other.before == pytest.approx(one.after)
    assert fall.bars[-2].after == pytest.approx(fall.bars[-1].after)
    assert fall.bars[-2].says == "All the rest"
    assert all(0 <= fall.place(bar.after) <= 1 for bar in fall.bars)
