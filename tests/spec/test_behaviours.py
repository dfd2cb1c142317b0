"""What sees the same behaviour is said once; what sees another is a reason of its own."""

from pathlib import Path

import pytest

from configs.load import load_project
from features.behaviours import behaviour_of
from features.registry import project_columns

TOGETHER = {
    "meetings, the account's among them": ("meetings_held", "meeting_minutes", "last_meeting", "account_meetings"),
    "visits to the prices": ("pricing_visits", "last_pricing_visit"),
    "signs of interest": ("signs_of_interest", "attention", "last_inbound", "interest_pace", "account_interest"),
    "the budget": ("budget_known", "budget_win_rate", "budget_held", "budget_confirmed", "bant_budget_verdict"),
    "the role": ("role_known", "role_win_rate", "bant_authority_verdict", "bant_authority_heard"),
    "time in the stage": ("days_in_stage", "stay_against_usual", "steps_forward"),
    "how long we know each other": ("days_open", "days_known", "first_touch"),
    "the others at the company": ("account_people", "colleagues_active", "roles_active"),
    "that it was lost and came back": ("times_lost", "last_lost", "earlier_episodes"),
    "our answers": ("our_answers", "wait_for_answer", "answer_time"),
}
APART = ("site_visits", "pricing_visits", "docs_visits", "meetings_held", "phone_calls", "forms", "demo_requests",
         "source_win_rate", "country_win_rate", "our_outreach", "signs_of_interest", "colleagues_active", "steps_back")  # fmt: skip


@pytest.fixture(scope="module")
def behaviours() -> dict[str, str]:
    columns = project_columns(load_project(Path("configs/projects/demo.yaml")))
    return {column.feature.name: behaviour_of(column.feature) for column in columns}


@pytest.mark.parametrize("features", TOGETHER.values(), ids=TOGETHER)
def test_said_together(behaviours: dict[str, str], features: tuple[str, ...]) -> None:
    assert len({behaviours[name] for name in features}) == 1


def test_said_apart(behaviours: dict[str, str]) -> None:
    assert len({behaviours[name] for name in APART}) == len(APART)


def test_a_project_may_say_what_belongs_together(behaviours: dict[str, str]) -> None:
    assert behaviours["visits_on_the_phone"] == behaviours["site_visits"]
