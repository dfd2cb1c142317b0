"""How much the lead does, and what: visits, mails, calls, meetings, forms, use of the product."""

from features.feature import Feature, Selection
from features.tables import purchases as purchases_table
from features.tables import touches as touches_table
from features.words import amount, days, minutes, of_late, times, ways

touches, purchases = Selection(touches_table), Selection(purchases_table)
inbound = touches.where(direction="inbound")
outbound = touches.where(direction="outbound")
page_views = touches.where(kind="page_view")
calls = touches.where(kind="call")
meetings = touches.where(kind="meeting")
product_use = touches.where(kind="product_use")

contacts = Feature(
    touches.count(),
    times,
    "Has been in contact {value} in the last {window}",
    "No contact in the last {window}",
    (7, 30, 90, "ever"),
)
signs_of_interest = Feature(
    inbound.count(),
    times,
    "Showed interest {value} in the last {window}",
    "Showed no interest in the last {window}",
    (7, 14, 30, 90, "ever"),
)
active_days = Feature(
    inbound.active_days(),
    days,
    "Was active on {value} in the last {window}",
    "Was not active in the last {window}",
    (7, 30, 90),
)
channels = Feature(
    inbound.distinct("channel"),
    ways,
    "Showed interest {value} in the last {window}",
    "Showed no interest in the last {window}",
    (30, 90),
)
attention = Feature(
    inbound.decayed(half_life_days=14),
    of_late,
    "Showed {value} signs of interest in the last weeks",
    "Has shown no interest so far",
)
quick_attention = Feature(
    inbound.decayed(half_life_days=3),
    of_late,
    "Showed {value} signs of interest in the last days",
    "Has shown no interest so far",
)
site_visits = Feature(
    page_views.count(),
    times,
    "Opened our pages {value} in the last {window}",
    "Opened none of our pages in the last {window}",
    (7, 30, 90),
)
pricing_visits = Feature(
    page_views.where(page="pricing").count(),
    times,
    "Opened the pricing page {value} in the last {window}",
    "Has not opened the pricing page in the last {window}",
    (7, 14, 30),
)
docs_visits = Feature(
    page_views.where(page="docs").count(),
    times,
    "Read the documentation {value} in the last {window}",
    "Has not read the documentation in the last {window}",
    (30,),
)
careers_visits = Feature(
    page_views.where(page="careers").count(),
    times,
    "Looked at our jobs {value} in the last {window}",
    "Has not looked at our jobs in the last {window}",
    (30, 90),
)
mail_opens = Feature(
    touches.where(kind="mail_open").count(),
    times,
    "Opened our mails {value} in the last {window}",
    "Opened none of our mails in the last {window}",
    (30, 90),
)
mail_clicks = Feature(
    touches.where(kind="mail_click").count(),
    times,
    "Clicked a link in our mails {value} in the last {window}",
    "Clicked no link in our mails in the last {window}",
    (30, 90),
)
mail_replies = Feature(
    touches.where(kind="mail_reply").count(),
    times,
    "Answered our mails {value} in the last {window}",
    "Answered none of our mails in the last {window}",
    (7, 30, 90),
)
forms = Feature(
    touches.where(kind="form").count(),
    times,
    "Sent us a form {value} in the last {window}",
    "Sent us no form in the last {window}",
    (7, 30, "ever"),
)
demo_requests = Feature(
    touches.where(kind="form", page="demo_request").count(),
    times,
    "Asked for a demo {value} in the last {window}",
    "Has not asked for a demo in the last {window}",
    (14, 30, "ever"),
)
phone_calls = Feature(
    calls.count(),
    times,
    "Spoke with us on the phone {value} in the last {window}",
    "No phone call in the last {window}",
    (14, 30, 90),
)
call_minutes = Feature(
    calls.sum("value"),
    minutes,
    "Spent {value} on the phone with us in the last {window}",
    "No phone call in the last {window}",
    (30,),
)
meetings_held = Feature(
    meetings.count(), times, "Met us {value} in the last {window}", "No meeting in the last {window}", (14, 30, "ever")
)
meeting_minutes = Feature(
    meetings.sum("value"),
    minutes,
    "Spent {value} in meetings with us in the last {window}",
    "No meeting in the last {window}",
    (30,),
)
product_days = Feature(
    product_use.active_days(),
    days,
    "Used the product on {value} in the last {window}",
    "Has not used the product in the last {window}",
    (7, 30, 90),
)
product_minutes = Feature(
    product_use.sum("value"),
    minutes,
    "Spent {value} in the product in the last {window}",
    "Has not used the product in the last {window}",
    (7, 30),
)
signed_up = Feature(
    touches.where(kind="signup").count(),
    times,
    "Signed up for the product {value} so far",
    "Has not signed up for the product",
    ("ever",),
)
event_visits = Feature(
    touches.where(kind="event_visit").count(),
    times,
    "Came to our events {value} in the last {window}",
    "Came to none of our events in the last {window}",
    (90,),
)
ad_clicks = Feature(
    touches.where(kind="ad_click").count(),
    times,
    "Clicked our ads {value} in the last {window}",
    "Clicked none of our ads in the last {window}",
    (30,),
)
our_outreach = Feature(
    outbound.count(),
    times,
    "We reached out {value} in the last {window}",
    "We did not reach out in the last {window}",
    (7, 30, 90),
)
our_answers = Feature(
    touches.where(kind="answer").count(),
    times,
    "We answered {value} in the last {window}",
    "We have not answered in the last {window}",
    (14, 30),
)
purchases_made = Feature(purchases.count(), times, "Bought {value} so far", "Has not bought yet", ("ever",))
money_spent = Feature(
    purchases.sum("amount"),
    amount,
    "Paid {value} in the last {window}",
    "Paid nothing in the last {window}",
    (365, "ever"),
)
