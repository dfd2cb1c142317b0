"""Draws how honest the chances were and how much calling from the top would have found, as pictures that need no program."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from models.judgement import Judgement
from models.metrics import gains, reliability

SIZE, EDGE = 360, 44
POINTS = 100


def reliability_svg(judgement: Judgement) -> str:
    """The share of yes over the chance, in ten bins of equally many rows; on the diagonal the chances are honest. SVG text."""
    bins = reliability(judgement.outcomes, judgement.chances)
    top = max(float(bins[["chance", "share"]].to_numpy().max()), 1e-6)
    points = [(chance / top, share / top) for chance, share in zip(bins["chance"], bins["share"], strict=True)]
    marks = "".join(f'<circle cx="{_x(x):.1f}" cy="{_y(y):.1f}" r="4" fill="#1f6f5c"/>' for x, y in points)
    title = f"{judgement.head.name}: chance said, and share that came true (both up to {top:.2g})"
    return _chart(title, _line([(0, 0), (1, 1)], "#999", "4 4") + _line(points, "#1f6f5c") + marks)


def gains_svg(judgement: Judgement) -> str:
    """The share of all yes found over the share of rows called from the top; the dashed line is calling in any order. SVG text."""
    found = gains(judgement.outcomes, judgement.chances)
    places = np.unique(np.linspace(0, len(found) - 1, POINTS).astype(np.int64))
    points = _pairs(places / max(1, len(found) - 1), found[places])
    title = f"{judgement.head.name}: share of all yes found, calling from the top"
    return _chart(title, _line([(0, 0), (1, 1)], "#999", "4 4") + _line(points, "#1f6f5c"))


def _pairs(across: NDArray[np.float64], up: NDArray[np.float64]) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in zip(across, up, strict=True)]


def _x(share: float) -> float:
    return EDGE + share * (SIZE - 2 * EDGE)


def _y(share: float) -> float:
    return SIZE - EDGE - share * (SIZE - 2 * EDGE)


def _line(points: Sequence[tuple[float, float]], colour: str, dashes: str = "none") -> str:
    path = " ".join(f"{_x(x):.1f},{_y(y):.1f}" for x, y in points)
    return f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def _chart(title: str, content: str) -> str:
    side = SIZE - 2 * EDGE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIZE}" height="{SIZE}" viewBox="0 0 {SIZE} {SIZE}" role="img">'
        f"<title>{title}</title>"
        f'<rect x="{EDGE}" y="{EDGE}" width="{side}" height="{side}" fill="none" stroke="#ccc"/>'
        f'<text x="{EDGE}" y="{EDGE - 14}" font-family="sans-serif" font-size="10">{title}</text>{content}</svg>\n'
    )
