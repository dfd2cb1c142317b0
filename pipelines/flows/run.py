"""The whole road in one go: read the sources, train if there is no model yet, score, write the list."""

from prefect import flow

from pipelines.flows.ingest import ingest_flow
from pipelines.flows.score import score_flow
from pipelines.flows.train import train_flow, train_if_new_flow
from pipelines.order import Order


@flow(name="run")
def run_flow(order: Order) -> str:
    """The path of the day's list."""
    ingest_flow(order)
    train_if_new_flow(order)
    return score_flow(order)


@flow(name="retrain")
def retrain_flow(order: Order) -> str:
    """The version of the new model, trained on freshly read sources."""
    ingest_flow(order)
    return train_flow(order)
