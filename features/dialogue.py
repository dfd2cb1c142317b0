"""Whether the talk flows: who waits for whom, how fast answers come, and whether a silence is longer than usual."""

from features.feature import Feature, Selection
from features.tables import touches as touches_table
from features.words import days, hours, stay, times

touches = Selection(touches_table)
requests = touches.where(kind=("form", "mail_reply"))
inbound = touches.where(direction="inbound")
outbound = touches.where(direction="outbound")

answer_time = Feature(
    requests.hours_until(outbound),
    hours,
    "We took {value} on average to answer in the last {window}",
    "We answered nothing in the last {window}",
    (30, "ever"),
    behaviour="touches: kind answer",
)
unanswered = Feature(
    requests.unanswered_by(outbound),
    times,
    "Asked us {value} in the last {window} and has no answer yet",
    "No question waits for our answer",
    (30,),
)
waiting = Feature(
    requests.waiting_for(outbound), days, "Has waited for our answer for {value}", "Is not waiting for an answer"
)
replies = Feature(
    outbound.followed_by(inbound, within_days=3),
    times,
    "Reacted within three days to what we sent {value} in the last {window}",
    "Has not reacted to what we sent in the last {window}",
    (30, 90),
)
ignored = Feature(
    outbound.unanswered_by(inbound),
    times,
    "We reached out {value} in the last {window} without any reaction",
    "Has reacted to what we sent",
    (30,),
)
longest_silence = Feature(
    inbound.longest_gap(),
    days,
    "Was once silent for {value} and came back",
    "Has shown interest too seldom to tell a pause",
)
silence_against_habit = Feature(
    inbound.gap_against_usual(),
    stay,
    "Has been silent {value}",
    "Has shown interest too seldom to tell what is usual",
)
