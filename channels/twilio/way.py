"""SMS through Twilio. What it calls back is in ``twilio_hooks``.

Twilio has no idempotency key (facts of 2026-11-21), so a request is made once and never repeated here. What it has is a
list of what it was given: each text of ours holds a link of its own, so a text that is in the list is the send.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from logging import WARNING, Logger
from typing import Any, ClassVar
from urllib.parse import quote

import requests
from twilio.base.exceptions import TwilioException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from channels.answer import Answer
from channels.hearing import Heard
from channels.twilio.hooks import CALL_BACK, FAILURES, heard, word_of
from channels.twilio.phones import takes_sms
from channels.way import Item
from domain.words import Reason, Status

GRACE = timedelta(minutes=10)
"""How long a message that Twilio took may be missing from its list."""
SKEW = timedelta(minutes=5)
"""How far Twilio's clock may be from ours."""
PAGE = 1000
PAGES = 5
"""How much of the list of what went to one number is read; if there is more, it proves nothing."""

REFUSED = (Status.FAILED, Reason.REFUSED)
NOT_SENT = (Status.NOT_SENT, None)
UNKNOWN = (Status.UNKNOWN, None)

ERRORS: Mapping[int, tuple[Status, Reason | None]] = {
    21211: REFUSED,  # no such number
    21614: REFUSED,  # the number takes no SMS
    21635: REFUSED,  # a landline
    21610: (Status.FAILED, Reason.OPTED_OUT),
    21617: REFUSED,  # longer than an SMS can be
    21612: REFUSED,  # no way from our sender to this number
    21606: REFUSED,  # the sender is not ours
    21408: REFUSED,  # the country is not switched on
    20429: NOT_SENT,  # too many requests
    21611: NOT_SENT,  # our sender's queue is full
    20003: NOT_SENT,  # our key, or our account
    20404: NOT_SENT,  # no such account
}
"""What Twilio's error codes mean when it is asked to send (twilio.com/docs/api/errors, facts of 2026-11-21)."""

HTTP: Mapping[int, tuple[Status, Reason | None]] = {401: NOT_SENT, 408: UNKNOWN, 429: NOT_SENT}
"""Answers without a known error code. What else is below 500 was not sent, and is tried again: a code that we do not
know is likelier a mistake in our settings than in the number, and must not turn a mass of SMS into letters."""

GARBLED = (ValueError, TypeError, AttributeError, LookupError, ArithmeticError, RecursionError)
"""How the client stumbles over an answer that is not Twilio's."""
TROUBLE = (TwilioException, requests.RequestException, HTTPError, OSError, *GARBLED)

QUIET = Logger("twilio", WARNING)
"""The client would log the telephone numbers that it asks for."""


