"""The vocabulary of the made-up company: its stages, sources, roles, pages, campaigns and kinds of touch."""

from dataclasses import dataclass
from typing import Literal

STAGES = ("new", "contacted", "qualified", "demo", "proposal", "negotiation")
STAGE_LABELS = (
    "New",
    "Contacted",
    "Qualified",
    "Demo given",
    "Proposal sent",
    "In negotiation",
    "Closed won",
    "Closed lost",
)
WON, LOST, EXPECTED, ENDED = 6, 7, 8, 9  # EXPECTED: not here yet; ENDED: a customer who is gone

SOURCES = ("website", "ads", "event", "referral", "outbound", "bought_list")
ROLES = ("manager", "engineer", "buyer", "executive", "student", "unknown")
UNKNOWN_ROLE = ROLES.index("unknown")
SEGMENTS = ("software", "manufacturing", "retail", "health", "education", "public")
COUNTRIES = ("DE", "FR", "GB", "US", "PL", "ES", "JP", "BR")
PAGES = ("home", "product", "docs", "blog", "demo", "pricing", "careers", "contact", "demo_request", "whitepaper")
HOME, PRODUCT, DOCS, BLOG, DEMO, PRICING, CAREERS, CONTACT, DEMO_REQUEST, WHITEPAPER = range(len(PAGES))
CAMPAIGNS = ("welcome", "spring_offer", "webinar", "customer_story", "price_guide", "newsletter", "search_ads")
SEARCH_ADS = CAMPAIGNS.index("search_ads")
AGENTS = ("Chrome on Windows", "Firefox on Linux", "Safari on iPhone", "Chrome on Android", "MailGuard LinkScanner 3.1")
SCANNER_AGENT = len(AGENTS) - 1
FIELDS = ("budget", "decision_date", "role", "amount", "employees", "phone", "newsletter_language")
BUDGET, DECISION_DATE, ROLE, AMOUNT, EMPLOYEES, PHONE, LANGUAGE = range(len(FIELDS))
BUDGETS = ("unknown", "yes", "no")
LANGUAGES = ("en", "de", "fr", "es")
PLANS = ("monthly", "quarterly", "annual", "training")
PLAN_DAYS = (30, 91, 365)
TRAINING = 3


@dataclass(frozen=True)
class Happening:
    """How one thing that happens is written down; `clock` says at what time of the day (see clock.py)."""

    kind: str
    channel: str
    direction: Literal["in", "out"]
    clock: str
    colleague: bool = False
    agent: Literal["person", "scanner"] | None = None
    minutes: tuple[float, float] | None = None
    campaign: Literal["mail", "ads"] | None = None


HAPPENINGS = {
    "ad_click": Happening("ad_click", "ads", "in", "arriving", agent="person", campaign="ads"),
    "ad_seen": Happening("ad_click", "ads", "in", "browsing", agent="person", campaign="ads"),
    "first_view": Happening("page_view", "web", "in", "arriving", agent="person"),
    "page_view": Happening("page_view", "web", "in", "browsing", agent="person"),
    "first_form": Happening("form", "web", "in", "asking_first", agent="person"),
    "form": Happening("form", "web", "in", "asking", agent="person"),
    "mail_sent": Happening("mail_sent", "email", "out", "mailing", colleague=True, campaign="mail"),
    "mail_open": Happening("mail_open", "email", "in", "opening", agent="person", campaign="mail"),
    "mail_open_later": Happening("mail_open", "email", "in", "browsing", agent="person", campaign="mail"),
    "mail_click": Happening("mail_click", "email", "in", "clicking", agent="person", campaign="mail"),
    "mail_reply": Happening("mail_reply", "email", "in", "replying"),
    "scanner_open": Happening("mail_open", "email", "in", "scanning", agent="scanner", campaign="mail"),
    "scanner_click": Happening("mail_click", "email", "in", "scanning", agent="scanner", campaign="mail"),
    "answer_at_once": Happening("answer", "email", "out", "at_once", colleague=True),
    "answer_same_day": Happening("answer", "email", "out", "same_day", colleague=True),
    "answer_later": Happening("answer", "email", "out", "later", colleague=True),
    "call": Happening("call", "phone", "out", "working", colleague=True, minutes=(6, 0.8)),
    "ring": Happening("call", "phone", "in", "working", colleague=True, minutes=(9, 0.7)),
    "first_ring": Happening("call", "phone", "in", "arriving", colleague=True, minutes=(9, 0.7)),
    "meeting": Happening("meeting", "meeting", "in", "working", colleague=True, minutes=(40, 0.4)),
    "event_visit": Happening("event_visit", "event", "in", "working"),
    "first_event": Happening("event_visit", "event", "in", "arriving"),
    "signup": Happening("signup", "product", "in", "browsing"),
    "product_use": Happening("product_use", "product", "in", "browsing", minutes=(18, 0.9)),
    "signing": Happening("mail_reply", "email", "in", "signing"),
}
