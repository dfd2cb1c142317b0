"""The catalogue says of every feature what it counts, and its SQL can be read by a data scientist."""

import pytest

from configs.load import CONFIGS, load_project
from configs.project import Project
from features.catalogue import catalogue
from features.oracle import oracle_sql
from features.registry import project_columns
from pipelines.catalogue import catalogue_html
from tests.agreed import agreed


@pytest.fixture(scope="module")
def project() -> Project:
    return load_project(CONFIGS / "projects" / "demo.yaml")


def test_every_sentence_is_as_agreed(project: Project) -> None:
    told = "\n\n".join(
        f"{entry.name} ({entry.unit}): {entry.measures}\n  {entry.says}\n  {entry.silent}"
        for chapter in catalogue(project)
        for entry in chapter.entries
    )
    assert told.encode() == agreed("catalogue/sentences.txt", told.encode())


def test_the_sql_of_one_feature_is_as_agreed(project: Project) -> None:
    (column,) = [column for column in project_columns(project) if column.name == "pricing_visits_7d"]
    sql = oracle_sql([column]).strip() + "\n"
    assert sql.encode() == agreed("catalogue/pricing_visits_7d.sql", sql.encode())


def test_every_column_of_the_project_is_in_the_catalogue(project: Project) -> None:
    listed = [name for chapter in catalogue(project) for entry in chapter.entries for name in entry.columns]
    assert sorted(listed) == sorted(column.name for column in project_columns(project))


def test_the_page_holds_every_feature_and_no_script(project: Project) -> None:
    page = catalogue_html(project)
    assert all(f'id="{column.feature.name}"' in page for column in project_columns(project))
    assert "<script" not in page
