"""E-mail through a mail server.

Until the dot that ends a message everything can be broken off and nothing was sent; once the dot is on its way the
server may have taken it. So the dot is sent alone, and only what goes wrong after it is doubtful.
"""

from __future__ import annotations

import re
import smtplib
import ssl
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from typing import ClassVar, Literal

from channels.answer import Answer
from channels.hearing import Heard
from channels.mail import read_mail
from channels.way import Item
from domain.words import Reason, Status

NAME = "smtp"
Security = Literal["starttls", "tls", "none"]


class Stage(Enum):
    """What a mail server's answer is about; how far the conversation got."""

    HELLO = "hello"
    """Connecting, logging in, naming the sender: only about us."""
    RECIPIENT = "recipient"
    MESSAGE = "message"
    """All was told, and the dot is on its way."""


ANSWERS = {
    (Stage.HELLO, 4): Status.NOT_SENT,
    (Stage.HELLO, 5): Status.NOT_SENT,
    (Stage.RECIPIENT, 4): Status.NOT_SENT,
    (Stage.RECIPIENT, 5): Status.FAILED,
    (Stage.MESSAGE, 2): Status.SENT,
    (Stage.MESSAGE, 4): Status.NOT_SENT,
    (Stage.MESSAGE, 5): Status.FAILED,
}
"""What an answer means, by its first digit. One that is not here is none: before the dot nothing was sent, after it
nobody knows."""

TOO_LARGE = 552
NOT_US = re.compile(r"53\d|55\d[ -]5\.7\.")
"""Log in first, no relaying for strangers: the server means us and not the recipient, who must not lose a way of being
reached by it."""

_ADDRESS = re.compile(r"[!-;=?A-~]+@[!-;=?A-~]+")
"""What can stand between < and >; letters beyond ASCII need an extension that not all servers on the way have."""
_LINE_END = re.compile(rb"\r\n|\r|\n")
_LEADING_DOT = re.compile(rb"^\.", re.MULTILINE)
_MOST_SAID = 500


@dataclass(frozen=True, slots=True)
class SmtpWay:
    """One mail server.

    ``bounce_address`` is where bounces go; without it they go to the sender. ``tls`` makes the context that checks the
    server's certificate.
    """

    tells: ClassVar[bool] = False

    host: str
    port: int
    security: Security
    user: str
    password: str = field(repr=False)
    timeout: float
    bounce_address: str = ""
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""
        return NAME

    def send(self, item: Item) -> Answer:
        """Hand the message over once."""
        talk = _Talk(item, self._envelope_sender(item))
        try:
            smtp = self._connection()
            try:
                return talk.through(smtp)
            finally:
                _leave(smtp)
        except (OSError, ValueError) as error:
            return talk.answer(0, repr(error))

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Nobody knows: a mail server keeps no books that a sender can ask, and takes the same message twice for two.

        If the connection breaks after the dot, the customer may have it or not, and a bounce is the only word that may
        come. So the case waits for the time that is set, and then takes the next way.
        """
        return Answer(Status.UNKNOWN, NAME, said="a mail server keeps no books for senders")

    def status(self, item: Item) -> Sequence[Heard]:
        """Nothing: bounces come by themselves."""
        return ()

    def recall(self, item: Item) -> Answer:
        """What was handed over is on its way: it is too late."""
        return Answer(Status.SENT, NAME, item.vendor_id)

    def _connection(self) -> smtplib.SMTP:
        """A connection that is protected and logged in, as far as the settings say."""
        if self.security == "tls":
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=self.tls())
        else:
            smtp = smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        try:
            if self.security == "starttls":
                smtp.starttls(context=self.tls())
            smtp.ehlo_or_helo_if_needed()
            if self.user:
                smtp.login(self.user, self.password)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _envelope_sender(self, item: Item) -> str:
        """Where a bounce goes; our id in it brings it home even when the rest of the message is lost."""
        if not self.bounce_address:
            return item.parcel.sender or read_mail(item.parcel).sender.address
        local, _, domain = self.bounce_address.rpartition("@")
        return f"{local}+{item.id}@{domain}"


class _Talk:
    """One message's way through a conversation; ``stage`` is how far it got when something broke."""

    def __init__(self, item: Item, envelope_sender: str) -> None:
        self.item = item
        self.envelope_sender = envelope_sender
        self.stage = Stage.HELLO

    def through(self, smtp: smtplib.SMTP) -> Answer:
        recipient, body = self.item.parcel.recipient, _wire(self.item.parcel.body)
        if not _ADDRESS.fullmatch(recipient):
            return Answer(Status.FAILED, NAME, why=Reason.REFUSED, said="the address cannot be told to a mail server")
        speaks_dsn = smtp.has_extn("dsn")
        options = [f"SIZE={len(self.item.parcel.body)}"] if smtp.has_extn("size") else []
        options += [f"RET=HDRS ENVID={self.item.id}"] if speaks_dsn else []
        answered = smtp.mail(self.envelope_sender, options)
        if answered[0] == TOO_LARGE:  # that is about the message, although the server says it this early
            self.stage = Stage.RECIPIENT
        if answered[0] != 250:
            return self.answer(*answered)
        self.stage = Stage.RECIPIENT
        answered = smtp.rcpt(recipient, ["NOTIFY=FAILURE,DELAY"] if speaks_dsn else [])
        if answered[0] not in (250, 251, 252):
            return self.answer(*answered)
        answered = smtp.docmd("DATA")
        if answered[0] != 354:
            return self.answer(*answered)
        smtp.send(body)
        smtp.send(b".\r\n")
        self.stage = Stage.MESSAGE
        return self.answer(*smtp.getreply())

    def answer(self, code: int, said: bytes | str) -> Answer:
        words = said.decode(errors="replace") if isinstance(said, bytes) else said
        words = (f"{code} {words}" if code > 0 else words).replace("\0", "?")[:_MOST_SAID]
        broken_off = Status.UNKNOWN if self.stage is Stage.MESSAGE else Status.NOT_SENT
        status = ANSWERS.get((self.stage, code // 100), broken_off)
        if self.stage is Stage.RECIPIENT and NOT_US.match(words):
            status = Status.NOT_SENT
        return Answer(status, NAME, why=Reason.REFUSED if status is Status.FAILED else None, said=words)


def _leave(smtp: smtplib.SMTP) -> None:
    """Say goodbye and wait for nothing: what was answered stands."""
    with suppress(OSError):
        smtp.putcmd("QUIT")
    smtp.close()


def _wire(body: bytes) -> bytes:
    """A message as it goes over the wire, all but the last dot (RFC 5321, 4.5.2)."""
    lines = _LEADING_DOT.sub(b"..", _LINE_END.sub(b"\r\n", body))
    return lines if lines.endswith(b"\r\n") else lines + b"\r\n"
