"""A waterfall: from where a chance begins to where it ends, one bar for everything that moves it."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_BARS = 14
LEAST_SHOWN = 0.05
WIDTH = 30
REST = "All the rest"


@dataclass(frozen=True)
class Bar:
    """One bar, from before to after in hundredths of chance; a level is the whole from 0."""

    says: str
    before: float
    after: float
    is_level: bool = False

    @property
    def points(self) -> float:
        """How far it goes; below 0 when it goes down."""
        return self.after - self.before

    def drawn(self, fall: "Fall") -> str:
        """The bar in signs, as wide as the fall."""
        left, right = sorted((fall.place(self.before), fall.place(self.after)))
        first, last = round(WIDTH * left), round(WIDTH * right)
        sign = "█" if self.is_level else "▓" if self.points > 0 else "░"
        return " " * first + sign * max(1, last - first)


@dataclass(frozen=True)
class Fall:
    """The bars of a waterfall from the first level to the last; they meet each other."""

    title: str
    bars: tuple[Bar, ...]
    least: float = LEAST_SHOWN

    @property
    def shown(self) -> tuple[Bar, ...]:
        """The bars without a rest that nobody would see."""
        return tuple(bar for bar in self.bars if bar.is_level or abs(bar.points) >= self.least)

    @property
    def low(self) -> float:
        """The lowest point, at most 0."""
        return min(0.0, *(min(bar.before, bar.after) for bar in self.bars))

    @property
    def high(self) -> float:
        """The highest point, above the lowest."""
        return max(self.low + 1e-9, *(max(bar.before, bar.after) for bar in self.bars))

    def place(self, chance: float) -> float:
        """Where a chance in hundredths stands between the lowest (0) and the highest (1) point."""
        return (chance - self.low) / (self.high - self.low)


def fall_of(
    title: str,
    begins: str,
    start: float,
    bars: Sequence[tuple[str, float]],
    ends: str,
    end: float,
    least: float = LEAST_SHOWN,
    rest_says: str = REST,
) -> Fall:
    """The fall from a level to another (hundredths of chance); bars: sentence and points, which add up to the difference.

    The largest bars stand alone, the largest first, and the rest is one bar, as is what moves less than `least`.
    """
    ordered = sorted(bars, key=lambda bar: -abs(bar[1]))
    shown = [bar for bar in ordered[:MOST_BARS] if abs(bar[1]) >= least]
    rest = end - start - sum(points for _, points in shown)
    if abs(rest) > 1e-9:
        shown.append((rest_says, rest))
    found, at = [Bar(begins, 0.0, start, is_level=True)], start
    for says, points in shown:
        found.append(Bar(says, at, at + points))
        at += points
    return Fall(title, (*found, Bar(ends, 0.0, end, is_level=True)), least)
