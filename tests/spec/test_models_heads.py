"""Which questions a project asks, of whom, and how far ahead."""

from collections.abc import Mapping

import pytest

from configs.errors import FunnelcastError
from configs.project import Project
from models.heads import Head, heads_of

FUNNEL = {
    "name": "shop",
    "stages": [{"name": "new", "says": "new", "group": "top"}],
    "won": [{"name": "won", "says": "won"}],
    "horizon_days": 14,
    "win_horizon_days": 60,
}
CUSTOMER = {"churn": "renewal", "grace_days": 14, "horizon_days": 30}


def project(heads: Mapping[str, object], customer: Mapping[str, object] | None = None) -> Project:
    source = {"table": "leads", "files": "leads.csv", "columns": {"lead_id": "id"}}
    return Project.model_validate(
        {
            "name": "shop",
            "funnel": {**FUNNEL, "customer": customer},
            "data": "data",
            "workspace": "workspace",
            "privacy": {"basis": "contract"},
            "sources": [source],
            "heads": heads,
        }
    )


def test_each_head_looks_as_far_as_the_funnel_says() -> None:
    found = heads_of(project({"churn": {}, "win": {}, "leave": {}, "progress": {}}, CUSTOMER))
    assert found == (
        Head("progress", "open", 14, "advance"),
        Head("win", "open", 60, "buy"),
        Head("leave", "open", 14, "leave"),
        Head("churn", "customer", 30, "cancel"),
    )


def test_a_head_may_have_a_horizon_of_its_own() -> None:
    assert heads_of(project({"win": {"horizon_days": 7}})) == (Head("win", "open", 7, "buy"),)


def test_churn_needs_to_know_when_a_customer_is_gone() -> None:
    with pytest.raises(FunnelcastError) as error:
        heads_of(project({"churn": {"horizon_days": 10}}))
    assert str(error.value) == (
        "project shop: heads has churn, but the funnel shop does not say when a customer is gone; add 'customer:' to the funnel "
        "or take churn out of heads."
    )
