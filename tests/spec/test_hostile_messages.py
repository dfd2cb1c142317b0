"""Whatever strangers type stays a text in a chat and in a mail: no link, no mention, no Markdown, and nothing in a mail's head."""

import email
import email.policy
import json
import re

from configs.channels import MailServer
from features.languages import ENGLISH
from pipelines.channels.mail import mail_of
from pipelines.channels.message import Message, message_of
from pipelines.channels.webhook import slack_json
from pipelines.lists.day import Entry, Urgent
from tests.golden.test_list_page import DAY
from tests.hostile import HOSTILE
from tests.spec.test_right_now_page import hostile_urgent

LINK = re.compile(r"\w+://|\bmailto:|\bjavascript:|\bdata:|\w\.[a-z]{2,}", re.IGNORECASE)
MARKS = set("*_~`|#@[]\\")


def test_hostile_texts_are_texts_in_a_chat() -> None:
    message = message_of(hostile_urgent(), DAY, ENGLISH)
    posted = json.loads(json.dumps(slack_json(message)))
    assert len(message.lines) == len(HOSTILE)
    for line in posted["text"].split("\n")[1:]:
        assert not set(line.replace("&#", "")) & (MARKS | {"<", ">"}), line
        assert not LINK.search(line), line
        assert not re.search(r"&(?!amp;|lt;|gt;)", line), line
        assert not re.search(r":[\w+-]+:", line), line
        assert line.isprintable() or {"\u200c", "\u200d"} & set(line), line
    assert {block["text"]["type"] for block in posted["blocks"]} == {"plain_text"}
    assert all(len(block["text"]["text"]) <= 3_000 for block in posted["blocks"])
    assert len(posted["blocks"]) == 50


def test_hostile_texts_are_texts_in_a_mail() -> None:
    channel = MailServer(host="h", sender="list@example.org", recipients=("jo@example.org",))
    mail = mail_of(channel, message_of(hostile_urgent(), DAY, ENGLISH))
    read = email.message_from_bytes(mail.as_bytes(), policy=email.policy.default)
    assert read.keys() == [
        "Subject",
        "From",
        "To",
        "Auto-Submitted",
        "Content-Type",
        "Content-Transfer-Encoding",
        "MIME-Version",
    ]
    assert read["Subject"] == f"Chance has risen: {len(HOSTILE)} (Monday, 9 March 2026)"
    lines = [line for line in read.get_content().split("\r\n") if line]
    assert len(lines) == len(HOSTILE) + 1
    assert not [line for line in lines if LINK.search(line)]


def test_a_name_that_is_plain_stays_as_it_is() -> None:
    for name in ("St. John & Söhne", "O'Neill-Ruiz", "Müller (2.5 t)", "R&D; 10:30", "株式会社"):
        assert message_of(Urgent("risen", (Entry("L", name, "", "", "call", "x"),), 1), DAY, ENGLISH).lines == (
            f"{name}: x",
        )
    assert slack_json(Message("a", ("R&D <x>",)))["text"] == "a\n• R&amp;D &lt;x&gt;"
