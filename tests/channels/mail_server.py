"""A mail server that says what a test tells it to, line by line, and one that is real."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from socketserver import StreamRequestHandler, ThreadingTCPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

REPLIES = {
    "connect": "220 mail.example",
    "EHLO": "250-mail.example\r\n250-SIZE 35882577\r\n250 DSN",
    "MAIL": "250 2.1.0 OK",
    "RCPT": "250 2.1.5 OK",
    "DATA": "354 go on",
    "dot": "250 2.0.0 queued as 4F2A",
    "QUIT": "221 bye",
}
RESET, CLOSE, HANG = "reset", "close", "hang"


@dataclass
class Scripted:
    """Where it listens, what it was told, and the messages that came with their last dot."""

    port: int
    heard: list[str] = field(default_factory=list)
    taken: list[bytes] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)


@contextmanager
def scripted(changes: Mapping[str, str] | None = None) -> Iterator[Scripted]:
    """A server with some replies changed. ``RESET``, ``CLOSE`` and ``HANG`` happen instead of a reply; under ``body``
    they happen in the middle of the message."""
    replies = REPLIES | dict(changes or {})

    class Handler(StreamRequestHandler):
        def handle(self) -> None:
            if not self.say("connect"):
                return
            for line in self.rfile:
                opened.heard.append(line.decode().rstrip())
                verb = opened.heard[-1].partition(" ")[0].upper()
                if not self.say(verb):
                    return
                if verb == "DATA" and replies["DATA"].startswith("354") and not self.take():
                    return
                if verb == "QUIT":
                    return

        def take(self) -> bool:
            lines: list[bytes] = []
            for line in self.rfile:
                if "body" in replies and len(lines) == 5:
                    return self.say("body")
                if line == b".\r\n":
                    opened.taken.append(b"".join(lines))
                    return self.say("dot")
                lines.append(line)
            return False

        def say(self, what: str) -> bool:
            reply = replies.get(what, "502 what?")
            if reply == HANG:
                opened.done.wait(30)
            elif reply == RESET:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.connection.close()
            elif reply != CLOSE:
                self.wfile.write(f"{reply}\r\n".encode())
                return True
            return False

    class Server(ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """The tests say enough."""

    with Server(("127.0.0.1", 0), Handler) as server:
        opened = Scripted(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield opened
        finally:
            opened.done.set()
            server.shutdown()
            thread.join()


@dataclass
class Real:
    """A mail server, and what it took."""

    port: int = 0
    envelopes: list[Envelope] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take it."""
        self.envelopes.append(envelope)
        self.encrypted.append(session.ssl is not None)
        return "250 2.0.0 queued"


@contextmanager
def real(**options: Any) -> Iterator[Real]:
    """A real server; ``options`` are aiosmtpd's."""
    opened = Real()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        opened.port = probe.getsockname()[1]
    controller = Controller(opened, hostname="127.0.0.1", port=opened.port, **options)
    controller.start()
    try:
        yield opened
    finally:
        controller.stop()
