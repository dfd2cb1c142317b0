"""Sends what cannot wait to the channels of its rules, after the list stands; a channel that fails is told and stops nothing."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from time import monotonic, sleep

from configs.channels import MailServer, Webhook, channels_named
from configs.right_now import RuleName
from pipelines.channels.deadline import within
from pipelines.channels.failing import NotSentError
from pipelines.channels.mail import send_mail
from pipelines.channels.message import Message, message_of
from pipelines.channels.sent import Sent, keep_sent, read_sent
from pipelines.channels.webhook import post
from pipelines.job import Job
from pipelines.lists.right_now import read_right_now

PAUSES_S = (1.0, 3.0)  # before another try


class ChannelFailedError(Exception):
    """Ends a flow whose list stands but did not go out on every channel, so that the scheduler sees it fail."""


@dataclass(frozen=True)
class Told:
    """How many messages went out, and for each channel that failed a sentence without names or secrets."""

    sent: int
    failures: tuple[str, ...]

    @property
    def good(self) -> bool:
        """Whether every channel took what it was given."""
        return not self.failures


def tell_channels(job: Job, day: date) -> Told:
    """Sends what the list of a day holds right now, each rule to its channels; what went out before does not go out again.

    A channel that fails is left alone for the rest of the run and tried again by the next one.
    """
    waiting: dict[str, list[tuple[RuleName, Message]]] = {}
    for rule, name, message in _messages(job, day):
        waiting.setdefault(name, []).append((rule, message))
    said = [_tell(job, day, name, messages) for name, messages in waiting.items()]
    told = Told(sum(count for count, _ in said), tuple(failure for _, failure in said if failure))
    if told.sent:
        job.narrator.say(f"  Sent: {told.sent} {'message' if told.sent == 1 else 'messages'} of what cannot wait.")
    for failure in told.failures:
        job.narrator.say(f"  {failure}")
    return told


def _messages(job: Job, day: date) -> Iterator[tuple[RuleName, str, Message]]:
    """Each message that has not gone out yet, with its rule and its channel."""
    named, sent = channels_named(job.project.right_now), read_sent(job.workspace, day)
    if not any(named.values()):
        return
    for urgent in read_right_now(job.workspace.lists / str(day)):
        message = message_of(urgent, day, job.voice)
        # a rule that names nobody has nothing that cannot wait
        for name in named.get(urgent.rule, ()) if urgent.entries else ():
            if sent.key(urgent.rule, name, message) not in sent.keys:
                yield urgent.rule, name, message


def _tell(job: Job, day: date, name: str, messages: list[tuple[RuleName, Message]]) -> tuple[int, str]:
    """How many of the messages a channel took before it failed, and how it failed; empty where it took them all."""
    channel = job.project.channels.by_name[name]
    for count, (rule, message) in enumerate(messages):
        try:
            _send(channel, message)
        except NotSentError as error:
            if error.partly:
                _remember(job, day, rule, name, message)
            return count, _failure(name, error, len(messages) - count - error.partly, day)
        _remember(job, day, rule, name, message)
    return len(messages), ""


def _failure(name: str, error: NotSentError, left: int, day: date) -> str:
    failed = f"The channel '{name}' failed: {error.says}. The list stands"
    if not left:
        return f"{failed}."
    return (
        f"{failed}; to send the {left} {'message' if left == 1 else 'messages'} that did not go out, score {day} again."
    )


def _remember(job: Job, day: date, rule: RuleName, name: str, message: Message) -> None:
    sent: Sent = read_sent(job.workspace, day)
    keep_sent(job.workspace, day, replace(sent, keys=sent.keys | {sent.key(rule, name, message)}))


def _send(channel: Webhook | MailServer, message: Message) -> None:
    """Sends a message, and tries again a few times where that is worth it, all before the channel's deadline."""
    ends = monotonic() + channel.deadline_s
    for pause in (*PAUSES_S, None):
        try:
            within(ends - monotonic(), lambda: _once(channel, message))
        except NotSentError as error:
            if not error.again or pause is None or monotonic() + pause >= ends:
                raise
            sleep(pause)
        else:
            return


def _once(channel: Webhook | MailServer, message: Message) -> None:
    if isinstance(channel, Webhook):
        post(channel, message)
    else:
        send_mail(channel, message)
