"""Stand-ins for what ``kvitt doctor`` asks: small real servers on this machine, well or ill."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncssh

CLOSED = 1
"""A port that nobody listens at."""

Answer = tuple[int, Any]
"""A status, and JSON; or bytes as they are."""


@contextmanager
def web(answers: Mapping[str, Answer], asked: list[str] | None = None) -> Iterator[str]:
    """A vendor's API: an answer for each path, 404 for others. ``asked`` gets what was asked for."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if asked is not None:
                asked.append(f"{self.command} {self.path} {self.headers.get('Authorization', '')}")
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            status, body = answers.get(urlsplit(self.path).path, (404, {}))
            content = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            if status in (301, 302):
                self.send_header("Location", "https://elsewhere.example/")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_POST = do_GET  # noqa: N815  (the library's name)

        def log_message(self, *_: object) -> None:
            """Tests need no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def talking(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that does what it is told with each connection; its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=_quietly, args=(talk, connection), daemon=True).start()

    threading.Thread(target=serve, daemon=True).start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def _quietly(talk: Callable[[socket.socket], None], connection: socket.socket) -> None:
    with connection:
        try:
            talk(connection)
        except OSError:
            return


def silent(connection: socket.socket) -> None:
    """Takes what comes, and says nothing."""
    while connection.recv(4096):
        pass


def garbage(connection: socket.socket) -> None:
    """Speaks a language that nobody knows."""
    connection.sendall(b"\x00\xff nothing that anybody would expect \r\n\r\n")
    connection.recv(4096)


def mailbox(password: str, folder: str = "INBOX", *, is_read_only: bool = False) -> Callable[[socket.socket], None]:
    """As much of IMAP as the doctor speaks; any other command breaks the connection off."""

    def talk(connection: socket.socket) -> None:
        lines = connection.makefile("rwb", buffering=0)
        lines.write(b"* OK ready\r\n")
        while line := lines.readline():
            tag, command, *rest = line.decode().strip().split(" ")
            match command.upper():
                case "CAPABILITY":
                    said = f"* CAPABILITY IMAP4rev1\r\n{tag} OK done"
                case "LOGIN":
                    said = f"{tag} OK in" if rest[1].strip('"') == password else f"{tag} NO wrong"
                case "SELECT" if rest[0].strip('"') == folder:
                    mode = "READ-ONLY" if is_read_only else "READ-WRITE"
                    said = f"* 0 EXISTS\r\n* OK [{mode}] selected\r\n{tag} OK [{mode}] done"
                case "SELECT":
                    said = f"{tag} NO there is none"
                case _:
                    return
            lines.write(f"{said}\r\n".encode())

    return talk


@contextmanager
def print_house(folder: Path, *, locked: bool = False) -> Iterator[tuple[int, Path, str]]:
    """A print house's SFTP server on a folder: its port, the file with our key, its own public key."""
    ours, theirs = (asyncssh.generate_private_key("ssh-ed25519") for _ in range(2))
    key = folder.parent / "our-key"
    ours.write_private_key(key)

    class Sftp(asyncssh.SFTPServer):
        def __init__(self, channel: Any) -> None:
            super().__init__(channel, chroot=str(folder).encode())

        def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
            if locked:
                raise asyncssh.SFTPPermissionDenied("no")
            return super().open(path, pflags, attrs)

    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def listen() -> asyncssh.SSHAcceptor:
        known = asyncssh.import_authorized_keys(ours.export_public_key().decode())
        return await asyncssh.listen(
            "127.0.0.1", 0, server_host_keys=[theirs], authorized_client_keys=known, sftp_factory=Sftp
        )

    acceptor = asyncio.run_coroutine_threadsafe(listen(), loop).result(10)
    try:
        yield acceptor.get_port(), key, theirs.export_public_key().decode().strip()
    finally:
        loop.call_soon_threadsafe(acceptor.close)
        asyncio.run_coroutine_threadsafe(acceptor.wait_closed(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
