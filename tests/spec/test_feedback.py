"""What sales says of a lead is read, told beside the reasons, lets a rejected lead rest, and counts as lost where the project says so."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from configs.errors import FunnelcastError
from configs.project import ListSetting
from features.engine import compute
from features.feature import Feature, Selection
from features.feedback import last_verdicts_sql, resting_sql
from features.languages import voice_of
from features.oracle import oracle
from features.outcomes import create_outcomes
from features.snapshots import create_snapshots
from features.tables import SOURCE_TABLES, feedback
from features.words import times
from models.holdout import HELD
from models.rank import rank_open
from pipelines.lists.day import Line
from pipelines.lists.plain import plain
from pipelines.lists.row import rows
from pipelines.lists.verdicts import verdict_says
from tests.company import short_project
from tests.histories import Row, fill, lake, spine
from tests.hostile import HOSTILE

MONDAY = date(2026, 6, 1)
AS_OF = datetime(2026, 6, 1)
AT_THE_EDGES = st.sampled_from([-15.0, -14.0, -14 + 1 / 24, -1.0, -1 / 24, 0.0, 1 / 24, 3.0])


def at(days: float) -> datetime:
    return AS_OF + timedelta(days=days)


def said(days: float, verdict: str = "rejected", lead: str = "a", **more: object) -> Row:
    return {"lead_id": lead, "happened_at": at(days), "verdict": verdict, **more}


def resting(tables: dict[str, list[Row]], rests_days: int = 14) -> set[str]:
    with lake({**tables}) as con:
        return {lead for (lead,) in con.execute(resting_sql(AS_OF, rests_days)).fetchall()}


@pytest.mark.parametrize(
    ("table", "rests"),
    [
        ({}, {"a"}),
        ({"touches": [{"lead_id": "a", "happened_at": at(-1), "kind": "form", "direction": "inbound"}]}, set()),
        ({"touches": [{"lead_id": "a", "happened_at": at(-1), "kind": "mail", "direction": "outbound"}]}, {"a"}),
        ({"touches": [{"lead_id": "a", "happened_at": at(-5), "kind": "form", "direction": "inbound"}]}, {"a"}),
        ({"touches": [{"lead_id": "b", "happened_at": at(-1), "kind": "form", "direction": "inbound"}]}, {"a"}),
        ({"stage_moves": [{"lead_id": "a", "happened_at": at(-1), "stage": "talking"}]}, set()),
        ({"field_changes": [{"lead_id": "a", "happened_at": at(-1), "field": "budget", "value": "yes"}]}, set()),
    ],
)
def test_a_rejected_lead_rests_until_something_new_is_known_of_it(table: dict[str, list[Row]], rests: set[str]) -> None:
    tables = {"feedback": [said(-3)], **table}
    assert resting(tables) == rests


@pytest.mark.parametrize(("days", "rests"), [(-14.0, set()), (-13.99, {"a"}), (0.0, {"a"})])
def test_it_rests_for_so_many_days(days: float, rests: set[str]) -> None:
    assert resting({"feedback": [said(days)]}) == rests
    assert resting({"feedback": [said(days)]}, rests_days=0) == set()


def test_the_last_word_counts_and_of_the_same_instant_the_rejection() -> None:
    assert resting({"feedback": [said(-3), said(-2, "accepted")]}) == set()
    assert resting({"feedback": [said(-3, "contacted"), said(-3), said(-3, "accepted")]}) == {"a"}


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(AT_THE_EDGES, st.sampled_from(["accepted", "rejected", "contacted"])), max_size=4))
def test_nothing_known_later_changes_who_rests_or_what_is_told(verdicts: list[tuple[float, str]]) -> None:
    everything = [said(days, verdict) for days, verdict in verdicts]
    known = [row for days, row in zip((days for days, _ in verdicts), everything, strict=True) if at(days) <= AS_OF]
    told = f"SELECT lead_id, verdict, happened_at FROM ({last_verdicts_sql(AS_OF)})"
    found = []
    empty: dict[str, Iterable[Row]] = {}
    with lake(empty) as con:
        for heard in (everything, known):
            fill(con, {"feedback": heard})
            found.append([con.execute(sql).fetchall() for sql in (told, resting_sql(AS_OF, 14))])
    assert found[0] == found[1]


def ranked(resting_leads: Sequence[str], held: Sequence[str] = ()) -> pd.DataFrame:
    leads = [f"L{number}" for number in range(8)]
    frame = pd.DataFrame({"lead_id": leads, "win": np.linspace(0.9, 0.1, 8), "amount": float("nan")})
    frame = frame.assign(last_touch_at=pd.Timestamp("2026-03-01"), owner_id=None)
    frame = frame.assign(resting=frame["lead_id"].isin(resting_leads), held=frame["lead_id"].isin(held))
    setting = ListSetting(head="win", capacity=4, nurture=1, explore=0.5)
    return rank_open(frame, setting, "shop 1").scores.set_index("lead_id")


def test_a_resting_lead_is_neither_called_nor_drawn_and_another_takes_its_place() -> None:
    found = ranked(["L0", "L6"])
    assert (found["band"] == "call").sum() == 4
    assert found.loc[["L0", "L6"], "band"].tolist() == ["skip", "skip"]
    assert found.loc[["L0", "L6"], "chance_of_listing"].tolist() == [0.0, 0.0]
    assert found["rank"].tolist() == list(range(1, 9))
    assert "call" in set(ranked([])["band"][["L0"]])


def test_a_lead_that_is_held_back_and_rests_stays_held_back() -> None:
    found = ranked(["L0", "L1"], held=["L0"])
    assert found.loc["L0", "band"] == HELD
    assert found.loc[["L0", "L1"], "above_cut"].all()


def left(feedback_rows: list[Row], *, counts: bool) -> object:
    tables: dict[str, list[Row]] = {
        "leads": [{"lead_id": "a", "happened_at": at(-30)}],
        "stage_moves": [{"lead_id": "a", "stage": "new", "happened_at": at(-3)}],
        "feedback": feedback_rows,
    }
    setting = short_project()
    with lake({**tables}) as con:
        assert create_snapshots(con, setting, [MONDAY]) == 1
        create_outcomes(con, setting.funnel, {"leave": 14, "win": 14, "progress": 14}, at(60), rejected_is_lost=counts)
        found = con.execute("SELECT leave, win, progress FROM outcomes").fetchone()
        assert found is not None
        assert found[1:] == (0.0, 0.0)
        return found[0]


@pytest.mark.parametrize(("days", "yes"), [(0.0, 0.0), (1 / 24, 1.0), (14.0, 1.0), (14 + 1 / 24, 0.0)])
def test_a_rejection_in_the_window_is_a_loss_where_the_project_says_so(days: float, yes: float) -> None:
    assert left([said(days)], counts=True) == yes
    assert left([said(days)], counts=False) == 0.0
    assert left([said(days, "accepted"), said(days, "contacted")], counts=True) == 0.0


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", "You rejected it on 3 May: wrong person."),
        ("fr", "Vous l’avez écarté le 3 mai\u00a0: wrong person."),
        ("nl", "U hebt deze afgewezen op 3 mei: wrong person."),
    ],
)
def test_it_is_told_in_the_words_of_the_list(language: str, told: str) -> None:
    day, voice = date(2026, 5, 3), voice_of(language)
    assert verdict_says("rejected", "wrong person.", "anna", "anna", day, MONDAY, voice) == told


def test_who_said_it_is_named_where_it_was_not_the_owner() -> None:
    day = date(2025, 5, 3)
    assert verdict_says("accepted", "", "bo", "anna", day, MONDAY) == "bo accepted it on 3 May 2025."
    assert verdict_says("contacted", "", "", "anna", day, MONDAY) == "You contacted it on 3 May 2025."


def test_what_strangers_type_as_a_reason_is_one_short_plain_line() -> None:
    for reason in HOSTILE:
        told = verdict_says("rejected", reason, reason, "anna", MONDAY, MONDAY)
        assert told == plain(told)
        assert len(told.splitlines()) == 1
        assert len(told) < 160


def test_it_stands_before_what_has_moved_the_chance() -> None:
    told = verdict_says("rejected", "wrong person", "", "", MONDAY, MONDAY)
    line = Line(1, "L1", "N", "", "", "", "New", "call", 0.5, "", {}, None, "", moved="Up 2 points.", feedback=told)
    assert rows([line], ("New",))[0].moved == "You rejected it on 1 June: wrong person. Up 2 points."


REJECTIONS = Feature(
    Selection(feedback).where(verdict="rejected").count(), times, "Rejected {value}", "Not rejected", (7,), "rejections"
)


@pytest.mark.parametrize(("days", "count"), [(-7.0, 0), (-7 + 1 / 24, 1), (0.0, 1), (1 / 24, 0)])
def test_rejections_are_counted_as_all_that_is_known_of_a_lead(days: float, count: int) -> None:
    columns = REJECTIONS.columns
    late = {**said(-2), "known_at": at(1)}
    with lake({"feedback": [said(days), said(days, "accepted"), late, said(-1, lead="b")]}) as con:
        spine(con, [("a", AS_OF)])
        assert compute(con, columns)[0, 0] == count
        assert oracle(con, columns)[0, 0] == count


def test_the_reason_is_personal_and_is_never_counted() -> None:
    with pytest.raises(FunnelcastError, match="reason is personal"):
        Selection(feedback).where(reason="wrong person")
    assert SOURCE_TABLES["feedback"] is feedback
    assert feedback.column("reason").personal
    assert not feedback.column("verdict").personal
    with pytest.raises(FunnelcastError, match="did you mean 'verdict'"):
        feedback.column("verdct")
