"""Places the curves of the model page on paper, each told apart by its dashes and marks and not by a colour."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

WIDTH, HEIGHT = 420, 320
LEFT, RIGHT, TOP, BOTTOM = 58, 26, 12, 46
TICKS = 4

Style = Literal["model", "rival", "chance"]
Point = tuple[float, float]


@dataclass(frozen=True)
class Curve:
    """A curve in the units of its axes; model: solid with dots, rival: dashed with squares, chance: dotted without marks."""

    style: Style
    says: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Axis:
    """What an axis measures, its largest value (from 0) and how its values are written."""

    says: str
    top: float
    write: Callable[[float], str]


@dataclass(frozen=True)
class Tick:
    """A place in pixels on an axis, and what is written there."""

    at: float
    says: str


@dataclass(frozen=True)
class Drawn:
    """A curve in pixels from the upper left corner: a polyline's points, and where its marks stand."""

    style: Style
    says: str
    path: str
    marks: tuple[Point, ...]


@dataclass(frozen=True)
class Chart:
    """A picture with its title, the words of its two axes, their ticks, and its curves."""

    title: str
    across: str
    up: str
    ticks_across: tuple[Tick, ...]
    ticks_up: tuple[Tick, ...]
    curves: tuple[Drawn, ...]


def chart(title: str, across: Axis, up: Axis, curves: Sequence[Curve]) -> Chart:
    """The picture of curves over two axes that begin at 0; a point beyond an axis' top is drawn at its top."""
    steps = [step / TICKS for step in range(TICKS + 1)]
    return Chart(
        title,
        across.says,
        up.says,
        tuple(Tick(_x(step), across.write(step * across.top)) for step in steps),
        tuple(Tick(_y(step), up.write(step * up.top)) for step in steps),
        tuple(_drawn(curve, across.top, up.top) for curve in curves),
    )


def _drawn(curve: Curve, widest: float, highest: float) -> Drawn:
    places = tuple((_x(min(x / widest, 1.0)), _y(min(y / highest, 1.0))) for x, y in curve.points)
    path = " ".join(f"{x},{y}" for x, y in places)
    return Drawn(curve.style, curve.says, path, () if curve.style == "chance" else places)


def _x(share: float) -> float:
    return round(LEFT + share * (WIDTH - LEFT - RIGHT), 1)


def _y(share: float) -> float:
    return round(HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM), 1)
