"""What people are protected for by law is never counted, whether or not a project says that it is personal."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from configs.errors import FunnelcastError
from configs.project import Project
from configs.protected import PROTECTED, is_protected
from features.feature import Selection
from features.fields import create_field_spans
from features.registry import fields_read, project_columns
from features.tables import field_changes, project_tables
from pipelines.store import open_lake
from tests.shop import LEAD_SOURCE, LEADS, Shop

GENDER = {
    "name": "gender_known",
    "field": "gender",
    "measure": "known",
    "unit": "flag",
    "says": "Known",
    "silent": "Unknown",
}


@pytest.mark.parametrize("name", ["gender", "Gender", "date-of-birth", "Marital status", " age "])
def test_a_trait_is_known_by_its_name(name: str) -> None:
    assert is_protected(name)


@pytest.mark.parametrize("name", ["package", "usage", "company_age", "stage", "source", "segment", "role", "country"])
def test_what_only_sounds_like_one_is_none(name: str) -> None:
    assert not is_protected(name)


@pytest.mark.parametrize("name", sorted(PROTECTED))
def test_a_column_of_that_name_is_personal(name: str) -> None:
    tables = project_tables((name,), (name, "branch"), ())
    assert all(tables[table].column(name).personal for table in ("touches", "leads"))
    assert not tables["leads"].column("branch").personal


def test_no_feature_and_no_bayes_counts_it(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    project = shop.project(lead_attributes=["gender", "branch"], features=[GENDER])
    assert project.bayes_fields == ("branch", "source")
    assert "leads.gender is personal" in refusal(shop, project, fields_read(project_columns(project)))


def test_changes_of_it_are_not_counted_either() -> None:
    changes = Selection(field_changes)
    assert changes.where(field="budget").conditions == (("field", ("budget",)),)
    with pytest.raises(FunnelcastError, match="changes of Religion tell of a protected trait"):
        changes.where(field=("budget", "Religion"), value="none")


def test_a_field_that_only_changes_tell_of_is_not_read_either(tmp_path: Path) -> None:
    shop = Shop(tmp_path)
    assert "leads.religion is personal" in refusal(shop, shop.project(), ["religion"])


def refusal(shop: Shop, project: Project, fields: Iterable[str]) -> str:
    """What is said of reading these fields."""
    shop.write("leads.csv", LEADS)
    shop.ingest(LEAD_SOURCE)
    table = project_tables(project.touch_details, project.lead_attributes, project.personal)["leads"]
    with open_lake(shop.workspace, shop.project()) as con, pytest.raises(FunnelcastError) as refused:
        create_field_spans(con, table, fields)
    return str(refused.value)
