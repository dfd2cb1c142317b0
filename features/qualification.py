"""Whether the lead fits: what it is worth, what we know of it, and how often leads like it were won."""

from features.feature import Feature, Selection
from features.readings import FieldReading
from features.tables import field_changes as field_changes_table
from features.words import amount, days, flag, number, rate, times

field_changes = Selection(field_changes_table)

deal_amount = Feature(FieldReading("amount", "number"), amount, "The deal is worth {value}", "No amount is known")
employees = Feature(
    FieldReading("employees", "number"),
    number,
    "The company has {value} employees",
    "The size of the company is not known",
)
budget_known = Feature(FieldReading("budget", "known"), flag, "The budget is known", "The budget is not known")
role_known = Feature(
    FieldReading("role", "known"), flag, "The person's role is known", "The person's role is not known"
)
phone_known = Feature(FieldReading("phone", "known"), flag, "The phone number is known", "No phone number is known")
decision_date_known = Feature(
    FieldReading("decision_date", "known"),
    flag,
    "The date of the decision is known",
    "The date of the decision is not known",
)
source_win_rate = Feature(
    FieldReading("source", "win_rate"),
    rate,
    "Of earlier leads from this source, {value} were won",
    "No lead is old enough to compare with",
)
owner_win_rate = Feature(
    FieldReading("owner_id", "win_rate"),
    rate,
    "Of earlier leads of this owner, {value} were won",
    "No lead is old enough to compare with",
)
country_win_rate = Feature(
    FieldReading("country", "win_rate"),
    rate,
    "Of earlier leads from this country, {value} were won",
    "No lead is old enough to compare with",
)
segment_win_rate = Feature(
    FieldReading("segment", "win_rate"),
    rate,
    "Of earlier leads in this segment, {value} were won",
    "No lead is old enough to compare with",
)
role_win_rate = Feature(
    FieldReading("role", "win_rate"),
    rate,
    "Of earlier leads with this role, {value} were won",
    "No lead is old enough to compare with",
)
budget_win_rate = Feature(
    FieldReading("budget", "win_rate"),
    rate,
    "Of earlier leads with this answer on budget, {value} were won",
    "No lead is old enough to compare with",
)
campaign_win_rate = Feature(
    FieldReading("first_campaign", "win_rate"),
    rate,
    "Of earlier leads that came by this campaign, {value} were won",
    "No lead is old enough to compare with",
)
owner_held = Feature(FieldReading("owner_id", "held_days"), days, "Has had this owner for {value}", "Has no owner")
budget_held = Feature(
    FieldReading("budget", "held_days"), days, "The answer on budget is {value} old", "The budget is not known"
)
field_edits = Feature(
    field_changes.count(),
    times,
    "Our notes on the lead changed {value} in the last {window}",
    "Our notes on the lead did not change in the last {window}",
    (14, 30),
)
