"""Prints how the model and its rivals did at all cut-offs, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from models.intervals import AGAINST
from models.judgement import MODEL
from models.verdict import ALL
from pipelines.job import Job


@dataclass(frozen=True)
class Figure:
    """A metric, and the range that holds 90 of 100 draws of leads."""

    value: float
    low: float
    high: float


Figures = Mapping[tuple[str, str, str], Figure]  # by cut-off, model and metric


def tell_verdicts(job: Job, rows: pd.DataFrame, table: pd.DataFrame) -> None:
    """One line for the model of each head and one for each rival, over all stages; rows and table as in models.verdict."""
    names = [name for name in table["model"].unique() if not name.startswith(AGAINST)]
    for head in job.heads:
        of_head = rows[rows["head"] == head.name]
        days = f"{of_head['as_of'].min():%Y-%m-%d} to {of_head['as_of'].max():%Y-%m-%d}"
        cut_offs = of_head["cut_off"].nunique()
        job.narrator.say(
            f"  {head.name} within {head.horizon_days} days, judged on {len(of_head):,} snapshots of {days} at "
            f"{cut_offs} {'cut-off' if cut_offs == 1 else 'cut-offs'}, {100 * of_head['outcome'].mean():.1f} % yes "
            "(in brackets: 90 of 100 draws of leads):"
        )
        figures = _figures(table[(table["head"] == head.name) & (table["stage"] == ALL)])
        for name in names:
            job.narrator.say(f"    {name.replace('_', ' '):12} {_line(figures, name)}")


def _figures(table: pd.DataFrame) -> Figures:
    keys = zip(table["cut_off"], table["model"], table["metric"], strict=True)
    numbers = zip(table["value"], table["low"], table["high"], strict=True)
    return {key: Figure(*three) for key, three in zip(keys, numbers, strict=True)}


def _line(figures: Figures, name: str) -> str:
    auc, lift, loss, error = (
        figures[ALL, name, metric] for metric in ("auc", "lift_at_10_percent", "log_loss", "calibration_error")
    )
    said = (
        f"AUC {auc.value:.3f} ({auc.low:.3f} to {auc.high:.3f})   lift at 10 % {lift.value:.2f}   "
        f"log loss {loss.value:.4f}   calibration error {error.value:.3f}"
    )
    return said if name == MODEL else f"{said}   {_ahead(figures, f'{AGAINST}{name}')}"


def _ahead(figures: Figures, difference: str) -> str:
    """By how much the model is ahead of a rival in AUC, and at how many of the cut-offs."""
    found = {cut_off: one for (cut_off, name, metric), one in figures.items() if (name, metric) == (difference, "auc")}
    pooled = found.pop(ALL)
    said = f"model ahead by {pooled.value:+.3f} ({pooled.low:+.3f} to {pooled.high:+.3f})"
    ahead = sum(one.value > 0 for one in found.values())
    return f"{said}, at {ahead} of {len(found)} cut-offs" if found else said