@dataclass(frozen=True, slots=True)
class TwilioWay:
    """Twilio's Messages API, one client for each call. With a messaging service, that one picks the sender."""

    tells: ClassVar[bool] = True

    account: str
    token: str = field(repr=False)
    host: str
    timeout: float
    messaging_service: str
    callback_url: str
    """Where Twilio calls back, as in ``https://pay.example/hooks/twilio``."""
    validity_minutes: int
    name: str = "twilio"

    def send(self, item: Item) -> Answer:
        """Ask once. A number that takes no SMS is refused here."""
        parcel = item.parcel
        if not takes_sms(parcel.recipient):
            return Answer(Status.FAILED, self.name, why=Reason.NO_ADDRESS, said="no number that takes an SMS")
        service = self.messaging_service
        sender = {"messaging_service_sid": service} if service else {"from_": parcel.sender}
        try:
            with self._client() as client:
                made = client.messages.create(
                    to=parcel.recipient,
                    body=parcel.body.decode(),
                    status_callback=f"{self.callback_url}?send={quote(item.id, safe='')}{CALL_BACK}",
                    validity_period=self.validity_minutes * 60,
                    **sender,
                )
                return self._taken(made)
        except TROUBLE as error:
            status, why = _outcome(error)
            return Answer(status, self.name, why=why, said=_words_of(error))

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Look for the text among all that went to the number.

        The list is not narrowed by the day of sending, because a message that still waits has none.
        """
        try:
            with self._client() as client:
                if item.vendor_id:
                    return self._taken(client.messages(item.vendor_id).fetch())
                return self._sought(item, now, client)
        except TROUBLE as error:
            return Answer(Status.UNKNOWN, self.name, item.vendor_id, said=_words_of(error))

    def status(self, item: Item) -> Sequence[Heard]:
        """What Twilio says of the message now; nothing, if it cannot be asked."""
        if not item.vendor_id:
            return ()
        try:
            with self._client() as client:
                message = client.messages(item.vendor_id).fetch()
                return (heard(item.vendor_id, str(message.status), _code(message), item.id, message.date_updated),)
        except TROUBLE:
            return ()

    def recall(self, item: Item) -> Answer:
        """An SMS is gone at once."""
        return Answer(Status.SENT, self.name, item.vendor_id)

    @contextmanager
    def _client(self) -> Iterator[Client]:
        http = TwilioHttpClient(timeout=self.timeout, logger=QUIET)
        client = Client(self.account, self.token, http_client=http)
        client.api.base_url = self.host
        with http.session:
            yield client

    def _taken(self, message: Any) -> Answer:
        sid = message.sid
        if not isinstance(sid, str) or not sid:
            return Answer(Status.UNKNOWN, self.name, said="an answer without a message id")
        said = f"{message.status} {_code(message)}".strip()
        why = FAILURES.get(word_of(str(message.status), _code(message)))
        return Answer(Status.FAILED if why else Status.SENT, self.name, sid, why, said)

    def _sought(self, item: Item, now: datetime, client: Client) -> Answer:
        text, is_hidden = _plain(item.parcel.body.decode()), False
        for message in _listed(client, item.parcel.recipient):
            body = _plain(str(message.body or ""))
            if body.endswith(text):  # an account on trial gets words before it
                return self._taken(message)
            is_hidden = is_hidden or (_hides(body) and _is_since(message.date_created, item.kept_at - SKEW))
        if is_hidden:
            return Answer(Status.UNKNOWN, self.name, said="a message to this number does not show its text")
        if item.age(now) < GRACE:
            return Answer(Status.UNKNOWN, self.name, said="not in the list yet")
        return Answer(Status.NOT_SENT, self.name, said="not in the list")


def _listed(client: Client, to: str) -> Iterator[Any]:
    """What went to a number, the newest first.

    Raises:
        LookupError: there is more than we read.
    """
    page = client.messages.page(to=to, page_size=PAGE)
    for _ in range(PAGES):
        yield from page
        page = page.next_page()
        if page is None:
            return
    raise LookupError(f"the list has more than {PAGES} pages")


def _outcome(error: Exception) -> tuple[Status, Reason | None]:
    """What an error on sending means. Only what surely happened before the request was written is surely not sent."""
    if isinstance(error, TwilioException):
        return _refusal(getattr(error, "status", None), getattr(error, "code", None))
    reason: Any = error.args[0] if error.args else None
    reason = getattr(reason, "reason", None) or reason
    cause = reason.args[0] if isinstance(reason, Exception) and reason.args else None
    is_unwritten = (
        isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError)
        or isinstance(reason, NewConnectionError | ConnectTimeoutError)
        or isinstance(cause, ssl.SSLCertVerificationError)
    )
    return NOT_SENT if is_unwritten else UNKNOWN


def _refusal(status: object, code: object) -> tuple[Status, Reason | None]:
    """What an HTTP status with an error code means; without a code of its own, the client gives the status for one."""
    if not isinstance(status, int) or not isinstance(code, int) or not 400 <= status < 500:
        return UNKNOWN
    if known := ERRORS.get(code) or HTTP.get(status):
        return known
    return NOT_SENT


def _words_of(error: Exception) -> str:
    told = [getattr(error, name, None) for name in ("status", "code", "msg", "title", "detail")]
    return " ".join(str(part) for part in told if part) or f"{type(error).__name__}: {error}"


def _code(message: Any) -> str:
    return str(message.error_code or "")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _hides(body: str) -> bool:
    """Whether an account's setting keeps texts out of the list."""
    return not body or "redacted" in body.lower()


def _is_since(created: object, moment: datetime) -> bool:
    return not isinstance(created, datetime) or created >= moment
