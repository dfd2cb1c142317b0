"""How a number reads in a sentence: once, 3 times, 12 days, 40 %, EUR 12,000."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from configs.errors import FunnelcastError, did_you_mean

IN_WINDOW = "in the last {window}"


def _counted(singular: str, plural: str) -> Callable[[float], str]:
    return lambda value: f"1 {singular}" if round(value) == 1 else f"{round(value):,} {plural}"


def _times(value: float) -> str:
    return {1: "once", 2: "twice"}.get(round(value), f"{round(value):,} times")


def _days(value: float) -> str:
    return "less than a day" if value < 1 else _counted("day", "days")(math.floor(value))


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 10 or value == round(value) else f"{value:,.1f}"


def _hours(value: float) -> str:
    if value < 1:
        return _counted("minute", "minutes")(60 * value)
    return _counted("hour", "hours")(value) if value < 48 else _days(value / 24)


def _share(value: float) -> str:
    return f"{100 * value:,.0f} %" if value >= 0.01 else "less than 1 %"


def _in_100(value: float) -> str:
    return f"{100 * value:.0f} in 100" if value >= 0.01 else f"{1000 * value:.0f} in 1,000"


def _pace(value: float) -> str:
    return "as much as usual" if 0.95 <= value <= 1.05 else f"{value:.1f} times as much as usual"


@dataclass(frozen=True)
class Unit:
    """What a feature's value is counted in, and how it is written."""

    name: str
    write: Callable[[float], str]


times = Unit("times", _times)
days = Unit("days", _days)
minutes = Unit("minutes", lambda value: _counted("minute", "minutes")(value) if value < 600 else _hours(value / 60))
people = Unit("people", _counted("person", "people"))
amount = Unit("amount", lambda value: f"{value:,.0f}")
number = Unit("number", _number)
marks = Unit("marks", _number)
share = Unit("share", _share)
rate = Unit("rate", _in_100)
pace = Unit("pace", _pace)
flag = Unit("flag", lambda value: "yes" if value else "no")
stage = Unit("stage", _number)
hours = Unit("hours", _hours)
multiple = Unit("multiple", lambda value: f"{value:.1f} times")
score = Unit("score", lambda value: f"{value:.0f}")
verdict = Unit(
    "verdict", lambda value: "speaks for it" if value > 0 else "speaks against it" if value < 0 else "is open"
)

# zero days ago is today, and the first stage has rank zero: both are said, not passed over in silence
NEVER_SILENT_AT_ZERO = (days, hours, rate, stage, verdict)

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
        ),
    )
}


def unit_named(name: str) -> Unit:
    """The unit of that name. Raises FunnelcastError with the near miss."""
    if name not in UNITS:
        raise FunnelcastError(f"there is no unit '{name}'{did_you_mean(name, UNITS)}")
    return UNITS[name]


def window_words(over_days: int) -> str:
    """'day', '7 days': what stands after 'in the last'."""
    return "day" if over_days == 1 else f"{over_days} days"


def fill(template: str, unit: Unit, value: float, over_days: int | None, stages: Mapping[int, str]) -> str:
    """The sentence of one value; over_days None means all time, and stages maps a stage's rank to its words."""
    if over_days is None:
        template = template.replace(IN_WINDOW, "so far")
    sentence = template.replace("{window}", window_words(over_days or 0))
    if "{value}" not in sentence:
        return sentence
    written = stages.get(round(value)) if unit is stage else None
    return sentence.replace("{value}", written or unit.write(value))
