"""E-mail through SendGrid.

Its API knows no idempotency key, so each message is asked for once; after a doubtful answer only SendGrid's own logs
can tell whether it has the message, and they know our id.
"""

from __future__ import annotations

import errno
import logging
import socket
import ssl
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from http.client import HTTPException
from typing import Any, ClassVar
from urllib.error import URLError

from python_http_client import Client  # type: ignore[import-untyped]
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped]
from sendgrid import SendGridAPIClient  # type: ignore[import-untyped]

from channels.answer import Answer
from channels.hearing import Heard
from channels.mail import Person, read_mail
from channels.sendgrid.events import NAME, OUR_ID, parse, plain, vendor_id, verify, words
from channels.sendgrid.logs import KEPT_FOR, LAG, Logs, SilenceError, told, verdict
from channels.way import Item
from domain.words import Reason, Status

__all__ = ["SendGridWay", "parse", "verify"]

ANSWERS = {
    202: (Status.SENT, None),
    400: (Status.FAILED, Reason.REFUSED),
    413: (Status.FAILED, Reason.REFUSED),
    401: (Status.NOT_SENT, None),
    403: (Status.NOT_SENT, None),
    404: (Status.NOT_SENT, None),
    405: (Status.NOT_SENT, None),
    406: (Status.NOT_SENT, None),
    415: (Status.NOT_SENT, None),
    429: (Status.NOT_SENT, None),
}
"""What an answer to a send means; one that is not here leaves it unknown. A wrong key, address or sender (401 to 406)
is our mistake: it must not cost the customer this way of being reached, so it is tried again until it is cured."""

NEVER_LEFT = (ConnectionRefusedError, socket.gaierror, ssl.SSLCertVerificationError)
NO_WAY_THERE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH})
"""Failures before a single byte of the message was on its way."""

NO_TRACKING = {
    "click_tracking": {"enable": False, "enable_text": False},
    "open_tracking": {"enable": False},
    "subscription_tracking": {"enable": False},
}
"""Whatever the account's own settings are: our link stays ours, for it is how we know who looked, and customers are
taught to mistrust links that lead through strangers. No picture tells us who opened, since mail programs and scanners
open too. And nobody can cancel invoices with a click on "unsubscribe"."""

TRACKING = NO_TRACKING | {
    "click_tracking": {"enable": True, "enable_text": False},
    "open_tracking": {"enable": True},
}
"""For those who want the signals all the same."""


@dataclass(frozen=True, slots=True)
class SendGridWay:
    """One account. ``host`` is the API's address: that of the EU is another than that of the world."""

    tells: ClassVar[bool] = True

    key: str
    host: str
    timeout: float
    tracking: bool = False
    """Whether SendGrid may put its own links and a picture into messages, to tell of clicks and opens."""

    def __post_init__(self) -> None:
        logging.getLogger("python_http_client").setLevel(logging.INFO)  # below it prints messages and the key

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""
        return NAME

    def send(self, item: Item) -> Answer:
        """Ask once."""
        try:
            response = self._client().mail.send.post(request_body=_request(item, tracking=self.tracking))
        except HTTPError as error:
            status, why = ANSWERS.get(error.status_code, (Status.UNKNOWN, None))
            return Answer(status, NAME, why=why, said=f"{error.status_code} {words(error.body)}")
        except URLError as error:
            return Answer(_reached(error.reason), NAME, said=plain(f"{error.reason!r}"))
        except (OSError, HTTPException, ValueError) as error:
            return Answer(Status.UNKNOWN, NAME, said=plain(repr(error)))
        status, why = ANSWERS.get(response.status_code, (Status.UNKNOWN, None))
        said = f"{response.status_code} {words(response.body)}".strip()
        return Answer(status, NAME, vendor_id(response.headers.get("X-Message-Id")), why, said)

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Look for the item in SendGrid's logs, which keep our id.

        They are not written at once, and an account may have no right to them, or none of its messages in them. So
        absence proves that nothing was sent only when the item is older than ``LAG`` and younger than ``KEPT_FOR``,
        every message to that address in that time was looked at, and the logs do show other messages of those days.
        """
        logs = Logs(self._client)
        try:
            message, looked_at_all = logs.find(item)
            if message:
                return verdict(message)
            doubtful = item.vendor_id or not looked_at_all or not LAG <= item.age(now) <= KEPT_FOR
            if not doubtful and logs.show_anything(item):
                return Answer(Status.NOT_SENT, NAME, said="not in the logs")
        except SilenceError as silence:
            return Answer(Status.UNKNOWN, NAME, said=str(silence))
        return Answer(Status.UNKNOWN, NAME, said="not in the logs yet, or not to be seen there")

    def status(self, item: Item) -> Sequence[Heard]:
        """All that the logs know of it; nothing if they cannot be asked."""
        try:
            message, _ = Logs(self._client).find(item)
        except SilenceError:
            return ()
        return told(message) if message else ()

    def recall(self, item: Item) -> Answer:
        """What was accepted is on its way: it is too late."""
        return Answer(Status.SENT, NAME, item.vendor_id)

    def _client(self) -> Client:
        """A client for one call: it is not made for several threads at once."""
        client = SendGridAPIClient(self.key, host=self.host.rstrip("/")).client
        client.timeout = self.timeout
        return client


def _request(item: Item, *, tracking: bool) -> dict[str, Any]:
    """A message as SendGrid takes it, made of the kept bytes and our id alone."""
    mail = read_mail(item.parcel)
    headers = {"Message-ID": mail.message_id, "Auto-Submitted": mail.auto_submitted}
    bodies = {"text/plain": mail.text, "text/html": mail.html}
    request = {
        "personalizations": [{"to": [_person(mail.to)], "custom_args": {OUR_ID: item.id}}],
        "from": _person(mail.sender),
        "reply_to": _person(mail.reply_to) if mail.reply_to else None,
        "subject": mail.subject,
        "content": [{"type": kind, "value": value} for kind, value in bodies.items() if value],
        "attachments": [
            {
                "content": b64encode(file.content).decode(),
                "filename": file.filename,
                "type": file.media_type,
                "disposition": "attachment",
            }
            for file in mail.attached
        ],
        "headers": {name: value for name, value in headers.items() if value},
        "tracking_settings": TRACKING if tracking else NO_TRACKING,
    }
    return {name: value for name, value in request.items() if value}


def _person(person: Person) -> dict[str, str]:
    return {"email": person.address, "name": person.name} if person.name else {"email": person.address}


def _reached(reason: object) -> Status:
    """Whether a connection that failed may have carried the message."""
    never = isinstance(reason, NEVER_LEFT) or getattr(reason, "errno", None) in NO_WAY_THERE
    return Status.NOT_SENT if never else Status.UNKNOWN
