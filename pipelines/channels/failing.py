"""What goes wrong with a channel, in words that tell no secret and name nobody."""

import socket
import ssl
from http.client import HTTPException
from smtplib import (
    SMTPAuthenticationError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)


class NotSentError(Exception):
    """A message did not go out; says why. again: whether it is worth another try at once. partly: whether some have it all the same."""

    def __init__(self, says: str, *, again: bool = False, partly: bool = False) -> None:
        super().__init__(says)
        self.says = says
        self.again = again
        self.partly = partly


# The first that fits. A message that was not answered in time may have arrived all the same, so it is not tried again at once.
WORDS: tuple[tuple[type[Exception], str, bool], ...] = (
    (TimeoutError, "it did not answer in time", False),
    (ConnectionRefusedError, "nobody listens there", True),
    (socket.gaierror, "its host is not known", False),
    (ssl.SSLError, "no safe connection could be made (TLS)", False),
    (SMTPAuthenticationError, "it refused the user or the password", False),
    (SMTPNotSupportedError, "it does not offer what is asked for, such as STARTTLS", False),
    (SMTPRecipientsRefused, "it refused every recipient", False),
    (SMTPServerDisconnected, "it broke off the connection", True),
    (HTTPException, "it answered what is no answer", False),
    (SMTPException, "it answered what is no answer", False),
    (OSError, "the connection failed", True),
)


def not_sent(error: OSError | HTTPException | SMTPException) -> NotSentError:
    """The failure of a connection in our own words: what the other side said may hold addresses, names and secrets."""
    if isinstance(error, SMTPServerDisconnected) and isinstance(error.__context__, TimeoutError):
        return not_sent(error.__context__)
    if (
        isinstance(error, SMTPResponseException)
        and not isinstance(error, SMTPAuthenticationError)
        and error.smtp_code > 0
    ):
        return NotSentError(f"it answered {error.smtp_code}", again=400 <= error.smtp_code < 500)
    says, again = next((says, again) for kind, says, again in WORDS if isinstance(error, kind))
    return NotSentError(says, again=again)
