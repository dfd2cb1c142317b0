"""How likely everything is on a day, each as a formula of what the tables show at midnight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.demo.state import (
    CALLS,
    CAREERS,
    CLICKS,
    DEMO,
    LATE,
    MAILS,
    MEETINGS,
    NO,
    PRICING,
    USE,
    VIEWS,
    YES,
    Codes,
    Floats,
    Leads,
    Rows,
)  # fmt: skip
from pipelines.sources.demo.words import BUDGETS, ROLES, SEGMENTS, SOURCES, WON

# What moves a lead ahead (+) or holds it back (-): the chance of a step forward is multiplied by exp(effect x signal).
STRONG_SIGNALS = {
    "pricing page visits": +1.20,
    "meetings": +0.75,
    "demo request": +1.10,
    "product use": +0.50,
    "fast answer": +0.80,
    "unanswered request, per day": -0.20,
    "careers page visits": -0.90,
    "long in stage": -0.55,
}
SOURCE_EFFECT = {"referral": +1.0, "website": +0.25, "outbound": -0.25, "bought_list": -1.2}
ROLE_EFFECT = {"executive": +0.6, "manager": +0.2, "buyer": +0.2, "student": -1.1}
SEGMENT_EFFECT = {"software": +0.2, "public": -0.2}
BUDGET_EFFECT = {"yes": +0.5, "no": -0.8}
EMPLOYEES_EFFECT, MOST_EMPLOYEES_EFFECT = 0.15, 0.25  # for ten times as many as the usual hundred


def _by_code(effects: Mapping[str, float], words: Sequence[str]) -> Floats:
    return np.array([effects.get(word, 0) for word in words], np.float32)


BY_SOURCE, BY_ROLE = _by_code(SOURCE_EFFECT, SOURCES), _by_code(ROLE_EFFECT, ROLES)
BY_SEGMENT, BY_BUDGET = _by_code(SEGMENT_EFFECT, SEGMENTS), _by_code(BUDGET_EFFECT, BUDGETS)

# The usual chance on a day, one entry a code: the six open stages, then won, lost, expected, ended.
UP = np.array((0.0115, 0.0110, 0.0090, 0.0073, 0.0056, 0.0018, 0, 0, 0, 0), np.float32)
BUY = np.array((0.0003, 0.0004, 0.0005, 0.0005, 0.0006, 0.0009, 0, 0, 0, 0), np.float32)
BACK = np.array((0, 0.0008, 0.0018, 0.0022, 0.0024, 0.0030, 0, 0, 0, 0), np.float32)
LOSE = np.array((0.0092, 0.0092, 0.0092, 0.0097, 0.0107, 0.0118, 0, 0, 0, 0), np.float32)
VISIT = np.array((0.034, 0.036, 0.038, 0.040, 0.040, 0.040, 0.022, 0, 0, 0), np.float32)
ASK = np.array((0.0045, 0.0045, 0.0045, 0.0038, 0.0030, 0.0030, 0.0030, 0, 0, 0), np.float32)
MAIL = np.array((0.060, 0.060, 0.055, 0.045, 0.045, 0.040, 0.020, 0, 0, 0), np.float32)
CALL = np.array((0.030, 0.030, 0.028, 0.028, 0.030, 0.040, 0.006, 0, 0, 0), np.float32)
MEET = np.array((0.0020, 0.0060, 0.0110, 0.0140, 0.0140, 0.0150, 0.0030, 0, 0, 0), np.float32)
SIGN_UP = np.array((0.0020, 0.0024, 0.0034, 0.0036, 0.0026, 0.0026, 0, 0, 0, 0), np.float32)
HERE = np.array((1, 1, 1, 1, 1, 1, 1, 0, 0, 0), np.float32)

AT_WORK = (1.30, 1.30, 1.30, 1.30, 1.20, 0.20, 0.20)  # what people do in the office, Monday first
AT_SCREEN = (1.15, 1.15, 1.15, 1.15, 1.05, 0.65, 0.70)

RENEWS = np.array((0.1, 0.1, 0.0, 0.0), np.float32)  # log odds of renewing at the last day, by plan
LATE_RENEWAL = 0.04  # share of that chance on each day of grace
EVENT, RING, COURSE, OPT_OUT, OPT_OUT_A_MAIL = (
    np.float32(a_day) for a_day in (0.0012, 0.0015, 0.0008, 0.0002, 0.00012)
)
HALF = np.float32(0.5)
NO_BUDGET = BUDGETS.index("no")


def fixed_effect(source: Codes, segment: Codes, employees: Floats) -> Floats:
    """What a lead's origin and company add to the logarithm of its chances; its country tells nothing."""
    size = np.clip(EMPLOYEES_EFFECT * (np.log10(employees) - 2), -MOST_EMPLOYEES_EFFECT, MOST_EMPLOYEES_EFFECT)
    return np.asarray(BY_SOURCE[source] + BY_SEGMENT[segment] + size, np.float32)


