"""Whether the lead's interest is growing or fading, and which side keeps the talk going."""

from features.feature import Feature, Selection
from features.tables import touches as touches_table
from features.words import pace, share

touches = Selection(touches_table)
inbound = touches.where(direction="inbound")

interest_pace = Feature(
    inbound.pace(now_days=7, usual_days=30),
    pace,
    "Showed interest {value} this week, against the last 30 days",
    "Showed no interest this week",
)
long_interest_pace = Feature(
    inbound.pace(now_days=30, usual_days=90),
    pace,
    "Showed interest {value} in the last 30 days, against the last 90",
    "Showed no interest in the last 30 days",
)
contact_pace = Feature(
    touches.pace(now_days=7, usual_days=30),
    pace,
    "Contact was {value} this week, against the last 30 days",
    "No contact this week",
)
product_pace = Feature(
    touches.where(kind="product_use").pace(now_days=7, usual_days=28),
    pace,
    "Used the product {value} this week, against the last 28 days",
    "Has not used the product this week",
)
inbound_share = Feature(
    inbound.share_of(touches),
    share,
    "{value} of all contacts came from them in the last {window}",
    "No contact came from them in the last {window}",
    (30, 90),
)
