"""How a feature is declared: which rows it looks at, what it takes from them, and the sentence a seller reads."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

from configs.errors import FunnelcastError
from configs.project import Language
from configs.protected import is_protected
from features.readings import Conditions, CriteriaMet, Fit, PlainReading, Scalar
from features.tables import Table
from features.words import IN_WINDOW, NEVER_SILENT_AT_ZERO, Unit, fill

Scope = Literal["lead", "account"]
Window = int | Literal["ever"]
Monotone = Literal["rising", "falling"]
Aggregate = Literal[
    "count", "sum", "active_days", "distinct", "share", "pace", "days_since_last", "days_since_first", "last", "decayed"
]
Order = Literal["longest_gap", "gap_against_usual", "followed", "hours_until", "unanswered", "waiting_days"]
WINDOWED: frozenset[str] = frozenset(
    {"count", "sum", "active_days", "distinct", "share", "followed", "hours_until", "unanswered"}
)


@dataclass(frozen=True)
class Measure:
    """A number taken from the selected rows of one lead (or of its account) as of a moment.

    count, sum, active_days (distinct UTC days), distinct (values of a column) and share (rows of the selection among those of `whole`) look
    at (as_of - w, as_of]; the others at all rows known by as_of. pace is the rows a day over the last `now_days` divided by the rows a day
    over the last `usual_days`. decayed is the sum of 2 ** -(age / half_life_days). Of rows of the same instant, last takes the largest.
    """

    selection: "Selection"
    aggregate: Aggregate
    column: str | None = None
    half_life_days: float | None = None
    whole: "Selection | None" = None
    now_days: int = 0
    usual_days: int = 0


@dataclass(frozen=True)
class Rhythm:
    """A number taken from how the selected rows of one lead follow one another, or are followed by those of `then`, as of a moment.

    A row is followed by the first row of `then` that happens strictly later and is known by as_of. followed (rows followed within
    within_days), hours_until (mean hours from the followed rows to what follows) and unanswered (rows that nothing follows) look at rows
    of (as_of - w, as_of]; longest_gap and gap_against_usual (days since the last row over the mean days between rows, at least one) and
    waiting_days (days since the oldest row that nothing follows) at all rows known by as_of.
    """

    selection: "Selection"
    aggregate: Order
    then: "Selection | None" = None
    within_days: float = 0


@dataclass(frozen=True)
class Selection:
    """The rows of a table that meet every condition, of the lead itself or of all leads of its account."""

    table: Table
    conditions: Conditions = ()
    scope: Scope = "lead"

    def where(self, **conditions: Scalar | tuple[Scalar, ...]) -> "Selection":
        """Only rows whose columns have these values (one, or any of several).

        Raises FunnelcastError for an unknown or personal column and for changes of a protected trait (configs.protected).
        """
        for name in conditions:
            self._countable(name)
        added = tuple((name, value if isinstance(value, tuple) else (value,)) for name, value in conditions.items())
        named = [
            str(value)
            for name, values in added
            if (self.table.name, name) == ("field_changes", "field")
            for value in values
        ]
        if traits := [name for name in named if is_protected(name)]:
            raise FunnelcastError(
                f"changes of {traits[0]} tell of a protected trait: they may be kept but never counted"
            )
        return replace(self, conditions=tuple(sorted((*self.conditions, *added))))

    def of_account(self) -> "Selection":
        """The same rows of every lead of the account, the lead itself included."""
        return replace(self, scope="account")

    def count(self) -> Measure:
        """How many rows."""
        return Measure(self, "count")

    def sum(self, column: str) -> Measure:
        """The sum of a number column; an empty cell adds nothing."""
        return Measure(self, "sum", self._number(column))

    def active_days(self) -> Measure:
        """On how many different days (UTC) there was a row."""
        return Measure(self, "active_days")

    def distinct(self, column: str) -> Measure:
        """How many different values a column has; an empty cell is none."""
        return Measure(self, "distinct", self._countable(column))

    def share_of(self, whole: "Selection") -> Measure:
        """Rows of this selection among rows of `whole`, from 0 to 1; unknown when there are none."""
        return Measure(self, "share", whole=whole)

    def pace(self, now_days: int, usual_days: int) -> Measure:
        """Rows a day over the last now_days divided by rows a day over the last usual_days; unknown when there are none."""
        return Measure(self, "pace", now_days=now_days, usual_days=usual_days)

    def days_since_last(self) -> Measure:
        """Days from the last row to as_of; unknown when there is none."""
        return Measure(self, "days_since_last")

    def days_since_first(self) -> Measure:
        """Days from the first row to as_of; unknown when there is none."""
        return Measure(self, "days_since_first")

    def last(self, column: str) -> Measure:
        """The number in the last row that has one; unknown when there is none."""
        return Measure(self, "last", self._number(column))

    def decayed(self, half_life_days: float) -> Measure:
        """How many rows, each counting half after half_life_days, a quarter after twice that."""
        return Measure(self, "decayed", half_life_days=half_life_days)

    def longest_gap(self) -> Rhythm:
        """The longest time between two rows in days; unknown with fewer than two."""
        return Rhythm(self, "longest_gap")

    def gap_against_usual(self) -> Rhythm:
        """Days since the last row, over the mean days between rows but at least one; unknown with fewer than two rows."""
        return Rhythm(self, "gap_against_usual")

    def followed_by(self, then: "Selection", within_days: float) -> Rhythm:
        """How many rows a row of `then` follows within so many days."""
        return Rhythm(self, "followed", self._beside(then), within_days)

    def hours_until(self, then: "Selection") -> Rhythm:
        """The mean hours from a row to the row of `then` that follows it; unknown when none is followed."""
        return Rhythm(self, "hours_until", self._beside(then))

    def unanswered_by(self, then: "Selection") -> Rhythm:
        """How many rows no row of `then` has followed yet."""
        return Rhythm(self, "unanswered", self._beside(then))

    def waiting_for(self, then: "Selection") -> Rhythm:
        """Days since the oldest row that no row of `then` has followed yet; unknown when there is none."""
        return Rhythm(self, "waiting_days", self._beside(then))

    def _beside(self, then: "Selection") -> "Selection":
        if (then.table.name, then.scope) != (self.table.name, self.scope):
            raise FunnelcastError(
                f"rows of {self.table.name} can be followed only by rows of the same table and scope, not of {then.table.name}"
            )
        return then

    def _countable(self, name: str) -> str:
        if self.table.column(name).personal:
            raise FunnelcastError(f"{self.table.name}.{name} is personal: it may be shown on a list but never counted")
        return name

    def _number(self, name: str) -> str:
        if self.table.column(self._countable(name)).kind != "number":
            raise FunnelcastError(f"{self.table.name}.{name} is not a number; count or distinct fit it")
        return name


@dataclass(frozen=True)
class Blend:
    """Decayed counts, each times its points, added up; `full` points make 100, which is the most."""

    parts: tuple[tuple[Measure, float], ...]
    full: float


FOR_PEOPLE = Blend | CriteriaMet | Fit


@dataclass(frozen=True)
class Feature:
    """A measure with its windows and its words.

    says is read for a value, silent for zero or unknown; both may hold {value}, and {window} in the phrase 'in the last {window}'.
    behaviour: what it sees of the lead, where its rows do not tell (features/behaviours.py). is_reason: False for what every list shows
    beside the reasons. monotone: what models must hold to, everything else being equal: with 'rising' more of it is never worse (it lowers
    no chance to progress or win, and raises none to leave or churn), with 'falling' never better. Unknown is neither more nor less.
    """

    measure: Measure | Rhythm | Blend | PlainReading
    unit: Unit
    says: str
    silent: str
    over_days: tuple[Window, ...] = ()
    name: str = ""
    behaviour: str = ""
    is_reason: bool = True
    monotone: Monotone | None = None

    def __post_init__(self) -> None:
        windowed = isinstance(self.measure, Measure | Rhythm) and self.measure.aggregate in WINDOWED
        if windowed != bool(self.over_days):
            need = "needs over_days" if windowed else "looks at all time and takes no over_days"
            raise FunnelcastError(f"the feature {self.name or self.says!r} {need}")
        for text in (self.says, self.silent):
            if "{window}" in text and (IN_WINDOW not in text or not windowed):
                raise FunnelcastError(
                    f"{text!r}: {{window}} stands only in the phrase '{IN_WINDOW}' of a feature with over_days"
                )
        if self.monotone and isinstance(self.measure, FOR_PEOPLE):
            raise FunnelcastError(
                f"the feature {self.name or self.says!r} is shown and not learned from, so it takes no monotone"
            )

    @property
    def columns(self) -> tuple["FeatureColumn", ...]:
        """One column a window, or one in all."""
        if not self.over_days:
            return (FeatureColumn(self, None),)
        return tuple(FeatureColumn(self, window) for window in self.over_days)


@dataclass(frozen=True)
class FeatureColumn:
    """One column of the matrix: a feature over one window, and the language in which its values are said."""

    feature: Feature
    window: Window | None
    language: Language = "en"

    @property
    def name(self) -> str:
        """pricing_visits_30d, calls_ever, days_in_stage."""
        if self.window is None:
            return self.feature.name
        return f"{self.feature.name}_{'ever' if self.window == 'ever' else f'{self.window}d'}"

    @property
    def is_learned(self) -> bool:
        """Whether models learn from it; a score made of other features is for people, who would get it as a reason for itself."""
        return not isinstance(self.feature.measure, FOR_PEOPLE)

    @property
    def days(self) -> int | None:
        """The window in days; None for all time."""
        return self.window if isinstance(self.window, int) else None

    @property
    def is_silent_at_zero(self) -> bool:
        """Whether none of it is said as a silence: no days ago is today, but no days on which something happened is nothing."""
        measure = self.feature.measure
        counts_days = isinstance(measure, Measure) and measure.aggregate in ("active_days", "count")
        return counts_days or self.feature.unit.name not in NEVER_SILENT_AT_ZERO

    def sentence(self, value: float, stages: Mapping[int, str]) -> str:
        """What a value of this column means, in words; stages maps a stage's rank to what people call it."""
        quiet = math.isnan(value) or (value == 0 and self.is_silent_at_zero)
        template = self.feature.silent if quiet else self.feature.says
        return fill(template, self.feature.unit, value, self.days, stages, self.language)
