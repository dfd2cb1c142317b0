"""The compiled trees against LightGBM itself, on trees grown on odd data and on trees that no training would grow."""

import sys
from collections.abc import Callable
from fractions import Fraction

import lightgbm as lgb
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models import bins, fast, outcomes, scorer, shapley
from models.fast import FastForest, fast_contributions, fast_margins, fast_reasons, read_fast
from tests.broken import broken
from tests.grown import ODD, Tree, text_of

Values = NDArray[np.float32]
COLUMNS = 5
EVERY = np.arange(COLUMNS)
numbers = st.sampled_from([*ODD, -2.0, -1.0, -0.5, 0.5, 1.0, 2.0])


def assert_equals_lightgbm(text: str, values: Values) -> None:
    found, booster = read_fast.__wrapped__(text), lgb.Booster(model_str=text)
    margins = booster.predict(values, raw_score=True)
    np.testing.assert_array_equal(fast_margins(found, values), margins)
    contributions = fast_contributions(found, values, EVERY)
    np.testing.assert_allclose(contributions, booster.predict(values, pred_contrib=True), rtol=0, atol=1e-6)
    np.testing.assert_allclose(contributions.sum(axis=1), margins, rtol=0, atol=1e-9)


@st.composite
def trees(draw: st.DrawFn, most: int) -> Tree:
    """A tree of any shape: a split takes a leaf's place; rows learned from are shared out so that each leaf has some."""
    tree = Tree()
    for _ in range(draw(st.integers(0, most))):
        leaf = draw(st.integers(0, tree.leaves - 1))
        tree.split(
            leaf, draw(st.integers(0, COLUMNS - 1)), draw(numbers.filter(np.isfinite)),
            draw(st.integers(0, 2)), draw(st.booleans()), draw(st.integers(1, 9)),
        )  # fmt: skip
    tree.values = [draw(st.floats(-3, 3)) for _ in range(tree.leaves)]
    return tree


@settings(max_examples=150, deadline=None)
@given(
    st.lists(trees(most=12), min_size=1, max_size=4), st.lists(st.lists(numbers, min_size=5, max_size=5), min_size=1)
)
def test_trees_of_any_shape(forest: list[Tree], rows: list[list[float]]) -> None:
    assert_equals_lightgbm(text_of(forest, COLUMNS), np.array(rows, dtype=np.float32))


@pytest.mark.parametrize("leaves", [1, 2, 16, 17, 33, 64, 65, 300])
def test_trees_of_any_size(leaves: int) -> None:
    draw = np.random.default_rng(leaves)
    tree = Tree()
    while tree.leaves < leaves:
        place, column, kind = (int(draw.integers(0, most)) for most in (tree.leaves, COLUMNS, 3))
        tree.split(place, column, float(draw.normal()), kind, bool(draw.integers(0, 2)), int(draw.integers(1, 9)))
    tree.values = draw.normal(size=leaves).tolist()
    values = draw.normal(size=(700, COLUMNS)).astype(np.float32)
    values[draw.random(values.shape) < 0.2] = np.nan
    assert_equals_lightgbm(text_of([tree, tree], COLUMNS), values)


def grown(kind: str) -> tuple[str, Values]:
    """A trained model with extreme settings, and rows that it has not seen."""
    draw = np.random.default_rng(3)
    values = draw.normal(size=(3_000, COLUMNS)).astype(np.float32)
    if kind in {"gaps", "zeros are gaps"}:
        values[draw.random(values.shape) < 0.3] = np.nan
        values[draw.random(values.shape) < 0.2] = 0.0
    if kind == "counts":
        values = np.floor(np.exp(values))
    if kind == "infinite":
        values[draw.random(values.shape) < 0.05] = np.inf
        values[draw.random(values.shape) < 0.05] = -np.inf
    extreme: dict[str, dict[str, float]] = {
        "deep": {"num_leaves": 60, "min_data_in_leaf": 1, "max_bin": 15},
        "many leaves": {"num_leaves": 200, "min_data_in_leaf": 1},
        "many thresholds": {"num_leaves": 400, "min_data_in_leaf": 1, "max_bin": 5_000, "min_data_in_bin": 1},
        "zeros are gaps": {"zero_as_missing": True},
    }
    outcome = np.nan_to_num(np.clip(values[:, 0] * values[:, 1], -9, 9)) + draw.normal(size=len(values)) > 0
    booster = lgb.train(
        {"objective": "binary", "verbose": -1, "seed": 1, **extreme.get(kind, {})},
        lgb.Dataset(values, outcome.astype(int)),
        20,
    )
    return booster.model_to_string(), values[: 400 if "many" not in kind else 40]


