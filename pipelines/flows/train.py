"""Trains the heads and keeps the run, again if the tracking server could not be reached."""

from prefect import flow, task

from pipelines.flows.retries import worth_another_try
from pipelines.order import Order, open_job
from pipelines.train import champion_or_new, train_project


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def train_heads(order: Order, trials: int | None = None) -> str:
    """The version of the new model; trials: how many settings to try."""
    with open_job(order) as job:
        return train_project(job, trials).version


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def train_if_new(order: Order) -> str:
    """The version of the model that serves; one is trained when there is none."""
    with open_job(order) as job:
        return champion_or_new(job).version


@flow(name="train")
def train_flow(order: Order, trials: int | None = None) -> str:
    """The version of the new model; trials: how many settings to try."""
    return str(train_heads(order, trials))


@flow(name="train if new")
def train_if_new_flow(order: Order) -> str:
    """The version of the model that serves."""
    return str(train_if_new(order))
