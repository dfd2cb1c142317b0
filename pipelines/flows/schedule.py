"""Serves the nightly list and the weekly training at the hours that the project states, until it is stopped."""

from dataclasses import asdict

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from pipelines.flows.run import retrain_flow, run_flow
from pipelines.order import Order


def serve_schedule(order: Order) -> None:
    """Registers `score PROJECT` and `train PROJECT` with the Prefect server that PREFECT_API_URL names, and carries them out in turn."""
    project = order.read_project()
    hours = project.schedule
    parameters = {"order": asdict(order)}
    nightly = run_flow.to_deployment(
        name=f"score {project.name}", schedule=Cron(hours.score, timezone=hours.timezone), parameters=parameters
    )
    weekly = retrain_flow.to_deployment(
        name=f"train {project.name}", schedule=Cron(hours.train, timezone=hours.timezone), parameters=parameters
    )
    assert isinstance(nightly, RunnerDeployment)
    assert isinstance(weekly, RunnerDeployment)
    serve(nightly, weekly, limit=1)
