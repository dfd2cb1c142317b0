"""The accounts, owners and leads of the made-up company, and the days on which leads first come."""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from configs.source import DemoCompany
from pipelines.sources.demo.rates import fixed_effect
from pipelines.sources.demo.state import HALF_LIFE_DAYS, NEVER, NO_WORD, YES, Codes, Days, Floats, Leads, Rows
from pipelines.sources.demo.words import EXPECTED, ROLES

AFTER_LAST_DAY = date(2026, 7, 1)
LEADS_PER_ACCOUNT = 2.5
LEADS_PER_OWNER = 400

SOURCE_SHARES = (0.30, 0.22, 0.12, 0.12, 0.12, 0.12)
ROLE_SHARES = (0.27, 0.22, 0.16, 0.09, 0.09, 0.17)
SEGMENT_SHARES = (0.24, 0.20, 0.18, 0.14, 0.12, 0.12)
COUNTRY_SHARES = (0.26, 0.15, 0.15, 0.14, 0.10, 0.09, 0.06, 0.05)
CONSENT_BY_SOURCE = np.array((0.93, 0.92, 0.88, 0.86, 0.75, 0.80), np.float32)

HISTORY, TIMES, NAMES, SAMPLE, REPLAY, MARKET, VERDICTS = range(7)


@dataclass(frozen=True)
class Accounts:
    """One entry an account: its codes, size, owner, whether its mail server opens every link, and its share of all leads."""

    country: Codes
    segment: Codes
    employees: Floats
    scanner: NDArray[np.bool_]
    owner: NDArray[np.int16]
    share: NDArray[np.float64]


@dataclass(frozen=True)
class Market:
    """The company's world: `busy` is the share of all leads that comes on each day, `speeds` one entry an owner."""

    company: DemoCompany
    first_day: date
    days: int
    busy: NDArray[np.float64]
    accounts: Accounts
    speeds: Floats

    def weekday(self, day: int) -> int:
        """0 for Monday."""
        return (self.first_day.weekday() + day) % 7

    def monday_before(self, day: int) -> int:
        """The last Monday not after a day."""
        return day - self.weekday(day)


def dice_for(company: DemoCompany, purpose: int, *parts: int) -> np.random.Generator:
    """A stream of chance of its own for each purpose, so that none disturbs another."""
    return np.random.Generator(
        np.random.SFC64(np.random.SeedSequence([abs(company.seed), company.seed < 0, purpose, *parts]))
    )


