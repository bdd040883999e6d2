"""A vendor's server that does what a test tells it, over real sockets, and keeps what it was asked."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Asked:
    """A request, read to its end."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Act = Callable[[BaseHTTPRequestHandler, Asked], None]


@dataclass
class Vendor:
    """Where it is, what it does, and what it was asked."""

    url: str
    act: Act
    asked: list[Asked] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def times(self, method: str = "POST") -> int:
        """How often it was asked."""
        return sum(asked.method == method for asked in self.asked)

    def hang(self, _: BaseHTTPRequestHandler, __: Asked) -> None:
        """Say nothing, until the test is over."""
        self.done.wait(60)


def answering(status: int, body: bytes | dict[str, Any] | list[Any] | None = b"") -> Act:
    """Answer the same to everything; what is not bytes goes as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()

    def act(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    return act


def resetting(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Take the request, and reset the connection."""
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    handler.connection.close()


def hanging_up(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Take the request, and close the connection without a word."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def breaking_off(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    """Begin an answer, and close the connection in its middle."""
    handler.send_response(201)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"sid": "SM')


class Server(ThreadingHTTPServer):
    """Takes many at once, and says nothing of those who leave."""

    request_queue_size = 128

    def handle_error(self, *_: object) -> None:
        """The tests say enough."""


@contextmanager
def vendor(act: Act, tls: ssl.SSLContext | None = None) -> Iterator[Vendor]:
    """A server on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            asked = Asked(self.command, self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            opened.asked.append(asked)
            self.close_connection = True
            opened.act(self, asked)

        do_POST = do_GET  # noqa: N815  # the server looks for it by this name

        def log_message(self, *_: object) -> None:
            """The tests say enough."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        opened = Vendor(f"{'https' if tls else 'http'}://127.0.0.1:{server.server_port}", act)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield opened
        finally:
            opened.done.set()
            server.shutdown()
            thread.join()
