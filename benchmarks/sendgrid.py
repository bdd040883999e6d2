"""What SendGrid posts: signed batches of a thousand events, each about another message, mixed as invoices make them."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from random import Random
from time import time
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from channels.hearing import Hook
from channels.sendgrid.events import OUR_ID

BROWSER = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148"
)
OPENED = {"useragent": BROWSER, "ip": "192.0.2.7", "sg_content_type": "html"}
CLICKED = {"url": "http://127.0.0.1:8080/i/Pz1mQx7RkT0aVb9cJd3e5w", "url_offset": {"index": 0, "type": "html"}}
REFUSAL = "550 5.1.1 The e-mail account that you tried to reach does not exist."
BOUNCE = {"event": "bounce", "type": "bounce", "reason": REFUSAL, "status": "5.1.1", "ip": "192.0.2.1"}

MIX: tuple[tuple[int, dict[str, Any]], ...] = (
    (310, {"event": "processed", "send_at": 0}),
    (300, {"event": "delivered", "response": "250 2.0.0 OK 1772000000 d9443c01a7336si", "ip": "192.0.2.1", "tls": 1}),
    (15, {"event": "deferred", "response": "451 4.7.650 Try again later", "attempt": "1"}),
    (7, BOUNCE),
    (3, {"event": "dropped", "reason": "Bounced Address"}),
    (130, {"event": "open", **OPENED, "sg_machine_open": True}),
    (160, {"event": "open", **OPENED, "sg_machine_open": False}),
    (75, {"event": "click", **OPENED, **CLICKED}),
)
"""Of a thousand events, how many are of which kind. Nobody is written to twice within one batch."""
EVENTS = sum(count for count, _ in MIX)
TOLD = 310
"""How many of them change a journal: what was delivered, came back, or was dropped."""
WAKING = 10
"""How many let a loop look: what came back or was dropped."""


class Vendor:
    """Somebody who signs as SendGrid does."""

    def __init__(self) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def public_key(self) -> str:
        """As SendGrid shows it."""
        public = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(public).decode()

    def batch(self, sends: Sequence[str], random: Random) -> Hook:
        """A batch with an event about each of a thousand sends."""
        kinds = [kind for count, kind in MIX for _ in range(count)]
        random.shuffle(kinds)
        return self.signed([self.event(send, kind) for send, kind in zip(sends, kinds, strict=True)])

    def event(self, send: str, kind: dict[str, Any]) -> dict[str, Any]:
        """An event about a send."""
        about = {
            "email": f"{send[:8]}@customer.example",
            "timestamp": int(time()),
            "smtp-id": f"<{send}@geopod-ismtpd-1>",
            "category": ["invoice"],
            "sg_event_id": base64.urlsafe_b64encode(f"{kind['event']}{send}".encode()).decode()[:48],
            "sg_message_id": f"{vendor_id(send)}.filter0001.16648.5515E0B88.0",
            OUR_ID: send,
        }
        return about | kind

    def signed(self, events: Sequence[dict[str, Any]]) -> Hook:
        """The call that brings these events."""
        body, timestamp = (json.dumps(events) + "\r\n").encode(), str(int(time()))
        signature = self._key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))
        name = "x-twilio-email-event-webhook"
        headers = {f"{name}-signature": base64.b64encode(signature).decode(), f"{name}-timestamp": timestamp}
        return Hook("https://pay.example/hooks/sendgrid", headers, body)


def vendor_id(send: str) -> str:
    """What the vendor called a send."""
    return f"{send[:22]}"
