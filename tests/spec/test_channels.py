"""What cannot wait goes out once, to whoever takes it; servers that fail, hang or drip stop nothing and are told without a secret."""

import email
import email.policy
import io
import json
import re
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

import pytest
from rich.console import Console

from configs.channels import Channels
from configs.project import Project
from configs.right_now import RightNow
from pipelines.channels import tell
from pipelines.channels.tell import Told, tell_channels
from pipelines.job import Job
from pipelines.lists.day import Urgent
from pipelines.lists.right_now import write_right_now
from pipelines.narrator import Narrator
from pipelines.workspace import Workspace
from tests.company import short_project
from tests.golden.test_list_page import DAY
from tests.listeners import Heard, closed_port, mail_server, webhook
from tests.urgent import urgent_day

QUICK = {"timeout_s": 0.3, "deadline_s": 0.6}
PERSONAL = ("Marta", "Lindqvist", "Fjordkraft", "Pavel", "L-10", "Anna")
SECRETS = ("SECRET", "HIDDEN", "hunter2", "127.0.0.1", "example.org")


@pytest.fixture(autouse=True)
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tell, "PAUSES_S", (0.01, 0.01))


class Desk:
    """A workspace with a list of the day, whose rules go out on the channels given."""

    def __init__(self, root: Path) -> None:
        self.workspace = Workspace(root)
        self.screen = io.StringIO()
        folder = self.workspace.lists / str(DAY)
        folder.mkdir(parents=True)
        write_right_now(folder, DAY, urgent_day())

    def project(self, rules: dict[str, list[str]], channels: Mapping[str, object]) -> Project:
        told = {name: {"channels": named} for name, named in rules.items()}
        given = {"right_now": RightNow.model_validate(told), "channels": Channels.model_validate(channels)}
        return short_project().model_copy(update=given)

    def tell(self, rules: dict[str, list[str]], channels: Mapping[str, object]) -> Told:
        narrator = Narrator(Console(file=self.screen, width=1_000))
        return tell_channels(Job(self.project(rules, channels), self.workspace, Path(), DAY, narrator), DAY)

    def hook(self, *rules: str, **settings: object) -> Told:
        return self.tell({rule: ["sales"] for rule in rules}, {"webhooks": {"sales": {"url_from": "HOOK", **settings}}})

    def mail(self, heard: Heard | int, *rules: str, **settings: object) -> Told:
        port = heard if isinstance(heard, int) else heard.port
        server = {
            "host": "127.0.0.1", "port": port, "starttls": False, "sender": "list@example.org",
            "recipients": ["first@example.org", "second@example.org"], **settings,
        }  # fmt: skip
        return self.tell({rule: ["desk"] for rule in rules}, {"mail": {"desk": server}})


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Heard]:
    with webhook() as heard:
        monkeypatch.setenv("HOOK", heard.url)
        yield heard


def test_each_rule_is_posted_once_to_its_channel(desk: Desk, hook: Heard) -> None:
    assert desk.hook("unanswered", "risen") == Told(2, ())
    assert [post["text"].splitlines()[0] for post in hook.posts] == [
        "Waiting for our answer: 2 of 7 (Monday, 9 March 2026)",
        "Chance has risen: 1 (Monday, 9 March 2026)",
    ]
    assert desk.hook("unanswered", "risen") == Told(0, ())
    assert len(hook.posts) == 2
    assert "Sent: 2 messages" in desk.screen.getvalue()


def test_a_list_that_says_something_else_goes_out_again(desk: Desk, hook: Heard) -> None:
    desk.hook("unanswered", "risen")
    first, *others = urgent_day()
    write_right_now(desk.workspace.lists / str(DAY), DAY, (Urgent(first.rule, first.entries[:1], 7), *others))
    assert desk.hook("unanswered", "risen") == Told(1, ())
    assert "Pavel" not in hook.posts[-1]["text"]


def test_a_rule_without_entries_or_channels_sends_nothing(desk: Desk, hook: Heard) -> None:
    write_right_now(desk.workspace.lists / str(DAY), DAY, urgent_day()[:1])
    assert desk.hook("risen") == desk.tell({}, {}) == Told(0, ())
    assert hook.posts == []


def test_a_rule_that_is_true_of_too_many_sends_nothing(desk: Desk, hook: Heard) -> None:
    no_news = Urgent("risen", (), 90, "True of 90 of 100 today, too many to name one by one")
    write_right_now(desk.workspace.lists / str(DAY), DAY, (urgent_day()[0], no_news))
    assert desk.hook("unanswered", "risen") == Told(1, ())
    assert ["Waiting" in post["text"] for post in hook.posts] == [True]


def test_what_is_remembered_names_nobody(desk: Desk, hook: Heard) -> None:
    desk.hook("unanswered")
    (file,) = desk.workspace.sent.iterdir()
    kept = json.loads(file.read_text("utf-8"))
    assert file.name == f"{DAY}.json"
    assert [sorted(one) for one in kept["messages"]] == [["channel", "digest", "rule"]]
    assert all(re.fullmatch(r"[0-9a-f]{64}", one["digest"]) for one in kept["messages"])
    assert_silent(file.read_text("utf-8"))
    assert len(hook.posts) == 1


def assert_silent(text: str) -> None:
    assert [word for word in (*PERSONAL, *SECRETS) if word in text] == []


