"""Every kind of feature can be declared in a project's file, and what is wrong with a declaration is told in one sentence."""

from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from configs.load import CONFIGS, load_project, shipped
from configs.project import Project
from features.behaviours import behaviour_of
from features.feature import FeatureColumn
from features.readings import CriterionReading, Evidence
from features.registry import FEATURES, fields_read, fingerprint, project_columns
from pipelines.catalogue import catalogue_html
from tests.corner_shop import open_shop

AGAINST = {"rising": "against", "falling": "for", "null": ""}
WORDS = "unit: number, says: 'It is {value}', silent: It is not"


def declared(tmp_path: Path, *features: str, **more: str) -> Project:
    """The corner shop's project with features declared in flow style."""
    shop = open_shop(tmp_path / "shop", leads=1)
    listed = "".join(f"\n  - {{name: mine, {feature}, {WORDS}}}" for feature in features)
    added = "".join(f"\n{key}: {value}" for key, value in more.items())
    shop.edit("project.yaml", "heads:", f"features:{listed or ' []'}{added}\nheads:")
    return load_project(shop.project)


def own(project: Project) -> list[FeatureColumn]:
    names = {feature.name for feature in FEATURES}
    return [column for column in project_columns(project) if column.feature.name not in names]


KINDS = {
    "table: touches, measure: count, where: {kind: call}, over_days: [7, ever]": ["mine_7d", "mine_ever"],
    "table: touches, measure: sum, column: value, over_days: [7]": ["mine_7d"],
    "table: touches, measure: active_days, over_days: [7]": ["mine_7d"],
    "table: touches, measure: distinct, column: page, over_days: [7]": ["mine_7d"],
    "table: touches, measure: share, where: {kind: call}, whole: {}, over_days: [7]": ["mine_7d"],
    "table: touches, measure: pace, now_days: 7, usual_days: 30": ["mine"],
    "table: touches, measure: days_since_last, of_account: true": ["mine"],
    "table: touches, measure: days_since_first": ["mine"],
    "table: touches, measure: last, column: value": ["mine"],
    "table: touches, measure: decayed, half_life_days: 7": ["mine"],
    "table: touches, measure: longest_gap": ["mine"],
    "table: touches, measure: gap_against_usual": ["mine"],
    "table: touches, measure: followed, then: {kind: call}, within_days: 2, over_days: [7]": ["mine_7d"],
    "table: touches, measure: hours_until, then: {kind: call}, over_days: [ever]": ["mine_ever"],
    "table: touches, measure: unanswered, then: {kind: call}, over_days: [7]": ["mine_7d"],
    "table: touches, measure: waiting_days, then: {kind: call}": ["mine"],
    "table: stage_moves, measure: count, where: {step: back}, over_days: [30]": ["mine_30d"],
    "field: budget, measure: number": ["mine"],
    "field: budget, measure: known": ["mine"],
    "field: budget, measure: held_days": ["mine"],
    "field: budget, measure: win_rate": ["mine"],
    "field: budget, measure: is, values: [large]": ["mine"],
}


@pytest.mark.parametrize("declaration", KINDS)
def test_every_kind_can_be_declared(tmp_path: Path, declaration: str) -> None:
    columns = own(declared(tmp_path, declaration))
    assert [column.name for column in columns if column.feature.name == "mine"] == KINDS[declaration]


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        ("table: touches, measure: coutn, over_days: [7]", ["coutn", "did you mean 'count'"]),
        ("table: touches, measure: count", ["needs over_days"]),
        ("table: touches, measure: longest_gap, over_days: [7]", ["takes no over_days"]),
        ("table: touches, measure: count, where: {pgae: pricing}, over_days: [7]", ["no column 'pgae'", "did you mean 'page'"]),
        ("table: touches, measure: sum, over_days: [7]", ["sum needs 'column'"]),
        ("table: touches, measure: sum, column: page, over_days: [7]", ["page is not a number"]),
        ("table: touches, measure: count, column: page, over_days: [7]", ["count takes no 'column'"]),
        ("table: touches, measure: followed, then: {kind: call}, over_days: [7]", ["followed needs 'within_days'"]),
        ("table: touches, measure: unanswered, over_days: [7]", ["unanswered needs 'then'"]),
        ("table: touches, measure: unanswered, then: {knid: call}, over_days: [7]", ["'knid'", "did you mean 'kind'"]),
        ("table: touches, measure: win_rate", ["win_rate needs 'field'"]),
        ("field: budget, measure: count, over_days: [7]", ["count needs 'table'"]),
        ("measure: count, over_days: [7]", ["count needs 'table'"]),
        ("field: budget, measure: is", ["is needs 'values'"]),
        ("field: budget, measure: known, values: [large]", ["known takes no 'values'"]),
        ("table: touches, field: budget, measure: known", ["no 'table'"]),
        ("table: touches, measure: decayed, half_life_day: 7", ["half_life_day", "did you mean 'half_life_days'"]),
        ("table: touches, measure: longest_gap, monotone: risng", ["features.item 1.monotone cannot be 'risng'", "did you mean 'rising'"]),
        ("table: touches, measure: longest_gap, monotne: rising", ["'monotne'", "did you mean 'monotone'"]),
    ],
)  # fmt: skip
def test_a_wrong_declaration_is_told_with_what_was_meant(tmp_path: Path, declaration: str, words: list[str]) -> None:
    with pytest.raises(FunnelcastError) as caught:
        project_columns(declared(tmp_path, declaration))
    for word in words:
        assert word in str(caught.value)