@dataclass(frozen=True)
class Colleagues:
    """Of the other leads of each lead's account: how many are customers, and their recent meetings."""

    customers: Floats
    meetings: Floats


def colleagues(leads: Leads, accounts: int) -> Colleagues:
    """What each lead's colleagues do; accounts is one more than the largest account."""
    customer = (leads.code == WON).astype(np.float32)
    met = leads.signals[MEETINGS] * (leads.code <= WON)
    customers = np.bincount(leads.account, customer, accounts).astype(np.float32)
    meetings = np.bincount(leads.account, met, accounts).astype(np.float32)
    return Colleagues(customers.take(leads.account) - customer, meetings.take(leads.account) - met)


def warmth(leads: Leads, day: int, others: Colleagues) -> Floats:
    """Logarithm of how much likelier than usual a step forward is."""
    signal, effect = leads.signals, STRONG_SIGNALS
    waited = np.minimum(_days(day - leads.waiting), 6) * (leads.waiting >= 0)
    stayed = np.maximum(_days(day - leads.since), 0)
    warm: Floats = (
        leads.fixed
        + BY_ROLE.take(leads.role)
        + BY_BUDGET.take(leads.budget)
        + np.float32(0.3) * leads.decided
        + effect["pricing page visits"] * np.log1p(np.minimum(signal[PRICING], 5))
        + effect["meetings"] * np.minimum(signal[MEETINGS], 2.5)
        + effect["demo request"] * np.minimum(signal[DEMO], 1.5)
        + effect["product use"] * np.log1p(signal[USE])
        + effect["fast answer"] * leads.prompt
        + effect["unanswered request, per day"] * waited
        + effect["careers page visits"] * np.minimum(signal[CAREERS], 3)
        + effect["long in stage"] * np.log1p(0.1 * stayed)
        + 0.35 * np.minimum(others.customers, 2)
        + 0.2 * np.minimum(others.meetings, 2)
    )
    return warm


def _days(count: NDArray[np.int32]) -> Floats:
    return count.astype(np.float32)


@dataclass(frozen=True)
class Chances:
    """The chance of each thing on one day, one entry a lead; use and renew have one for each of `users` and of `due`."""

    visit: Floats
    ask: Floats
    event: Floats
    sign_up: Floats
    mail: Floats
    call: Floats
    ring: Floats
    meet: Floats
    opt_out: Floats
    up: Floats
    buy: Floats
    back: Floats
    lose: Floats
    course: Floats
    users: Rows
    use: Floats
    due: Rows
    renew: Floats


