"""Sends a message by mail, through the server that the project names."""

import ssl
from collections.abc import Collection
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP as LINES_OF_MAIL
from smtplib import SMTP, SMTPException

from configs.channels import MailServer
from pipelines.channels.failing import NotSentError, not_sent
from pipelines.channels.message import Message
from pipelines.channels.secrets_named import secret_of


def send_mail(channel: MailServer, message: Message) -> None:
    """Sends the message once. Raises NotSentError where the server does not take it, for one recipient or more."""
    password = None if channel.password_from is None else secret_of(channel.password_from)
    try:
        refused = _handed_over(channel, password, mail_of(channel, message))
    except (OSError, SMTPException) as error:
        raise not_sent(error) from None
    if refused:
        raise NotSentError(f"it refused {len(refused)} of {len(channel.recipients)} recipients", partly=True)


def _handed_over(channel: MailServer, password: str | None, mail: EmailMessage) -> Collection[str]:
    """The recipients that the server refused, of which there is one that it took."""
    server = SMTP(channel.host, channel.port, timeout=channel.timeout_s)
    try:
        if channel.starttls:
            server.starttls(context=ssl.create_default_context())
        if channel.user is not None and password is not None:
            server.login(channel.user, password)
        refused = server.send_message(mail)
        # The mail is theirs by now, so a goodbye that goes wrong is no failure.
        with suppress(OSError, SMTPException):
            server.quit()
        return refused
    finally:
        server.close()


def mail_of(channel: MailServer, message: Message) -> EmailMessage:
    """The mail: its head holds our own words and the project's addresses alone, whatever strangers typed stands in its plain text."""
    mail = EmailMessage(policy=LINES_OF_MAIL)
    mail["Subject"] = message.subject
    mail["From"] = channel.sender
    mail["To"] = ", ".join(channel.recipients)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content("\n\n".join([message.subject, *message.lines]) + "\n", cte="quoted-printable")
    return mail
