"""What a seller can do for a lead, of which the list may say what it went with in the past."""

from typing import Annotated

from pydantic import Field

from configs.declared import FeatureName, Where
from configs.funnel import Name, Setting


class Action(Setting):
    """Something that a seller can do, and the touch by which the log knows that it was done.

    says: what it is called after the word 'after'. touch: kind, channel, direction or any other column of touches. answers: the touches
    that it answers; it then stands open only to a lead of whom one still waits.
    """

    name: FeatureName
    says: Name
    touch: Annotated[Where, Field(min_length=1)]
    answers: Where = {}


SHIPPED = (
    Action(name="call", says="a call", touch={"kind": "call", "direction": "outbound"}),
    Action(name="meeting", says="a meeting", touch={"kind": "meeting"}),
    Action(
        name="answer",
        says="an answer to what they asked",
        touch={"direction": "outbound"},
        answers={"kind": ("form", "mail_reply")},
    ),
)
