"""Remembers what went out, so that a list that is made twice is not sent twice."""

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from configs.right_now import RuleName
from pipelines.channels.message import Message
from pipelines.workspace import Workspace, write_beside

Key = tuple[RuleName, str, str]  # rule, channel, digest


@dataclass(frozen=True)
class Sent:
    """The messages of a day that went out; of what they said only a salted digest is kept, and the salt is drawn anew for every day."""

    salt: str
    keys: frozenset[tuple[str, str, str]] = frozenset()

    def key(self, rule: RuleName, channel: str, message: Message) -> Key:
        """What is remembered of a message."""
        said = "\0".join([self.salt, message.subject, *message.lines])
        return rule, channel, hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()


def read_sent(workspace: Workspace, day: date) -> Sent:
    """What went out of a day's list; nothing where there is no record."""
    file = _file(workspace, day)
    if not file.is_file():
        return Sent(secrets.token_hex(16))
    kept = json.loads(file.read_text(encoding="utf-8"))
    return Sent(kept["salt"], frozenset((one["rule"], one["channel"], one["digest"]) for one in kept["messages"]))


def keep_sent(workspace: Workspace, day: date, sent: Sent) -> None:
    """Writes sent/DAY.json: the salt, and the rule, channel and digest of each message."""
    messages = [{"rule": rule, "channel": channel, "digest": digest} for rule, channel, digest in sorted(sent.keys)]
    with write_beside(_file(workspace, day)) as part:
        part.write_text(json.dumps({"salt": sent.salt, "messages": messages}, indent=1) + "\n", encoding="utf-8")


def _file(workspace: Workspace, day: date) -> Path:
    return workspace.sent / f"{day}.json"
