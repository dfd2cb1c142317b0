"""What the tables show of each lead at midnight, as arrays: nothing else drives the made-up company."""

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.intp]
Days = NDArray[np.int32]
Codes = NDArray[np.int8]
Floats = NDArray[np.float32]
Flags = NDArray[np.bool_]

NEVER = np.int32(1_000_000)
NO_WORD, YES, NO = 0, 1, 2

HALF_LIFE_DAYS = {
    "views": 7, "pricing": 7, "careers": 14, "meetings": 14, "demo": 14, "mails": 10,
    "clicks": 7, "calls": 10, "use": 7, "late": 90,
}  # fmt: skip
VIEWS, PRICING, CAREERS, MEETINGS, DEMO, MAILS, CLICKS, CALLS, USE, LATE = range(len(HALF_LIFE_DAYS))
FADING: Floats = np.array([[0.5 ** (1 / days)] for days in HALF_LIFE_DAYS.values()], np.float32)


@dataclass
class Leads:
    """One entry a lead in every array; days count from the first day of the company.

    fixed: sum of the effects of source, segment and employees; keen: how much likelier
    than usual that makes what a lead does by itself. speed: share of requests that the owner answers on the day. code: 0 to
    5 an open stage, then WON, LOST, EXPECTED, ENDED. enters: the day on which an expected or lost lead comes (back). waiting:
    the day of the oldest unanswered request, else -1. prompt: how fast the last answer was, from 1 (at once) to -1 (after
    days), 0 before the first. consent: NO_WORD, YES or NO. paid_to: last day of the subscription. signals: one row
    a signal of HALF_LIFE_DAYS, each the number of such events, halved every so many days.
    """

    lead: Days
    account: Days
    owner: NDArray[np.int16]
    source: Codes
    role: Codes
    fixed: Floats
    keen: Floats
    speed: Floats
    employees: Floats
    amount: Floats
    scanner: Flags
    enters: Days
    code: Codes
    since: Days
    last_inbound: Days
    last_mail: Days
    waiting: Days
    prompt: Floats
    consent: Codes
    budget: Codes
    decided: Flags
    signed_up: Flags
    plan: Codes
    seats: Days
    paid_to: Days
    signals: Floats

    @property
    def size(self) -> int:
        """How many leads."""
        return len(self.lead)

    def take(self, rows: Rows | Flags | slice) -> "Leads":
        """A copy of some leads, in the order of rows."""
        return Leads(**{field.name: np.array(getattr(self, field.name)[..., rows]) for field in fields(self)})

    def count(self, signal: int, rows: Rows) -> None:
        """Adds one to a signal for each entry of rows, which may name a lead twice."""
        np.add.at(self.signals[signal], rows, np.float32(1))


def join(parts: list[Leads]) -> Leads:
    """All leads of several parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    return Leads(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts], axis=-1)
            for field in fields(Leads)
        }
    )
