"""How the rules of what cannot wait, and what they find, are said."""

from datetime import date, datetime

from configs.right_now import RuleName
from features.languages import ENGLISH, Voice
from features.words import days, times
from pipelines.lists.words import day_says, weekday_says

TITLES: dict[RuleName, str] = {
    "unanswered": "Waiting for our answer",
    "meetings_today": "Meetings today",
    "risen": "Chance has risen",
    "fallen": "Chance has fallen",
    "overdue_stage": "Longer in a stage than usual",
    "leaving": "Customers about to leave",
}


def title_says(rule: RuleName, voice: Voice = ENGLISH) -> str:
    """The heading of a rule."""
    return voice.say(TITLES[rule])


def count_says(shown: int, found: int, voice: Voice = ENGLISH) -> str:
    """How many entries a rule has, and of how many where some were cut; of how many it is true where none is shown.

    >>> count_says(3, 3), count_says(5, 1_234), count_says(0, 1_234)
    ('3', '5 of 1,234', '1,234')
    """
    here, whole = (voice.figures(f"{count:,}") for count in (shown, found))
    return whole if shown in (0, found) else voice.say("{here} of {all}", here=here, all=whole)


def no_news_says(found: int, concerns: int, voice: Voice = ENGLISH) -> str:
    """What stands in place of the entries of a rule that is true of too many to be news of anybody.

    >>> no_news_says(10_190, 21_402)
    'True of 10,190 of 21,402 today, too many to name one by one'
    """
    here, whole = (voice.figures(f"{count:,}") for count in (found, concerns))
    return voice.say("True of {here} of {all} today, too many to name one by one", here=here, all=whole)


def waiting_says(asked: int, since: datetime, day: date, voice: Voice = ENGLISH) -> str:
    """How often a lead asked, and since when (UTC) it has waited for an answer; a moment stays true while the day goes on.

    >>> waiting_says(1, datetime(2026, 3, 8, 13, 52), date(2026, 3, 9))
    'Has waited for our answer since 8 March, 13:52 UTC'
    >>> waiting_says(2, datetime(2026, 3, 8, 13, 52), date(2026, 3, 9))
    'Asked twice and has waited for our answer since 8 March, 13:52 UTC'
    """
    named = {"day": day_says(since.date(), day, voice), "time": f"{since:%H:%M}"}
    if asked == 1:
        return voice.say("Has waited for our answer since {day}, {time} UTC", **named)
    said = times.write(asked, voice)
    return voice.say("Asked {times} and has waited for our answer since {day}, {time} UTC", times=said, **named)


def meeting_says(meets_at: datetime, voice: Voice = ENGLISH, *, whole_day: bool) -> str:
    """When we meet (UTC); the time of a whole day is not known.

    >>> meeting_says(datetime(2026, 3, 9, 9, 30), whole_day=False)
    'Meets us at 09:30 UTC'
    """
    if whole_day:
        return voice.say("Meets us today")
    return voice.say("Meets us at {time} UTC", time=f"{meets_at:%H:%M}")


def overdue_says(stage: str, stood_days: float, usual_days: int, voice: Voice = ENGLISH) -> str:
    """How long a lead has stood in a stage, and how long is usual.

    >>> overdue_says("offer sent", 45.5, 21)
    'At “offer sent” for 45 days; up to 21 days is usual'
    """
    stood, usual = days.write(stood_days, voice), days.write(usual_days, voice)
    return voice.say("At “{stage}” for {stood}; up to {usual} is usual", stage=stage, stood=stood, usual=usual)


def leaving_says(chance: str, voice: Voice = ENGLISH) -> str:
    """What becomes of customers like this one; chance: a sentence by pipelines.lists.words.chance_says."""
    return voice.say("Of customers like this one, {chance}", chance=chance)


def subject_says(rule: RuleName, shown: int, found: int, day: date, voice: Voice = ENGLISH) -> str:
    """The first line of a message: the rule, its count and the day.

    >>> subject_says("risen", 2, 2, date(2026, 3, 9))
    'Chance has risen: 2 (Monday, 9 March 2026)'
    """
    says = voice.say("{title}: {count}", title=title_says(rule, voice), count=count_says(shown, found, voice))
    return f"{says} ({weekday_says(day, voice)})"
