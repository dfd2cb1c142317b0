"""Reads the sources into the lake, again if a file could not be reached."""

from prefect import flow, task

from pipelines.flows.retries import worth_another_try
from pipelines.ingest import ingest_project
from pipelines.order import Order, open_job


@task(retries=2, retry_delay_seconds=30, retry_condition_fn=worth_another_try)
def read_sources(order: Order) -> int:
    """The number of rows kept."""
    with open_job(order) as job:
        return sum(source.kept for source in ingest_project(job).sources)


@flow(name="ingest")
def ingest_flow(order: Order) -> int:
    """The number of rows kept."""
    return read_sources(order)
