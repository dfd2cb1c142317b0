"""Who is looked at on a day, and what is said to have come next."""

from datetime import date, datetime, timedelta

import pytest

from configs.project import Project, Snapshots
from features.outcomes import create_outcomes
from features.snapshots import create_snapshots, snapshot_days
from tests.company import short_project
from tests.histories import Row, lake

MONDAY = date(2026, 1, 5)
AS_OF = datetime(2026, 1, 5)
LATE = datetime(2027, 1, 1)


def at(days: float) -> datetime:
    return AS_OF + timedelta(days=days)


def move(stage: str, days: float, lead: str = "a") -> Row:
    return {"lead_id": lead, "stage": stage, "happened_at": at(days)}


def looked_at(tables: dict[str, list[Row]], setting: Project, lead_created: float = -30) -> list[tuple[object, ...]]:
    leads: list[Row] = [{"lead_id": lead, "happened_at": at(lead_created)} for lead in ("a", "b")]
    with lake({"leads": leads, **tables}) as con:
        create_snapshots(con, setting, [MONDAY])
        return con.execute("SELECT lead_id, cohort, stage FROM snapshots ORDER BY snapshot_id").fetchall()


def outcome(
    head: str, tables: dict[str, list[Row]], setting: Project, horizon: int = 14, until: datetime = LATE
) -> object:
    leads: list[Row] = [{"lead_id": "a", "happened_at": at(-30)}]
    with lake({"leads": leads, **tables}) as con:
        assert create_snapshots(con, setting, [MONDAY]) == 1
        create_outcomes(con, setting.funnel, {head: horizon}, until)
        found = con.execute(f"SELECT {head} FROM outcomes").fetchone()
        assert found is not None
        return found[0]


def test_weekly_days_begin_with_the_first_such_weekday() -> None:
    days = snapshot_days(Snapshots(every="week", on="monday"), date(2026, 1, 1), date(2026, 1, 19))
    assert days == [date(2026, 1, 5), date(2026, 1, 12), date(2026, 1, 19)]
    assert len(snapshot_days(Snapshots(every="day"), date(2026, 1, 1), date(2026, 1, 19))) == 19


def test_open_leads_are_looked_at_and_closed_ones_are_not() -> None:
    moves = [move("new", -3), move("lost", -1), move("new", -3, "b")]
    assert looked_at({"stage_moves": moves}, short_project()) == [("b", "open", "new")]


def test_a_stage_entered_at_the_moment_counts_and_one_entered_after_it_does_not() -> None:
    instant = 1e-6 / 86_400
    assert looked_at({"stage_moves": [move("new", -3), move("talking", 0)]}, short_project()) == [
        ("a", "open", "talking")
    ]
    assert looked_at({"stage_moves": [move("new", -3), move("talking", instant)]}, short_project()) == [
        ("a", "open", "new")
    ]


def test_a_lead_that_has_been_open_for_too_long_is_not_looked_at() -> None:
    moves = [move("new", -10), move("new", -9.99, "b")]
    assert looked_at({"stage_moves": moves}, short_project(open_for_days=10)) == [("b", "open", "new")]


def test_consent_is_needed_where_it_is_the_ground_and_an_opt_out_always_counts() -> None:
    moves = [move("new", -3), move("new", -3, "b")]
    yes: Row = {"lead_id": "a", "purpose": "sales", "granted": True, "happened_at": at(-2)}
    no: Row = {**yes, "granted": False, "happened_at": at(-1)}
    later_no: Row = {**no, "happened_at": at(1)}
    other: Row = {"lead_id": "b", "purpose": "newsletter", "granted": True, "happened_at": at(-2)}
    assert [
        row[0] for row in looked_at({"stage_moves": moves, "consents": [yes, other]}, short_project("consent"))
    ] == ["a"]
    assert looked_at({"stage_moves": moves, "consents": [yes, no]}, short_project("consent")) == []
    assert [
        row[0] for row in looked_at({"stage_moves": moves, "consents": [yes, later_no]}, short_project("consent"))
    ] == ["a"]
    assert [
        row[0] for row in looked_at({"stage_moves": moves, "consents": [no]}, short_project("legitimate_interest"))
    ] == ["b"]


def test_a_yes_and_a_no_of_the_same_instant_are_a_no() -> None:
    moves = [move("new", -3)]
    yes: Row = {"lead_id": "a", "purpose": "sales", "granted": True, "happened_at": at(-2)}
    for said in ([yes, {**yes, "granted": False}], [{**yes, "granted": False}, yes]):
        assert looked_at({"stage_moves": moves, "consents": said}, short_project("consent")) == []


