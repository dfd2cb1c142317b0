"""What can be read of a lead on a day without counting: its stage and age, what its fields say, how well it fits."""

from dataclasses import dataclass
from typing import Literal

Scalar = str | int | float | bool
Reading = Literal["number", "known", "held_days", "win_rate"]
Conditions = tuple[tuple[str, tuple[Scalar, ...]], ...]


@dataclass(frozen=True)
class Fact:
    """A number of the snapshot itself, such as the days in its stage; see features/facts.py for their names."""

    name: str


@dataclass(frozen=True)
class FieldReading:
    """What a CRM field says on the day.

    number: its number; known: 1 if it is filled, else unknown; held_days: days since it took the value that it has; win_rate: how often
    earlier leads with the same value won.
    """

    field: str
    reading: Reading


@dataclass(frozen=True)
class Colleagues:
    """The other leads of the account that showed interest in the last `days`: how many (people), or how many different roles they have."""

    counted: Literal["people", "roles"]
    days: int


@dataclass(frozen=True)
class Evidence:
    """What shows a criterion: a field (good, bad: its values in small letters; bounds of its number), or a touch that meets conditions."""

    field: str | None = None
    touch: Conditions = ()
    good: tuple[str, ...] = ()
    bad: tuple[str, ...] = ()
    at_least: float | None = None
    at_most: float | None = None


@dataclass(frozen=True)
class CriterionReading:
    """What is known of a criterion on the day.

    known: 1 if anything shows it; verdict: 1 good, -1 bad, 0 open, by the evidence that happened last; is: the same where nothing is bad;
    days_since: days since then. All unknown where nothing shows it.
    """

    evidence: tuple[Evidence, ...]
    reading: Literal["known", "verdict", "is", "days_since"]


@dataclass(frozen=True)
class CriteriaMet:
    """How many of several criteria are good."""

    criteria: tuple[tuple[Evidence, ...], ...]


@dataclass(frozen=True)
class Fit:
    """How much of the ideal customer a lead has: 100 times the weight of the traits that it shows over the weight of all.

    Unknown where no field of any trait is filled.
    """

    traits: tuple[tuple[Evidence, float], ...]


PlainReading = Fact | FieldReading | Colleagues | CriterionReading | CriteriaMet | Fit


def fields_of(reading: PlainReading) -> tuple[str, ...]:
    """The CRM fields that a reading needs."""
    match reading:
        case FieldReading():
            return (reading.field,)
        case Colleagues():
            return ("role",)
        case CriterionReading():
            return _fields(reading.evidence)
        case CriteriaMet():
            return tuple(field for evidence in reading.criteria for field in _fields(evidence))
        case Fit():
            return _fields(tuple(evidence for evidence, _ in reading.traits))
        case Fact():
            return ()


def _fields(evidence: tuple[Evidence, ...]) -> tuple[str, ...]:
    return tuple(one.field for one in evidence if one.field is not None)
