"""What counts as evidence that a field knows the future, each kind on a small table."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

from configs.errors import FunnelcastError
from configs.project import Project
from features.evidence import Finding, certainty, least_share, worst
from features.feature import Feature, FeatureColumn, Selection
from features.leaks import table_evidence
from features.readings import FieldReading
from features.sourced import Part, parts_read
from features.tables import field_changes, purchases, touches
from features.words import times
from models.leaks import check_allowed
from models.ranking import Ranking, folded_auc
from models.standing_out import missing, standing_out
from tests.histories import Row, lake
from tests.shop import Shop

DAY = timedelta(days=1)
START = datetime(2024, 1, 1, 9)
LEADS = 120  # the first 40 are won, the next 40 lost, the rest are open; each ends 60 days after it came


def created(lead: int) -> datetime:
    return START + lead * DAY


def ended(lead: int) -> datetime:
    return created(lead) + 60 * DAY


def company() -> dict[str, list[Row]]:
    leads: list[Row] = [{"lead_id": f"L{lead}", "happened_at": created(lead), "source": "web"} for lead in range(LEADS)]
    moves: list[Row] = [{"lead_id": f"L{lead}", "happened_at": created(lead), "stage": "new"} for lead in range(LEADS)]
    moves += [
        {"lead_id": f"L{lead}", "happened_at": ended(lead), "stage": "won" if lead < 40 else "lost"}
        for lead in range(80)
    ]
    return {"leads": leads, "stage_moves": moves}


def project(**settings: object) -> Project:
    funnel = {
        "name": "shop",
        "stages": [{"name": "new", "says": "new", "group": "top"}],
        "won": [{"name": "won", "says": "won"}],
        "lost": [{"name": "lost", "says": "lost"}],
        "horizon_days": 14,
        "win_horizon_days": 14,
    }
    made = Shop.__new__(Shop).project(**settings)
    return made.model_copy(update={"funnel": type(made.funnel).model_validate(funnel)})


def change(lead: int, at: datetime, value: str, known: datetime | None = None) -> Row:
    return {"lead_id": f"L{lead}", "happened_at": at, "known_at": known or at, "field": "planted", "value": value}


def found(changes: list[Row], part: Part = ("field", "planted")) -> dict[str, str]:
    """Kind to grade of what is found on a field."""
    with lake({**company(), "field_changes": changes}) as con:
        return {one.kind: one.grade for one in table_evidence(con, project(), [date(2024, 5, 6)])[part]}


def test_a_field_filled_only_for_won_leads_while_they_are_open() -> None:
    assert found([change(lead, created(lead) + DAY, f"C-{lead}") for lead in range(40)]) == {"missingness": "banned"}


def test_a_field_filled_for_some_of_all_leads_is_safe() -> None:
    assert found([change(lead, created(lead) + DAY, f"C-{lead}") for lead in range(0, LEADS, 2)]) == {}


def test_few_leads_prove_little() -> None:
    assert found([change(lead, created(lead) + DAY, "yes") for lead in range(15)]) == {}


def test_a_field_that_is_filled_when_the_lead_is_lost() -> None:
    late = [change(lead, ended(lead), "price") for lead in range(40, 80)]
    assert found(late) == {"after_outcome": "banned"}
    assert found([*late, *(change(lead, created(lead) + DAY, "price") for lead in range(0, LEADS, 3))]) == {}


def test_the_day_of_the_end_is_held_before_it() -> None:
    known = [change(lead, created(lead), f"{ended(lead):%Y-%m-%d}") for lead in range(80)]
    assert found(known)["outcome_date"] == "banned"
    guessed = [change(lead, created(lead), f"{ended(lead) + lead % 9 * DAY:%Y-%m-%d}") for lead in range(80)]
    assert "outcome_date" not in found(guessed)


def test_a_value_that_stands_for_an_end_while_the_lead_is_open() -> None:
    ends = {lead: "won" if lead < 40 else "lost" if lead < 80 else "new" for lead in range(LEADS)}
    assert found([change(lead, created(lead), end) for lead, end in ends.items()]) == {"stage_copy": "banned"}


def test_a_field_that_moves_with_the_stage_is_suspect() -> None:
    with_stage = [change(lead, created(lead), "fresh") for lead in range(LEADS)]
    with_stage += [change(lead, ended(lead), "won" if lead < 40 else "lost") for lead in range(80)]
    assert found(with_stage)["stage_copy"] == "suspect"
    unlike = [change(lead, ended(lead), "red" if lead % 2 else "blue") for lead in range(80)]
    assert "stage_copy" not in found(unlike)
    numbers = [change(lead, ended(lead), str(lead)) for lead in range(80)]
    assert "stage_copy" not in found(numbers)


def test_what_is_written_when_the_lead_comes_copies_nothing() -> None:
    languages = [change(lead, created(lead), ("en", "de", "fr")[lead % 3]) for lead in range(LEADS)]
    assert found(languages) == {}
    assert found([*languages, *(change(lead, ended(lead), "by hand") for lead in range(30))]) == {}


def test_rows_written_at_one_instant_about_many_days() -> None:
    once = datetime(2024, 7, 1)
    honest = [change(lead, created(lead) + 2 * DAY, "x") for lead in range(0, LEADS, 2)]
    bulk = [change(lead, created(lead) + DAY, "x", known=once) for lead in range(LEADS)]
    assert found(bulk) == {"back_fill": "banned"}
    assert found([*bulk, *honest]) == {"back_fill": "suspect"}
    assert found(honest) == {}
    day: list[Row] = [
        {"lead_id": "L1", "happened_at": START + n * DAY, "known_at": once, "kind": "call"} for n in range(60)
    ]
    with lake({**company(), "touches": day}) as con:
        (evidence,) = table_evidence(con, project(), [])["touches", "call"]
    assert evidence.kind == "back_fill"


def test_a_file_of_whole_days_is_no_back_fill() -> None:
    day = datetime(2024, 7, 1)
    assert found([change(lead, day, "x", known=day + DAY) for lead in range(LEADS)]) == {}


def test_a_file_that_comes_once_a_month_is_no_back_fill() -> None:
    first = datetime(2024, 7, 1)
    assert found([change(lead, first + lead % 28 * DAY, "x", known=first + 29 * DAY) for lead in range(LEADS)]) == {}


@pytest.mark.parametrize(("days", "grades"), [([1, 2, 20], ["suspect"]), ([1, 20, 27], [])])
def test_a_current_field_cannot_be_known_before_it_was_pulled(days: list[int], grades: list[str]) -> None:
    source = {
        "table": "leads",
        "files": "leads.csv",
        "columns": {"lead_id": "id", "happened_at": "created", "planted": "p"},
        "fields": {"planted": "current"},
    }
    pulled = [change(lead, datetime(2024, 6, 10), "x") for lead in range(0, LEADS, 2)]
    with lake({**company(), "field_changes": pulled}) as con:
        looked = table_evidence(con, _reading(source), [date(2024, 6, day) for day in days])
    assert [one.grade for one in looked["field", "planted"] if one.kind == "current_in_past"] == grades


def _reading(source: Mapping[str, object]) -> Project:
    made = project()
    return made.model_copy(update={"sources": (type(made.sources[0]).model_validate(source),)})


def test_a_column_knows_the_parts_that_it_reads() -> None:
    parts: list[Part] = [
        ("field", "budget"),
        ("field", "role"),
        ("touches", "call"),
        ("touches", "form"),
        ("purchases", ""),
    ]

    def reads(feature: Feature) -> tuple[Part, ...]:
        return parts_read(FeatureColumn(feature, None), parts)

    changes, all_touches = Selection(field_changes), Selection(touches)
    assert reads(_feature(changes.where(field="budget").days_since_last())) == (("field", "budget"),)
    assert reads(_feature(changes.days_since_last())) == (("field", "budget"), ("field", "role"))
    assert reads(_feature(all_touches.where(kind="form").days_since_last())) == (("touches", "form"),)
    assert len(reads(_feature(all_touches.where(direction="inbound").days_since_last()))) == 2
    assert reads(_feature(Selection(purchases).days_since_last())) == (("purchases", ""),)
    assert reads(_feature(FieldReading("role", "known"))) == (("field", "role"),)


def _feature(measure: object) -> Feature:
    return Feature(measure, times, "a", "b", name="f")  # type: ignore[arg-type]


def test_how_sure_a_sign_is() -> None:
    assert least_share(0, 0) == 0
    assert least_share(35, 35) == pytest.approx(0.901, abs=1e-3)
    assert certainty(40, 40, 10, 100) == "banned"
    assert certainty(34, 40, 10, 100) == "safe"
    assert certainty(93, 100, 10, 100) == "suspect"
    assert certainty(40, 40, 60, 100) == "safe"
    assert certainty(40, 40, 0, 10) == "safe"
    assert worst([Finding("auc", "suspect", "", {}), Finding("auc", "banned", "", {})]) == "banned"
    assert worst([]) == "safe"


def ranking(aucs: dict[str, float], structural: set[str] | None = None, leads: int = 1000) -> Ranking:
    outcomes = (np.arange(leads) % 4 == 0).astype(np.float64)
    own = {name: name for name in aucs}
    return Ranking("win", outcomes, np.arange(leads), aucs, own, frozenset(structural or ()), {})


def graded(one: Ranking) -> dict[str, str]:
    return {name: evidence.grade for name, evidence in standing_out(one)}


REST = {f"c{number}": 0.70 - number / 100 for number in range(15)}


def test_standing_out_is_a_gap_and_not_a_level() -> None:
    assert graded(ranking({"leak": 0.99, **REST})) == {"leak": "banned"}
    assert graded(ranking({"leak": 0.90, **REST})) == {"leak": "suspect"}
    assert graded(ranking({"strong": 0.78, **REST})) == {}
    assert graded(ranking({f"strong{n}": 0.95 - n / 50 for n in range(10)})) == {}
    assert graded(ranking({"leak": 0.90, **REST}, leads=40)) == {}


def test_the_rows_of_the_outcome_itself_do_not_stand_out_but_hold_others_down() -> None:
    assert graded(ranking({"cover": 0.95, **REST}, {"cover"})) == {}
    assert graded(ranking({"cover": 0.95, "strong": 0.94, **REST}, {"cover"})) == {"strong": "suspect"}
    assert graded(ranking({"strong": 0.94, "cover": 0.93, "near": 0.90, "by": 0.80, **REST}, {"cover"})) == {}


def test_two_leaks_together_are_both_found() -> None:
    assert graded(ranking({"one": 0.99, "two": 0.985, **REST})) == {"one": "banned", "two": "banned"}


def test_unknown_values_count_on_the_side_that_tells_more() -> None:
    outcomes = np.array([1.0, 1, 1, 0, 0, 0])
    assert folded_auc(outcomes, np.array([np.nan, np.nan, np.nan, 1, 2, 3])) == 1
    assert folded_auc(outcomes, np.array([1, 2, 3, np.nan, np.nan, np.nan])) == 1
    assert folded_auc(outcomes, np.array([3.0, 2, 1, 6, 5, 4])) == 1
    assert folded_auc(outcomes, np.full(6, np.nan)) == 0.5
    by_hand = folded_auc(outcomes, np.array([5, np.nan, 4, 3, np.nan, 4.5]))
    below = pd.Series([5, -9, 4, 3, -9, 4.5]).rank()
    assert by_hand == pytest.approx((below[:3].sum() - 6) / 9)


def test_known_only_where_the_outcome_comes() -> None:
    outcomes = (np.arange(400) < 60).astype(np.float64)
    known = {"leak": np.arange(400) < 50, "half": np.arange(400) % 2 == 0, "all": np.ones(400, np.bool_)}
    one = Ranking("win", outcomes, np.arange(400), {}, {}, frozenset(), known)
    assert {name: evidence.grade for name, evidence in missing(one)} == {"leak": "banned"}
    same_lead = Ranking("win", outcomes, np.arange(400) // 50, {}, {}, frozenset(), known)
    assert list(missing(same_lead)) == []


def test_a_column_that_is_allowed_must_be_one() -> None:
    columns = [FeatureColumn(_feature(Selection(touches).days_since_last()), None)]
    check_allowed("shop", ["f"], columns)
    with pytest.raises(
        FunnelcastError, match=r"project shop, leaks.allow: there is no column 'ff'; did you mean 'f'\?"
    ):
        check_allowed("shop", ["f", "ff"], columns)
