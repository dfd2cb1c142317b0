"""No reason says alone the opposite of what the past plainly shows, and what is not said alone still counts in the whole."""

import numpy as np
import pytest
from scipy.special import expit

from features.feature import Feature, FeatureColumn, Selection
from features.languages import ENGLISH
from features.tables import touches as touches_table
from features.words import times
from models.explain import LEAST_SHARE, candidates, explain, telling
from models.plain import Plain, PlainWays, may_say, plain_ways
from models.reasons import NOTHING
from pipelines.whole import BESIDE, Sayings, _bars, _Spoken

NAN = float("nan")
LEADS = 400
touches = Selection(touches_table)


def column(name: str, *windows: int, behaviour: str = "") -> tuple[FeatureColumn, ...]:
    says, silent = f"{name} {{value}} in the last {{window}}", f"no {name} in the last {{window}}"
    return Feature(touches.where(kind=name).count(), times, says, silent, windows, name, behaviour).columns


VISITS, PRICES = column("visits", 7, 90), column("prices", 30)
COLUMNS = (*VISITS, *PRICES)
NAMES = [one.name for one in COLUMNS]
# more visits went with more yes: none points down, ten or more up, and nothing is sure between
RISING = Plain((0.0, 9.0), (-1, 0, 1, 0))
PLAIN = dict.fromkeys(("visits_7d", "visits_90d"), RISING)


def test_which_way_values_point_is_learned_from_shares_of_yes() -> None:
    draw = np.random.default_rng(4)
    visits = draw.poisson(4, LEADS * 5).astype(np.float32)
    outcomes = (draw.random(LEADS * 5) < expit(0.8 * (visits - 4))).astype(float)
    found = plain_ways(visits[:, None], ["visits"], outcomes, np.arange(LEADS * 5))
    assert found["visits"].of(np.array([1, 7], np.float32)).tolist() == [-1, 1]


