"""What the lead's colleagues do: how alive the whole account is, and whether it bought before."""

from features.feature import Feature, Selection
from features.readings import Colleagues
from features.tables import touches as touches_table
from features.timeline import moves as moves_table
from features.words import days, number, people, times

touches, moves = Selection(touches_table).of_account(), Selection(moves_table).of_account()
inbound = touches.where(direction="inbound")

account_interest = Feature(
    inbound.count(),
    times,
    "The lead and colleagues of the same company showed interest {value} in the last {window}",
    "Neither the lead nor a colleague of the same company showed interest in the last {window}",
    (7, 30, 90),
)
account_people = Feature(
    inbound.distinct("lead_id"),
    people,
    "Active at this account in the last {window}: {value}",
    "Nobody at this account was active in the last {window}",
    (30, 90),
    behaviour="colleagues",
)
colleagues_active = Feature(
    Colleagues("people", 30),
    people,
    "Colleagues of the same company who were active in the last 30 days: {value}",
    "No colleague of the same company was active in the last 30 days",
)
roles_active = Feature(
    Colleagues("roles", 30),
    number,
    "Different roles among the colleagues active in the last 30 days: {value}",
    "No colleague with a known role was active in the last 30 days",
)
account_meetings = Feature(
    touches.where(kind="meeting").count(),
    times,
    "Met the account {value} in the last {window}",
    "No meeting with the account in the last {window}",
    (30,),
)
account_last_inbound = Feature(
    inbound.days_since_last(),
    days,
    "The lead or a colleague of the same company last showed interest {value} ago",
    "Neither the lead nor a colleague of the same company has shown interest so far",
)
account_wins = Feature(
    moves.where(kind="won").count(),
    times,
    "The account was won {value} before",
    "The account has never been won",
    ("ever",),
)
account_losses = Feature(
    moves.where(kind="lost").count(),
    times,
    "The account was lost {value} before",
    "The account was never lost",
    ("ever",),
)
