"""Scores the day and shows the top of the list."""

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from pipelines.flows.retries import worth_another_try
from pipelines.order import Order, open_job
from pipelines.score import Scored, score_project, top_of_list
from pipelines.train import champion_of


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def score_leads(order: Order) -> Scored:
    """The day's scores and where the list is."""
    with open_job(order) as job:
        return score_project(job, champion_of(job))


@flow(name="score")
def score_flow(order: Order) -> str:
    """The path of the day's list."""
    scored = score_leads(order)
    create_table_artifact(key="top-of-the-list", table=top_of_list(scored), description=f"The list: {scored.page}")
    return str(scored.page)
