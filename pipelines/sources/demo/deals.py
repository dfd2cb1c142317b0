"""Steps through the funnel, and what customers pay: wins, losses, ways back, renewals."""

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.demo.doers import Doers
from pipelines.sources.demo.state import LATE, NEVER, NO_WORD, USE, Days, Floats, Leads, Rows
from pipelines.sources.demo.today import Move, Purchase, Today
from pipelines.sources.demo.words import ENDED, LOST, PLAN_DAYS, TRAINING, WON

LENGTHS = np.array((*PLAN_DAYS, 0), np.int32)
GRACE_DAYS = 14
COURSE_PRICE = 490.0
PRICE_A_SEAT_A_DAY = 1.0
SKIPS_ONE, SKIPS_TWO = 0.16, 0.04
RETURNS_AFTER_DAYS, RETURNS_BEFORE_DAYS, RETURNS_A_DAY = 60, 180, 0.0012


def move(leads: Leads, today: Today, doers: Doers) -> None:
    """At most one step a lead a day: ahead (now and then over a stage, or right to the signature), back or out."""
    skip = today.luck(len(doers.up))
    ahead = np.minimum(leads.code[doers.up] + 1 + (skip < SKIPS_ONE) + (skip < SKIPS_TWO), WON)
    leads.code[doers.up] = ahead
    leads.code[doers.buy] = WON
    leads.code[doers.back] -= 1
    leads.code[doers.lose] = LOST
    leads.enters[doers.lose] = next_return(today.dice, np.full(len(doers.lose), today.day), today.day)
    rows = np.concatenate([doers.up, doers.buy, doers.back, doers.lose])
    leads.since[rows] = today.day
    today.moves.append(Move(rows, leads.code[rows], "step"))
    win(leads, today, np.concatenate([doers.up[ahead == WON], doers.buy]))


def steps_at_least(steps: NDArray[np.int64]) -> Floats:
    """The chance that a lead which goes ahead goes by so many stages at once; certain from one stage down."""
    longer = np.array((1, 1, SKIPS_ONE, SKIPS_TWO, 0), np.float32)
    return longer[np.clip(steps, 0, len(longer) - 1)]


def next_return(dice: np.random.Generator, lost: Days, today: int) -> Days:
    """The day on which lost leads come back, or NEVER, given that they are not back yet.

    From the 60th to the 180th day after the loss every day has the same chance, so the past of a lead that has not come back tells
    nothing more than the day of its loss.
    """
    first = np.maximum(lost + RETURNS_AFTER_DAYS, today)
    back = first + dice.geometric(RETURNS_A_DAY, len(lost)) - 1
    return np.where(back < lost + RETURNS_BEFORE_DAYS, back, NEVER).astype(np.int32)


def win(leads: Leads, today: Today, rows: Rows) -> None:
    """A signed offer, the consent that a contract brings, a plan with seats by the size of the company, and a first payment."""
    if not len(rows):
        return
    today.touch(leads, "signing", rows)
    today.agree(leads, rows[leads.consent[rows] == NO_WORD], "contract")
    large = np.clip(np.log10(leads.employees[rows]) / 20, 0.02, 0.2)
    luck = today.luck(len(rows))
    leads.plan[rows] = np.where(luck < large, 2, np.where(luck < large + 0.18, 1, 0))
    seats = leads.employees[rows] ** 0.5 * np.exp(today.dice.normal(0, 0.5, len(rows)))
    leads.seats[rows] = np.maximum(seats, 1).astype(np.int32)
    leads.paid_to[rows] = today.day + LENGTHS[leads.plan[rows]]
    leads.signed_up[rows] = True
    leads.signals[USE, rows] += 1
    today.touch(leads, "product_use", rows)
    pay(leads, today, rows, signed=True)


def renew(leads: Leads, today: Today, doers: Doers) -> None:
    """Renewals, a course now and then, and the end of those who did not renew within the days of grace."""
    rows = doers.renew
    leads.signals[LATE, rows] += today.day > leads.paid_to[rows]
    leads.paid_to[rows] += LENGTHS[leads.plan[rows]]
    pay(leads, today, rows, signed=False)
    if len(doers.course):
        plan, nothing = np.full(len(doers.course), TRAINING, np.int8), np.full(len(doers.course), -1, np.int32)
        price = np.full(len(doers.course), COURSE_PRICE, np.float32)
        today.purchases.append(Purchase(doers.course, plan, price, nothing, False))
    leads.code[(leads.code == WON) & (leads.paid_to + GRACE_DAYS <= today.day)] = ENDED


def pay(leads: Leads, today: Today, rows: Rows, *, signed: bool) -> None:
    """A payment for the plan until the day to which it is paid."""
    if len(rows):
        plan = leads.plan[rows]
        amount: Floats = (leads.seats[rows] * LENGTHS[plan] * PRICE_A_SEAT_A_DAY).astype(np.float32)
        today.purchases.append(Purchase(rows, plan, amount, leads.paid_to[rows], signed))
