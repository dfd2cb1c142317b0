"""Which leads are closed on a day, how they ended, and what was known of them before."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from configs.project import Project
from features.closings import closed_leads
from tests.company import short_project
from tests.histories import Row, lake

MONDAY = datetime(2026, 1, 5)
FOREVER = datetime(9999, 1, 1)


def project(*lost: str, silent_after_days: int | None = None, basis: str = "contract") -> Project:
    ends = [{"name": name, "says": name} for name in lost]
    return short_project(basis, lost=ends, silent_after_days=silent_after_days)


def at(days: float) -> datetime:
    return MONDAY + timedelta(days=days)


def closed(setting: Project, moves: Sequence[tuple[str, float]], **tables: list[Row]) -> list[tuple[object, ...]]:
    """closed_at and until in days, won, stage_rank and source of one lead that came on day 0 from the web."""
    leads: list[Row] = [{"lead_id": "a", "source": "web", "happened_at": at(0)}]
    stages: list[Row] = [{"lead_id": "a", "stage": stage, "happened_at": at(day)} for stage, day in moves]
    with lake({"leads": leads, "stage_moves": stages, **tables}) as con:
        found = closed_leads(con, setting)
    assert (found["lead_id"] == "a").all()
    spans = [
        tuple(None if moment == FOREVER else (moment - MONDAY) / timedelta(days=1) for moment in span)
        for span in zip(found["closed_at"], found["until"], strict=True)
    ]
    ends = zip(found["won"], found["stage_rank"], found["field_source"], strict=True)
    return [(*span, *end) for span, end in zip(spans, ends, strict=True)]


def test_an_open_lead_is_not_closed() -> None:
    assert closed(project("lost"), [("new", 0), ("offer", 3)]) == []


def test_a_lost_lead_died_in_its_last_open_stage() -> None:
    assert closed(project("lost"), [("new", 0), ("talking", 3), ("lost", 9)]) == [(9, None, False, 1, "web")]


def test_a_lead_that_comes_back_is_closed_only_for_a_while() -> None:
    moves = [("new", 0), ("lost", 9), ("talking", 20), ("won", 30)]
    found = closed(project("lost"), moves)
    assert [(*row[:3], row[4]) for row in found] == [(9, 20, False, "web"), (30, None, True, "web")]


def test_a_field_counts_as_it_was_before_the_end() -> None:
    change: Row = {"lead_id": "a", "field": "source"}
    before, with_the_end = (
        {**change, "value": value, "happened_at": at(day)} for value, day in (("fair", 5), ("none", 9))
    )
    moves = [("new", 0), ("lost", 9)]
    assert closed(project("lost"), moves, field_changes=[before, with_the_end]) == [(9, None, False, 0, "fair")]


def test_where_no_stage_is_lost_the_silent_are_until_they_speak_again() -> None:
    call: Row = {"lead_id": "a", "direction": "inbound", "kind": "call", "happened_at": at(50)}
    moves = [("new", 0), ("talking", 3)]
    silent = project(silent_after_days=30)
    assert closed(silent, moves, touches=[call]) == [(30, 50, False, 1, "web"), (80, None, False, 1, "web")]
    assert closed(silent, [*moves, ("won", 10)]) == [(10, None, True, 1, "web")]
    assert closed(project("lost", silent_after_days=30), moves, touches=[call]) == []


def test_silence_is_heard_when_it_could_be() -> None:
    """A call that became known only after the lead had fallen silent was not known to end the silence before."""
    call: Row = {"lead_id": "a", "direction": "inbound", "kind": "call", "happened_at": at(20), "known_at": at(40)}
    found = closed(project(silent_after_days=30), [("new", 0)], touches=[call])
    assert found == [(30, 40, False, 0, "web"), (50, None, False, 0, "web")]


@pytest.mark.parametrize(("granted", "rows"), [(True, 1), (False, 0)])
def test_who_may_not_be_looked_at_teaches_nothing(granted: bool, rows: int) -> None:  # noqa: FBT001 - a case, not a switch
    word: Row = {"lead_id": "a", "purpose": "sales", "granted": granted, "happened_at": at(1)}
    found = closed(project("lost", basis="consent"), [("new", 0), ("lost", 9)], consents=[word])
    assert len(found) == rows
