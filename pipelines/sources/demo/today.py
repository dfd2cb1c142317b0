"""What happens on one day, collected while it happens."""

from dataclasses import dataclass, field

import numpy as np

from pipelines.sources.demo.state import NO, YES, Codes, Days, Flags, Floats, Leads, Rows
from pipelines.sources.demo.words import HAPPENINGS


@dataclass(frozen=True)
class Touch:
    """One kind of touch; rows are places in the day's leads, in the order of the touches, and page is given where there is one."""

    happening: str
    rows: Rows
    page: Codes | None = None


@dataclass(frozen=True)
class Move:
    """Leads enter a stage: stage is its code; `why` is first, back_again or step."""

    rows: Rows
    stage: Codes
    why: str


@dataclass(frozen=True)
class Word:
    """Leads give or refuse their consent; `why` is first, form, contract or opt_out."""

    rows: Rows
    granted: bool
    why: str


@dataclass(frozen=True)
class Purchase:
    """Customers pay; paid_to is the last day covered, negative where nothing is covered; signed on the day they won."""

    rows: Rows
    plan: Codes
    amount: Floats
    paid_to: Days
    signed: bool


@dataclass(frozen=True)
class Change:
    """A field takes a value; what the number means depends on the field (see record.py)."""

    rows: Rows
    what: Codes
    value: Floats


@dataclass
class Today:
    """The day, its dice and what has happened so far."""

    day: int
    weekday: int
    dice: np.random.Generator
    touches: list[Touch] = field(default_factory=list)
    moves: list[Move] = field(default_factory=list)
    words: list[Word] = field(default_factory=list)
    purchases: list[Purchase] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)

    def luck(self, count: int) -> Floats:
        """Uniform numbers in [0, 1)."""
        return self.dice.random(count, np.float32)

    def one_of(self, *chances: Floats) -> list[Rows]:
        """For each chance the places where it comes true; of several things at most one happens at a place."""
        total = chances[0]
        for chance in chances[1:]:
            total = total + chance
        luck = self.luck(len(total))
        rows = np.flatnonzero(luck < total)
        left, found = luck[rows], []
        for chance in chances:
            here = chance[rows]
            found.append(rows[(left >= 0) & (left < here)])
            left = left - here
        return found

    def touch(self, leads: Leads, happening: str, rows: Rows, page: Codes | None = None) -> None:
        """Touches of one kind happen; an inbound one shows that the lead is there."""
        if len(rows):
            self.touches.append(Touch(happening, rows, page))
            if HAPPENINGS[happening].direction == "in":
                leads.last_inbound[rows] = self.day

    def request(self, leads: Leads, rows: Rows) -> None:
        """Leads wait for an answer from now on, unless they are waiting already."""
        leads.waiting[rows] = np.where(leads.waiting[rows] < 0, self.day, leads.waiting[rows])

    def agree(self, leads: Leads, rows: Rows, why: str) -> None:
        """Leads consent to being written to and looked at; `why` as in Word."""
        if len(rows):
            leads.consent[rows] = YES
            self.words.append(Word(rows, True, why))

    def opt_out(self, leads: Leads, rows: Rows) -> None:
        """Leads take their consent back."""
        if len(rows):
            leads.consent[rows] = NO
            self.words.append(Word(rows, False, "opt_out"))


def pick(rows: Rows, flags: Flags) -> Rows:
    """The rows whose flag is set."""
    return rows[np.flatnonzero(flags)]
