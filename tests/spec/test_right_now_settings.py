"""Rules and channels in the project file: what a project gets without writing anything, and mistakes that are told without a secret."""

from pathlib import Path

import pytest

from configs.channels import channels_named
from configs.errors import FunnelcastError
from configs.load import CONFIGS, load_project, shipped
from configs.project import Project

DEMO = (CONFIGS / "projects" / "demo.yaml").read_text("utf-8")
LINES = len(DEMO.splitlines())
MAIL = "host: h, sender: list@example.org, recipients: [jo@example.org]"


def read(folder: Path, more: str) -> Project:
    file = folder / "demo.yaml"
    file.write_text(f"{DEMO}{more}\n", encoding="utf-8")
    return load_project(file)


@pytest.mark.parametrize("name", shipped("projects"))
def test_every_rule_is_there_without_writing_anything_and_goes_nowhere(name: str) -> None:
    named = channels_named(load_project(CONFIGS / "projects" / f"{name}.yaml").right_now)
    assert named == dict.fromkeys(("unanswered", "meetings_today", "risen", "fallen", "overdue_stage", "leaving"), ())


def test_a_rule_is_changed_or_switched_off(tmp_path: Path) -> None:
    channels = (
        "channels: {webhooks: {chat: {url_from: CHAT}}, mail: {desk: {host: h, sender: a@b.c, recipients: [d@e.f]}}}"
    )
    project = read(
        tmp_path, f"right_now: {{risen: null, fallen: {{points: 2.5, channels: [chat, desk, chat]}}}}\n{channels}"
    )
    assert project.right_now
    assert project.right_now.risen is None
    assert project.right_now.fallen
    assert project.right_now.fallen.points == 2.5
    assert channels_named(project.right_now)["fallen"] == ("chat", "desk")
    assert "risen" not in channels_named(project.right_now)
    assert read(tmp_path, "right_now: null").right_now is None


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("right_now: {unanswerd: {}}", "unknown key 'unanswerd'; did you mean 'unanswered'?"),
        ("right_now: {risen: {point: 3}}", "unknown key 'point'; did you mean 'points'?"),
        ("right_now: {leaving: {chance: 20}}", "right_now.leaving.chance must be at most 1, not 20."),
        ("right_now: {risen: {most: 0}}", "right_now.risen.most must be at least 1, not 0."),
        ("channels: {mail: {desk: {recipient: [x@y.z]}}}", "unknown key 'recipient'; did you mean 'recipients'?"),
        (f"channels: {{mail: {{desk: {{{MAIL}, user: jo}}}}}}", "user and password_from belong together; give both, or neither."),
        (
            f"channels: {{mail: {{desk: {{{MAIL}, user: jo, password_from: P, starttls: false}}}}}}",
            "a password is sent over TLS alone; set starttls: true, or leave user and password_from out.",
        ),
        (
            'channels: {mail: {desk: {host: h, sender: "a@b.c\\nBcc: x@y.z", recipients: [x@y.z]}}}',
            "channels.mail.desk.sender: 'a@b.c\\nBcc: x@y.z' is not a mail address; write it as sales@example.org.",
        ),
        (
            "channels: {mail: {desk: {host: h, sender: a@b.c, recipients: ['x@y.z, v@w.x']}}}",
            "'x@y.z, v@w.x' is not a mail address; write it as sales@example.org.",
        ),
        (
            f"channels: {{mail: {{a: {{{MAIL}}}}}, webhooks: {{a: {{url_from: A}}}}}}",
            "'a' is a webhook and a mail server; give one of them another name.",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_told_with_its_line(tmp_path: Path, more: str, says: str) -> None:
    with pytest.raises(FunnelcastError) as error:
        read(tmp_path, more)
    assert f"demo.yaml line {LINES + 1}: " in str(error.value)
    assert str(error.value).endswith(says)


@pytest.mark.parametrize(
    ("named", "says"),
    [("chat", "; did you mean 'chats'?"), ("phone", "; known here: chats")],
)
def test_a_channel_that_there_is_not_is_told_with_the_near_miss(tmp_path: Path, named: str, says: str) -> None:
    with pytest.raises(FunnelcastError, match=r"\(right_now\.risen\.channels\)") as error:
        read(
            tmp_path,
            f"right_now: {{risen: {{channels: [{named}]}}}}\nchannels: {{webhooks: {{chats: {{url_from: X}}}}}}",
        )
    assert f"there is no channel '{named}'{says}" in str(error.value)


@pytest.mark.parametrize(
    "setting", ["webhooks: {chat: {url_from: SECRET}}", f"mail: {{desk: {{{MAIL}, user: jo, password_from: SECRET}}}}"]
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(tmp_path: Path, setting: str) -> None:
    with pytest.raises(FunnelcastError, match="the name of an environment variable") as error:
        read(tmp_path, f"channels: {{{setting.replace('SECRET', 'https://hooks.example/T0/hunter2')}}}")
    assert "hunter2" not in str(error.value)
