"""What a project is: where its data comes from, its funnel, its extra features, its list and its nights."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from configs.actions import SHIPPED, Action
from configs.channels import Channels, refuse_unknown_channels
from configs.declared import Bayes, Engagement, Framework, PointsTable, ProjectFeature, Trait
from configs.errors import did_you_mean
from configs.funnel import Funnel, Name, PositiveDays, Setting, StageGroup
from configs.protected import is_protected
from configs.right_now import RightNow
from configs.scanned import Bots
from configs.source import DemoCompany, Source

Language = Literal["en", "fr", "nl"]
HeadName = Literal["progress", "win", "leave", "churn"]
OF_OPEN_LEADS: tuple[HeadName, ...] = ("progress", "win", "leave")
Share = Annotated[float, Field(ge=0, le=1)]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class Privacy(Setting):
    """On what ground leads are scored; an opt-out always ends it, and `consent` needs a yes first."""

    basis: Literal["consent", "contract", "legitimate_interest"]
    purpose: Name = "sales"


class Rejects(Setting):
    """The largest share of a source's rows that may break the contract before the run stops."""

    rows: Share = 0.01
    unknown_stages: Share = 0.0


class Snapshots(Setting):
    """On which days leads are looked at for training: every day, or one weekday every week, at midnight UTC."""

    every: Literal["day", "week"] = "week"
    on: Weekday = "monday"


class HeadSetting(Setting):
    """One prediction; horizon_days replaces the funnel's."""

    horizon_days: PositiveDays | None = None


class LetterSetting(Setting):
    """The letters A to D of a lead's chance: the edges of A, B and C, from the highest to the lowest; a D is the rest.

    shares_below: the share of the day's open leads below each edge; chances: the edges themselves, in place of the shares. margin: a lead
    keeps its letter while the odds of its chance are past an edge by no more than this share.
    """

    shares_below: tuple[Share, Share, Share] = (0.95, 0.8, 0.5)
    chances: tuple[Share, Share, Share] | None = None
    margin: Annotated[float, Field(ge=0)] = 0.2

    @model_validator(mode="after")
    def _falls(self) -> Self:
        for name, three in (("shares_below", self.shares_below), ("chances", self.chances)):
            if three is not None and list(three) != sorted(three, reverse=True):
                raise ValueError(f"{name} goes from the edge of A down to that of C; give the highest first")
        return self


class SteadySetting(Setting):
    """How far leads of which nothing new is known hold their calls against each other from one list to the next.

    margin: by this share the odds of one that was not called must be greater to take the place of one that was. most: the largest share of
    the calls that goes from one to another so while the same model serves.
    """

    margin: Annotated[float, Field(ge=0)] = 0.1
    most: Share = 0.05


class Margin(Setting):
    """What is left of an amount, as a share of it (0.35): what the CRM field says on the day, or `share` where that is not from -1 to 1."""

    field: Name | None = None
    share: Share = 1.0


class ListSetting(Setting):
    """The list that sales reads: how many to call, how many to write to, the chance shown first, and the language of its sentences.

    owners: how many calls each owner (a person or a team, as owner_id names them) can make in a day; capacity is then their sum and need
    not be given. Without owners all calls stand on one list. explore: the share of the calls that goes to leads drawn at random from below
    the cut, without which nothing is learned of those. holdout: the share of the leads that is never listed, always the same ones.
    margin: what is left of each amount, None all of it. send: what to write to a lead to nurture, by the group of its stage.
    """

    capacity: Annotated[int, Field(ge=1)] = 25
    owners: dict[Name, Annotated[int, Field(ge=0)]] = {}
    nurture: Annotated[int, Field(ge=0)] = 100
    customers: Annotated[int, Field(ge=0)] = 10
    explore: Share = 0.05
    holdout: Share = 0.0
    steady: SteadySetting = SteadySetting()
    letters: LetterSetting = LetterSetting()
    margin: Margin | None = None
    send: dict[StageGroup, Name] = {}
    head: HeadName = "progress"
    language: Language = "en"

    @model_validator(mode="before")
    @classmethod
    def _capacity_is_what_owners_can_do(cls, given: object) -> object:
        owners = given.get("owners") if isinstance(given, dict) else None
        if not isinstance(given, dict) or not isinstance(owners, dict) or not owners:
            return given
        total = sum(calls for calls in owners.values() if isinstance(calls, int))
        if given.get("capacity", total) != total:
            raise ValueError(f"the owners can make {total} calls a day, not {given['capacity']}; leave capacity out")
        return {**given, "capacity": total}


class Feedback(Setting):
    """What follows from what sales says of a lead (the table feedback).

    rests_days: so long a rejected lead is not called, unless something new is known of it. rejected_is_lost: whether a rejection counts as
    lost where models learn who leaves.
    """

    rests_days: Annotated[int, Field(ge=0)] = 14
    rejected_is_lost: bool = False


class Learning(Setting):
    """What past rows teach.

    as_called: chances are those of leads that are called. On days with a list, only leads that it called teach, each by how unlikely its
    call was, counting as no more than `most` rows; days without a list teach as they are.
    """

    as_called: bool = False
    most: Annotated[int, Field(ge=1)] = 20


