"""Serves the nightly list, the weekly training and the morning watch at the hours that the project states, until it is stopped."""

from dataclasses import asdict

from prefect import serve
from prefect.deployments.runner import RunnerDeployment
from prefect.schedules import Cron

from pipelines.flows.run import retrain_flow, run_flow
from pipelines.flows.watch import watch_flow
from pipelines.order import Order


def serve_schedule(order: Order) -> None:
    """Registers `score PROJECT`, `train PROJECT` and `watch PROJECT` with the server of PREFECT_API_URL and carries them out in turn."""
    project = order.read_project()
    hours = project.schedule
    parameters = {"order": asdict(order)}
    nightly = run_flow.to_deployment(
        name=f"score {project.name}", schedule=Cron(hours.score, timezone=hours.timezone), parameters=parameters
    )
    weekly = retrain_flow.to_deployment(
        name=f"train {project.name}", schedule=Cron(hours.train, timezone=hours.timezone), parameters=parameters
    )
    morning = watch_flow.to_deployment(
        name=f"watch {project.name}", schedule=Cron(hours.watch, timezone=hours.timezone), parameters=parameters
    )
    assert isinstance(nightly, RunnerDeployment)
    assert isinstance(weekly, RunnerDeployment)
    assert isinstance(morning, RunnerDeployment)
    serve(nightly, weekly, morning, limit=1)
