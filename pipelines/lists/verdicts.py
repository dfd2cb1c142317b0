"""Says in one sentence what sales has said of a lead."""

from datetime import date

from features.languages import ENGLISH, Voice
from pipelines.lists.plain import clipped
from pipelines.lists.words import day_says

YOURS = {
    "accepted": "You accepted it on {day}",
    "rejected": "You rejected it on {day}",
    "contacted": "You contacted it on {day}",
}
THEIRS = {
    "accepted": "{by} accepted it on {day}",
    "rejected": "{by} rejected it on {day}",
    "contacted": "{by} contacted it on {day}",
}
LONGEST_REASON = 90
LONGEST_NAME = 40


def verdict_says(verdict: str, reason: str, by: str, owner: str, day: date, as_of: date, voice: Voice = ENGLISH) -> str:
    """'You rejected it on 3 May: wrong person.'; by: who said it, 'you' where it is the owner or nobody knows.

    day: of the verdict, as_of: of the list (both UTC). What was typed is made plain and short.
    """
    who = clipped(by, LONGEST_NAME)
    said = THEIRS if who and who != clipped(owner, LONGEST_NAME) else YOURS
    told = voice.say(said[verdict], by=who, day=day_says(day, as_of, voice))
    why = clipped(reason, LONGEST_REASON).rstrip(" .")
    return voice.say("{move}: {parts}.", move=told, parts=why) if why else f"{told}."
