"""How a number reads in a sentence: once, 3 times, 12 days, 40 %, EUR 12,000."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from configs.errors import FunnelcastError, did_you_mean
from configs.project import Language
from features.languages import Voice, voice_of

IN_WINDOW = "in the last {window}"
AGO = "{value} ago"
MOST_MINUTES = 180  # nobody counts more of them: from here on, hours
Write = Callable[[float, Voice], str]
Floats = NDArray[np.float64]


def _counted(one: str, many: str) -> Write:
    return lambda value, voice: voice.count(one, many, f"{round(value):,}")


_whole_days, _whole_hours = _counted("{count} day", "{count} days"), _counted("{count} hour", "{count} hours")
_days_ago = _counted("{count} day ago", "{count} days ago")
_whole_minutes = _counted("{count} minute", "{count} minutes")
_more_times = _counted("{count} time", "{count} times")


def _times(value: float, voice: Voice) -> str:
    few = {1: "once", 2: "twice"}.get(round(value))
    return voice.say(few) if few else _more_times(value, voice)


def _days(value: float, voice: Voice) -> str:
    return voice.say("less than a day") if value < 1 else _whole_days(math.floor(value), voice)


def _ago(value: float, voice: Voice) -> str:
    """'today', 'yesterday' or '3 days ago', seen from the day that begins at as_of (midnight UTC), on whose morning the list is read.

    value: days before as_of. What happened less than a day before it, or a whole day, happened on the day before, which is yesterday
    for whoever reads: days are counted by the calendar (UTC), not in lengths of 24 hours. Only what is of as_of itself, the midnight
    with which the day begins, is of today; nothing later is known yet.
    """
    days_ago = math.ceil(value)
    if days_ago < 2:
        return voice.say("today" if days_ago < 1 else "yesterday")
    return _days_ago(days_ago, voice)


def _number(value: float, voice: Voice) -> str:
    whole = abs(value) >= 10 or value == round(value)
    return voice.figures(f"{value:,.0f}" if whole else f"{value:,.1f}")


def _hours(value: float, voice: Voice) -> str:
    if value < 1:
        return _whole_minutes(60 * value, voice)
    return _whole_hours(value, voice) if value < 48 else _days(value / 24, voice)


def _minutes(value: float, voice: Voice) -> str:
    return _whole_minutes(value, voice) if value < MOST_MINUTES else _hours(value / 60, voice)


def _share(value: float, voice: Voice) -> str:
    if value < 0.01:
        return voice.say("less than {share}", share=voice.say("{count} %", count="1"))
    return voice.say("{count} %", count=voice.figures(f"{100 * value:,.0f}"))


def _in_100(value: float, voice: Voice) -> str:
    count, size = (f"{100 * value:.0f}", "100") if value >= 0.01 else (f"{1000 * value:.0f}", "1,000")
    return voice.say("{count} in {size}", count=count, size=voice.figures(size))


def _pace(value: float, voice: Voice) -> str:
    if 0.95 <= value <= 1.05:
        return voice.say("as much as usual")
    return voice.say("{count} times as much as usual", count=voice.figures(f"{value:.1f}"))


def _stay(value: float, voice: Voice) -> str:
    """How long a stay is against the usual one."""
    if value <= 1.05:
        return voice.say("for less time than usual" if value < 0.95 else "for as long as usual")
    return voice.say("for {count} times as long as usual", count=_number(value, voice))


def _multiple(value: float, voice: Voice) -> str:
    return voice.count("{count} time", "{count} times", f"{value:.1f}")


def _ways(value: float, voice: Voice) -> str:
    return voice.count("in {count} way", "in {count} different ways", f"{round(value)}")


def _of_late(value: float, voice: Voice) -> str:
    """About how many there were of late, older ones counting less: what fades is told as a person would, not by its decimals."""
    few = "hardly any" if value < 0.5 else "one or two" if value < 2.5 else "a few" if value < 4.5 else ""
    return voice.say(few) if few else voice.say("about {count}", count=voice.figures(f"{round(value):,}"))


def _flag(value: float, voice: Voice) -> str:
    return voice.say("yes" if value else "no")


def _rounded(value: float, voice: Voice) -> str:
    return voice.figures(f"{value:,.0f}")


@dataclass(frozen=True)
class Unit:
    """What a feature's value is counted in, and how it is written.

    parts: the finest that is told apart, so many to one: no number that is rounded, or that a word depends on, lies within a half of one.
    """

    name: str
    write: Write
    parts: int = 1


times = Unit("times", _times)
days = Unit("days", _days)
ago = Unit(days.name, _ago)
minutes = Unit("minutes", _minutes)
people = Unit("people", _counted("{count} person", "{count} people"))
amount = Unit("amount", _rounded)
number = Unit("number", _number, 10)
marks = Unit("marks", _number, 10)
share = Unit("share", _share, 100)
rate = Unit("rate", _in_100, 1_000)
pace = Unit("pace", _pace, 10)
flag = Unit("flag", _flag)
stage = Unit("stage", _number, 10)
hours = Unit("hours", _hours, 60)
multiple = Unit("multiple", _multiple, 10)
score = Unit("score", _rounded)
stay = Unit("stay", _stay, 10)
ways = Unit("ways", _ways)
of_late = Unit("of_late", _of_late)


def verdict_of(good: str, bad: str, still_open: str) -> Unit:
    """The unit of a verdict, said in these words where it is above zero, below zero, and zero."""
    return Unit(VERDICT, lambda value, voice: voice.say(good if value > 0 else bad if value < 0 else still_open))


VERDICT = "verdict"
verdict = verdict_of("speaks for it", "speaks against it", "is open")

# zero days ago is today, and the first stage has rank zero: both are said, not passed over in silence
NEVER_SILENT_AT_ZERO = frozenset((days.name, hours.name, rate.name, stage.name, VERDICT))

UNITS = {
    unit.name: unit
    for unit in (
        *(
            times,
            days,
            hours,
            minutes,
            people,
            amount,
            number,
            marks,
            share,
            rate,
            pace,
            multiple,
            flag,
            stage,
            score,
            verdict,
            stay,
            ways,
            of_late,
        ),
    )
}


def unit_named(name: str) -> Unit:
    """The unit of that name. Raises FunnelcastError with the near miss."""
    if name not in UNITS:
        raise FunnelcastError(f"there is no unit '{name}'{did_you_mean(name, UNITS)}")
    return UNITS[name]


def writings(values: NDArray[np.float32], parts: NDArray[np.int64]) -> Floats:
    """A number for each value: those of one unit that have the same number are written alike; parts: those of the unit of each."""
    # a float32 times so small a number is exact, so that no value is taken to the other side of what is rounded
    halves = 2.0 * parts * values
    found: Floats = np.floor(halves) + np.ceil(halves)
    return found


def window_says(over_days: int | None, voice: Voice) -> str:
    """'in the last day', 'in the last 7 days'; 'so far' for None, all time."""
    if over_days is None:
        return voice.say("so far")
    return voice.count("in the last day", "in the last {count} days", f"{over_days}")


def fill(
    template: str,
    unit: Unit,
    value: float,
    over_days: int | None,
    stages: Mapping[int, str],
    language: Language = "en",
) -> str:
    """The sentence of one value; over_days None means all time, and stages maps a stage's rank to its words.

    A translation holds {window} alone, which stands for the whole of 'in the last {window}', as languages differ in its words; and
    {value} alone for the whole of '{value} ago', in which days are told by the calendar: today, yesterday, 3 days ago.
    """
    sentence = _with_window(template, over_days, language)
    if "{value}" not in sentence:
        return sentence
    if unit is days and AGO in template:
        unit = ago
    if unit is ago:
        sentence = sentence.replace(AGO, "{value}")
    written = stages.get(round(value)) if unit is stage else None
    return sentence.replace("{value}", written or unit.write(value, voice_of(language)))


# a list says the same few sentences of very many leads
@lru_cache(maxsize=10_000)
def _with_window(template: str, over_days: int | None, language: Language) -> str:
    voice = voice_of(language)
    sentence = voice.say(template).replace(IN_WINDOW, "{window}")
    return sentence.replace("{window}", window_says(over_days, voice)) if "{window}" in sentence else sentence
