"""Writes the whole export of the made-up company into a folder."""

import shutil
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from configs.funnel import Funnel
from configs.load import CONFIGS, load_funnel
from configs.source import DemoCompany
from pipelines.sources.demo.clock import HOUR, Seconds
from pipelines.sources.demo.export import DAY_S, open_sheets, write_leads, write_spend
from pipelines.sources.demo.history import Population, live_through
from pipelines.sources.demo.market import TIMES, Market, all_leads, dice_for, open_market
from pipelines.sources.demo.record import Diary
from pipelines.sources.demo.sheet import Sheet
from pipelines.sources.demo.state import Leads
from pipelines.sources.demo.today import Today
from pipelines.sources.demo.truth import Sample, as_of_days, replays, take_sample, write_truth
from pipelines.sources.demo.verdicts import write_verdicts

FUNNEL = CONFIGS / "funnels" / "b2b.yaml"


def write_company(
    folder: Path, company: DemoCompany, on_day: Callable[[int, int], None] = lambda done, of: None
) -> None:
    """Writes leads, stage_moves, touches, field_changes, purchases, consents, spend, feedback and truth as Parquet files into a folder.

    The same numbers give the same bytes. All times are UTC without a zone; the data ends with 2026-06-30. truth.parquet is for tests only
    and holds, for a sample of leads and days, the true chance of each outcome of the funnel b2b. on_day is told the steps done and
    their number, one for each day and each replay. The files appear when all of them are whole.
    """
    beside = folder / ".being_written"
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(parents=True)
    market, funnel = open_market(company), load_funnel(FUNNEL)
    steps = Steps(on_day, market.days + replays(len(as_of_days(market, funnel))))
    samples = _write_history(market, funnel, beside, steps)
    write_verdicts(market, beside, beside / "feedback.parquet")
    write_truth(market, funnel, samples, beside / "truth.parquet", steps.one_more)
    for path in sorted(beside.iterdir()):
        path.replace(folder / path.name)
    beside.rmdir()


class Steps:
    """Counts the steps done and tells whoever wants to know."""

    def __init__(self, tell: Callable[[int, int], None], of: int) -> None:
        self.tell, self.done, self.of = tell, 0, of

    def one_more(self) -> None:
        """A step is done."""
        self.done += 1
        self.tell(self.done, self.of)


def _write_history(market: Market, funnel: Funnel, folder: Path, steps: Steps) -> list[Sample]:
    """Writes every file but the truth, and returns the leads as they were on the days that the truth is about."""
    everybody, days, samples = all_leads(market), as_of_days(market, funnel), list[Sample]()
    with ExitStack() as stack:
        sheets = open_sheets(market, folder)
        for sheet in sheets.values():
            stack.callback(sheet.close)
        diary = Diary(market, sheets, _write_leads(market, everybody, sheets))

        def at_midnight(day: int, people: Population) -> None:
            if day in days:
                samples.append(take_sample(market, people, day))

        def at_night(leads: Leads, today: Today) -> None:
            diary.write(leads, today)
            steps.one_more()

        live_through(market, everybody, at_midnight, at_night)
    return samples


def _write_leads(market: Market, everybody: Leads, sheets: Mapping[str, Sheet]) -> Seconds:
    """Writes the leads and the costs; returns when in its day each lead is created."""
    write_spend(market, sheets["spend"])
    luck = dice_for(market.company, TIMES, 1).uniform(7 * HOUR, 15 * HOUR, everybody.size)
    created = np.sort(everybody.enters * float(DAY_S) + np.floor(luck))
    write_leads(market, everybody, created.astype(np.int64), sheets["leads"])
    return np.asarray(created - everybody.enters * float(DAY_S))
