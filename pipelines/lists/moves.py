"""Says in one line how a chance has moved since an earlier list, and what moved it."""

from datetime import date

from features.languages import ENGLISH, Voice
from models.tell_moves import Move, MovedPart
from pipelines.lists.words import MINUS, day_says, points_says

PARTS_SAID = 2
UP = "Up {count} point {since}", "Up {count} points {since}"
DOWN = "Down {count} point {since}", "Down {count} points {since}"


def move_says(move: Move, since: date, day: date, voice: Voice = ENGLISH) -> str:
    """'Up 12 points since yesterday: Met us once in the last 30 days +9, time passing +3.'; empty where it would say 0."""
    size = points_says(move.points)
    if not size:
        return ""
    parts = [_part_says(part, voice) for part in sorted(move.parts, key=lambda part: -abs(part.points))]
    told = ", ".join([said for said in parts if said][:PARTS_SAID])
    way = UP if move.points > 0 else DOWN
    says = voice.count(*way, size.lstrip(f"+{MINUS}"), since=since_says(since, day, voice))
    return voice.say("{move}: {parts}.", move=says, parts=told) if told else f"{says}."


def since_says(since: date, day: date, voice: Voice = ENGLISH) -> str:
    """'since yesterday', else the day.

    >>> since_says(date(2026, 3, 8), date(2026, 3, 9)), since_says(date(2026, 3, 2), date(2026, 3, 9))
    ('since yesterday', 'since 2 March')
    """
    if (day - since).days == 1:
        return voice.say("since yesterday")
    return voice.say("since {day}", day=day_says(since, day, voice))


def _part_says(part: MovedPart, voice: Voice) -> str:
    points = points_says(part.points, voice)
    return f"{part.says} {points}" if points else ""
