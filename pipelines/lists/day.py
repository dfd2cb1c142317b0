"""What stands on a day's list: the leads to call, why, and the customers about to leave."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import pyarrow as pa

from configs.project import HeadName, Language
from configs.right_now import RuleName
from models.reasons import Reason

Band = Literal["call", "nurture", "skip", "keep"]


@dataclass(frozen=True)
class Line:
    """One lead or customer on the list.

    rank counts from 1, customers on their own. stage and chance_says are words. chance is that of the head shown
    first, in 0..1; chances holds every head that applies. expected_value is in units of `currency` (ISO 4217): what is
    expected to be won or, for a customer, lost; None where no amount is known. fit to the ideal customer and engagement are
    0..100. Reasons come strongest first. moved is a sentence on how the chance has moved since the list before.
    helps is one on what leads like it were won more often after. letter: A to D, by its chance. drawn: whether chance alone put it among
    the calls. country: empty where the project has no such attribute. feedback: a sentence on what sales last said of it.
    send: one on what is worth writing to it.
    """

    rank: int
    lead_id: str
    name: str
    company: str
    account_id: str
    owner_id: str
    stage: str
    band: Band
    chance: float
    chance_says: str
    chances: dict[HeadName, float]
    expected_value: float | None
    currency: str
    fit: float | None = None
    engagement: float | None = None
    reasons_for: tuple[Reason, ...] = ()
    reasons_against: tuple[Reason, ...] = ()
    moved: str = ""
    letter: str = ""
    drawn: bool = False
    country: str = ""
    helps: str = ""
    feedback: str = ""
    send: str = ""


@dataclass(frozen=True)
class Entry:
    """A lead or customer that cannot wait, and why in a sentence; band: where its line stands, as in Line."""

    lead_id: str
    name: str
    company: str
    owner_id: str
    band: Band
    says: str


@dataclass(frozen=True)
class Urgent:
    """The entries of a rule, the first first; found: how many there were before the rule's `most` cut them.

    says: what stands in their place where the rule is true of too many to name anybody.
    """

    rule: RuleName
    entries: tuple[Entry, ...]
    found: int
    says: str = ""


@dataclass(frozen=True)
class DayList:
    """Everything that is written for one day.

    lines are the open leads by rank, customers (band keep) the likeliest to leave first. `lines` is read once from
    front to back and the skipped ones are not kept, so what makes its lines on the way is welcome. skipped: further skipped
    leads as lists.sheets.add_skipped takes them.
    capacity is in calls. ranked_by, expected and notes are sentences. stages: the words of the open stages in funnel
    order, to sort by. language: of all sentences, and of the page around them. right_now: what stands above the ranking.
    """

    project: str
    funnel: str
    as_of: date
    capacity: int
    ranked_by: str
    lines: Iterable[Line]
    customers: Sequence[Line] = ()
    notes: tuple[str, ...] = ()
    expected: str = ""
    stages: tuple[str, ...] = ()
    language: Language = "en"
    skipped: Iterable[pa.Table] = ()
    right_now: tuple[Urgent, ...] = ()
