"""The questions that are asked of every lead and customer, and how far ahead each of them looks."""

from dataclasses import dataclass
from typing import Literal

from configs.errors import FunnelcastError
from configs.funnel import Funnel
from configs.project import HeadName, Project

Cohort = Literal["open", "customer"]

COHORTS: dict[HeadName, Cohort] = {"progress": "open", "win": "open", "leave": "open", "churn": "customer"}
GOOD: frozenset[HeadName] = frozenset({"progress", "win"})  # what we hope for; the others we fear
VERBS: dict[HeadName, str] = {"progress": "advance", "win": "buy", "leave": "leave", "churn": "cancel"}


@dataclass(frozen=True)
class Head:
    """One question: on whom it is asked, and what happens in (as_of, as_of + horizon_days] when the answer is yes."""

    name: HeadName
    cohort: Cohort
    horizon_days: int
    verb: str


def heads_of(project: Project) -> tuple[Head, ...]:
    """The project's heads in the order progress, win, leave, churn; a horizon set under heads replaces the funnel's.

    Raises FunnelcastError for churn on a funnel that does not say when a customer is gone.
    """
    asked = [name for name in COHORTS if name in project.heads]
    return tuple(Head(name, COHORTS[name], _horizon_days(name, project), VERBS[name]) for name in asked)


def _horizon_days(name: HeadName, project: Project) -> int:
    default = _churn_days(project) if name == "churn" else _open_days(name, project.funnel)
    return project.heads[name].horizon_days or default


def _open_days(name: HeadName, funnel: Funnel) -> int:
    return funnel.win_horizon_days if name == "win" else funnel.horizon_days


def _churn_days(project: Project) -> int:
    if project.funnel.customer is None:
        raise FunnelcastError(
            f"project {project.name}: heads has churn, but the funnel {project.funnel.name} does not say when a customer is gone; "
            "add 'customer:' to the funnel or take churn out of heads."
        )
    return project.funnel.customer.horizon_days
