"""The road through a funnel, as it was known at the time."""

from datetime import datetime, timedelta

from configs.funnel import Funnel
from features.timeline import create_moves
from tests.histories import Row, lake

FUNNEL = Funnel.model_validate(
    {
        "name": "test",
        "stages": [
            {"name": "new", "says": "new", "group": "top"},
            {"name": "talking", "says": "talking", "group": "middle", "stale_after_days": 10},
            {"name": "offer", "says": "offer sent", "group": "bottom"},
        ],
        "won": [{"name": "won", "says": "won"}],
        "lost": [{"name": "lost", "says": "lost"}],
        "horizon_days": 14,
        "win_horizon_days": 28,
    }
)
START = datetime(2026, 1, 5)


def road(*stages: str | tuple[str, int, int]) -> list[tuple[object, ...]]:
    """(stage, step, episode) of a lead that enters each stage a day after the other; (stage, happened, known) sets the days."""
    rows: list[Row] = []
    for day, entry in enumerate(stages):
        stage, happened, known = entry if isinstance(entry, tuple) else (entry, day, day)
        times = {"happened_at": START + timedelta(days=happened), "known_at": START + timedelta(days=known)}
        rows.append({"lead_id": "a", "stage": stage, "order_key": day, **times})
    with lake({"stage_moves": rows}) as con:
        create_moves(con, FUNNEL)
        return con.execute("SELECT stage, step, episode FROM moves ORDER BY known_at, order_key").fetchall()


def test_steps_are_named_by_the_order_of_the_stages() -> None:
    assert road("new", "offer", "talking", "offer", "won") == [
        ("new", "start", 1),
        ("offer", "skip", 1),
        ("talking", "back", 1),
        ("offer", "forward", 1),
        ("won", "won", 1),
    ]


def test_a_lead_that_comes_back_begins_a_new_episode() -> None:
    assert road("new", "lost", "new", "talking") == [
        ("new", "start", 1),
        ("lost", "lost", 1),
        ("new", "reopened", 2),
        ("talking", "forward", 2),
    ]


def test_entering_the_same_stage_again_is_no_move() -> None:
    assert road("new", "new", "talking") == [("new", "start", 1), ("talking", "forward", 1)]


def test_a_move_that_is_known_late_and_is_overtaken_is_never_believed() -> None:
    assert road("new", ("talking", 1, 5), ("offer", 2, 2)) == [("new", "start", 1), ("offer", "skip", 1)]


def test_moves_of_the_same_instant_follow_their_order_key() -> None:
    assert road(("new", 0, 0), ("talking", 0, 0), ("offer", 0, 0)) == [
        ("new", "start", 1),
        ("talking", "forward", 1),
        ("offer", "forward", 1),
    ]
