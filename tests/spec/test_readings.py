"""What can be read of a lead on a day: fields and how long they hold, colleagues, criteria, fit, engagement and the calendar."""

from datetime import datetime, timedelta
from math import nan

import numpy as np
import pytest

from features.engine import compute
from features.feature import Blend, Feature, FeatureColumn, Selection
from features.fields import create_field_spans
from features.readings import (
    Colleagues,
    CriteriaMet,
    CriterionReading,
    Evidence,
    Fact,
    FieldReading,
    Fit,
    PlainReading,
    fields_of,
)
from features.tables import leads as leads_table
from features.tables import touches as touches_table
from features.words import number
from tests.histories import Row, lake, spine

START = datetime(2026, 3, 2)


def on(day: float) -> datetime:
    return START + timedelta(days=day)


def read(
    measure: PlainReading | Blend, day: float = 10, *, fields: list[Row] | None = None, touches: list[Row] | None = None,
    leads: list[Row] | None = None, looked: str = "a",
) -> float:  # fmt: skip
    """The value of one measure for one lead on a day."""
    people = leads or [{"lead_id": "a", "happened_at": START}]
    accounts = {str(lead["lead_id"]): str(lead["account_id"]) for lead in people if lead.get("account_id")}
    with lake({"leads": people, "field_changes": fields or [], "touches": touches or []}) as con:
        spine(con, [(looked, on(day))], accounts)
        con.execute("CREATE TABLE moves AS SELECT lead_id, happened_at, known_at, 'open' AS kind FROM leads LIMIT 0")
        con.execute("CREATE TABLE funnel_stages AS SELECT 'new' AS stage, 10 AS stale_after_days")
        create_field_spans(con, leads_table, fields_of(measure) if isinstance(measure, PlainReading) else ())
        column = FeatureColumn(Feature(measure, number, "{value}", "none", name="it"), None)
        return float(compute(con, [column])[0, 0])


def said(field: str, value: str | None, day: float, known: float | None = None) -> Row:
    return {
        "lead_id": "a", "happened_at": on(day), "known_at": on(day if known is None else known), "field": field, "value": value,
    }  # fmt: skip


def touch(kind: str, day: float, lead: str = "a", **more: object) -> Row:
    return {"lead_id": lead, "happened_at": on(day), "kind": kind, "direction": "inbound", **more}


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ([("yes", 2)], 8),
        ([("yes", 2), ("yes", 5)], 8),
        ([("yes", 2), ("no", 5)], 5),
        ([("yes", 2), ("no", 5), ("yes", 6)], 4),
        ([], nan),
        ([("yes", 11)], nan),
    ],
    ids=["once", "said again", "changed", "changed back", "never", "later"],
)
def test_a_field_is_held_since_it_took_its_value(told: list[tuple[str, float]], held: float) -> None:
    fields = [said("budget", value, day) for value, day in told]
    np.testing.assert_equal(read(FieldReading("budget", "held_days"), fields=fields), held)


BUDGET = Evidence("budget", good=("yes",), bad=("no",))
MEETING = Evidence(touch=(("kind", ("meeting",)),))


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ([], nan),
        ([said("role", "Buyer", 4)], 1),
        ([said("role", "student", 4)], 0),
        ([said("role", "student", 4), said("role", "buyer", 6)], 1),
        ([said("role", "buyer", 4), said("role", "", 6)], nan),
        ([said("role", "buyer", 4), said("role", "student", 11)], 1),
        ([said("role", "buyer", 4, known=11)], nan),
    ],
    ids=["never", "this one", "another", "this one now", "emptied", "another later", "known later"],
)
def test_a_field_is_this_value_another_or_unknown(told: list[Row], found: float) -> None:
    buyer = CriterionReading((Evidence("role", good=("buyer",)),), "is")
    np.testing.assert_equal(read(buyer, fields=told), found)


@pytest.mark.parametrize(
    ("fields", "touches", "known", "verdict", "days"),
    [
        ([], [], nan, nan, nan),
        ([said("budget", "YES", 4)], [], 1, 1, 6),
        ([said("budget", "No", 4)], [], 1, -1, 6),
        ([said("budget", "perhaps", 4)], [], 1, 0, 6),
        ([said("budget", "", 4)], [], nan, nan, nan),
        ([said("budget", "no", 4)], [touch("meeting", 7)], 1, 1, 3),
        ([said("budget", "no", 8)], [touch("meeting", 7)], 1, -1, 2),
        ([said("budget", "no", 4, known=11)], [], nan, nan, nan),
        ([said("budget", "yes", 4), said("budget", "no", 5, known=11)], [], 1, 1, 6),
    ],
    ids=[
        "nothing",
        "good",
        "bad",
        "open",
        "emptied",
        "a later touch",
        "a later field",
        "known later",
        "corrected later",
    ],
)
def test_the_evidence_that_happened_last_decides(
    fields: list[Row], touches: list[Row], known: float, verdict: float, days: float
) -> None:
    found = [
        read(CriterionReading((BUDGET, MEETING), reading), fields=fields, touches=touches)
        for reading in ("known", "verdict", "days_since")
    ]
    np.testing.assert_equal(found, [known, verdict, days])


