"""Scores the day, shows the top of the list and sends what cannot wait."""

from datetime import date

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from pipelines.channels.tell import ChannelFailedError, Told, tell_channels
from pipelines.flows.retries import worth_another_try
from pipelines.order import Order, open_job
from pipelines.score import Scored, score_project, top_of_list
from pipelines.train import champion_of


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def score_leads(order: Order) -> Scored:
    """The day's scores and where the list is."""
    with open_job(order) as job:
        return score_project(job, champion_of(job))


@task
def send(order: Order, day: date) -> Told:
    """What went out of the day's list, and which channels failed; a channel tries again by itself."""
    with open_job(order) as job:
        return tell_channels(job, day)


@flow(name="score")
def score_flow(order: Order) -> str:
    """The path of the day's list; the flow fails, after the list was written, where a channel did."""
    scored = score_leads(order)
    create_table_artifact(key="top-of-the-list", table=top_of_list(scored), description=f"The list: {scored.page}")
    told = send(order, scored.day)
    if not told.good:
        raise ChannelFailedError(f"The list stands: {scored.page}. {' '.join(told.failures)}")
    return str(scored.page)
