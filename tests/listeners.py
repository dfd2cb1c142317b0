"""Servers on this machine that take webhooks and mail, or fail to in the ways that servers fail."""

import json
import socket
import socketserver
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any

DRIP_S = 0.05


@dataclass
class Heard:
    """What a server was sent, and how it behaves: a status, or hang, drip, chatter, refuse (a recipient) or rude (no goodbye)."""

    port: int = 0
    behaves: str = "200"
    posts: list[dict[str, Any]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    over: Event = field(default_factory=Event)

    @property
    def url(self) -> str:
        """Where the webhook listens; its path is the secret."""
        return f"http://127.0.0.1:{self.port}/services/SECRET?key=HIDDEN"


@contextmanager
def webhook(behaves: str = "200") -> Iterator[Heard]:
    """A server that takes JSON by POST."""
    heard = Heard(behaves=behaves)

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.posts.append(json.loads(body))
            if _keeps_waiting(heard, self.wfile.write):
                return
            if heard.behaves == "chatter":
                self.wfile.write(b"SPAM SPAM\r\n\r\n")
                return
            self.send_response(int(heard.behaves))
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the signature is the library's
            """Nothing is printed."""

    with _serving(ThreadingHTTPServer(("127.0.0.1", 0), Hook), heard):
        yield heard


@contextmanager
def mail_server(behaves: str = "200") -> Iterator[Heard]:
    """A server that takes mail without TLS."""
    heard = Heard(behaves=behaves)

    class Desk(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if _keeps_waiting(heard, self.wfile.write):
                return
            self.wfile.write(b"spam\r\n" if heard.behaves == "chatter" else b"220 here\r\n")
            for line in self.rfile:
                text = line.decode("utf-8").strip()
                heard.lines.append(text)
                self.wfile.write(self._answer(text.upper()))

        def _answer(self, line: str) -> bytes:
            if heard.behaves == "500" and line.startswith("MAIL"):
                return b"550 no jo@example.org SECRET here\r\n"
            if line.startswith("EHLO"):
                return b"250-here\r\n250 AUTH PLAIN\r\n"
            if line.startswith("RCPT") and heard.behaves == "refuse" and "SECOND" in line:
                return b"550 who is second@example.org\r\n"
            if line == "DATA":
                self.wfile.write(b"354 go on\r\n")
                heard.mails.append("".join(iter(lambda: self.rfile.readline().decode("ascii"), ".\r\n")))
            return b"221 bye\r\n" if line == "QUIT" and heard.behaves != "rude" else b"250 fine\r\n"

    with _serving(_Desks(("127.0.0.1", 0), Desk), heard):
        yield heard


class _Desks(socketserver.ThreadingTCPServer):
    daemon_threads = True


def _keeps_waiting(heard: Heard, write: Callable[[bytes], object]) -> bool:
    """Says nothing, or a byte now and then and never the last one, until the test is over."""
    if heard.behaves == "drip":
        while not heard.over.wait(DRIP_S):
            try:
                write(b"2")
            except OSError:
                break
    elif heard.behaves == "hang":
        heard.over.wait(30)
    return heard.behaves in ("drip", "hang")


@contextmanager
def _serving(server: socketserver.TCPServer, heard: Heard) -> Iterator[None]:
    heard.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        heard.over.set()
        server.shutdown()
        server.server_close()
        thread.join()


def closed_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