def test_a_name_is_given_once(tmp_path: Path) -> None:
    twice = "table: touches, measure: longest_gap"
    with pytest.raises(FunnelcastError, match="'mine' is taken already"):
        project_columns(declared(tmp_path, twice, twice))


@pytest.mark.parametrize("name", ["bant", "champ", "meddic"])
def test_a_shipped_framework_gives_three_columns_a_criterion_and_a_sum(tmp_path: Path, name: str) -> None:
    assert name in shipped("frameworks")
    project = declared(tmp_path, qualification=f"[{name}]")
    (framework,) = project.qualification
    columns = {column.name for column in own(project)} - {"engagement_score"}
    kinds = ("known", "verdict", "heard")
    assert columns == {f"{name}_met", *(f"{name}_{one.name}_{kind}" for one in framework.criteria for kind in kinds)}
    assert {sign.field for one in framework.criteria for sign in one.shown_by if sign.field} <= set(
        fields_read(project_columns(project))
    )


def test_the_sentences_of_a_criterion_can_be_read_aloud(tmp_path: Path) -> None:
    columns = {column.name: column for column in own(declared(tmp_path, qualification="[bant]"))}
    assert columns["bant_budget_known"].sentence(1, {}) == "BANT: the budget is known"
    assert columns["bant_budget_verdict"].sentence(-1, {}) == "BANT: there is no budget"
    assert columns["bant_budget_verdict"].sentence(0, {}) == "BANT: the budget is still open"
    assert columns["bant_budget_verdict"].sentence(float("nan"), {}) == "BANT: nothing is known of the budget"
    assert columns["bant_authority_verdict"].sentence(-1, {}) == "BANT: nobody who may decide is known yet"
    assert columns["bant_budget_heard"].sentence(3, {}) == "BANT: the budget was last heard of 3 days ago"
    assert columns["bant_met"].sentence(2, {}) == "2 of 4 criteria of BANT are met"


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"qualification": "[bnat]"}, ["no framework 'bnat'", "did you mean 'bant'", "project.yaml line"]),
        ({"qualification": "bant"}, ["must be a list of frameworks", "bant, champ, meddic"]),
        ({"qualification": "[mine.yaml]"}, ["no framework file"]),
        ({"ideal_customer": "[{field: size}]"}, ["needs values, at_least or at_most"]),
        ({"engagement": "{points: [{touch: {knid: call}, points: 3}]}"}, ["'knid'", "did you mean 'kind'"]),
        ({"engagement": "{points: []}"}, ["engagement.points"]),
    ],
)
def test_a_wrong_framework_or_score_is_told(tmp_path: Path, settings: dict[str, str], words: list[str]) -> None:
    with pytest.raises(FunnelcastError) as caught:
        project_columns(declared(tmp_path, **settings))
    for word in words:
        assert word in str(caught.value)


def test_a_framework_of_the_projects_own_is_read_beside_it(tmp_path: Path) -> None:
    project = load_project(CONFIGS / "projects" / "demo.yaml")
    assert [framework.name for framework in project.qualification] == ["bant"]
    shop = open_shop(tmp_path / "shop", leads=1)
    (shop.folder / "ours.yaml").write_text(
        "name: ours\nsays: OURS\ncriteria: [{name: size, says: the size, shown_by: [{field: size, at_least: 9}]}]\n",
        encoding="utf-8",
    )
    shop.edit("project.yaml", "heads:", "qualification: [ours.yaml, champ]\nheads:")
    names = [column.name for column in own(load_project(shop.project))]
    assert "ours_size_verdict" in names
    assert "champ_met" in names


def test_the_fingerprint_changes_with_the_points_and_not_with_the_words(tmp_path: Path) -> None:
    def print_of(folder: str, **settings: str) -> str:
        project = declared(tmp_path / folder, **settings)
        return fingerprint(project_columns(project), project.funnel)

    plain = print_of("a")
    assert print_of("b") == plain
    assert print_of("c", engagement="{full: 50}") != plain
    assert print_of("d", ideal_customer="[{field: size, at_least: 5}]") != plain


def test_a_direction_is_declared_for_every_window_and_told_in_the_catalogue(tmp_path: Path) -> None:
    asked = "table: touches, measure: count, over_days: [7, 30], monotone: "
    told = {}
    for direction in ("rising", "falling", "null"):
        project = declared(tmp_path / direction, asked + direction)
        mine = [column for column in own(project) if column.feature.name == "mine"]
        assert {str(column.feature.monotone).replace("None", "null") for column in mine} == {direction}
        told[direction] = catalogue_html(project).count("by declaration")
        assert f"More of it never speaks {AGAINST[direction]} a lead" in catalogue_html(project) or direction == "null"
    assert told == {"rising": 1, "falling": 1, "null": 0}


def test_a_field_is_one_of_some_values_another_or_unknown(tmp_path: Path) -> None:
    (mine,) = [
        column
        for column in own(declared(tmp_path, "field: budget, measure: is, values: [Large, huge]"))
        if column.feature.name == "mine"
    ]
    assert mine.feature.measure == CriterionReading((Evidence("budget", good=("large", "huge")),), "is")
    assert behaviour_of(mine.feature) == "field budget"