@pytest.mark.parametrize(
    ("head", "stage", "days", "expected"),
    [
        ("progress", "talking", 14, 1.0),
        ("progress", "offer", 1, 1.0),
        ("progress", "won", 1, 1.0),
        ("progress", "lost", 1, 0.0),
        ("progress", "talking", 14.001, 0.0),
        ("win", "won", 14, 1.0),
        ("win", "won", 14.001, 0.0),
        ("win", "offer", 1, 0.0),
        ("leave", "lost", 14, 1.0),
        ("leave", "won", 1, 0.0),
    ],
)
def test_outcomes_lie_in_the_days_after_the_moment(head: str, stage: str, days: float, expected: float) -> None:
    moves = [move("new", -3), move(stage, days)]
    assert outcome(head, {"stage_moves": moves}, short_project()) == expected


def test_going_back_is_no_progress() -> None:
    assert outcome("progress", {"stage_moves": [move("talking", -3), move("new", 2)]}, short_project()) == 0.0


def test_a_window_that_is_not_over_is_too_early_to_tell_even_when_the_answer_is_there() -> None:
    moves = [move("new", -3), move("won", 2)]
    assert outcome("win", {"stage_moves": moves}, short_project(), until=at(13.999)) is None
    assert outcome("win", {"stage_moves": moves}, short_project(), until=at(14)) == 1.0


def inbound(days: float) -> Row:
    return {"lead_id": "a", "kind": "call", "direction": "inbound", "happened_at": at(days)}


@pytest.mark.parametrize(
    ("touches", "moves", "expected"),
    [
        ([inbound(-5)], [], 1.0),  # silent from day 5 on
        ([inbound(-5), inbound(4)], [], 1.0),  # spoke again, silent from day 14 on
        ([inbound(-5), inbound(4.01)], [], 0.0),  # silent just after the window
        ([inbound(-10)], [], None),  # silent already
        ([inbound(-5)], [move("won", 3)], 0.0),  # won before it fell silent
        ([inbound(-5)], [move("won", 6)], 1.0),  # won after it fell silent
    ],
)
def test_silence_is_leaving(touches: list[Row], moves: list[Row], expected: float | None) -> None:
    tables = {"stage_moves": [move("new", -30), *moves], "touches": touches}
    assert outcome("leave", tables, short_project(silent_after_days=10)) == expected


def bought(days: float, length: int = 30) -> Row:
    return {"lead_id": "a", "plan": "m", "happened_at": at(days), "ends_at": at(days + length)}


RENEWAL: dict[str, object] = {"churn": "renewal", "grace_days": 5}


@pytest.mark.parametrize(
    ("purchases", "expected"),
    [
        ([bought(-20)], 0.0),  # covered to day 15, beyond the horizon of 14
        ([bought(-21)], 1.0),  # covered to day 14
        ([bought(-21), bought(14)], 0.0),  # bought again on the last day of grace
        ([bought(-21), bought(14.01)], 1.0),  # bought again too late
        ([bought(-34)], 1.0),  # in the days of grace
    ],
)
def test_a_customer_who_does_not_renew_within_the_days_of_grace_is_gone(purchases: list[Row], expected: float) -> None:
    tables = {"stage_moves": [move("won", -40)], "purchases": purchases}
    assert outcome("churn", tables, short_project(customer=RENEWAL)) == expected


def test_a_customer_is_looked_at_while_covered() -> None:
    for start, cohort in ((-34.99, ["customer"]), (-35, []), (0.01, [])):
        tables = {"stage_moves": [move("won", -40)], "purchases": [bought(start)]}
        assert [row[1] for row in looked_at(tables, short_project(customer=RENEWAL), -50)] == cohort


def test_a_silent_customer_is_gone() -> None:
    silence: dict[str, object] = {"churn": "silence", "silent_days": 20}
    tables = {"stage_moves": [move("won", -30)], "touches": [inbound(-10)]}
    assert outcome("churn", tables, short_project(customer=silence)) == 1.0
    assert outcome("churn", {**tables, "touches": [inbound(-10), inbound(3)]}, short_project(customer=silence)) == 0.0


def test_a_churned_stage_is_churn() -> None:
    stages: dict[str, object] = {"churn": "stages", "churned": [{"name": "gone", "says": "gone"}]}
    assert (
        outcome("churn", {"stage_moves": [move("won", -30), move("gone", 14)]}, short_project(customer=stages)) == 1.0
    )
    assert (
        outcome("churn", {"stage_moves": [move("won", -30), move("gone", 15)]}, short_project(customer=stages)) == 0.0
    )
