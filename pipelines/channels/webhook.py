"""Posts a message to a webhook, as Slack and what is like it take it."""

import json
import ssl
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

from configs.channels import Webhook
from pipelines.channels.failing import NotSentError, not_sent
from pipelines.channels.message import Message
from pipelines.channels.secrets_named import secret_of

MOST_BLOCKS = 50  # Slack takes no more, and no text of more than 3,000 signs in one


def post(channel: Webhook, message: Message) -> None:
    """Posts the message once. Raises NotSentError for whatever is not an answer of 200 to 299; a redirection is not followed."""
    body = json.dumps(slack_json(message)).encode("ascii")
    connection, path = _connection(secret_of(channel.url_from), channel.timeout_s)
    try:
        connection.request("POST", path, body, {"Content-Type": "application/json; charset=utf-8"})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        raise not_sent(error) from None
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise NotSentError(f"it answered {status}", again=status == 429 or status >= 500)


def slack_json(message: Message) -> dict[str, object]:
    """Text for programs that know no blocks; blocks of plain_text, in which nothing is marked up: the subject, then an entry each."""
    subject, lines = _escaped(message.subject), [_escaped(line) for line in message.lines]
    header = {"type": "header", "text": _plain_text(subject[:150])}
    sections = [{"type": "section", "text": _plain_text(line)} for line in lines[: MOST_BLOCKS - 1]]
    text = "\n".join([subject, *(f"• {line}" for line in lines)])
    return {"text": text, "mrkdwn": False, "unfurl_links": False, "unfurl_media": False, "blocks": [header, *sections]}


def _plain_text(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": False}


def _escaped(text: str) -> str:
    """Slack's three control signs, as it asks for them."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _connection(url: str, timeout_s: float) -> tuple[HTTPConnection, str]:
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise NotSentError("its environment variable holds no web address") from None
    if parts.scheme not in ("http", "https") or not host or not url.isascii() or not url.isprintable() or " " in url:
        raise NotSentError("its environment variable holds no web address")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if parts.scheme == "http":
        return HTTPConnection(host, port, timeout=timeout_s), path
    return HTTPSConnection(host, port, timeout=timeout_s, context=ssl.create_default_context()), path
