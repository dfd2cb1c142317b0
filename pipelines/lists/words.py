"""How days, chances and money are said on the list."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from functools import cache
from math import ceil, floor, isnan
from statistics import median
from typing import Literal

from configs.project import HeadName, Language
from features.languages import ENGLISH, Voice, voice_of

MINUS = "\N{MINUS SIGN}"
OUTCOMES: dict[HeadName, str] = {
    "progress": "advance by {day}",
    "win": "are won by {day}",
    "leave": "are lost or fall silent by {day}",
    "churn": "leave by {day}",
}
GAINS = {"progress": ("{count} step forward", "{count} steps forward"), "win": ("{count} win", "{count} wins")}
EXACT, LESS, MORE = "{count} in {size}", "less than {count} in {size}", "more than {count} in {size}"
DRAWN = "Drawn at random to learn from."


def day_says(day: date, seen_from: date, voice: Voice = ENGLISH) -> str:
    """'23 March', with the year when it is not the year of the day it is read on.

    >>> day_says(date(2026, 3, 23), date(2026, 3, 9)), day_says(date(2027, 1, 4), date(2026, 12, 21))
    ('23 March', '4 January 2027')
    """
    return voice.day(day, "d MMMM" if day.year == seen_from.year else "d MMMM y")


def weekday_says(day: date, voice: Voice = ENGLISH) -> str:
    """'Monday, 9 March 2026'."""
    return voice.day(day, "EEEE, d MMMM y")


def out_of(chances: Iterable[float]) -> int:
    """The number all chances of one list are counted in: 100, or 1,000 or 10,000 where chances are small.

    Readers compare the first numbers of '38 in 100' and '7 in 1,000', so a list keeps to one of them: the smallest in
    which half of the chances come to 2 or more.
    """
    known = [chance for chance in chances if not isnan(chance)]
    middle = median(known) if known else 1.0
    return next((size for size in (100, 1_000) if middle * size >= 2), 10_000)


def frequency(chance: float, size: int = 100, voice: Voice = ENGLISH) -> str:
    """A chance (0..1) as a natural frequency; never 'none' and never 'all'. Empty for an unknown chance (NaN).

    >>> frequency(0.38), frequency(0.007, 1_000), frequency(0.003), frequency(0.999)
    ('38 in 100', '7 in 1,000', 'less than 1 in 100', 'more than 99 in 100')
    """
    if isnan(chance):
        return ""
    pattern, count = _count_of(chance, size)
    return voice.say(pattern, count=voice.figures(count), size=voice.figures(f"{size:,}"))


def _count_of(chance: float, size: int) -> tuple[str, str]:
    """How a chance is counted out of `size`, and the number that is said."""
    count = int(chance * size + 0.5)
    if count < 1:
        return LESS, "1"
    return (MORE, f"{size - 1:,}") if count >= size else (EXACT, f"{count:,}")


def chance_says(
    chance: float, head: HeadName, until: date, as_of: date, size: int = 100, voice: Voice = ENGLISH
) -> str:
    """'38 in 100 advance by 23 March'; `until` is the last day of the head's window, `size` comes from out_of."""
    if isnan(chance):
        return ""
    _, count = _count_of(chance, size)
    outcome = voice.count(OUTCOMES[head], OUTCOMES[head], count, day=day_says(until, as_of, voice))
    return f"{frequency(chance, size, voice)} {outcome}"


def range_says(low: float, high: float, size: int = 100, voice: Voice = ENGLISH) -> str:
    """Between which numbers out of `size` a true chance probably lies, rounded outwards; empty where that is not known (NaN).

    They are whole, and tenths below 1, where a whole one would hold next to anything.

    >>> range_says(0.253, 0.391), range_says(0.0004, 0.009), range_says(0.0004, 0.009, 1_000)
    ('(25 to 40)', '(0 to 0.9)', '(0.4 to 9)')
    """
    if isnan(low) or isnan(high):
        return ""
    least, most = _rounded(low * size, floor), _rounded(high * size, ceil)
    return voice.say("({low} to {high})", low=voice.figures(least), high=voice.figures(most))


def _rounded(count: float, way: Callable[[float], int]) -> str:
    # a bound such as 0.07 of 100, which is no whole binary number, is not to move by a point
    exact = round(count, 9)
    return f"{way(exact):,}" if exact >= 1 else f"{way(round(10 * exact, 9)) / 10:g}"