@pytest.mark.parametrize(
    ("behaves", "posts", "says"),
    [
        ("500", 3, "it answered 500"),
        ("429", 3, "it answered 429"),
        ("404", 1, "it answered 404"),
        ("302", 1, "it answered 302"),
        ("hang", 1, "it did not answer in time"),
        ("drip", 1, "it did not come to an end in time"),
        ("chatter", 1, "it answered what is no answer"),
    ],
)
def test_a_webhook_that_fails_is_told_and_tried_again_by_the_next_run(
    desk: Desk, hook: Heard, behaves: str, posts: int, says: str
) -> None:
    hook.behaves = behaves
    began = monotonic()
    failed = desk.hook("unanswered", "risen", **QUICK)
    assert monotonic() - began < 3
    assert (failed.sent, len(hook.posts), len(failed.failures)) == (0, posts, 1)
    line = f"The channel 'sales' failed: {says}. The list stands; to send the 2 messages that did not go out, score {DAY} again."
    assert failed.failures == (line,)
    assert line in desk.screen.getvalue()
    assert_silent(desk.screen.getvalue())
    hook.behaves = "200"
    assert desk.hook("unanswered", "risen") == Told(2, ())


def test_what_went_out_before_the_failure_does_not_go_out_again(desk: Desk, hook: Heard) -> None:
    desk.hook("unanswered")
    hook.behaves = "404"
    assert "the 1 message that" in desk.hook("unanswered", "risen").failures[0]
    hook.behaves = "200"
    assert desk.hook("unanswered", "risen").sent == 1
    assert len(hook.posts) == 3


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "the environment variable HOOK is not set"),
        ("SECRET", "its environment variable holds no web address"),
        ("file:///SECRET", "its environment variable holds no web address"),
        ("http://[::SECRET", "its environment variable holds no web address"),
        ("http://127.0.0.1:SECRET/", "its environment variable holds no web address"),
        ("http://127.0.0.1/SECRET\r\nX: y", "its environment variable holds no web address"),
        ("nobody", "nobody listens there"),
        ("https", "no safe connection could be made (TLS)"),
    ],
)
def test_a_wrong_or_dead_address_is_told_without_it(
    desk: Desk, hook: Heard, monkeypatch: pytest.MonkeyPatch, url: str, says: str
) -> None:
    places = {"nobody": f"http://127.0.0.1:{closed_port()}/SECRET", "https": hook.url.replace("http:", "https:")}
    monkeypatch.setenv("HOOK", places.get(url, url))
    assert f"failed: {says}." in desk.hook("unanswered", **QUICK).failures[0]
    assert_silent(desk.screen.getvalue())


def test_a_failing_channel_does_not_keep_another_from_its_messages(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    with ExitStack() as open_servers:
        bad, good = open_servers.enter_context(webhook("500")), open_servers.enter_context(webhook())
        monkeypatch.setenv("BAD", bad.url)
        monkeypatch.setenv("GOOD", good.url)
        channels = {"webhooks": {"bad": {"url_from": "BAD"}, "good": {"url_from": "GOOD"}}}
        told = desk.tell({"unanswered": ["bad", "good"], "risen": ["good"]}, channels)
    assert (told.sent, len(told.failures), len(good.posts)) == (2, 1, 2)


def test_a_mail_has_our_own_words_in_its_head_and_the_names_in_its_body(desk: Desk) -> None:
    with mail_server() as heard:
        assert desk.mail(heard, "unanswered") == Told(1, ())
    mail = email.message_from_string(heard.mails[0], policy=email.policy.default)
    assert mail["Subject"] == "Waiting for our answer: 2 of 7 (Monday, 9 March 2026)"
    assert (mail["From"], mail["To"]) == ("list@example.org", "first@example.org, second@example.org")
    assert mail.get_content_type() == "text/plain"
    body = mail.get_content()
    assert (
        "Marta Lindqvist · Fjordkraft Energi AS · owner Anna Berg: Has waited for our answer since 8 March, 13:52 UTC"
        in body
    )
    assert [line for line in heard.lines if line.upper().startswith("RCPT")] == [
        "rcpt TO:<first@example.org>", "rcpt TO:<second@example.org>",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("behaves", "says"),
    [
        ("500", "it answered 550"),
        ("hang", "it did not answer in time"),
        ("drip", "it did not come to an end in time"),
        ("chatter", "it answered what is no answer"),
    ],
)
def test_a_mail_server_that_fails_is_told(desk: Desk, behaves: str, says: str) -> None:
    with mail_server(behaves) as heard:
        began = monotonic()
        failed = desk.mail(heard, "unanswered", "risen", **QUICK)
        assert monotonic() - began < 3
    assert f"failed: {says}. The list stands; to send the 2 messages" in failed.failures[0]
    assert_silent(desk.screen.getvalue())
    with mail_server() as heard:
        assert desk.mail(heard, "unanswered", "risen").sent == 2


def test_a_dead_mail_server_is_told(desk: Desk) -> None:
    assert "failed: nobody listens there." in desk.mail(closed_port(), "unanswered", **QUICK).failures[0]


def test_a_server_that_says_no_goodbye_has_taken_the_mail(desk: Desk) -> None:
    with mail_server("rude") as heard:
        assert desk.mail(heard, "unanswered") == Told(1, ())


def test_one_refused_recipient_is_told_and_the_others_get_it_once(desk: Desk) -> None:
    with mail_server("refuse") as heard:
        failed = desk.mail(heard, "unanswered")
        assert desk.mail(heard, "unanswered") == Told(0, ())
    assert failed.failures == ("The channel 'desk' failed: it refused 1 of 2 recipients. The list stands.",)
    assert len(heard.mails) == 1


def test_a_password_is_never_sent_without_tls(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAIL_PASSWORD", "hunter2")
    with mail_server() as heard:
        told = desk.mail(heard, "unanswered", starttls=True, user="jo", password_from="MAIL_PASSWORD")  # noqa: S106 - its name
    assert "does not offer what is asked for, such as STARTTLS" in told.failures[0]
    assert not any("AUTH" in line for line in heard.lines)
    assert_silent(desk.screen.getvalue())
