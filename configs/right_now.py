"""What stands above the ranking because it cannot wait: rules, each with its threshold, and the channels on which it also goes out."""

from typing import Annotated, Literal

from pydantic import Field

from configs.declared import Where
from configs.funnel import Name, PositiveDays, Setting

RuleName = Literal["unanswered", "meetings_today", "risen", "fallen", "overdue_stage", "leaving"]
Most = Annotated[int, Field(ge=1, le=40)]
Points = Annotated[float, Field(gt=0, le=100)]
MostShare = Annotated[float, Field(gt=0, le=1)]


class Unanswered(Setting):
    """Who asked us something in the last within_days and has waited for an answer for at least after_minutes; the newest first.

    asked, answered: the touches that ask and that answer; without them those of features.dialogue: a form or a reply, and anything
    outbound.
    """

    after_minutes: Annotated[int, Field(ge=0)] = 60
    within_days: PositiveDays = 7
    asked: Where = {}
    answered: Where = {}
    most: Most = 3
    channels: tuple[Name, ...] = ()


class MeetingsToday(Setting):
    """Whom we meet in the course of the day (UTC). field: the CRM field that holds when the next meeting is: 2026-03-09, or with a time."""

    field: Name = "next_meeting"
    most: Most = 10
    channels: tuple[Name, ...] = ()


class Moved(Setting):
    """Whose chance has moved, one way, by at least so many points (hundredths) since the list before; the furthest first.

    most_share: when more than this share of those who were on both lists is found, it is no news of anybody, and nobody is named.
    """

    points: Points = 5
    most: Most = 3
    most_share: MostShare = 0.5
    channels: tuple[Name, ...] = ()


class OverdueStage(Setting):
    """Who has stood in a stage for at least so many times its usual days (stale_after_days of the funnel); the best of the list first.

    most_share: when more than this share of the open leads in such stages is found, it is no news of anybody, and nobody is named.
    """

    times_usual: Annotated[float, Field(gt=0)] = 2
    most: Most = 3
    most_share: MostShare = 0.5
    channels: tuple[Name, ...] = ()


class Leaving(Setting):
    """Customers whose chance to leave is at least this (0 to 1); the likeliest first, however many there are."""

    chance: Annotated[float, Field(gt=0, le=1)] = 0.2
    most: Most = 3
    channels: tuple[Name, ...] = ()


class RightNow(Setting):
    """The rules in the order in which they stand on the page; a rule that is null is switched off."""

    unanswered: Unanswered | None = Unanswered()
    meetings_today: MeetingsToday | None = MeetingsToday()
    risen: Moved | None = Moved()
    fallen: Moved | None = Moved()
    overdue_stage: OverdueStage | None = OverdueStage()
    leaving: Leaving | None = Leaving()