def split_chance(sentence: str, voice: Voice = ENGLISH) -> tuple[str, str]:
    """The frequency and the rest of a sentence by chance_says; any other sentence is all rest.

    >>> split_chance("38 in 100 advance by 23 March")
    ('38 in 100', 'advance by 23 March')
    """
    parts = _frequencies(voice.language).fullmatch(sentence)
    return (parts[1], parts[2]) if parts else ("", sentence)


@cache
def _frequencies(language: Language) -> re.Pattern[str]:
    """What begins with a frequency of a language; a number of it holds digits and what stands between them."""
    patterns = [re.escape(voice_of(language).say(pattern)) for pattern in (LESS, MORE, EXACT)]
    numbers = [re.sub(r"\\{(count|size)\\}", r"\\d(?:[^a-z]?\\d)*", pattern) for pattern in patterns]
    return re.compile(f"({'|'.join(numbers)}) (.+)")


def money(amount: float, currency: str = "", voice: Voice = ENGLISH) -> str:
    """'EUR 38,000'; below 100 with cents, unless there are none. Empty for an unknown amount (NaN)."""
    if isnan(amount):
        return ""
    small = abs(amount) < 100 and round(amount, 2) != round(amount)
    return voice.money(amount, currency, 2 if small else 0)


def points_says(points: float, voice: Voice = ENGLISH) -> str:
    """What a reason adds to or takes from a chance, in hundredths, signed; empty when it would say 0.

    >>> points_says(12.3), points_says(0.42), points_says(0.01)
    ('+12', '+0.4', '')
    """
    size = f"{abs(points):.0f}" if abs(points) >= 1 else f"{abs(points):.1f}"
    return "" if size in ("0.0", "nan") else ("+" if points > 0 else MINUS) + voice.figures(size.removesuffix(".0"))


def expected_says(
    calls: int,
    gained: float,
    head: Literal["progress", "win"],
    until: date,
    as_of: date,
    worth: Mapping[str, float] | None = None,
    voice: Voice = ENGLISH,
) -> str:
    """Says that these 25 calls are expected to bring 4.2 wins worth EUR 38,000 by 24 August.

    gained: the sum of the head's chances over the calls. worth: expected value by currency, never added across
    currencies, and said with two digits, as no forecast deserves more.
    """
    if calls == 0:
        return voice.say("There is nobody to call today.")
    told = [money(float(f"{amount:.2g}"), currency, voice) for currency, amount in (worth or {}).items()]
    gain = _gain(gained, head, voice)
    if told:
        gain = voice.say("{gain} worth {value}", gain=gain, value=voice.say(" and ").join(told))
    return voice.count(
        "This call is expected to bring {gain} by {day}.",
        "These {count} calls are expected to bring {gain} by {day}.",
        f"{calls:,}",
        gain=gain,
        day=day_says(until, as_of, voice),
    )


def _gain(gained: float, head: Literal["progress", "win"], voice: Voice, places: int | None = None) -> str:
    """So many wins; places: after the point, None for as many as the number itself deserves."""
    one, many = GAINS[head]
    places = _places(gained) if places is None else places
    figures = f"{gained:,.{places}f}".removesuffix(".0")
    if float(figures.replace(",", "")) == 0:
        return voice.say("less than {gain}", gain=voice.count(one, many, "0.1" if places else "1"))
    return voice.count(one, many, figures)


def _places(gained: float) -> int:
    return 0 if gained >= 9.95 else 1


def left_says(nurtured: float, skipped: float, head: Literal["progress", "win"], voice: Voice = ENGLISH) -> str:
    """What the cut-off leaves behind: the sums of the head's chances over the leads to nurture and over those skipped; empty for none.

    Both are rounded alike, and what is said of them together is their sum as it is said.

    >>> left_says(8.2, 1, "win")
    'The cut leaves 9.2 wins behind: 8.2 wins with the leads to nurture, 1 win with those skipped.'
    >>> left_says(8.24, 1.04, "win")
    'The cut leaves 9.2 wins behind: 8.2 wins with the leads to nurture, 1 win with those skipped.'
    """
    if nurtured + skipped == 0:
        return ""
    places = _places(nurtured + skipped)
    gain = _gain(round(nurtured, places) + round(skipped, places), head, voice, places)
    parts = []
    if nurtured > 0:
        parts.append(voice.say("{gain} with the leads to nurture", gain=_gain(nurtured, head, voice, places)))
    if skipped > 0:
        parts.append(voice.say("{gain} with those skipped", gain=_gain(skipped, head, voice, places)))
    return voice.say("The cut leaves {gain} behind: {parts}.", gain=gain, parts=", ".join(parts))