KINDS = ("plain", "gaps", "zeros are gaps", "counts", "infinite", "deep", "many leaves", "many thresholds")


@pytest.mark.parametrize("kind", KINDS)
def test_trained_models(kind: str) -> None:
    assert_equals_lightgbm(*grown(kind))


def deep_chain(features: int) -> tuple[str, Values]:
    """One path that asks about every feature, each of which a third of the rows leave it at."""
    tree = Tree()
    for feature in range(features):
        tree.split(feature, feature, 0.0, 0, False, 2)
    tree.values = np.random.default_rng(2).normal(size=tree.leaves).tolist()
    values = np.random.default_rng(3).normal(0.8, 1, size=(300, features)).astype(np.float32)
    return text_of([tree], features), values


@pytest.mark.parametrize("features", [10, 40])
def test_a_path_with_more_outcomes_than_can_be_numbered(features: int) -> None:
    text, values = deep_chain(features)
    found, booster = read_fast(text), lgb.Booster(model_str=text)
    contributions = fast_contributions(found, values, np.arange(features))
    np.testing.assert_allclose(contributions.sum(axis=1), booster.predict(values, raw_score=True), rtol=0, atol=1e-9)
    np.testing.assert_allclose(contributions, booster.predict(values, pred_contrib=True), rtol=0, atol=1e-6)
    assert (found.leaves.narrow.outcomes == 0).any() == (features > 32)


def exact(row: NDArray[np.float32], values: NDArray[np.float64]) -> list[float]:
    """The contributions of a row in the deep chain, in fractions; leaf l lies behind a left at feature l, or at the end of the chain."""
    features, added = len(row), [Fraction(0)] * len(row)
    for leaf, value in enumerate(values):
        ways = [(feature, feature == leaf) for feature in range(min(leaf + 1, features))]
        met = [(row[feature] <= 0) == goes_left for feature, goes_left in ways]
        rows = [features - feature + 1 if feature else 2 * features + 1 for feature, _ in ways]
        share = [Fraction(1 if left else total - 1, total) for (_, left), total in zip(ways, rows, strict=True)]
        for part, does in enumerate(met):
            others = [(o, z) for at, (o, z) in enumerate(zip(met, share, strict=True)) if at != part]
            added[part] += Fraction(float(value)) * (does - share[part]) * _integral(others)
    return [float(number) for number in added]


def _integral(factors: list[tuple[bool, Fraction]]) -> Fraction:
    """Of the product of t o + (1 - t) z over t from 0 to 1."""
    polynomial = [Fraction(1)]
    for o, z in factors:
        slope = o - z
        higher = [slope * number for number in polynomial]
        polynomial = [
            a + b
            for a, b in zip([z * number for number in polynomial] + [Fraction(0)], [Fraction(0), *higher], strict=True)
        ]
    return sum((number / (power + 1) for power, number in enumerate(polynomial)), Fraction(0))


def test_the_integral_is_exact() -> None:
    text, values = deep_chain(12)
    wanted = exact(values[2], read_fast(text).forest.value)
    found = fast_contributions(read_fast(text), values[2:3], np.arange(12))[0, :-1]
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-14)


def test_groups_of_columns_are_summed_and_the_strongest_come_first() -> None:
    text, values = grown("gaps")
    found, targets = read_fast(text), np.array([0, 1, 0, 2, 1])
    single, summed = fast_contributions(found, values, EVERY), fast_contributions(found, values, targets)
    wanted = np.stack([single[:, :5][:, targets == target].sum(axis=1) for target in range(3)], axis=1)
    np.testing.assert_allclose(summed[:, :3], wanted, rtol=0, atol=1e-12)
    places, weights = fast_reasons(found, values, targets, 4)
    np.testing.assert_array_equal(places[:, :3], np.argsort(-np.abs(summed[:, :3]), axis=1))
    np.testing.assert_array_equal(weights[:, :3], np.take_along_axis(summed[:, :3], places[:, :3], axis=1))
    assert (places[:, 3] == -1).all()


def test_pieces_of_work_do_not_change_an_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    text, values = grown("gaps")
    found = read_fast(text)
    whole = fast_margins(found, values), fast_contributions(found, values, EVERY)
    monkeypatch.setattr(fast, "ROWS_SCORED_AT_ONCE", 7)
    monkeypatch.setattr(fast, "ROWS_EXPLAINED_AT_ONCE", 7)
    np.testing.assert_array_equal(fast_margins(found, values), whole[0])
    np.testing.assert_array_equal(fast_contributions(found, values, EVERY), whole[1])


