"""A merchant's receiver on this machine: it keeps what it is told, and answers as a test wishes."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import Any

from standardwebhooks import Webhook


@dataclass(frozen=True)
class Received:
    """A request, and how it was answered."""

    headers: Mapping[str, str]
    body: bytes
    status: int
    path: str

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    def read(self, secret: str) -> Any:
        """What it says, if it is signed with this secret."""
        return Webhook(secret).verify(self.body, dict(self.headers))


@dataclass
class Receiver:
    """``answers`` are given one after the other, the last for ever; ``before`` is called before each answer."""

    answers: Sequence[int] = (200,)
    said: bytes = b"thank you"
    more: Mapping[str, str] = field(default_factory=dict)
    before: Callable[[], object] = lambda: None
    received: list[Received] = field(default_factory=list)
    heard: Condition = field(default_factory=Condition)
    port: int = 0
    scheme: str = "http"

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/kvitt"

    def keep(self, path: str, headers: Mapping[str, str], body: bytes) -> int:
        with self.heard:
            status = self.answers[min(len(self.received), len(self.answers) - 1)]
            self.received.append(Received(headers, body, status, path))
            self.heard.notify_all()
        self.before()
        return status

    def wait_for(self, count: int, timeout: float = 30) -> list[Received]:
        """The first so many requests, once they are here."""
        with self.heard:
            assert self.heard.wait_for(lambda: len(self.received) >= count, timeout), len(self.received)
            return list(self.received[:count])

    @property
    def ids(self) -> list[str]:
        """The ids of the messages that were taken."""
        return [received.id for received in self.received if received.status < 300]


@contextmanager
def receiving(receiver: Receiver, tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """The receiver listens until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.send_response(receiver.keep(self.path, headers, body))
            for name, value in receiver.more.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(receiver.said)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 128

        def handle_error(self, request: object, client_address: object) -> None:
            """A client that hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
        receiver.scheme = "https"
    receiver.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
