"""Says in one short sentence after which action leads like one were won more often."""

from collections.abc import Mapping

from configs.project import HeadName
from features.languages import ENGLISH, Voice
from models.helped import Helped

WON_MORE = "Leads like this one were won more often after {action}: {after} of {size} against {without} of {size}."
ADVANCED_MORE = "Leads like this one advanced more often after {action}: {after} of {size} against {without} of {size}."
HEADS: Mapping[HeadName, str] = {"win": WON_MORE, "progress": ADVANCED_MORE}  # the outcomes that we hope for
SIZES = (100, 1_000, 10_000)


def helps_say(found: Helped, action: str, head: HeadName, voice: Voice = ENGLISH) -> str:
    """The sentence of what was found; action: what it is called, in English or as the project says it. It tells what went together.

    >>> helps_say(Helped("call", "new", 0, 1, 0.141, 0.09, 0.01, 60), "a call", "win")
    'Leads like this one were won more often after a call: 14 of 100 against 9 of 100.'
    """
    size = next((size for size in SIZES if round(found.after * size) > round(found.without * size)), SIZES[-1])
    after, without = (voice.figures(f"{share * size:,.0f}") for share in (found.after, found.without))
    said = {"after": after, "without": without, "size": voice.figures(f"{size:,}")}
    return voice.say(HEADS[head], action=voice.say(action), **said)
