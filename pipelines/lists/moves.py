"""Says in one line how a chance has moved since an earlier list, and what moved it."""

from datetime import date

from models.tell_moves import Move, MovedPart
from pipelines.lists.words import MINUS, day_says, points_says

PARTS_SAID = 2


def move_says(move: Move, since: date, day: date) -> str:
    """'Up 12 points since yesterday: Met us once in the last 30 days +9, time passing +3.'; empty where it would say 0."""
    size = points_says(move.points)
    if not size:
        return ""
    way, number = ("Up" if move.points > 0 else "Down"), size.lstrip(f"+{MINUS}")
    parts = [_part_says(part) for part in sorted(move.parts, key=lambda part: -abs(part.points))]
    told = ", ".join([said for said in parts if said][:PARTS_SAID])
    what = f": {told}" if told else ""
    return f"{way} {number} {'point' if number == '1' else 'points'} since {since_says(since, day)}{what}."


def since_says(since: date, day: date) -> str:
    """'yesterday', else the day.

    >>> since_says(date(2026, 3, 8), date(2026, 3, 9)), since_says(date(2026, 3, 2), date(2026, 3, 9))
    ('yesterday', '2 March')
    """
    return "yesterday" if (day - since).days == 1 else day_says(since, day)


def _part_says(part: MovedPart) -> str:
    points = points_says(part.points)
    return f"{part.says} {points}" if points else ""
