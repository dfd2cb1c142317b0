"""What leads and customers do by themselves: read pages, fill in forms, visit events, try and use the product."""

import numpy as np

from pipelines.sources.demo.doers import Doers
from pipelines.sources.demo.state import CAREERS, DEMO, PRICING, USE, VIEWS, YES, Codes, Leads, Rows
from pipelines.sources.demo.today import Today, pick
from pipelines.sources.demo.words import (
    BLOG,
    CONTACT,
    DEMO_REQUEST,
    DOCS,
    HOME,
    PRODUCT,
    ROLES,
    WHITEPAPER,
    WON,
)
from pipelines.sources.demo.words import CAREERS as CAREERS_PAGE
from pipelines.sources.demo.words import DEMO as DEMO_PAGE
from pipelines.sources.demo.words import PRICING as PRICING_PAGE

OTHER_PAGES = np.repeat(np.array((HOME, PRODUCT, DOCS, BLOG, DEMO_PAGE), np.int8), (6, 6, 3, 4, 1))
CAREER_SEEKERS = ROLES.index("student")


def act(leads: Leads, today: Today, doers: Doers) -> None:
    """All that leads do of their own accord on the day."""
    browse(leads, today, doers.visit, "page_view")
    ask(leads, today, doers.ask)
    today.touch(leads, "event_visit", doers.event)
    today.touch(leads, "ad_seen", doers.ad)
    today.touch(leads, "signup", doers.sign_up)
    today.touch(leads, "product_use", doers.use)
    leads.signed_up[doers.sign_up] = True
    leads.signals[USE, doers.sign_up] += 1
    leads.signals[USE, doers.use] += 1


def browse(leads: Leads, today: Today, rows: Rows, happening: str) -> None:
    """Visits of one or more pages; who read about prices or jobs lately reads more about them."""
    if not len(rows):
        return
    visits = np.repeat(rows, 1 + today.dice.poisson(1.5, len(rows)))
    luck = today.luck(len(visits))
    signal = leads.signals[:, visits]
    customer = leads.code[visits] == WON
    pricing = np.where(customer, 0.02, np.minimum(0.10 + 0.14 * np.log1p(signal[PRICING]), 0.5))
    seeker = leads.role[visits] == CAREER_SEEKERS
    careers = np.where(seeker, 0.30, np.minimum(0.012 + 0.08 * np.log1p(signal[CAREERS]), 0.3))
    other = OTHER_PAGES[(today.luck(len(visits)) * len(OTHER_PAGES)).astype(np.intp)]
    page = np.where(luck < pricing, PRICING_PAGE, np.where(luck < pricing + careers, CAREERS_PAGE, other)).astype(
        np.int8
    )
    today.touch(leads, happening, visits, page)
    leads.count(VIEWS, visits)
    leads.count(PRICING, visits[page == PRICING_PAGE])
    leads.count(CAREERS, visits[page == CAREERS_PAGE])


def ask(leads: Leads, today: Today, rows: Rows, happening: str = "form") -> None:
    """Forms: a question, a wish for a demo or a paper; the first two await an answer and mostly carry a consent."""
    luck = today.luck(len(rows))
    demo = np.where(leads.code[rows] == WON, 0, np.minimum(0.2 + 0.15 * np.log1p(leads.signals[PRICING, rows]), 0.6))
    page = np.where(luck < demo, DEMO_REQUEST, np.where(luck > 0.65, WHITEPAPER, CONTACT)).astype(np.int8)
    send_form(leads, today, rows, page, happening)


def send_form(leads: Leads, today: Today, rows: Rows, page: Codes, happening: str) -> None:
    """The given forms arrive."""
    today.touch(leads, happening, rows, page)
    leads.signals[DEMO, pick(rows, page == DEMO_REQUEST)] += 1
    asking = pick(rows, page != WHITEPAPER)
    today.request(leads, asking)
    agrees = (leads.consent[asking] != YES) & (today.luck(len(asking)) < 0.85)
    today.agree(leads, pick(asking, agrees), "form" if happening == "form" else "first")
