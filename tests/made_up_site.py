"""A list of a company that does not exist, with all the pages beside it, every text of which may be set to one that a stranger typed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from features.languages import voice_of
from features.snapshots import midnight
from models.holdout import Added
from models.receipt import ALL, Brought, Listed, Receipt, Tally
from pipelines.lists.day import DayList, Line
from pipelines.lists.page import write_list
from pipelines.lists.row import line_key, rows
from pipelines.site.accounts import Account, Colleague
from pipelines.site.drawn import Step, Trend, steps, trend
from pipelines.site.history import Earlier, Happening, History
from pipelines.site.leads import LeadPage
from pipelines.site.receipts import Settled, settled
from pipelines.site.words import ToldDay, readable, told_days, told_earlier
from pipelines.site.write import Site, write_pages
from pipelines.waterfall import fall_of
from tests.golden.test_list_page import made_up_day

BARS = (("Opened the pricing page 6 times in the last 7 days", 12.24), ("Has not answered our last 2 mails", -4.31))


def write_made_up_site(folder: Path, day: DayList | None = None, *, strange: bool = False) -> DayList:
    """Writes the list and its pages into an empty folder; strange: whether all that is told of a lead is the text that it is called."""
    day = day or same_account(made_up_day())
    write_list(folder, day, lambda shown: write_pages(folder, day, made_up_site(day, shown, strange=strange)))
    return day


def same_account(day: DayList) -> DayList:
    """The day with its first two leads, of two owners, in one account."""
    first, second, *rest = day.lines
    return replace(day, lines=[first, replace(second, account_id=first.account_id, company=first.company), *rest])


def made_up_site(day: DayList, shown: Sequence[Line], *, strange: bool) -> Site:
    """What the pages of these lines say: two by two they share an account, and the same story is told of all."""
    told, pages, accounts = rows(shown, day.stages, voice_of(day.language)), [], []
    for place, (line, row) in enumerate(zip(shown, told, strict=True)):
        text = line.name if strange else ""
        before, after = (told[at].key if 0 <= at < len(told) else "" for at in (place - 1, place + 1))
        if place % 2 == 0:
            accounts.append(_account(shown[place : place + 2], text))
        said = (text or "78 in 100 advance by 15 June",)
        pages.append(
            LeadPage(
                row, line.letter, said, *_pictures(day, line, text), *_story(day, text), accounts[-1], before, after
            )
        )
    return Site(accounts, 3, _settled(day), pages)


def _pictures(day: DayList, line: Line, text: str) -> tuple[list[Step], list[Step], Trend | None]:
    voice, chance = voice_of(day.language), line.chance
    bars = [(text or says, points) for says, points in BARS]
    end = 100 * chance
    falls = [
        fall_of("", text or begins, end - 7.93, bars, text or "This lead", end) for begins in ("Anybody", "2 March")
    ]
    reasons, moved = (steps(fall, 100, voice) for fall in falls)
    past = [(day.as_of - timedelta(days=7 * weeks), chance * (1 - 0.2 * weeks)) for weeks in (3, 2, 1, 0)]
    return reasons, moved, trend(past, day.as_of, 100, voice)


def _story(day: DayList, text: str) -> tuple[list[ToldDay], list[str]]:
    voice = voice_of(day.language)

    def of(days: int) -> date:
        return day.as_of - timedelta(days=days)

    history = History(
        (
            Happening(of(1), "stage", text or "Offer sent"),
            Happening(of(1), "field", text or "budget", text or "yes"),
            Happening(of(2), "touch", text or "page_view", text or "pricing", 3, "inbound"),
            Happening(of(2), "touch", text or "call", "", 1, "outbound"),
            Happening(of(40), "purchase", text or "training", amount=490.0, currency=text or "EUR"),
        ),
        (Earlier(text or "mail_sent", "outbound", 4, of(100)),),
    )
    return told_days(history, day.as_of, voice), told_earlier(history.earlier, day.as_of, voice)


def _account(lines: Sequence[Line], text: str) -> Account:
    people = tuple(
        Colleague(
            line_key(line.lead_id), text or line.name, readable(text or "buyer"), text or line.owner_id, text or line.stage,
            line.band, "71 in 100", active=True, page=True,
        )
        for line in lines
    )  # fmt: skip
    name, owners = text or lines[0].company, tuple(dict.fromkeys(one.owner for one in people))
    keys = " ".join(one.key for one in people)
    active = text or "2 of 2 active in the last 30 days: Buyer (2)"
    return Account(
        text or "A-1", name, "71 in 100", 71.0, keys, 2, active, owners, people, 1, people[0], text or BARS[0][0]
    )


def _settled(day: DayList) -> Settled:
    return settled([made_up_receipt(day.as_of - timedelta(days=days)) for days in (63, 56)], voice_of(day.language))


def made_up_receipt(day: date) -> Receipt:
    """What came of a list of twelve calls."""
    until = day + timedelta(days=56)
    listed = Listed(day, "win", 56, midnight(until), "1", "0" * 64)
    tally = Tally(12, 4.2, 5.0, 38_000.0, 41_500.0)
    tallies = {
        "call": tally,
        "nurture": Tally(5, 0.6, 1.0, 900.0, 0.0),
        "skip": Tally(2, 0.1, 0.0, 80.0, 0.0),
        ALL: tally,
    }
    added = Added(24, 0.25, 3, 1 / 3, 0.25 - 1 / 3, -0.512, 0.214)
    return Receipt(
        listed, "EUR", tallies, {"recency": Brought(2.5, 20_000.0)}, {}, added, Tally(1, 0.05, 0.0, 400.0, 0.0)
    )
