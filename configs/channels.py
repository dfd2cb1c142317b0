"""Where a rule's entries go out beside the page: to a webhook, or by mail."""

import re
from collections.abc import Mapping
from typing import Annotated, Self, get_args

from pydantic import AfterValidator, Field, model_validator

from configs.errors import did_you_mean
from configs.funnel import Name, Setting
from configs.right_now import RightNow, RuleName

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
# One address and nothing else: no name before it, no second one behind a comma, no line break.
ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9.-]+")


def _variable(text: str) -> str:
    """What does not look like a variable's name may be the secret itself, so the message does not repeat it."""
    if not VARIABLE.fullmatch(text):
        raise ValueError(
            "this is the name of an environment variable, such as SALES_WEBHOOK_URL; the secret itself does not stand in the file"
        )
    return text


def _address(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not a mail address; write it as sales@example.org")
    return text


Variable = Annotated[str, AfterValidator(_variable)]
Address = Annotated[str, AfterValidator(_address)]
Seconds = Annotated[float, Field(gt=0, le=300)]


class Webhook(Setting):
    """An address that takes Slack's JSON. url_from: the environment variable that holds it.

    timeout_s: how long one answer may take; deadline_s: how long the whole message may take, with what is tried again.
    """

    url_from: Variable
    timeout_s: Seconds = 10
    deadline_s: Seconds = 30


class MailServer(Setting):
    """A server that takes mail (SMTP). password_from: the environment variable that holds the user's password; times as for a webhook."""

    host: Name
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    starttls: bool = True
    sender: Address
    recipients: Annotated[tuple[Address, ...], Field(min_length=1)]
    user: Name | None = None
    password_from: Variable | None = None
    timeout_s: Seconds = 10
    deadline_s: Seconds = 30

    @model_validator(mode="after")
    def _password_is_safe(self) -> Self:
        if (self.user is None) != (self.password_from is None):
            raise ValueError("user and password_from belong together; give both, or neither")
        if self.user is not None and not self.starttls:
            raise ValueError(
                "a password is sent over TLS alone; set starttls: true, or leave user and password_from out"
            )
        return self


class Channels(Setting):
    """The channels by their names, which no two share."""

    webhooks: dict[Name, Webhook] = {}
    mail: dict[Name, MailServer] = {}

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        twice = sorted(self.webhooks.keys() & self.mail.keys())
        if twice:
            raise ValueError(f"'{twice[0]}' is a webhook and a mail server; give one of them another name")
        return self

    @property
    def by_name(self) -> Mapping[str, Webhook | MailServer]:
        """Every channel."""
        return {**self.webhooks, **self.mail}


def refuse_unknown_channels(rules: RightNow | None, channels: Channels) -> None:
    """Raises ValueError, with the near miss, for a rule that goes out on a channel that there is not."""
    for rule, named in channels_named(rules).items():
        for name in named:
            if name not in channels.by_name:
                known = did_you_mean(name, channels.by_name) or "; there are none, add it under 'channels'"
                raise ValueError(f"there is no channel '{name}'{known} (right_now.{rule}.channels)")


def channels_named(rules: RightNow | None) -> dict[RuleName, tuple[str, ...]]:
    """For each rule that is switched on, the channels that it goes out on."""
    on: dict[RuleName, tuple[str, ...]] = {}
    names: tuple[RuleName, ...] = get_args(RuleName)
    for name in names:
        rule = getattr(rules, name, None)
        if rule is not None:
            on[name] = tuple(dict.fromkeys(rule.channels))
    return on
