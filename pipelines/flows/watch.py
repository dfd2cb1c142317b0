"""Looks after data, model and list, and fails when something is off, so that a scheduler can tell somebody."""

from prefect import flow, task
from prefect.artifacts import create_table_artifact

from pipelines.flows.retries import worth_another_try
from pipelines.order import Order, open_job
from pipelines.watch import SomethingIsOffError, Watched, watch_project


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def look(order: Order) -> Watched:
    """All checks of the day."""
    with open_job(order) as job:
        return watch_project(job)


@flow(name="watch")
def watch_flow(order: Order) -> str:
    """That all is well; otherwise the flow fails with what is off."""
    watched = look(order)
    create_table_artifact(key="watch", table=[vars(check) for check in watched.checks], description=watched.says)
    if not watched.good:
        raise SomethingIsOffError(watched.says)
    return watched.says
