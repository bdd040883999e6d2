"""An account at SendGrid: it takes messages, keeps logs of them that lag behind, and can break at any point."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from channels.hearing import Hook
from tests.channels.vendor import Act, Asked, answering

_QUERY = re.compile(r"(to_email|sg_message_id_created_at) (=|>=|<=) (?:'([^']*)'|TIMESTAMP \"([^\"]*)\")")
_TEST = {"=": str.__eq__, ">=": str.__ge__, "<=": str.__le__}
TAIL = ".recvd-85abf8d92c-3qfgp-2-7890E356-43C.1"


@dataclass
class Account:
    """What it holds; it is the act of a ``vendor``."""

    now: datetime
    messages: list[dict[str, Any]] = field(default_factory=list)
    logs: bool = True
    """Whether the account may read its logs."""
    breaks: Act | None = None
    """What happens instead of the answer to a send, after it was taken."""

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        """Answer a request."""
        path = asked.path.removeprefix("/v3/")
        if path == "mail/send":
            self._take(handler, asked)
        elif not self.logs:
            answering(403, {"errors": [{"message": "access forbidden"}]})(handler, asked)
        elif path == "logs":
            self._search(handler, asked)
        else:
            self._show(handler, asked, path.removeprefix("logs/"))

    def happen(self, index: int, event: str, **more: Any) -> None:
        """Something happens to a message."""
        message = self.messages[index]
        message["events"].append(
            {
                "event": event,
                "email": message["to_email"],
                "timestamp": int(self.now.timestamp()),
                "sg_message_id": message["sg_message_id"],
                "sg_event_id": f"e{len(message['events'])}",
                "custom_args": message["arguments"],
                **more,
            }
        )

    def _take(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        request = json.loads(asked.body)
        person = request["personalizations"][0]
        name = f"m{len(self.messages):021}"
        self.messages.append(
            {
                "sg_message_id": name + TAIL,
                "sg_message_id_created_at": f"{self.now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
                "from_email": request["from"]["email"],
                "to_email": person["to"][0]["email"],
                "subject": request["subject"],
                "status": "processed",
                "events": [],
                "arguments": person["custom_args"],
            }
        )
        self.happen(-1, "processed")
        if self.breaks:
            self.breaks(handler, asked)
            return
        handler.send_response(202)
        handler.send_header("X-Message-Id", name)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    def _search(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        request = json.loads(asked.body)
        tests = _QUERY.findall(request["query"])
        assert len(tests) == request["query"].count(" AND ") + 1, request["query"]
        found = [
            {name: value for name, value in message.items() if name not in ("events", "arguments")}
            for message in self.messages
            if all(_TEST[how](message[name], text or moment) for name, how, text, moment in tests)
        ]
        answering(200, {"messages": found[: request["limit"]]})(handler, asked)

    def _show(self, handler: BaseHTTPRequestHandler, asked: Asked, name: str) -> None:
        for message in self.messages:
            if message["sg_message_id"] == name:
                shown = {key: value for key, value in message.items() if key != "arguments"}
                answering(200, shown)(handler, asked)
                return
        answering(404, {"errors": [{"message": "not found"}]})(handler, asked)


class Signer:
    """A webhook's key pair, and what it signs."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        self.public = b64encode(self._key.public_key().public_bytes(encoding, form)).decode()

    def hook(self, body: bytes, at: datetime, change: Callable[[bytes], bytes] = bytes) -> Hook:
        """A signed post; ``change`` is what somebody did to the body afterwards."""
        timestamp = str(int(at.timestamp()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        headers = {
            "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
            "x-twilio-email-event-webhook-timestamp": timestamp,
        }
        return Hook("https://pay.example/hooks/sendgrid", headers, change(body))