def chances(leads: Leads, day: int, weekday: int, accounts: int) -> Chances:
    """Every chance of the day that begins at the midnight on which the leads are seen."""
    work, screen = np.float32(AT_WORK[weekday]), np.float32(AT_SCREEN[weekday])
    signal, code = leads.signals, leads.code.astype(np.intp)
    others = colleagues(leads, accounts)
    warm = warmth(leads, day, others)
    ahead = np.exp(np.minimum(warm, 3.5)) * work
    here, keen, free = HERE.take(code), leads.keen * screen, (leads.consent == YES) * work
    pull = (
        1
        + 0.65 * np.minimum(signal[VIEWS], 8)
        + 0.8 * np.minimum(signal[CLICKS], 2)
        + HALF * (leads.last_mail == day - 1)
    )
    talk = np.exp(0.45 * np.minimum(signal[DEMO], 2) + 0.3 * leads.prompt + 0.25 * signal[CALLS])
    users = np.flatnonzero(leads.signed_up & (leads.code <= WON))
    due = np.flatnonzero((leads.paid_to <= day) & (leads.code == WON))
    return Chances(
        visit=VISIT.take(code) * keen * pull,
        ask=ASK.take(code) * keen * (1 + 0.5 * np.minimum(signal[PRICING], 4)),
        event=here * (EVENT * work),
        sign_up=SIGN_UP.take(code) * screen * ~leads.signed_up * (1 + 0.5 * np.minimum(signal[VIEWS], 6)),
        mail=MAIL.take(code) * free * (day - leads.last_mail > 2),
        call=CALL.take(code) * free * (1 + HALF * (signal[DEMO] > 0.3)),
        ring=here * keen * RING,
        meet=MEET.take(code) * leads.keen * free * talk,
        opt_out=here * (free > 0) * (OPT_OUT + OPT_OUT_A_MAIL * signal[MAILS]),
        up=UP.take(code) * ahead,
        buy=BUY.take(code) * ahead,
        back=BACK.take(code) * work * np.exp(-0.3 * np.minimum(signal[MEETINGS], 2)),
        lose=LOSE.take(code) * work * _coldness(leads, warm, day),
        course=(leads.code == WON) * (COURSE * work),
        users=users,
        use=screen * np.minimum(0.05 + 0.068 * signal[USE, users], 0.8),
        due=due,
        renew=renewal(leads, day, others, due),
    )


def _coldness(leads: Leads, warm: Floats, day: int) -> Floats:
    """How much likelier than usual a lead is to be lost: cold, quiet, refused or with no budget."""
    quiet = np.minimum(_days(day - leads.last_inbound), 60)
    refused = np.float32(1.2) * (leads.consent == NO) + np.float32(0.5) * (leads.budget == NO_BUDGET)
    patience = 0.25 + 0.75 * np.minimum(_days(day - leads.since) / 21, 1)
    cold: Floats = patience * np.exp(np.clip(refused - 0.5 * warm + 0.012 * quiet, -3, 3))
    return cold


def same_day_answer(speed: Floats, weekday: int) -> Floats:
    """The chance that an owner answers a request on the day it comes."""
    return speed * np.float32(min(AT_WORK[weekday], 1))


def later_answer(speed: Floats, weekday: int) -> Floats:
    """The chance on each later day that a request which still waits is answered."""
    return (0.15 + 0.5 * speed) * np.float32(min(AT_WORK[weekday], 1))


def renewal(leads: Leads, day: int, others: Colleagues, due: Rows) -> Floats:
    """The chance that customers whose renewal is due renew today: most on the last day, some on each day of grace."""
    signal = leads.signals[:, due]
    odds = (
        RENEWS[leads.plan[due]]
        + 0.85 * np.log1p(signal[USE])
        + 0.3 * np.log10(np.maximum(_days(leads.seats[due]), 1))
        + 0.3 * np.minimum(signal[MEETINGS], 2)
        + 0.4 * leads.prompt[due]
        - 0.7 * np.minimum(signal[LATE], 2)
        + 0.2 * np.minimum(others.customers[due], 2)
    )
    on_time = np.where(leads.paid_to[due] == day, 1, LATE_RENEWAL).astype(np.float32)
    chance: Floats = on_time / (1 + np.exp(-odds))
    return chance