def open_market(company: DemoCompany) -> Market:
    """The world in which the company sells; it ends on 2026-06-30 and begins so many calendar months before."""
    months = AFTER_LAST_DAY.year * 12 + AFTER_LAST_DAY.month - 1 - company.months
    first_day = date(months // 12, months % 12 + 1, 1)
    days = (AFTER_LAST_DAY - first_day).days
    dice = dice_for(company, MARKET)
    owners = int(np.clip(company.leads // LEADS_PER_OWNER, 6, 60))
    accounts = _accounts(dice, max(20, round(company.leads / LEADS_PER_ACCOUNT)), owners)
    speeds = dice.permutation(np.linspace(0.12, 0.92, owners)).astype(np.float32)
    return Market(company, first_day, days, _busy_days(first_day, days), accounts, speeds)


def _accounts(dice: np.random.Generator, count: int, owners: int) -> Accounts:
    employees = np.clip(np.exp(dice.normal(4.6, 1.5, count)), 4, 40_000).round()
    share = employees**0.25
    return Accounts(
        country=dice.choice(len(COUNTRY_SHARES), count, p=COUNTRY_SHARES).astype(np.int8),
        segment=dice.choice(len(SEGMENT_SHARES), count, p=SEGMENT_SHARES).astype(np.int8),
        employees=employees.astype(np.float32),
        scanner=dice.random(count) < np.where(employees > 250, 0.3, 0.08),
        owner=dice.integers(owners, size=count).astype(np.int16),
        share=share / share.sum(),
    )


def _busy_days(first_day: date, days: int) -> NDArray[np.float64]:
    """Growth, quiet summers and year ends, and hardly anyone at the weekend."""
    calendar = [first_day + timedelta(days=day) for day in range(days)]
    growth = np.linspace(0.85, 1.15, days)
    year = np.array([1 + 0.15 * np.sin(2 * np.pi * (day.timetuple().tm_yday - 30) / 365) for day in calendar])
    quiet = np.array([0.65 if day.month == 8 or (day.month == 12 and day.day > 20) else 1.0 for day in calendar])
    week = np.array([0.25 if day.weekday() >= 5 else 1.0 for day in calendar])
    weight = growth * year * quiet * week
    return np.asarray(weight / weight.sum())


def all_leads(market: Market) -> Leads:
    """Every lead of the history, in the order in which they come."""
    dice = dice_for(market.company, MARKET, 1)
    count = market.company.leads
    days = np.sort(dice.choice(market.days, count, p=market.busy)).astype(np.int32)
    accounts = dice.choice(len(market.accounts.share), count, p=market.accounts.share)
    return draw_leads(market, dice, accounts, days)


def further_leads(
    market: Market, dice: np.random.Generator, accounts: Rows, first: int, last: int
) -> tuple[Leads, Rows]:
    """Leads that may yet come to some accounts on the days from first to before last, and the place of each one's account in `accounts`.

    Each lead of the company goes to an account by its share, so the number to come depends on nothing that happened.
    """
    busy = market.busy[first:last]
    expected = market.accounts.share[accounts] * market.company.leads * busy.sum()
    places = np.repeat(np.arange(len(accounts)), dice.poisson(expected))
    days = first + dice.choice(last - first, len(places), p=busy / busy.sum())
    return draw_leads(market, dice, accounts[places], days.astype(np.int32)), places


def draw_leads(market: Market, dice: np.random.Generator, accounts: Rows, days: Days) -> Leads:
    """New leads of the given accounts, expected on the given days; lead counts from 0 in their order."""
    count, own = len(accounts), market.accounts
    source = dice.choice(len(SOURCE_SHARES), count, p=SOURCE_SHARES).astype(np.int8)
    role = dice.choice(len(ROLES), count, p=ROLE_SHARES).astype(np.int8)
    employees, owner = own.employees[accounts], own.owner[accounts]
    amount = (employees**0.55 * np.exp(dice.normal(6.3, 0.5, count))).round(-2)
    agreed = dice.random(count, np.float32) < CONSENT_BY_SOURCE[source]
    fixed = fixed_effect(source, own.segment[accounts], employees)
    return Leads(
        lead=np.arange(count, dtype=np.int32),
        account=accounts.astype(np.int32),
        owner=owner,
        source=source,
        role=role,
        fixed=fixed,
        keen=np.exp(np.float32(0.35) * fixed),
        speed=market.speeds[owner],
        employees=employees,
        amount=np.maximum(amount, 500).astype(np.float32),
        scanner=own.scanner[accounts],
        enters=days,
        code=np.full(count, EXPECTED, np.int8),
        since=days.copy(),
        last_inbound=days.copy(),
        last_mail=np.full(count, -NEVER, np.int32),
        waiting=np.full(count, -1, np.int32),
        prompt=np.zeros(count, np.float32),
        consent=np.where(agreed, YES, NO_WORD).astype(np.int8),
        budget=np.zeros(count, np.int8),
        decided=np.zeros(count, np.bool_),
        signed_up=np.zeros(count, np.bool_),
        plan=np.zeros(count, np.int8),
        seats=np.zeros(count, np.int32),
        paid_to=np.full(count, NEVER, np.int32),
        signals=np.zeros((len(HALF_LIFE_DAYS), count), np.float32),
    )
