"""One day of the made-up company: everybody acts on what was known at midnight."""

import numpy as np

from pipelines.sources.demo.attention import act, ask, browse, send_form
from pipelines.sources.demo.deals import move, renew
from pipelines.sources.demo.doers import draw
from pipelines.sources.demo.outreach import answer, reach_out
from pipelines.sources.demo.rates import Chances
from pipelines.sources.demo.state import FADING, YES, Leads, Rows
from pipelines.sources.demo.today import Move, Today, pick
from pipelines.sources.demo.words import CONTACT, EXPECTED, LOST, SOURCES


def live(leads: Leads, today: Today, chance: Chances) -> None:
    """Changes the leads from the midnight before the day to the midnight after it, and tells today what happened.

    chance: every chance of the day, taken from the first midnight.
    """
    doers = draw(chance, today)
    leads.signals *= FADING
    come = np.flatnonzero(leads.enters == today.day)
    arrive(leads, today, pick(come, leads.code[come] == EXPECTED))
    come_back(leads, today, pick(come, leads.code[come] == LOST))
    act(leads, today, doers)
    reach_out(leads, today, doers)
    answer(leads, today)
    today.opt_out(leads, doers.opt_out)
    move(leads, today, doers)
    renew(leads, today, doers)


def arrive(leads: Leads, today: Today, rows: Rows) -> None:
    """New leads, with the touch that brought them."""
    if not len(rows):
        return
    source = leads.source[rows]
    came = {name: pick(rows, source == code) for code, name in enumerate(SOURCES)}
    known = pick(came["referral"], today.luck(len(came["referral"])) < 0.3)
    leads.code[rows] = 0
    today.moves.append(Move(rows, leads.code[rows], "first"))
    leads.code[known] = 1
    if len(known):
        today.moves.append(Move(known, leads.code[known], "met"))
    leads.since[rows] = leads.last_inbound[rows] = today.day
    today.agree(leads, pick(rows, leads.consent[rows] == YES), "first")
    today.touch(leads, "ad_click", came["ads"])
    today.touch(leads, "first_event", came["event"])
    today.touch(leads, "first_ring", came["referral"])
    browse(leads, today, np.concatenate([came["website"], came["ads"]]), "first_view")
    ask(leads, today, came["website"], "first_form")
    ask(leads, today, pick(came["ads"], today.luck(len(came["ads"])) < 0.5), "first_form")


def come_back(leads: Leads, today: Today, rows: Rows) -> None:
    """Lost leads who ask again begin anew; what they did before no longer counts."""
    if not len(rows):
        return
    leads.signals[:, rows] = 0
    leads.code[rows] = today.luck(len(rows)) < 0.5
    leads.since[rows] = today.day
    send_form(leads, today, rows, np.full(len(rows), CONTACT, np.int8), "form")
    today.moves.append(Move(rows, leads.code[rows], "back_again"))
