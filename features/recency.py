"""How long ago the lead and we were last in touch, in each of the ways that matter."""

from features.feature import Feature, Selection
from features.tables import purchases as purchases_table
from features.tables import touches as touches_table
from features.words import days

touches, purchases = Selection(touches_table), Selection(purchases_table)

last_touch = Feature(touches.days_since_last(), days, "The last contact was {value} ago", "Has never been in contact")
first_touch = Feature(
    touches.days_since_first(),
    days,
    "The first contact was {value} ago",
    "Has never been in contact",
    behaviour="age",
)
last_inbound = Feature(
    touches.where(direction="inbound").days_since_last(),
    days,
    "Last showed interest {value} ago",
    "Has shown no interest so far",
)
last_outbound = Feature(
    touches.where(direction="outbound").days_since_last(),
    days,
    "We last reached out {value} ago",
    "We have not reached out yet",
)
last_page_view = Feature(
    touches.where(kind="page_view").days_since_last(),
    days,
    "Last visited our site {value} ago",
    "Has not visited our site",
)
last_pricing_visit = Feature(
    touches.where(kind="page_view", page="pricing").days_since_last(),
    days,
    "Last looked at our prices {value} ago",
    "Has never looked at our prices",
)
last_careers_visit = Feature(
    touches.where(kind="page_view", page="careers").days_since_last(),
    days,
    "Last looked at our jobs {value} ago",
    "Has never looked at our jobs",
)
last_form = Feature(
    touches.where(kind="form").days_since_last(), days, "Last sent us a form {value} ago", "Has never sent us a form"
)
last_mail_reply = Feature(
    touches.where(kind="mail_reply").days_since_last(),
    days,
    "Last wrote to us {value} ago",
    "Has never answered a mail",
)
last_mail_click = Feature(
    touches.where(kind="mail_click").days_since_last(),
    days,
    "Last clicked a link in our mail {value} ago",
    "Has never clicked a link in our mails",
)
last_call = Feature(
    touches.where(kind="call").days_since_last(),
    days,
    "We last spoke on the phone {value} ago",
    "We have never spoken on the phone",
)
last_meeting = Feature(
    touches.where(kind="meeting").days_since_last(),
    days,
    "The last meeting was {value} ago",
    "There has been no meeting yet",
)
last_product_use = Feature(
    touches.where(kind="product_use").days_since_last(),
    days,
    "Last used the product {value} ago",
    "Has not used the product",
)
last_purchase = Feature(purchases.days_since_last(), days, "Last bought {value} ago", "Has not bought yet")
