"""The true chance of every outcome for a sample of leads: the company is lived on from that day many times."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from configs.funnel import Funnel
from pipelines.sources.demo.export import DAY_S, lead_numbers, times
from pipelines.sources.demo.history import Population
from pipelines.sources.demo.judge import horizons
from pipelines.sources.demo.market import SAMPLE, Market, dice_for
from pipelines.sources.demo.replay import Sums, replay
from pipelines.sources.demo.sheet import Cells
from pipelines.sources.demo.state import YES, Flags, Leads, join
from pipelines.sources.demo.words import ENDED, EXPECTED, WON

REPLICAS = 200
REPLICAS_AT_ONCE = 50
AS_OF_DAYS = 5
DAYS_BETWEEN = 14
OPEN_LEADS_A_DAY = 300
THREADS = 2


@dataclass(frozen=True)
class Sample:
    """All leads of some accounts as they were at the midnight with which the day as_of begins."""

    as_of: int
    leads: Leads


def as_of_days(market: Market, funnel: Funnel) -> tuple[int, ...]:
    """The last Mondays, two weeks apart, whose horizons end before the data does."""
    latest = market.monday_before(market.days - max(horizons(funnel).values()))
    return tuple(range(latest - DAYS_BETWEEN * (AS_OF_DAYS - 1), latest + 1, DAYS_BETWEEN))


def replays(samples: int) -> int:
    """How many blocks of replicas the truth of so many samples takes."""
    return samples * (REPLICAS // REPLICAS_AT_ONCE)


def take_sample(market: Market, people: Population, as_of: int) -> Sample:
    """Whole accounts, drawn until they hold enough open leads; leads who have not come yet are not known and left out."""
    known = join([people.awake, people.resting])
    known = known.take((known.code != EXPECTED) & (known.code != ENDED))
    open_leads = np.bincount(known.account, known.code < WON, len(market.accounts.share))
    order = dice_for(market.company, SAMPLE, as_of).permutation(len(open_leads))
    enough = int(np.searchsorted(np.cumsum(open_leads[order]), OPEN_LEADS_A_DAY)) + 1
    chosen = np.zeros(len(open_leads), np.bool_)
    chosen[order[:enough]] = True
    return Sample(as_of, known.take(chosen[known.account]))


def write_truth(
    market: Market, funnel: Funnel, samples: list[Sample], path: Path, on_replay: Callable[[], None]
) -> None:
    """Writes lead_id, as_of, head, horizon_days, chance (share of the replicas with the outcome, see foresight.py) and replicas."""
    blocks = range(REPLICAS // REPLICAS_AT_ONCE)
    tables: list[pa.Table] = []
    named_lead = lead_numbers(market)
    with ThreadPoolExecutor(THREADS) as pool:
        for sample in samples:
            sums: Sums = {}
            for summed in pool.map(
                lambda block, sample=sample: replay(
                    market, funnel, sample.leads, sample.as_of, block, REPLICAS_AT_ONCE
                ),
                blocks,
            ):
                sums = {head: more + sums.get(head, 0) for head, more in summed.items()}
                on_replay()
            tables += _tables(market, funnel, sample, sums, named_lead)
    pq.write_table(pa.concat_tables(tables), path)


def judged(funnel: Funnel, sample: Sample) -> dict[str, Flags]:
    """For each head, which leads of a sample it is about: with consent, open or a customer, and for leave not silent already."""
    leads = sample.leads
    agreed = leads.consent == YES
    open_leads = agreed & (leads.code < WON)
    heard = leads.last_inbound + (funnel.silent_after_days or 0) >= sample.as_of
    return {
        "progress": open_leads,
        "win": open_leads,
        "leave": open_leads & heard,
        "churn": agreed & (leads.code == WON),
    }


def _tables(market: Market, funnel: Funnel, sample: Sample, sums: Sums, named_lead: Cells) -> list[pa.Table]:
    tables = []
    for head, flags in judged(funnel, sample).items():
        rows = np.flatnonzero(flags)
        rows = rows[np.argsort(sample.leads.lead[rows])]
        columns = {
            "lead_id": named_lead(sample.leads.lead[rows]),
            "as_of": times(market)(np.full(len(rows), sample.as_of * DAY_S)),
            "head": pa.array([head] * len(rows), pa.string()),
            "horizon_days": pa.array(np.full(len(rows), horizons(funnel)[head])),
            "chance": pa.array(np.clip(sums[head][rows] / REPLICAS, 0, 1)),
            "replicas": pa.array(np.full(len(rows), REPLICAS)),
        }
        tables.append(pa.table(columns))
    return tables
