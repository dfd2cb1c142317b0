"""How days, chances and money are said on the list."""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from math import ceil, floor, isnan
from statistics import median
from typing import Literal

from configs.project import HeadName

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MINUS = "\N{MINUS SIGN}"
OUTCOMES: dict[HeadName, str] = {
    "progress": "advance",
    "win": "are won",
    "leave": "are lost or fall silent",
    "churn": "leave",
}
GAINS = {"progress": ("step forward", "steps forward"), "win": ("win", "wins")}
DRAWN = "Drawn at random to learn from."
_CHANCE = re.compile(r"((?:less than |more than )?[\d,]+ in [\d,]+) (.+)")


def day_says(day: date, seen_from: date) -> str:
    """'23 March', with the year when it is not the year of the day it is read on.

    >>> day_says(date(2026, 3, 23), date(2026, 3, 9)), day_says(date(2027, 1, 4), date(2026, 12, 21))
    ('23 March', '4 January 2027')
    """
    year = "" if day.year == seen_from.year else f" {day.year}"
    return f"{day.day} {MONTHS[day.month - 1]}{year}"


def weekday_says(day: date) -> str:
    """'Monday, 9 March 2026'."""
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def out_of(chances: Iterable[float]) -> int:
    """The number all chances of one list are counted in: 100, or 1,000 or 10,000 where chances are small.

    Readers compare the first numbers of '38 in 100' and '7 in 1,000', so a list keeps to one of them: the smallest in
    which half of the chances come to 2 or more.
    """
    known = [chance for chance in chances if not isnan(chance)]
    middle = median(known) if known else 1.0
    return next((size for size in (100, 1_000) if middle * size >= 2), 10_000)


def frequency(chance: float, size: int = 100) -> str:
    """A chance (0..1) as a natural frequency; never 'none' and never 'all'. Empty for an unknown chance (NaN).

    >>> frequency(0.38), frequency(0.007, 1_000), frequency(0.003), frequency(0.999)
    ('38 in 100', '7 in 1,000', 'less than 1 in 100', 'more than 99 in 100')
    """
    if isnan(chance):
        return ""
    count = int(chance * size + 0.5)
    if count < 1:
        return f"less than 1 in {size:,}"
    if count >= size:
        return f"more than {size - 1:,} in {size:,}"
    return f"{count:,} in {size:,}"


def chance_says(chance: float, head: HeadName, until: date, as_of: date, size: int = 100) -> str:
    """'38 in 100 advance by 23 March'; `until` is the last day of the head's window, `size` comes from out_of."""
    how_many = frequency(chance, size)
    return f"{how_many} {OUTCOMES[head]} by {day_says(until, as_of)}" if how_many else ""


def range_says(low: float, high: float, size: int = 100) -> str:
    """Between which whole numbers out of `size` a true chance probably lies, rounded outwards; empty where that is not known (NaN).

    >>> range_says(0.253, 0.391), range_says(0.0004, 0.009), range_says(0.0004, 0.009, 1_000)
    ('(25 to 40)', '(0 to 1)', '(0 to 9)')
    """
    if isnan(low) or isnan(high):
        return ""
    # a bound such as 0.07, which is no whole binary number, is not to move by a point
    return f"({floor(round(low * size, 9)):,} to {ceil(round(high * size, 9)):,})"


def split_chance(sentence: str) -> tuple[str, str]:
    """The frequency and the rest of a sentence by chance_says; any other sentence is all rest.

    >>> split_chance("38 in 100 advance by 23 March")
    ('38 in 100', 'advance by 23 March')
    """
    parts = _CHANCE.fullmatch(sentence)
    return (parts[1], parts[2]) if parts else ("", sentence)


def money(amount: float, currency: str = "") -> str:
    """'EUR 38,000'; below 100 with cents, unless there are none. Empty for an unknown amount (NaN)."""
    if isnan(amount):
        return ""
    small = abs(amount) < 100 and round(amount, 2) != round(amount)
    return f"{currency} {amount:,.2f}".strip() if small else f"{currency} {round(amount):,}".strip()


def points_says(points: float) -> str:
    """What a reason adds to or takes from a chance, in hundredths, signed; empty when it would say 0.

    >>> points_says(12.3), points_says(0.42), points_says(0.01)
    ('+12', '+0.4', '')
    """
    size = f"{abs(points):.0f}" if abs(points) >= 1 else f"{abs(points):.1f}"
    return "" if size in ("0.0", "nan") else ("+" if points > 0 else MINUS) + size.removesuffix(".0")


def expected_says(
    calls: int,
    gained: float,
    head: Literal["progress", "win"],
    until: date,
    as_of: date,
    worth: Mapping[str, float] | None = None,
) -> str:
    """Says that these 25 calls are expected to bring 4.2 wins worth EUR 38,000 by 24 August.

    gained: the sum of the head's chances over the calls. worth: expected value by currency, never added across
    currencies, and said with two digits, as no forecast deserves more.
    """
    if calls == 0:
        return "There is nobody to call today."
    who = "This call is" if calls == 1 else f"These {calls:,} calls are"
    value = " and ".join(money(float(f"{amount:.2g}"), currency) for currency, amount in (worth or {}).items())
    worth_it = f" worth {value}" if value else ""
    return f"{who} expected to bring {_gain(gained, head)}{worth_it} by {day_says(until, as_of)}."


def _gain(gained: float, head: Literal["progress", "win"]) -> str:
    one, many = GAINS[head]
    if gained < 0.05:
        return f"less than 0.1 {many}"
    count = f"{gained:,.0f}" if gained >= 9.95 else f"{gained:.1f}".removesuffix(".0")
    return f"{count} {one if count == '1' else many}"


def left_says(nurtured: float, skipped: float, head: Literal["progress", "win"]) -> str:
    """What the cut-off leaves behind: the sums of the head's chances over the leads to nurture and over those skipped; empty for none.

    >>> left_says(8.2, 1, "win")
    'The cut leaves 9.2 wins behind: 8.2 wins with the leads to nurture, 1 win with those skipped.'
    """
    if nurtured + skipped == 0:
        return ""
    parts = {"the leads to nurture": nurtured, "those skipped": skipped}
    told = ", ".join(f"{_gain(part, head)} with {who}" for who, part in parts.items() if part > 0)
    return f"The cut leaves {_gain(nurtured + skipped, head)} behind: {told}."