def test_too_few_leads_show_nothing_however_often_each_was_seen() -> None:
    """The same two thousand rows: of thirty-eight leads, and of two thousand."""
    values = np.repeat([1.0, 0.0], [1_000, 1_000]).astype(np.float32)[:, None]
    outcomes = np.repeat([0.0, 1.0], [1_000, 1_000])
    few = plain_ways(values, ["visits"], outcomes, np.arange(2_000) * 38 // 2_000)["visits"]
    assert set(few.ways) == {0}
    many = plain_ways(values, ["visits"], outcomes, np.arange(2_000))["visits"]
    assert many.of(np.array([0, 1], np.float32)).tolist() == [1, -1]


def test_as_often_as_the_others_points_nowhere() -> None:
    values, outcomes = np.tile([[0.0], [1.0]], (200, 1)).astype(np.float32), np.tile([0.0, 0.0, 1.0, 1.0], 100)
    assert set(plain_ways(values, ["visits"], outcomes, np.arange(400))["visits"].ways) == {0}


def test_zero_and_unknown_stand_for_themselves() -> None:
    values = np.array([[0], [0], [3], [NAN]] * 100, np.float32)
    outcomes = np.array([0, 0, 1, 1] * 100, float)
    found = plain_ways(values, ["visits"], outcomes, np.arange(400))["visits"]
    assert found.of(np.array([0, 3, NAN], np.float32)).tolist() == [-1, 1, 1]


def test_what_points_one_way_may_not_be_said_the_other_way() -> None:
    values = np.array([[0], [5], [15], [NAN]], np.float32)
    for raises, may in ((True, [False, True, True, True]), (False, [True, True, False, True])):
        assert may_say(["visits_7d"], values, np.full(4, raises), PLAIN)[:, 0].tolist() == may
    assert may_say(["elsewhere"], values, np.full(4, fill_value=True), PLAIN).all()


def said(values: list[float], adds: list[float], plain: PlainWays) -> tuple[list[str], list[str]]:
    contributions = np.array([[*adds, -1.0]])
    found = explain(
        contributions,
        np.array([values], np.float32),
        telling(COLUMNS, np.array([values], np.float32), plain),
        expit,
        {},
    )[0]
    return [one.says for one in found.reasons_for], [one.says for one in found.reasons_against]


@pytest.mark.parametrize(
    ("values", "adds", "before", "after"),
    [
        ([1, 15, 2], [0.0, -0.5, 0.9], "visits 15 times in the last 90 days", []),
        ([0, 15, 2], [-0.1, -0.5, 0.9], "visits 15 times in the last 90 days", ["no visits in the last 7 days"]),
        ([0, 0, 2], [-0.1, -0.5, 0.9], "no visits in the last 90 days", ["no visits in the last 90 days"]),
    ],
    ids=["much interest is not against", "a sibling that points the same way says it", "none is against"],
)
def test_much_interest_is_never_a_reason_against(
    values: list[float], adds: list[float], before: str, after: list[str]
) -> None:
    assert said(values, adds, {})[1] == [before]
    assert said(values, adds, PLAIN) == (["prices twice in the last 30 days"], after)


def test_none_of_it_is_never_a_reason_for() -> None:
    assert said([0, 0, 2], [0.3, 0.5, 0.9], {})[0][1] == "no visits in the last 90 days"
    assert said([0, 0, 2], [0.3, 0.5, 0.9], PLAIN)[0] == ["prices twice in the last 30 days"]


def test_what_may_not_be_said_leaves_its_place_to_the_next() -> None:
    """Five things count for the lead; the heaviest two may not be said, and three are told all the same."""
    columns = tuple(one for name in "abcde" for one in column(name, 30))
    values, adds = np.zeros((1, 5), np.float32), np.array([[0.9, 0.8, 0.7, 0.6, 0.5, -1.0]])
    words = telling(columns, values, dict.fromkeys(("a_30d", "b_30d"), RISING))
    found = explain(adds, values, words, expit, {})[0]
    assert [one.feature for one in found.reasons_for] == ["c", "d", "e"]


def test_thousands_of_rows_are_told_what_may_be_said_of_each() -> None:
    """By the definition: the heaviest behaviours of each side, each by the loudest column that may say so, the rest left out."""
    draw = np.random.default_rng(8)
    columns = tuple(one for name in "abcd" for one in column(name, 7, 30))
    names = [one.name for one in columns]
    values = draw.choice(np.array([NAN, 0, 0, 3, 9, 12, 40], np.float32), (2_000, len(names)))
    adds = np.round(draw.normal(size=(2_000, len(names) + 1)), 1)
    plain = {
        name: Plain(tuple(sorted(draw.choice([0.0, 3.0, 9.0, 20.0], 3, replace=False))), tuple(draw.integers(-1, 2, 5)))
        for name in names[1:]
    }
    words = telling(columns, values, plain)
    found = candidates(adds, values, words, expit)
    for row in range(len(values)):
        wanted = []
        for behaviour in range(4):
            whole = adds[row, 2 * behaviour] + adds[row, 2 * behaviour + 1]
            way = np.sign(whole)
            may = may_say(names, values[[row]], np.array([whole > 0]), plain)[0]
            pulls = {
                at: way * adds[row, at]
                for at in (2 * behaviour, 2 * behaviour + 1)
                if may[at] and way * adds[row, at] > 0
            }
            if pulls and abs(whole) > LEAST_SHARE * sum(abs(adds[row, at] + adds[row, at + 1]) for at in (0, 2, 4, 6)):
                wanted.append((-abs(whole), behaviour, max(pulls, key=lambda at: (pulls[at], -at)), whole > 0))
        told = found.places[row] != NOTHING
        assert found.places[row][told].tolist() == [at for _, _, at, _ in sorted(wanted)]
        assert found.raises[row][told].tolist() == [raises for *_, raises in sorted(wanted)]


def bars(values: list[float], points: list[float], plain: PlainWays) -> list[tuple[str, float]]:
    told = _Spoken(NAMES, COLUMNS, np.array([values], np.float32), np.array([0, 0, 1]))
    return _bars(0, np.array(points), told, Sayings(COLUMNS, {}, ENGLISH, plain))


def test_the_waterfall_keeps_what_is_not_said_alone_and_adds_up() -> None:
    points = [0.0, -5.0, 9.0]
    assert bars([1, 15, 2], points, {}) == [
        ("prices twice in the last 30 days", 9.0),
        ("visits 15 times in the last 90 days", -5.0),
    ]
    assert bars([1, 15, 2], points, PLAIN) == [("prices twice in the last 30 days", 9.0), (BESIDE, -5.0)]
