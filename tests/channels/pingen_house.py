"""A Pingen of our own: an HTTP server that keeps to the fields of the vendor's clients, with a memory, faults and a
journal of what it printed.
"""

from __future__ import annotations

import hmac
import json
import re
import socket
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

CLIENT, SECRET, ORGANISATION, SIGNING_KEY = "client-1", "secret-1", "organisation-1", "signing-key-1"
UNSENT = {"validating", "valid", "invalid", "action_required"}

Fault = int | str | float | None
"""A status to answer with; ``before`` or ``after`` to cut the line; ``garbage``; seconds to wait."""


@dataclass
class Pingen:
    """The vendor. ``fault`` is asked before each call, with the method and the path."""

    clock: Callable[[], datetime]
    fault: Callable[[str, str], Fault] = lambda _method, _path: None
    knows_keys: bool = True
    token_lasts: int = 3600
    letters: dict[str, dict[str, Any]] = field(default_factory=dict)
    journal: list[str] = field(default_factory=list)
    """Ids of letters that were printed, in order."""
    calls: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self._lock = threading.RLock()
        self._keys: dict[str, str] = {}
        self._tokens: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"pingen": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def work(self) -> None:
        """Look at what is new, print what was submitted."""
        with self._lock:
            for letter in self.letters.values():
                if letter["status"] == "validating":
                    letter["status"] = "valid" if letter["file"].startswith(b"%PDF") else "invalid"
                elif letter["status"] == "submitted":
                    letter["status"] = "printing"
                    self.journal.append(letter["file_original_name"].split(".")[0])
                elif letter["status"] == "printing":
                    letter["status"] = "sent"

    def printed(self) -> Counter[str]:
        """How often each letter was printed, by Pingen's own journal."""
        return Counter(self.journal)

    def forget_tokens(self) -> None:
        """All who were let in must ask again."""
        self._tokens.clear()

    def call_back(self, kind: str, letter_id: str) -> tuple[dict[str, str], bytes]:
        """The headers and the body of a call back about a letter."""
        data = {
            "type": kind,
            "id": str(uuid4()),
            "attributes": {"url": "https://pay.example", "created_at": _text(self.clock())},
            "relationships": {"letter": {"data": {"type": "letters", "id": letter_id}}},
        }
        body = json.dumps({"data": data, "included": [self.shown(letter_id)]}).encode()
        return {"signature": hmac.new(SIGNING_KEY.encode(), body, "sha256").hexdigest()}, body

    def shown(self, letter_id: str) -> dict[str, Any]:
        hidden = {"file", "made"}
        letter = self.letters[letter_id]
        return {"type": "letters", "id": letter_id, "attributes": {k: v for k, v in letter.items() if k not in hidden}}

    # the API

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        """What is answered to a call."""
        with self._lock:
            where = urlsplit(path)
            if where.path == "/auth/access-tokens":
                return self._token(parse_qs(body.decode()))
            if where.path.startswith("/storage/") and method == "PUT":
                if headers.get("Authorization"):
                    return 400, "a token to the storage"
                self.files[where.path] = body
                return 200, ""
            if headers.get("Authorization", "").removeprefix("Bearer ") not in self._tokens:
                return 401, {"errors": [{"title": "Unauthenticated"}]}
            if (method, where.path) == ("GET", "/file-upload"):
                attributes = {"url": f"{self.url}/storage/{uuid4()}", "url_signature": "signed"}
                return 200, {"data": {"type": "file_uploads", "id": "x", "attributes": attributes}}
            found = re.fullmatch(rf"/organisations/{ORGANISATION}/deliveries/letters(?:/([^/]+))?(/\w+)?", where.path)
            if not found:
                return 404, {"errors": [{"title": "Not found"}]}
            if found[1] is None:
                return self._list(parse_qs(where.query)) if method == "GET" else self._create(headers, json.loads(body))
            return self._one(method, found[1], found[2], body)

    def _token(self, form: dict[str, list[str]]) -> tuple[int, Any]:
        if (form.get("client_id"), form.get("client_secret")) != ([CLIENT], [SECRET]):
            return 401, {"error": "invalid_client"}
        token = uuid4().hex
        self._tokens.add(token)
        return 200, {"token_type": "Bearer", "access_token": token, "expires_in": self.token_lasts}

    def _list(self, query: dict[str, list[str]]) -> tuple[int, Any]:
        number, limit = int(query["page[number]"][0]), int(query["page[limit]"][0])
        newest = sorted(self.letters, key=lambda one: self.letters[one]["made"], reverse=True)
        page = [self.shown(one) for one in newest[(number - 1) * limit : number * limit]]
        return 200, {"data": page, "meta": {"current_page": number}}

    def _create(self, headers: Any, payload: Any) -> tuple[int, Any]:
        key = headers.get("Idempotency-Key")
        if self.knows_keys and key in self._keys:
            return 201, {"data": self.shown(self._keys[key])}
        wanted = payload["data"]["attributes"]
        missing = {"file_original_name", "file_url", "file_url_signature", "address_position", "auto_send"} - {*wanted}
        file = self.files.get(urlsplit(wanted.get("file_url", "")).path)
        if missing or file is None or payload["data"]["type"] != "letters":
            return 422, {"errors": [{"title": "Unprocessable", "detail": f"{missing} {file is None}"}]}
        letter_id, now = str(uuid4()), self.clock()
        names = ("file_original_name", "address_position", "delivery_product", "print_mode", "print_spectrum")
        self.letters[letter_id] = {
            **{name: wanted.get(name) for name in names},
            "status": "submitted" if wanted["auto_send"] else "validating",
            "created_at": _text(now),
            "updated_at": _text(now),
            "file": file,
            "made": (now, len(self.letters)),
        }
        self._keys[key] = letter_id
        return 201, {"data": self.shown(letter_id)}

    def _one(self, method: str, letter_id: str, act: str | None, body: bytes) -> tuple[int, Any]:
        letter = self.letters.get(letter_id)
        if letter is None:
            return 404, {"errors": [{"title": "Not found"}]}
        match method, act:
            case "GET", None:
                return 200, {"data": self.shown(letter_id)}
            case "DELETE", None if letter["status"] in UNSENT:
                del self.letters[letter_id]
                return 204, ""
            case "PATCH", "/send" if letter["status"] == "valid":
                wanted = json.loads(body)["data"]
                assert wanted["id"] == letter_id
                letter.update(wanted["attributes"], status="submitted")
                return 200, {"data": self.shown(letter_id)}
            case "PATCH", "/cancel" if letter["status"] == "submitted":
                letter["status"] = "cancelled"
                return 200, {"data": self.shown(letter_id)}
        return 409, {"errors": [{"title": "Conflict"}]}


class _Handler(BaseHTTPRequestHandler):
    """Carries calls to the vendor, and its faults to the caller."""

    pingen: Pingen
    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        path = urlsplit(self.path).path
        self.pingen.calls.append(f"{self.command} {path}")
        fault = self.pingen.fault(self.command, path)
        if fault == "before":
            return self._cut()
        if type(fault) is int:
            return self._say(fault, b"{}")
        if type(fault) is float:
            time.sleep(fault)
        status, answer = self.pingen.answer(self.command, self.path, self.headers, body)
        if fault == "after":
            return self._cut()
        said = b"<html>oh" if fault == "garbage" else json.dumps(answer).encode() if answer != "" else b""
        return self._say(status, said)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815

    def _say(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _cut(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            return

    def log_message(self, *args: object) -> None:
        return


def _text(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S+0000")