# Each entry undoes one rule; the broken module runs as plain Python on few rows.
PLANTED = {
    "a threshold belongs to the right": (
        "padded[found[row] + (more - ONE)] < line",
        "padded[found[row] + (more - ONE)] <= line",
    ),
    "a gap goes right": ("missing = 0 if channels.default_left[channel] else", "missing = 0 if False else"),
    "a zero is no gap": ("knows_zero and line[row] == 0.0", "False"),
    "next to zero is not zero": ("np.abs(value) > ZERO", "np.abs(value) > 0"),
}


@pytest.mark.parametrize("bug", PLANTED)
def test_a_planted_bug_in_the_bins_is_noticed(bug: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fast.bins_of", broken(bins, PLANTED[bug], monkeypatch).bins_of)
    assert_differs(every_rule(), fast_margins, "raw_score")


@pytest.mark.parametrize(
    "bug",
    [
        ("column[row] >= cut else ALL", "column[row] > cut else ALL"),
        ("reach[row] &= kept", "reach[row] = kept"),
        ("<< np.uint64(word * LEAVES_A_WORD)", "<< np.uint64(0)"),
    ],
)
def test_a_planted_bug_in_the_sum_is_noticed(bug: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fast.add_trees", broken(scorer, bug, monkeypatch).add_trees)
    assert_differs(every_rule(), fast_margins, "raw_score")


@pytest.mark.parametrize(
    "bug",
    [
        ("rule = (parts + 1) // 2", "rule = max(1, parts // 2)"),
        ("(low <= column[row]) & (column[row] <= last)", "low <= column[row]"),
        ("met[row] *=", "met[row] ="),
    ],
)
def test_a_planted_bug_in_the_explainer_is_noticed(bug: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fast.explain", broken(shapley, bug, monkeypatch).explain)
    assert_differs(every_rule(), lambda found, values: fast_contributions(found, values, EVERY), "pred_contrib")


@pytest.mark.filterwarnings("ignore:overflow encountered in scalar multiply")
@pytest.mark.parametrize(
    "bug",
    [
        ("column[row] >= least", "column[row] > least"),
        ("outcome[:] = 0\n", "outcome[:] = np.arange(len(outcome)) % 2  # what lay there before\n"),
        ("outcome[row] += stride", "outcome[row] = stride"),
        ("and room.key[place] != here", "and False"),
        ("= row, place", "= found, place"),
    ],
)
def test_a_planted_bug_in_the_outcomes_is_noticed(bug: tuple[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, outcomes.__name__, broken(outcomes, bug, monkeypatch))
    monkeypatch.setattr("models.fast.explain", broken(shapley, ("rule", "rule"), monkeypatch).explain)
    assert_differs(every_rule(), lambda found, values: fast_contributions(found, values, EVERY), "pred_contrib")


def every_rule() -> tuple[str, Values]:
    """A forest in which every rule decides, and rows on, beside and far from every threshold."""
    draw = np.random.default_rng(0)
    forest = []
    for leaves in (3, 20, 6):
        tree = Tree()
        while tree.leaves < leaves:
            place, column, kind = (int(draw.integers(0, most)) for most in (tree.leaves, COLUMNS, 3))
            threshold = float(draw.choice([-1.0, -1e-36, 0.0, 1.0, 1.0, 2.0]))
            tree.split(place, column, threshold, kind, bool(draw.integers(0, 2)), int(draw.integers(1, 9)))
        tree.values = draw.normal(size=leaves).tolist()
        forest.append(tree)
    values = draw.choice([np.nan, 0.0, 1e-36, -1e-36, -1.0, 1.0, 1.5, 2.0, 3.0], size=(60, COLUMNS)).astype(np.float32)
    return text_of(forest, COLUMNS), values


def assert_differs(
    given: tuple[str, Values], answer: Callable[[FastForest, Values], NDArray[np.float64]], kind: str
) -> None:
    text, values = given
    wanted = lgb.Booster(model_str=text).predict(values, **{kind: True})
    assert not np.allclose(answer(read_fast(text), values), wanted, rtol=0, atol=1e-9)


def test_the_forest_with_every_rule_is_answered_right() -> None:
    assert_equals_lightgbm(*every_rule())


@pytest.mark.filterwarnings("ignore:overflow encountered in scalar multiply")
def test_without_a_bug_plain_python_answers_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.fast.bins_of", broken(bins, ("ZERO", "ZERO"), monkeypatch).bins_of)
    monkeypatch.setattr("models.fast.add_trees", broken(scorer, ("ALL", "ALL"), monkeypatch).add_trees)
    monkeypatch.setitem(sys.modules, outcomes.__name__, broken(outcomes, ("FREE", "FREE"), monkeypatch))
    monkeypatch.setattr("models.fast.explain", broken(shapley, ("rule", "rule"), monkeypatch).explain)
    assert_equals_lightgbm(*every_rule())
