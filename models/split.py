"""Divides the past by time: what a model learns from always ends before what it is judged on begins."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from configs.errors import FunnelcastError
from models.heads import Head


class TooLittlePastError(FunnelcastError):
    """There are too few days with known outcomes for anything to be learned; a points table needs none."""


class OneOutcomeError(FunnelcastError):
    """All known outcomes are the same, so that there is nothing to tell apart; a points table needs no outcomes."""


Days = npt.NDArray[np.datetime64]
Mask = npt.NDArray[np.bool_]

JUDGED_SHARE = 1 / 5
BLOCK_SHARE = 1 / 6
MOST_BLOCKS = 2
MOST_CUT_OFFS = 3


@dataclass(frozen=True)
class Split:
    """Two masks over the same rows; every outcome window of `earlier` ends at or before the first as_of of `later`."""

    earlier: Mask
    later: Mask


def days_of(frame: pd.DataFrame) -> Days:
    """The as_of of every row (UTC without zone) in microseconds."""
    return frame["as_of"].to_numpy().astype("datetime64[us]")


def leads_of(frame: pd.DataFrame) -> npt.NDArray[np.int64]:
    """The number of every row's lead (rows,), from 0 in the order of their first rows."""
    return np.asarray(pd.factorize(frame["lead_id"])[0], dtype=np.int64)


def horizon_of(head: Head) -> np.timedelta64:
    """The length of a head's outcome window."""
    return np.timedelta64(head.horizon_days, "D")


def usable(as_of: Days, outcome: npt.NDArray[np.float64], head: Head, until: datetime) -> Mask:
    """Rows to learn from at `until` (UTC without zone): the outcome is known and its window (as_of, as_of + h] ends by then."""
    over: Mask = as_of + horizon_of(head) <= np.datetime64(until, "us")
    return over & ~np.isnan(outcome)


def hold_out(as_of: Days, head: Head) -> Split:
    """The newest fifth of the as-of days to judge on, and all before it whose windows end by its first day.

    The judged part is shortened, to one day if need be, until the earlier part can itself be divided by `expanding_folds`.
    Raises TooLittlePastError when there are too few days, saying how many are needed.
    """
    days = np.unique(as_of)
    for length in range(_share(days, JUDGED_SHARE), 0, -1):
        split = _split(as_of, days[-length:], head)
        if split.earlier.any() and _spans(as_of[split.earlier], head):
            return split
    raise _too_few(days, head, windows=2)


def cut_offs(as_of: Days, head: Head) -> tuple[Split, ...]:
    """The days of `hold_out` in up to three successive blocks, each with all days before it whose windows end by its first day.

    Raises FunnelcastError as hold_out does.
    """
    days = np.unique(as_of[hold_out(as_of, head).later])
    return tuple(_split(as_of, block, head) for block in np.array_split(days, min(MOST_CUT_OFFS, len(days))))


def expanding_folds(as_of: Days, head: Head) -> tuple[Split, ...]:
    """Up to two successive blocks of the newest as-of days, each with all before it whose windows end by its first day.

    A block is a sixth of the days, shorter where that leaves nothing before it; oldest block first. Raises TooLittlePastError
    when there are too few days, saying how many are needed.
    """
    days = np.unique(as_of)
    for length in range(_share(days, BLOCK_SHARE), 0, -1):
        blocks = [days[len(days) - (back + 1) * length : len(days) - back * length] for back in range(MOST_BLOCKS)]
        splits = [_split(as_of, block, head) for block in reversed(blocks) if len(block)]
        if found := tuple(split for split in splits if split.earlier.any()):
            return found
    raise _too_few(days, head, windows=1)


def _share(days: Days, share: float) -> int:
    return min(len(days), max(1, int(len(days) * share)))


def _split(as_of: Days, block: Days, head: Head) -> Split:
    return Split(as_of + horizon_of(head) <= block[0], (as_of >= block[0]) & (as_of <= block[-1]))


def _spans(as_of: Days, head: Head) -> bool:
    return bool(as_of.max() - as_of.min() >= horizon_of(head))


def _too_few(days: Days, head: Head, windows: int) -> TooLittlePastError:
    span = windows * head.horizon_days
    weeks = -(-span // 7) + 1
    found = f"{days[0].astype('M8[D]')} to {days[-1].astype('M8[D]')}" if len(days) else "none"
    return TooLittlePastError(
        f"{head.name}: too few as-of days with a known outcome to learn from ({len(days)}: {found}). What is learned must end before "
        f"what is judged begins, so with a horizon of {head.horizon_days} days the first and the last must lie at least {span} days "
        f"apart: {weeks} weekly as-of days. Ingest an earlier past, give a later --as-of, or set a shorter horizon_days."
    )
