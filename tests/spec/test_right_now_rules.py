"""Who stands above the ranking: each rule at its threshold, at the midnight of its day, and blind to what is known later."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from configs.project import HeadName, Project
from configs.right_now import Leaving, MeetingsToday, Moved, OverdueStage, Unanswered
from features import dialogue
from features.engine import compute
from features.feature import Feature, FeatureColumn
from features.fields import create_field_spans
from features.matrix import Matrix
from features.pending import meetings_sql, waiting_sql
from features.tables import project_tables
from features.words import times
from models.tell_moves import Move
from pipelines.job import Job
from pipelines.right_now import rules
from pipelines.right_now.rules import Found, Morning
from pipelines.store import Workspace
from tests.company import short_project
from tests.histories import Row, lake, spine

DAY = date(2026, 3, 9)
AS_OF = datetime(2026, 3, 9)
YESTERDAY = date(2026, 3, 8)
HOUR, SECOND = timedelta(hours=1), timedelta(seconds=1)
HOUR_WITHIN_TWO_DAYS = Unanswered(after_minutes=60, within_days=2)


def touch(ago: timedelta, kind: str = "form", known_ago: timedelta | None = None, lead: str = "a") -> Row:
    way = "outbound" if kind in ("answer", "mail_sent") else "inbound"
    known = AS_OF - (ago if known_ago is None else known_ago)
    return {"lead_id": lead, "happened_at": AS_OF - ago, "known_at": known, "kind": kind, "direction": way}


def waiting(touches: Sequence[Row], rule: Unanswered = HOUR_WITHIN_TWO_DAYS) -> list[tuple[Any, ...]]:
    with lake({"touches": touches}) as con:
        sql = waiting_sql(dialogue.requests.conditions, dialogue.outbound.conditions, rule, AS_OF)
        return con.execute(sql).fetchall()


@pytest.mark.parametrize(
    ("touches", "waits"),
    [
        ([touch(HOUR)], [1]),
        ([touch(HOUR - SECOND)], []),
        ([touch(48 * HOUR - SECOND)], [1]),
        ([touch(48 * HOUR)], []),
        ([touch(HOUR, known_ago=-SECOND)], []),
        ([touch(HOUR, "page_view")], []),
        ([touch(HOUR, "mail_reply"), touch(3 * HOUR)], [2]),
        ([touch(3 * HOUR), touch(2 * HOUR, "answer")], []),
        ([touch(3 * HOUR), touch(3 * HOUR, "answer")], [1]),
        ([touch(3 * HOUR), touch(4 * HOUR, "mail_sent")], [1]),
        ([touch(3 * HOUR), touch(2 * HOUR, "answer", known_ago=-SECOND)], [1]),
        ([touch(3 * HOUR), touch(2 * HOUR, "answer"), touch(HOUR)], [1]),
        ([touch(60 * HOUR), touch(2 * HOUR)], [1]),
    ],
    ids=[
        "the threshold exactly met", "a second too early", "the window's first moment", "outside the window", "known after the day began",
        "no request", "asked twice", "answered", "answered in the same instant", "written to before", "answer known later",
        "asked again after the answer", "the older request is out of the window",
    ],
)  # fmt: skip
def test_who_waits_for_an_answer(touches: list[Row], waits: list[int]) -> None:
    assert [asked for _, asked, _ in waiting(touches)] == waits


def test_a_request_of_the_midnight_itself_counts_and_has_waited_for_no_time() -> None:
    assert waiting([touch(timedelta())]) == []
    assert waiting([touch(timedelta())], Unanswered(after_minutes=0)) == [("a", 1, AS_OF)]


def test_the_rule_and_the_feature_agree_on_who_waits() -> None:
    """The columns that models learn from count the same requests."""
    chance = np.random.default_rng(5)
    kinds = ("form", "mail_reply", "answer", "page_view", "mail_sent")
    touches = [
        touch(int(chance.integers(0, 800)) * HOUR, kinds[chance.integers(0, 5)], lead=f"L{chance.integers(0, 60)}")
        for _ in range(240)
    ]
    unanswered = Feature(dialogue.unanswered.measure, times, "{value}", "none", (30,), "unanswered")
    names = sorted({str(row["lead_id"]) for row in touches})
    with lake({"touches": touches}) as con:
        spine(con, [(name, AS_OF) for name in names])
        counted = compute(con, [FeatureColumn(unanswered, 30)])[:, 0]
    by_feature = {name: int(count) for name, count in zip(names, counted, strict=True) if count > 0}
    by_rule = {name: asked for name, asked, _ in waiting(touches, Unanswered(after_minutes=0, within_days=30))}
    assert by_rule == by_feature
    assert 0 < len(by_rule) < len(names)


def booked(value: str, known: datetime, lead: str = "a") -> Row:
    return {"lead_id": lead, "happened_at": known, "field": "next_meeting", "value": value}


@pytest.mark.parametrize(
    ("changes", "meets"),
    [
        ([booked("2026-03-09T10:00:00Z", AS_OF - HOUR)], ["10:00"]),
        ([booked("2026-03-09 00:00:00", AS_OF)], ["00:00"]),
        ([booked("2026-03-08T23:59:59", AS_OF - HOUR)], []),
        ([booked("2026-03-10T00:00:00", AS_OF - HOUR)], []),
        ([booked("2026-03-10T00:30:00+01:00", AS_OF - HOUR)], ["23:30"]),
        ([booked("2026-03-09", AS_OF - HOUR)], ["all day"]),
        ([booked("2026-03-09T10:00:00Z", AS_OF + SECOND)], []),
        ([booked("2026-03-09T10:00:00Z", AS_OF - HOUR), booked("2026-03-12T10:00:00Z", AS_OF)], []),
        ([booked("2026-03-09T10:00:00Z", AS_OF - HOUR), booked("", AS_OF - SECOND)], []),
        ([booked("2026-03-09T10:00:00Z", AS_OF - HOUR), booked("", AS_OF + SECOND)], ["10:00"]),
        ([booked("soon", AS_OF - HOUR)], []),
    ],
    ids=[
        "on the day", "at its first moment", "the day before", "the day after", "in another zone", "no time", "booked after the day began",
        "moved to another day", "called off", "called off after the day began", "no moment at all",
    ],
)  # fmt: skip
def test_whom_we_meet_in_the_course_of_the_day(changes: list[Row], meets: list[str]) -> None:
    with lake({"field_changes": changes}) as con:
        con.execute("SET TimeZone = 'UTC'")
        create_field_spans(con, project_tables()["leads"], ["next_meeting"])
        rows = con.execute(meetings_sql(MeetingsToday(), AS_OF)).fetchall()
    assert ["all day" if whole else f"{at:%H:%M}" for _, at, whole in rows] == meets


def scores(**columns: Sequence[object]) -> pd.DataFrame:
    """Ranked scores of leads a, b, c ... in this order; every column may be given."""
    count = len(next(iter(columns.values())))
    told: dict[str, Sequence[object]] = {
        "lead_id": [chr(ord("a") + place) for place in range(count)],
        "cohort": ["open"] * count,
        "stage": ["talking"] * count,
        "owner_id": ["jo"] * count,
        "band": ["call"] * count,
        "rank": list(range(1, count + 1)),
        "move": [None] * count,
    }
    return pd.DataFrame({**told, **columns})


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    with lake(
        {"touches": [touch(5 * HOUR, lead="a"), touch(3 * HOUR, lead="b"), touch(4 * HOUR, lead="gone")]}
    ) as opened:
        yield opened


def project(**changes: object) -> Project:
    stages = [{"name": "talking", "says": "in talks", "group": "top", "stale_after_days": 10}]
    made = short_project(stages=stages, customer={"churn": "silence", "silent_days": 90, "horizon_days": 30})
    heads = Project.model_validate({**made.model_dump(), "heads": {"win": {}, "churn": {}}, "list": {"head": "win"}})
    return heads.model_copy(update=changes)


def morning(
    rows: pd.DataFrame, withheld: Sequence[HeadName] = (), since: date | None = YESTERDAY, stays: Sequence[float] = ()
) -> Morning:
    values = np.array([[10 * stay, stay] for stay in stays], dtype=np.float32).reshape(-1, 2)
    snapshots = rows[["lead_id", "cohort"]].iloc[: len(values)]
    matrix = Matrix(snapshots, values, ("days_in_stage", "stay_against_usual"), pd.DataFrame(index=snapshots.index))
    return Morning(Job(project(), Workspace(Path()), Path(), DAY), rows, matrix, frozenset(withheld), since)


def told(found: Found) -> dict[str, str]:
    return {row["lead_id"]: found.says(row) for row in found.rows.to_dict("records")}


def test_the_latest_request_comes_first_and_only_of_leads_that_were_scored(con: duckdb.DuckDBPyConnection) -> None:
    found = rules.unanswered(morning(scores(rank=[1, 2, 3])), Unanswered(), con)
    assert told(found) == {
        "b": "Has waited for our answer since 8 March, 21:00 UTC",
        "a": "Has waited for our answer since 8 March, 19:00 UTC",
    }
    assert list(told(found)) == ["b", "a"]


def test_a_project_may_say_what_asks_and_what_answers(con: duckdb.DuckDBPyConnection) -> None:
    asked = Unanswered(asked={"kind": "call"}, answered={"kind": "answer"})
    assert told(rules.unanswered(morning(scores(rank=[1, 2])), asked, con)) == {}


MOVES = [Move(12.0, ()), Move(5.0, ()), Move(4.999, ()), Move(-5.0, ()), Move(-7.5, ()), None]


def test_who_rose_or_fell_by_the_points_or_more_the_furthest_first() -> None:
    looked = morning(scores(move=MOVES))
    assert told(rules.risen(looked, Moved(points=5))) == {
        "a": "Up 12 points since yesterday",
        "b": "Up 5 points since yesterday",
    }
    assert list(told(rules.fallen(looked, Moved(points=5)))) == ["e", "d"]
    assert told(rules.risen(looked, Moved(points=12.5))) == {}


def test_a_sum_that_misses_the_threshold_by_rounding_alone_meets_it() -> None:
    lost_in_sums = 100 * (0.57 - 0.45)
    assert lost_in_sums < 12
    assert told(rules.risen(morning(scores(move=[Move(lost_in_sums, ())])), Moved(points=12)))


def test_no_points_are_told_where_chances_are_withheld_or_there_was_no_list() -> None:
    rows = scores(move=MOVES)
    for looked in (morning(rows, withheld=["win"]), morning(rows, since=None)):
        assert told(rules.risen(looked, Moved())) == told(rules.fallen(looked, Moved())) == {}


def test_customers_do_not_rise_or_fall_but_leave() -> None:
    rows = scores(move=[Move(30.0, ())] * 3, cohort=["customer"] * 3, churn=[0.2, 0.19999, 0.6])
    assert told(rules.risen(morning(rows), Moved())) == {}
    found = rules.leaving(morning(rows), Leaving(chance=0.2))
    assert told(found) == {
        "c": "Of customers like this one, 60 in 100 leave by 8 April",
        "a": "Of customers like this one, 20 in 100 leave by 8 April",
    }
    assert list(told(found)) == ["c", "a"]
    few_leave = scores(cohort=["customer"] * 3, churn=[0.0004, 0.0003, 0.6])
    assert told(rules.leaving(morning(few_leave), Leaving(chance=0.2))) == {
        "c": "Of customers like this one, 60 in 100 leave by 8 April"
    }
    assert told(rules.leaving(morning(rows, withheld=["churn"]), Leaving())) == {}
    assert told(rules.leaving(morning(rows.drop(columns="churn")), Leaving())) == {}


@pytest.mark.parametrize("threshold", [1.1, 1.3, 1.5, 2.0, 2.7])
def test_who_stands_for_the_usual_days_so_many_times_over_the_best_first(threshold: float) -> None:
    rows = scores(rank=[2, 1, 3, 4], cohort=["open", "open", "open", "customer"])
    stays = [threshold, threshold + 1, threshold - 0.01, 9.0]
    found = rules.overdue_stage(morning(rows, stays=stays), OverdueStage(times_usual=threshold))
    assert list(told(found)) == ["b", "a"]
    assert told(found)["b"] == f"At “in talks” for {int(10 * np.float32(threshold + 1))} days; up to 10 days is usual"


def test_a_stage_without_usual_days_is_never_overdue() -> None:
    assert told(rules.overdue_stage(morning(scores(rank=[1]), stays=[float("nan")]), OverdueStage())) == {}


@pytest.mark.parametrize(("most_share", "named"), [(0.5, 2), (0.49, 0), (1.0, 2)])
def test_what_is_true_of_too_many_is_no_news_of_anybody(most_share: float, named: int) -> None:
    """Two of four are overdue; of a fifth, in a stage without usual days, and of a customer nothing could be found."""
    rows = scores(rank=[1, 2, 3, 4, 5, 6], cohort=["open"] * 5 + ["customer"])
    found = rules.overdue_stage(
        morning(rows, stays=[3.0, 2.0, 1.0, 1.0, float("nan"), 9.0]), OverdueStage(most_share=most_share)
    )
    assert (len(found.rows), found.concerns, found.is_no_news) == (2, 4, named == 0)


def test_that_most_chances_moved_is_no_news_of_a_lead() -> None:
    rows = scores(move=[Move(30.0, ())] * 3 + [Move(0.0, ()), None])
    found = rules.risen(morning(rows), Moved(most_share=0.7))
    assert (len(found.rows), found.concerns, found.is_no_news) == (3, 4, True)
    assert not rules.risen(morning(rows), Moved(most_share=0.75)).is_no_news
