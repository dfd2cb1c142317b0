"""How touches, stages, fields and purchases are said in the history of a lead."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from features.languages import Voice
from features.words import times
from pipelines.lists.plain import clipped
from pipelines.lists.words import day_says, money
from pipelines.site.history import Earlier, Happening, History

LONGEST_DETAIL = 80
EACH_DAY = 14
DETAILS_TOLD = 4
INBOUND, OUTBOUND = "inbound", "outbound"
# Kinds of touches that the shipped features count; what a project calls otherwise is said in its own words.
KINDS: dict[tuple[str, str], str] = {
    ("page_view", INBOUND): "Opened our pages",
    ("mail_open", INBOUND): "Opened a mail of ours",
    ("mail_click", INBOUND): "Clicked in a mail of ours",
    ("mail_reply", INBOUND): "Answered a mail",
    ("mail_sent", OUTBOUND): "We sent a mail",
    ("answer", OUTBOUND): "We answered",
    ("call", INBOUND): "Called us",
    ("call", OUTBOUND): "We called",
    ("meeting", INBOUND): "Met us",
    ("form", INBOUND): "Sent us a form",
    ("product_use", INBOUND): "Used the product",
    ("signup", INBOUND): "Signed up",
    ("event_visit", INBOUND): "Came to an event",
    ("ad_click", INBOUND): "Clicked on an ad",
}
MOVED_TO, BOUGHT, EMPTIED, BY_US = "Stage: {stage}", "Bought {plan}", "{field} was emptied", "{what}, by us"


@dataclass(frozen=True)
class ToldDay:
    """What happened to a lead on a day, or in touches in the week that begins with it; a stage move is told as a mark."""

    day: date
    says: str
    marks: tuple[str, ...]
    rest: tuple[str, ...]


def told_days(history: History, seen_from: date, voice: Voice) -> list[ToldDay]:
    """The history, the newest first: the last EACH_DAY days one by one, and of the time before touches by week and the rest by day.

    Touches of one kind are told together.
    """
    first = seen_from - timedelta(days=EACH_DAY)
    found = [((_begins(one, first), _is_of_week(one, first)), one) for one in history.happenings]
    ordered = sorted(found, key=lambda both: (-both[0][0].toordinal(), both[0][1]))
    return [
        _told(begins, [one for _, one in some], seen_from, voice, is_week=is_week)
        for (begins, is_week), some in groupby(ordered, key=lambda both: both[0])
    ]


def _is_of_week(one: Happening, first: date) -> bool:
    return one.what == "touch" and one.day < first


def _begins(one: Happening, first: date) -> date:
    return one.day - timedelta(days=one.day.weekday()) if _is_of_week(one, first) else one.day


def _told(begins: date, happened: Sequence[Happening], seen_from: date, voice: Voice, *, is_week: bool) -> ToldDay:
    day = day_says(begins, seen_from, voice)
    return ToldDay(
        begins,
        voice.say("Week of {day}", day=day) if is_week else day,
        tuple(_single(one, voice) for one in happened if one.what in ("stage", "purchase")),
        (
            *(_single(one, voice) for one in happened if one.what == "field"),
            *_touches([one for one in happened if one.what == "touch"], voice),
        ),
    )


def told_earlier(earlier: Sequence[Earlier], seen_from: date, voice: Voice) -> list[str]:
    """'We called 4 times, last on 3 March' of what is only counted."""
    return [
        voice.say(
            "{what} {times}, last on {day}",
            what=kind_says(one.kind, one.direction, voice),
            times=times.write(one.times, voice),
            day=day_says(one.last, seen_from, voice),
        )
        for one in earlier
    ]


def kind_says(kind: str, direction: str, voice: Voice) -> str:
    """What a touch is called; a kind of the project's own without its underscores, and whose it was where it was ours."""
    known = KINDS.get((kind, direction))
    if known:
        return voice.say(known)
    own = readable(kind)
    return voice.say(BY_US, what=own) if direction == OUTBOUND else own


def readable(name: str) -> str:
    """A name out of a table as people write it: 'newsletter_language' as 'Newsletter language'."""
    words = clipped(name.replace("_", " "), LONGEST_DETAIL)
    return words[:1].upper() + words[1:]


def _single(one: Happening, voice: Voice) -> str:
    if one.what == "stage":
        return voice.say(MOVED_TO, stage=clipped(one.kind, LONGEST_DETAIL))
    if one.what == "purchase":
        bought = voice.say(BOUGHT, plan=clipped(one.kind, LONGEST_DETAIL))
        worth = "" if one.amount is None else money(one.amount, clipped(one.currency, 8), voice)
        return f"{bought} · {worth}" if worth else bought
    field = voice.say("Owner") if one.kind == "owner_id" else readable(one.kind)
    value = clipped(one.detail, LONGEST_DETAIL)
    return f"{field}: {value}" if value else voice.say(EMPTIED, field=field)


def _touches(happened: Sequence[Happening], voice: Voice) -> Iterator[str]:
    kinds = dict.fromkeys((one.kind, one.direction) for one in happened)
    for kind, direction in kinds:
        of_kind = [one for one in happened if (one.kind, one.direction) == (kind, direction)]
        count = sum(one.times for one in of_kind)
        said = kind_says(kind, direction, voice)
        said = f"{said} {times.write(count, voice)}" if count > 1 else said
        pages = dict.fromkeys(one.detail for one in of_kind if one.detail)
        details = [clipped(page.replace("_", " "), LONGEST_DETAIL) for page in pages]
        more = [f"+{voice.figures(f'{len(details) - DETAILS_TOLD:,}')}"] if len(details) > DETAILS_TOLD else []
        yield f"{said}: {', '.join([*details[:DETAILS_TOLD], *more])}" if details else said
