"""Puts a waterfall and a chance over time on paper, with the numbers that are read beside them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from features.languages import Voice
from pipelines.lists.plain import clipped
from pipelines.lists.row import full_bar
from pipelines.lists.words import EXACT, MINUS, day_says
from pipelines.waterfall import Bar, Fall

DECIMALS = {100: 1, 1_000: 2, 10_000: 3}
WIDTH, HEIGHT = 360, 150
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 10, 24


@dataclass(frozen=True)
class Step:
    """A bar of a waterfall: its sentence, its number in words, and from where to where it goes in hundredths of the width."""

    kind: str
    says: str
    number: str
    left: float
    width: float


@dataclass(frozen=True)
class Dot:
    """A chance on a day, in words, and where it stands in pixels from the upper left corner."""

    day: str
    chance: str
    x: float
    y: float


@dataclass(frozen=True)
class Trend:
    """A chance over time; path: the points of a polyline. marks: what stands beside heights (y) of the picture."""

    dots: tuple[Dot, ...]
    path: str
    marks: tuple[tuple[float, str], ...]


def least_told(size: int) -> float:
    """The smallest bar that is told alone, in hundredths of chance, on a list whose chances are counted out of `size`."""
    return 0.5 * 0.1 ** DECIMALS[size]


def steps(fall: Fall, size: int, voice: Voice) -> list[Step]:
    """The bars of a fall with rounded numbers that add up: each says how far it moves the rounded level before it."""
    digits, found, at = DECIMALS[size], [], 0.0
    fall = rising_first(fall)
    for bar in fall.bars:
        after = round(bar.after, digits)
        moved, at = (after, after) if bar.is_level else (round(after - at, digits), after)
        if bar.is_level or moved:
            ends = sorted((fall.place(bar.before), fall.place(bar.after)))
            kind = "level" if bar.is_level else "up" if moved > 0 else "down"
            number = _level(moved, digits, voice) if bar.is_level else _signed(moved, digits, voice)
            wide = max(0.6, 100 * (ends[1] - ends[0]))
            found.append(
                Step(kind, clipped(bar.says), number, round(min(100 * ends[0], 100 - wide), 2), round(wide, 2))
            )
    return found


def rising_first(fall: Fall) -> Fall:
    """The fall with what raises the chance before what lowers it, so that it does not pass below 0 on the way."""
    (begin, *between, end), at = fall.bars, fall.bars[0].after
    found = [begin]
    for bar in sorted(between, key=lambda bar: bar.points < 0):
        found.append(Bar(bar.says, at, at + bar.points))
        at += bar.points
    return Fall(fall.title, (*found, end), fall.least)


def trend(points: Sequence[tuple[date, float]], day: date, size: int, voice: Voice) -> Trend | None:
    """The picture of chances (0 to 1) on days, oldest first; None where there is but one."""
    if len(points) < 2:
        return None
    first, last = points[0][0], points[-1][0]
    top = full_bar(chance for _, chance in points)
    digits = max(0, DECIMALS[size] - 1)
    dots = tuple(
        Dot(
            day_says(made, day, voice),
            _level(100 * chance, digits, voice),
            round(LEFT + (WIDTH - LEFT - RIGHT) * (made - first).days / max(1, (last - first).days), 1),
            _height(chance / top),
        )
        for made, chance in points
    )
    marks = tuple((_height(share), _level(100 * share * top, digits, voice)) for share in (0.0, 1.0))
    return Trend(dots, " ".join(f"{dot.x},{dot.y}" for dot in dots), marks)


def _height(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)


def _level(hundredths: float, digits: int, voice: Voice) -> str:
    return voice.say(EXACT, count=voice.figures(f"{hundredths:.{digits}f}"), size="100")


def _signed(points: float, digits: int, voice: Voice) -> str:
    return ("+" if points > 0 else MINUS) + voice.figures(f"{abs(points):.{digits}f}")
