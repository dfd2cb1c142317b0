"""What we do: write mails, call, meet, answer requests, note what we hear, and stop when a lead opts out."""

import numpy as np

from pipelines.sources.demo.doers import Doers
from pipelines.sources.demo.rates import later_answer, same_day_answer
from pipelines.sources.demo.state import CALLS, CLICKS, MAILS, MEETINGS, VIEWS, YES, Floats, Leads, Rows
from pipelines.sources.demo.today import Change, Today, pick
from pipelines.sources.demo.words import (
    AMOUNT,
    BUDGET,
    DECISION_DATE,
    EMPLOYEES,
    FIELDS,
    LANGUAGES,
    PHONE,
    ROLE,
    ROLES,
    UNKNOWN_ROLE,
    WON,
)

FIELD_SHARES = np.array((0.26, 0.16, 0.10, 0.14, 0.08, 0.13, 0.13)).cumsum()
LINKS_IN_A_MAIL = 3


def reach_out(leads: Leads, today: Today, doers: Doers) -> None:
    """Mails, calls and meetings of the day, and what we learn in them."""
    write(leads, today, doers.mail)
    today.touch(leads, "call", doers.call)
    today.touch(leads, "ring", doers.ring)
    today.touch(leads, "meeting", doers.meet)
    leads.signals[CALLS, doers.call] += 1
    leads.signals[CALLS, doers.ring] += 1
    leads.signals[MEETINGS, doers.meet] += 1
    heard = np.union1d(np.union1d(doers.call, doers.ring), doers.meet)
    note(leads, today, pick(heard, today.luck(len(heard)) < 0.35))


def write(leads: Leads, today: Today, rows: Rows) -> None:
    """Mails; people open them within hours or the next day, scanners open them and every link within seconds."""
    later = np.flatnonzero((leads.last_mail == today.day - 1) & (leads.code <= WON))
    today.touch(leads, "mail_open_later", pick(later, today.luck(len(later)) < 0.12))
    today.touch(leads, "mail_sent", rows)
    leads.last_mail[rows] = today.day
    leads.signals[MAILS, rows] += 1
    scanned = pick(rows, leads.scanner[rows])
    today.touch(leads, "scanner_open", scanned)
    today.touch(leads, "scanner_click", np.repeat(scanned, LINKS_IN_A_MAIL))
    opened = pick(rows, today.luck(len(rows)) < 0.30)
    keen = 1 + 0.4 * np.minimum(leads.signals[VIEWS, opened], 5)
    clicked = pick(opened, today.luck(len(opened)) < 0.14 * keen)
    replied = pick(opened, today.luck(len(opened)) < 0.05 * keen)
    today.touch(leads, "mail_open", opened)
    today.touch(leads, "mail_click", clicked)
    today.touch(leads, "mail_reply", replied)
    leads.signals[CLICKS, clicked] += 1
    today.request(leads, replied)


def answer(leads: Leads, today: Today) -> None:
    """Answers to requests, at the owner's speed; nobody without consent is answered."""
    rows = np.flatnonzero((leads.waiting >= 0) & (leads.consent == YES) & (leads.code <= WON))
    fresh = leads.waiting[rows] == today.day
    speed = leads.speed[rows]
    chance = np.where(fresh, same_day_answer(speed, today.weekday), later_answer(speed, today.weekday))
    answered = today.luck(len(rows)) < chance
    at_once = today.luck(len(rows)) < 0.15 + 0.65 * speed
    late = np.minimum(0.25 * (today.day - leads.waiting[rows]), 1)
    leads.prompt[rows] = np.where(answered, np.where(fresh, np.where(at_once, 1, 0.3), -late), leads.prompt[rows])
    leads.waiting[pick(rows, answered)] = -1
    today.touch(leads, "answer_at_once", pick(rows, answered & fresh & at_once))
    today.touch(leads, "answer_same_day", pick(rows, answered & fresh & ~at_once))
    today.touch(leads, "answer_later", pick(rows, answered & ~fresh))


def note(leads: Leads, today: Today, rows: Rows) -> None:
    """Fields that take a value after a talk; budget, decision date and role tell something, the others nothing."""
    if not len(rows):
        return
    what = np.searchsorted(FIELD_SHARES, today.luck(len(rows)), side="right").clip(0, len(FIELDS) - 1)
    what = np.where((what == BUDGET) & (leads.budget[rows] > 0), PHONE, what)
    what = np.where((what == ROLE) & (leads.role[rows] != UNKNOWN_ROLE), PHONE, what)
    luck = today.luck(len(rows))
    value = np.select(
        [what == BUDGET, what == DECISION_DATE, what == ROLE, what == AMOUNT, what == EMPLOYEES, what == PHONE],
        [
            np.where(luck < 0.56, 1, np.where(luck < 0.86, 2, 0)),
            today.day + 20 + np.floor(70 * luck),
            np.floor((len(ROLES) - 1) * luck),
            np.maximum((leads.amount[rows] * (0.7 + 0.7 * luck)).round(-2), 500),
            (leads.employees[rows] * (0.9 + 0.3 * luck)).round(),
            1,
        ],
        np.floor(len(LANGUAGES) * luck),
    ).astype(np.float32)
    remember(leads, rows, what, value)
    today.changes.append(Change(rows, what.astype(np.int8), value))


def remember(leads: Leads, rows: Rows, what: Rows, value: Floats) -> None:
    """The fields that a later day looks at."""
    leads.budget[rows] = np.where(what == BUDGET, value, leads.budget[rows])
    leads.role[rows] = np.where(what == ROLE, value, leads.role[rows])
    leads.amount[rows] = np.where(what == AMOUNT, value, leads.amount[rows])
    leads.decided[rows] |= what == DECISION_DATE