class Tracking(Setting):
    """Where runs are kept; None: an SQLite file in the workspace."""

    uri: Name | None = None
    experiment: Name | None = None


class Schedule(Setting):
    """When `funnelcast schedule` scores, trains and watches, as cron lines in a time zone."""

    score: Name = "0 5 * * *"
    train: Name = "0 3 * * 1"
    watch: Name = "0 7 * * *"
    timezone: Name = "UTC"


class Watch(Setting):
    """When `funnelcast watch` says that something is off.

    data_days, list_days, model_days: older than so many days. quiet_share: a feed with less than this share of its usual
    rows a week. drift: scores that moved by more (population stability index), and by twice what training days differ.
    promise_sigmas: lists that brought more or less than they promised by so many standard deviations.
    """

    data_days: PositiveDays = 3
    list_days: PositiveDays = 2
    model_days: PositiveDays = 45
    quiet_share: Share = 0.2
    drift: Annotated[float, Field(gt=0)] = 0.5
    promise_sigmas: Annotated[float, Field(gt=0)] = 4


class Leaks(Setting):
    """allow: columns that are learned from although the leak report bans them."""

    allow: tuple[Name, ...] = ()


class Project(Setting):
    """Everything that one company writes down about its funnel, its files and its list.

    touch_details and lead_attributes name the project's own columns beyond the canonical ones; personal ones among them
    are listed under personal and can be shown on a list but never counted; those named like a protected trait (configs.protected) are
    personal without a word. qualification holds frameworks, shipped (bant, champ, meddic) or the project's own. bots: None marks nothing.
    memory_gb: about what the features may take, in 10**9 bytes; what
    needs more is read in several passes.
    """

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]*$")]
    funnel: Funnel
    data: Name
    workspace: Name
    privacy: Privacy
    demo: DemoCompany | None = None
    sources: Annotated[tuple[Source, ...], Field(min_length=1)]
    touch_details: tuple[str, ...] = ()
    lead_attributes: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    rejects: Rejects = Rejects()
    snapshots: Snapshots = Snapshots()
    heads: Annotated[dict[HeadName, HeadSetting], Field(min_length=1)]
    features: tuple[ProjectFeature, ...] = ()
    qualification: tuple[Framework, ...] = ()
    ideal_customer: tuple[Trait, ...] = ()
    engagement: Engagement = Engagement()
    points: PointsTable = PointsTable()
    bayes: Bayes = Bayes()
    actions: tuple[Action, ...] = SHIPPED
    memory_gb: Annotated[float, Field(gt=0)] = 4
    list: ListSetting = ListSetting()
    feedback: Feedback = Feedback()
    learning: Learning = Learning()
    tracking: Tracking = Tracking()
    schedule: Schedule = Schedule()
    watch: Watch = Watch()
    leaks: Leaks = Leaks()
    bots: Bots | None = Bots()
    right_now: RightNow | None = RightNow()
    channels: Channels = Channels()

    @model_validator(mode="before")
    @classmethod
    def _list_has_a_head(cls, given: object) -> object:
        """Without a word the list shows the first head of open leads that there is."""
        heads, setting = (given.get("heads"), given.get("list", {})) if isinstance(given, dict) else (None, None)
        if not isinstance(given, dict) or not isinstance(heads, dict) or not isinstance(setting, dict):
            return given
        first = next((name for name in OF_OPEN_LEADS if name in heads), None)
        return given if first is None else {**given, "list": {"head": first, **setting}}

    @model_validator(mode="after")
    def _head_of_the_list_is_asked(self) -> Self:
        asked = [name for name in OF_OPEN_LEADS if name in self.heads]
        if asked and self.list.head not in asked:
            raise ValueError(
                f"list: head: {self.list.head!r} is none of the heads of open leads ({', '.join(asked)})"
                f"{did_you_mean(self.list.head, asked)}; name one of them, or add it to heads"
            )
        return self

    @model_validator(mode="after")
    def _channels_are_there(self) -> Self:
        refuse_unknown_channels(self.right_now, self.channels)
        return self

    @model_validator(mode="after")
    def _margin_is_a_field(self) -> Self:
        field = self.list.margin.field if self.list.margin else None
        if field is not None and field not in self.lead_attributes:
            raise ValueError(
                f"list: margin: field {field!r} is none of the lead_attributes{did_you_mean(field, self.lead_attributes)}"
            )
        return self

    @model_validator(mode="after")
    def _lots_are_drawn(self) -> Self:
        if self.learning.as_called and not self.list.explore:
            raise ValueError(
                "learning: as_called needs calls by lot, without which nothing says what becomes of the others when they are called; "
                "give list: explore a share above 0, or leave as_called out"
            )
        return self

    @property
    def bayes_fields(self) -> tuple[str, ...]:
        """The CRM fields that naive Bayes looks at, in the order of their names."""
        own = (name for name in self.lead_attributes if name not in self.personal and not is_protected(name))
        return tuple(sorted(set(("source", *own) if self.bayes.fields is None else self.bayes.fields)))
