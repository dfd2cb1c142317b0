"""Finds what nearly all calls of a list have in common: said once above them, it leaves each line to what sets it apart."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from models.reasons import MOST_AGAINST, MOST_FOR, Reason
from pipelines.lists.day import Line

FEWEST_CALLS = 10  # of fewer, what most share may be luck, and each line is soon read
MOST_SHARE = 0.8


@dataclass(frozen=True)
class Shared:
    """A sentence that stands in so many of the calls and raises (up) or lowers the chance there."""

    says: str
    up: bool
    calls: int


def shared_reasons(lines: Sequence[Line]) -> tuple[Shared, ...]:
    """The reasons that would stand in at least MOST_SHARE of the calls among the lines, the most frequent first."""
    calls = [line for line in lines if line.band == "call"]
    if len(calls) < FEWEST_CALLS:
        return ()
    # a line may say the same twice
    told = [dict.fromkeys((reason.says, reason.points > 0) for reason in shown_reasons(line)) for line in calls]
    found = Counter(chain.from_iterable(told))
    return tuple(Shared(*key, count) for key, count in found.most_common() if count >= MOST_SHARE * len(calls))


def shown_reasons(line: Line) -> tuple[Reason, ...]:
    """The reasons that a line has room for, those for first."""
    return (*line.reasons_for[:MOST_FOR], *line.reasons_against[:MOST_AGAINST])


def own_reasons(line: Line, shared: Collection[Shared]) -> tuple[Reason, ...]:
    """The reasons shown on a line: of a call those that it does not share, unless it has no others."""
    shown, known = shown_reasons(line), {(one.says, one.up) for one in shared}
    own = tuple(reason for reason in shown if (reason.says, reason.points > 0) not in known)
    return own if own and line.band == "call" else shown
