"""What a funnel is: its stages in order, how a lead wins, is lost or falls silent, and when a customer leaves."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

PositiveDays = Annotated[int, Field(ge=1, le=3660, strict=True)]
Name = Annotated[str, Field(min_length=1)]


StageGroup = Literal["top", "middle", "bottom"]


class Setting(BaseModel):
    """A part of a configuration file: unknown keys are refused and nothing changes after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Stage(Setting):
    """An open stage; `says` is what people call it, `stale_after_days` how long a stay is still usual."""

    name: Name
    says: Name
    group: StageGroup
    stale_after_days: PositiveDays | None = None


class End(Setting):
    """A stage in which a lead is won, lost or, for a customer, churned."""

    name: Name
    says: Name


class Customer(Setting):
    """When a customer counts as gone.

    renewal: a subscription ended and was not bought again within `grace_days`; silence: no inbound touch and no
    purchase for `silent_days`; stages: the customer enters one of `churned`. `horizon_days` is how far ahead churn is
    predicted.
    """

    churn: Literal["renewal", "silence", "stages"]
    horizon_days: PositiveDays = 30
    grace_days: Annotated[int, Field(ge=0, le=366, strict=True)] | None = None
    silent_days: PositiveDays | None = None
    churned: tuple[End, ...] = ()

    @model_validator(mode="after")
    def _rule_is_complete(self) -> Self:
        needed = {"renewal": "grace_days", "silence": "silent_days", "stages": "churned"}
        for rule, setting in needed.items():
            given = getattr(self, setting) not in (None, ())
            if rule == self.churn and not given:
                raise ValueError(f"churn: {rule} needs {setting}; add it beside churn")
            if rule != self.churn and given:
                raise ValueError(
                    f"{setting} belongs to churn: {rule}, and churn here is {self.churn}; remove one of them"
                )
        return self


class Funnel(Setting):
    """The stages of a business in their usual order; a lead may skip, go back and come back.

    horizon_days: how far ahead progress and leave look; win_horizon_days: how far ahead win looks. silent_after_days:
    an open lead with no inbound touch for so long has left (None: only a lost stage is leaving). open_for_days: a lead
    that has been open for longer is no longer worked on and gets no snapshot (None: no limit).
    """

    name: Name
    stages: Annotated[tuple[Stage, ...], Field(min_length=1)]
    won: Annotated[tuple[End, ...], Field(min_length=1)]
    lost: tuple[End, ...] = ()
    horizon_days: PositiveDays
    win_horizon_days: PositiveDays
    silent_after_days: PositiveDays | None = None
    open_for_days: PositiveDays | None = None
    customer: Customer | None = None

    @model_validator(mode="after")
    def _names_are_unique(self) -> Self:
        names = self.stage_names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"the stage {twice[0]!r} stands twice in this funnel; every name has one meaning")
        return self

    @property
    def churned(self) -> tuple[End, ...]:
        """The churned stages, empty when churn is not read from stages."""
        return self.customer.churned if self.customer else ()

    @property
    def stage_names(self) -> tuple[str, ...]:
        """Every stage that may occur in the data: open, won, lost and churned."""
        return tuple(stage.name for stage in self._every_stage)

    @property
    def stage_groups(self) -> dict[str, StageGroup]:
        """The group of each open stage by its name."""
        return {stage.name: stage.group for stage in self.stages}

    @property
    def stage_words(self) -> dict[str, str]:
        """Stage name to what people call it."""
        return {stage.name: stage.says for stage in self._every_stage}

    @property
    def _every_stage(self) -> tuple[Stage | End, ...]:
        return (*self.stages, *self.won, *self.lost, *self.churned)
