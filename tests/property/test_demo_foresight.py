"""What the chances met on the way foretell is as likely as what comes true, and wavers far less."""

import numpy as np
import pytest
from numpy.typing import NDArray

from configs.load import load_funnel
from configs.source import DemoCompany
from pipelines.sources.demo import replay as replays
from pipelines.sources.demo.history import Population, live_through
from pipelines.sources.demo.judge import Judge
from pipelines.sources.demo.market import all_leads, open_market
from pipelines.sources.demo.truth import Sample, as_of_days, judged, take_sample
from pipelines.sources.demo.write import FUNNEL

Floats = NDArray[np.float64]
HEADS = ("progress", "win", "leave", "churn")
BLOCKS, REPLICAS = 8, 25
# how much of the variance of a count may be left; a win is many steps away, of which only the last is foreseen
LEFT = {"progress": 0.2, "win": 0.5, "leave": 0.2, "churn": 0.1}
SURE = 3.5  # standard errors


@pytest.fixture(scope="module")
def replayed() -> dict[str, tuple[Floats, Floats]]:
    """By head what was foretold and what was counted of each lead in each block (blocks, leads), as shares of its replicas."""
    market, funnel = open_market(DemoCompany(leads=900, months=6, seed=3)), load_funnel(FUNNEL)
    day = as_of_days(market, funnel)[-1]
    samples: list[Sample] = []

    def at_midnight(today: int, people: Population) -> None:
        if today == day:
            samples.append(take_sample(market, people, day))

    live_through(market, all_leads(market), at_midnight, lambda _leads, _today: None)
    (sample,), judges = samples, list[Judge]()

    class Kept(Judge):
        """A judge that is remembered, so that what it counted can be read."""

        def __post_init__(self) -> None:
            super().__post_init__()
            judges.append(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replays, "Judge", Kept)
        sums = [replays.replay(market, funnel, sample.leads, day, block, REPLICAS) for block in range(BLOCKS)]
    of = judged(funnel, sample)
    return {head: (np.array([one[head][of[head]] for one in sums]), counted(judges, head, of[head])) for head in HEADS}


def counted(judges: list[Judge], head: str, of: NDArray[np.bool_]) -> Floats:
    return np.array([judge.outcomes()[head].reshape(REPLICAS, -1).sum(axis=0)[of] for judge in judges], np.float64)


@pytest.mark.parametrize("head", HEADS)
def test_what_is_foretold_is_right_on_average(replayed: dict[str, tuple[Floats, Floats]], head: str) -> None:
    foretold, came = replayed[head]
    more = (foretold - came).sum(axis=1)
    error = float(more.std(ddof=1) / np.sqrt(BLOCKS))
    assert error < 0.05 * came.sum() / BLOCKS
    assert abs(more.mean()) < SURE * error


@pytest.mark.parametrize("head", HEADS)
def test_what_is_foretold_wavers_less_than_a_count(replayed: dict[str, tuple[Floats, Floats]], head: str) -> None:
    foretold, came = replayed[head]
    assert foretold.var(axis=0, ddof=1).mean() < LEFT[head] * came.var(axis=0, ddof=1).mean()
