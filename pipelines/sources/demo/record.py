"""Writes down what happens in the made-up company, as rows of a CRM export in the order of time."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pipelines.sources.demo.clock import Clock, Seconds
from pipelines.sources.demo.export import DAY_S
from pipelines.sources.demo.market import TIMES, Market, dice_for
from pipelines.sources.demo.sheet import Sheet, Values
from pipelines.sources.demo.state import Leads
from pipelines.sources.demo.today import Change, Move, Purchase, Today, Touch, Word
from pipelines.sources.demo.words import (
    AGENTS,
    BUDGET,
    BUDGETS,
    CAMPAIGNS,
    DECISION_DATE,
    HAPPENINGS,
    LANGUAGE,
    LANGUAGES,
    PHONE,
    ROLE,
    ROLES,
    SCANNER_AGENT,
    SEARCH_ADS,
    WHITEPAPER,
)  # fmt: skip

KINDS = tuple(HAPPENINGS)
FIELD_WORDS: Mapping[int, tuple[str, ...]] = {BUDGET: BUDGETS, ROLE: ROLES, LANGUAGE: LANGUAGES, PHONE: ("", "given")}
Part = dict[str, Values]


class Diary:
    """Puts the rows of each day into the sheets; created_s is when each lead is created, in seconds after the midnight of its day."""

    def __init__(self, market: Market, sheets: Mapping[str, Sheet], created_s: Seconds) -> None:
        self.market = market
        self.sheets = sheets
        self.created_s = created_s
        self.dice = dice_for(market.company, TIMES)
        self._asked_at = np.full(len(created_s), np.inf)

    def write(self, leads: Leads, today: Today) -> None:
        """The rows of one day, each table in the order of time."""
        clock = Clock(self.dice, self.created_s[leads.lead])
        self._add("touches", today.day, [self._touch(leads, today.day, clock, touch) for touch in today.touches])
        self._add("stage_moves", today.day, [_move(leads, clock, move) for move in today.moves])
        self._add("consents", today.day, [_word(leads, clock, word) for word in today.words])
        self._add("purchases", today.day, [_purchase(leads, clock, purchase) for purchase in today.purchases])
        self._add("field_changes", today.day, [self._change(leads, clock, change) for change in today.changes])

    def _add(self, table: str, day: int, parts: list[Part]) -> None:
        if not parts:
            return
        rows: Part = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        at = np.floor(rows["at"].astype(np.float64)).astype(np.int64) + day * DAY_S
        order = np.argsort(at, kind="stable")
        self.sheets[table].add({**{name: values[order] for name, values in rows.items()}, "at": at[order]})

    def _touch(self, leads: Leads, day: int, clock: Clock, touch: Touch) -> Part:
        happening, lead, count = HAPPENINGS[touch.happening], leads.lead[touch.rows], len(touch.rows)
        nothing = np.full(count, -1, np.int16)
        at = clock.times(happening.clock, touch.rows)
        return {
            "lead": lead,
            "at": at,
            "kind": np.full(count, KINDS.index(touch.happening), np.int8),
            "minutes": self._minutes(touch, lead, np.floor(at) + day * DAY_S),
            "page": nothing if touch.page is None else touch.page,
            "campaign": _campaign(happening.campaign, lead, day - (touch.happening == "mail_open_later")),
            "colleague": leads.owner[touch.rows] if happening.colleague else nothing,
            "agent": _agent(happening.agent, lead),
        }

    def _minutes(self, touch: Touch, lead: NDArray[np.int32], at: Seconds) -> Seconds:
        """How long a call, a meeting or the use of the product took, and how long the lead waited for an answer."""
        happening = HAPPENINGS[touch.happening]
        if happening.kind == "answer":
            waited: Seconds = np.ceil((at - self._asked_at[lead]) / 60)
            self._asked_at[lead] = np.inf
            return waited
        if happening.kind in ("form", "mail_reply") and touch.happening != "signing":
            asks = np.ones(len(lead), np.bool_) if touch.page is None else touch.page != WHITEPAPER
            np.minimum.at(self._asked_at, lead[asks], at[asks])
        if happening.minutes is None:
            return np.full(len(lead), np.nan)
        usual, spread = happening.minutes
        return np.ceil(usual * np.exp(self.dice.normal(0, spread, len(lead))))

    def _change(self, leads: Leads, clock: Clock, change: Change) -> Part:
        pairs = zip(change.what.tolist(), change.value.tolist(), strict=True)
        return {
            "lead": leads.lead[change.rows],
            "at": clock.note(change.rows),
            "field": change.what,
            "value": np.array([self._in_words(what, value) for what, value in pairs], object),
        }

    def _in_words(self, what: int, value: float) -> str:
        if what == DECISION_DATE:
            return str(np.datetime64(self.market.first_day, "D") + np.timedelta64(int(value), "D"))
        return FIELD_WORDS[what][int(value)] if what in FIELD_WORDS else f"{value:.0f}"


def _move(leads: Leads, clock: Clock, move: Move) -> Part:
    return {"lead": leads.lead[move.rows], "at": clock.step(move.why, move.rows), "stage": move.stage}


def _word(leads: Leads, clock: Clock, word: Word) -> Part:
    granted = np.full(len(word.rows), word.granted)
    return {"lead": leads.lead[word.rows], "at": clock.word(word.why, word.rows), "granted": granted}


def _purchase(leads: Leads, clock: Clock, purchase: Purchase) -> Part:
    """A subscription is valid to the last second of its last day."""
    ends = np.where(purchase.paid_to >= 0, (purchase.paid_to.astype(np.int64) + 1) * DAY_S - 1, -1)
    return {
        "lead": leads.lead[purchase.rows],
        "at": clock.payment(purchase.rows, signed=purchase.signed),
        "plan": purchase.plan,
        "amount": purchase.amount,
        "ends": ends,
    }


def _campaign(of: str | None, lead: NDArray[np.int32], mailed: int) -> NDArray[np.int8]:
    """The campaign of the mails of a day; half of the leads are written to in another one."""
    if of == "mail":
        return ((mailed // 10 + lead % 2) % (len(CAMPAIGNS) - 1)).astype(np.int8)
    return np.full(len(lead), SEARCH_ADS if of == "ads" else -1, np.int8)


def _agent(of: str | None, lead: NDArray[np.int32]) -> NDArray[np.int8]:
    """A person keeps one browser; of the mail scanners every other one pretends to be a person."""
    person = (lead * 7 // 3) % (len(AGENTS) - 1)
    scanner = np.where(lead % 2 == 0, SCANNER_AGENT, person)
    none = np.full(len(lead), -1)
    return {"person": person, "scanner": scanner, None: none}[of].astype(np.int8)