@pytest.mark.parametrize(
    ("evidence", "value", "verdict"),
    [
        (Evidence("size", at_least=10, at_most=20), "10", 1),
        (Evidence("size", at_least=10, at_most=20), "20.5", -1),
        (Evidence("size", at_least=10), "9", -1),
        (Evidence("size", at_least=10), "many", -1),
        (Evidence("size"), "anything", 1),
        (Evidence("size", bad=("none",)), "anything", 1),
        (Evidence("size", bad=("none",)), "None", -1),
        (Evidence("size", good=("big",)), "anything", 0),
    ],
)
def test_a_value_is_good_bad_or_open(evidence: Evidence, value: str, verdict: float) -> None:
    assert read(CriterionReading((evidence,), "verdict"), fields=[said("size", value, 1)]) == verdict


def test_criteria_met_are_counted() -> None:
    met = CriteriaMet(((BUDGET,), (MEETING,), (Evidence("role", good=("cfo",)),)))
    assert read(met) == 0
    fields = [said("budget", "yes", 1), said("role", "intern", 2)]
    assert read(met, fields=fields, touches=[touch("meeting", 3)]) == 2


def test_fit_is_the_weight_of_the_traits_shown() -> None:
    fit = Fit(((Evidence("size", at_least=50), 3.0), (Evidence("role", good=("cfo",)), 1.0)))
    assert np.isnan(read(fit))
    assert read(fit, fields=[said("size", "60", 1)]) == 75
    assert read(fit, fields=[said("size", "40", 1), said("role", "CFO", 2)]) == 25
    assert read(fit, fields=[said("size", "60", 1), said("size", "40", 2), said("size", "70", 3, known=11)]) == 0


def test_engagement_adds_points_that_halve_and_ends_at_100() -> None:
    touches = Selection(touches_table)
    blend = Blend(((touches.where(kind="form").decayed(5), 10), (touches.where(kind="call").decayed(5), 4)), full=20)
    assert read(blend) == 0
    assert read(blend, touches=[touch("form", 10), touch("call", 5)]) == 60
    assert read(blend, touches=[touch("form", 10), touch("form", 9.9), touch("form", 9.8)]) == 100


def test_colleagues_are_the_others_of_the_account_and_active() -> None:
    people: list[Row] = [
        {"lead_id": lead, "happened_at": START, "account_id": account}
        for lead, account in (("a", "x"), ("b", "x"), ("c", "x"), ("d", "y"), ("e", "x"))
    ]
    people.append({"lead_id": "f", "happened_at": START, "known_at": on(11), "account_id": "x"})
    touches = [touch("form", 9, lead) for lead in "abdf"] + [
        touch("form", 3, "c"),
        touch("form", 9, "e", direction="outbound"),
    ]
    roles = [{**said("role", "cfo", 1), "lead_id": lead} for lead in "abc"]
    assert read(Colleagues("people", 7), leads=people, touches=touches) == 1
    assert read(Colleagues("people", 8), leads=people, touches=touches) == 2
    assert read(Colleagues("roles", 8), leads=people, touches=touches, fields=roles) == 1
    assert read(Colleagues("people", 7), leads=people, touches=touches, looked="d") == 0


@pytest.mark.parametrize(
    ("day", "month", "quarter"),
    [
        (datetime(2026, 3, 31), 1, 1),
        (datetime(2026, 4, 1), 30, 91),
        (datetime(2024, 2, 1), 29, 60),
        (datetime(2026, 12, 31, 12), 0.5, 0.5),
    ],
)
def test_the_calendar_counts_to_the_end_of_month_and_quarter(day: datetime, month: float, quarter: float) -> None:
    away = (day - START) / timedelta(days=1)
    assert read(Fact("days_to_month_end"), away) == month
    assert read(Fact("days_to_quarter_end"), away) == quarter


def test_the_first_campaign_is_the_one_known_first() -> None:
    touches = [touch("form", 3, campaign="spring"), touch("form", 1, campaign="late", known_at=on(9))]
    assert read(FieldReading("first_campaign", "known"), touches=touches) == 1
    with lake({"leads": [{"lead_id": "a", "happened_at": START}], "touches": touches}) as con:
        create_field_spans(con, leads_table, ["first_campaign"])
        spans = con.execute("SELECT value, known_at, happened_at FROM field_spans").fetchall()
    assert spans == [("spring", on(3), on(3))]
