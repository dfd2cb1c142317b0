"""What is sent of a rule: its subject and its lines, in which whatever strangers typed stays a text."""

import re
from dataclasses import dataclass
from datetime import date

from features.languages import Voice
from pipelines.lists.day import Entry, Urgent
from pipelines.lists.plain import clipped
from pipelines.lists.row import LONGEST_MOVE
from pipelines.right_now.words import subject_says

# Signs that some chat or mail program takes for Markdown, a mention or an emoji, and signs that look alike and mean nothing.
_TWINS = str.maketrans(
    {
        "*": "\N{ASTERISK OPERATOR}",
        "_": "\N{FULLWIDTH LOW LINE}",
        "~": "\N{TILDE OPERATOR}",
        "`": "\N{MODIFIER LETTER GRAVE ACCENT}",
        "|": "\N{FULLWIDTH VERTICAL LINE}",
        "#": "\N{FULLWIDTH NUMBER SIGN}",
        "@": "\N{FULLWIDTH COMMERCIAL AT}",
        "[": "\N{FULLWIDTH LEFT SQUARE BRACKET}",
        "]": "\N{FULLWIDTH RIGHT SQUARE BRACKET}",
        "\\": "\N{FULLWIDTH REVERSE SOLIDUS}",
    }
)
# 'https://x', 'mailto:x' and ':bomb:' have a colon with something close behind, as 13:52 has; 'x.org' has a dot with a letter behind.
_COLON = re.compile(r"(?<!\d):(?=\S)|:(?=[^\s\d])")
_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d])")


@dataclass(frozen=True)
class Message:
    """The entries of one rule on one day: a subject of our own words alone, and a line for each entry."""

    subject: str
    lines: tuple[str, ...]


def message_of(urgent: Urgent, day: date, voice: Voice) -> Message:
    """What is sent of a rule: for each entry who it is, who owns it and why it cannot wait."""
    lines = tuple(_line(entry, voice) for entry in urgent.entries)
    return Message(subject_says(urgent.rule, len(urgent.entries), urgent.found, day, voice), lines)


def _line(entry: Entry, voice: Voice) -> str:
    name, company, owner = (
        unlinked(clipped(text, 80)) for text in (entry.name or entry.lead_id, entry.company, entry.owner_id)
    )
    owned = voice.say("owner {name}", name=owner) if owner else ""
    who = " · ".join(text for text in (name, company, owned) if text)
    return f"{who}: {unlinked(clipped(entry.says, LONGEST_MOVE))}"


def unlinked(text: str) -> str:
    """The text with look-alikes for every sign that could make Markdown, a mention, an emoji or a link of it."""
    text = _DOT.sub("\N{ONE DOT LEADER}", text.translate(_TWINS))
    return _COLON.sub("\N{RATIO}", text)
