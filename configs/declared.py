"""What a project may declare about its leads without code: features, ways of qualifying, its ideal customer, its points."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configs.funnel import Name, PositiveDays, Setting
from configs.source import Scalar

Where = dict[str, Scalar | tuple[Scalar, ...]]
FeatureName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
MeasureName = Literal[
    "count", "sum", "active_days", "distinct", "share", "pace", "days_since_last", "days_since_first", "last", "decayed",
    "longest_gap", "gap_against_usual", "followed", "hours_until", "unanswered", "waiting_days",
    "number", "known", "held_days", "win_rate", "is",
]  # fmt: skip


class ProjectFeature(Setting):
    """A feature declared without code; the same kinds as those in features/, see features/feature.py.

    table, where, of_account: the rows looked at. column: of sum, distinct and last. whole: of share, the rows among which. then: what
    follows (followed, hours_until, unanswered, waiting_days), within_days at most for followed. now_days, usual_days: of pace. field: of
    number, known, held_days, win_rate and is, which read a CRM field in place of a table. values: of is, 1 where the field has one of them
    (capital letters do not count), 0 where it has another. behaviour: features with the same one are one reason on the list; without it,
    those that look at the same rows. monotone: rising when more of it can never be worse for us, falling when it
    can never be better; models then hold to it.
    """

    name: FeatureName
    table: Literal["touches", "stage_moves", "field_changes", "purchases", "feedback"] | None = None
    field: Name | None = None
    measure: MeasureName
    where: Where = {}
    of_account: bool = False
    column: Name | None = None
    whole: Where | None = None
    then: Where | None = None
    within_days: Annotated[float, Field(gt=0)] | None = None
    now_days: PositiveDays | None = None
    usual_days: PositiveDays | None = None
    half_life_days: PositiveDays | None = None
    values: Annotated[tuple[Name, ...], Field(min_length=1)] | None = None
    over_days: tuple[PositiveDays | Literal["ever"], ...] = ()
    unit: Name
    says: Name
    silent: Name
    behaviour: Name | None = None
    monotone: Literal["rising", "falling"] | None = None


class Sign(Setting):
    """What shows that a criterion is met: what a CRM field says, or a touch that took place.

    good and bad list values of the field (capital letters do not count); at_least and at_most bound its number. A value that is
    neither good nor bad is known and open; without any of them every value is good. A touch is always good.
    """

    field: Name | None = None
    touch: Where = {}
    good: tuple[Name, ...] = ()
    bad: tuple[Name, ...] = ()
    at_least: float | None = None
    at_most: float | None = None

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if bool(self.field) == bool(self.touch):
            raise ValueError("a sign is either a field or a touch; give one of them")
        if self.touch and (self.good or self.bad or self.at_least is not None or self.at_most is not None):
            raise ValueError("good, bad, at_least and at_most belong to a field; a touch is good by itself")
        return self


class Criterion(Setting):
    """One thing to find out about a lead, what people call it, and what shows it.

    good, bad: what is then known of the lead, said where the newest sign is good, or bad; without them it is said only that it speaks for
    the lead, or against it.
    """

    name: FeatureName
    says: Name
    good: Name | None = None
    bad: Name | None = None
    shown_by: Annotated[tuple[Sign, ...], Field(min_length=1)]


class Framework(Setting):
    """A way of qualifying leads, such as BANT."""

    name: FeatureName
    says: Name
    criteria: Annotated[tuple[Criterion, ...], Field(min_length=1)]


class Trait(Setting):
    """Something the ideal customer has: a CRM field with one of these values, or a number within bounds; weight: against other traits."""

    field: Name
    values: tuple[Name, ...] = ()
    at_least: float | None = None
    at_most: float | None = None
    weight: Annotated[float, Field(gt=0)] = 1

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.values and self.at_least is None and self.at_most is None:
            raise ValueError("a trait needs values, at_least or at_most")
        return self


class Points(Setting):
    """What one touch of this sort is worth on the day it happens."""

    touch: Where
    points: Annotated[float, Field(gt=0)]


class Engagement(Setting):
    """A score of 0 to 100 from points that halve every half_life_days; `full` points are 100."""

    half_life_days: PositiveDays = 14
    full: Annotated[float, Field(gt=0)] = 40
    points: Annotated[tuple[Points, ...], Field(min_length=1)] = (
        Points(touch={"kind": "meeting"}, points=12),
        Points(touch={"kind": "form"}, points=10),
        Points(touch={"kind": "mail_reply"}, points=8),
        Points(touch={"kind": "call"}, points=6),
        Points(touch={"kind": "page_view", "page": "pricing"}, points=4),
        Points(touch={"kind": "product_use"}, points=3),
        Points(touch={"direction": "inbound"}, points=1),
    )


class PointsTable(Setting):
    """A score card that needs no past: points for engagement, for the fit to the ideal customer and for the stage, added up.

    engagement, fit: the points of a score of 100; stage: the points of the last open stage; less of each in proportion. With `even` points
    a yes is as likely as a no, and every `doubling` points more double the odds.
    """

    engagement: Annotated[float, Field(ge=0)] = 40
    fit: Annotated[float, Field(ge=0)] = 20
    stage: Annotated[float, Field(ge=0)] = 40
    even: float = 100
    doubling: Annotated[float, Field(gt=0)] = 20


class Bayes(Setting):
    """fields: the CRM fields that naive Bayes looks at beside the stage; None: source and the lead attributes that are not personal."""

    fields: tuple[Name, ...] | None = None
