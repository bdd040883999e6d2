"""The mailbox that bounces arrive in, read over IMAP. What was read is marked as seen, and stays."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from channels.hearing import Post
from channels.smtp.way import NAME
from channels.way import MailboxError

MOST_BYTES = 1_000_000
"""So much of a mail is read; what a bounce has to say stands at its beginning."""

_ABOUT = re.compile(r"imap (\d+)/(\d+)")


@dataclass(frozen=True, slots=True)
class ImapMailbox:
    """One folder. ``tls`` makes the context that checks the server's certificate."""

    host: str
    port: int
    security: Literal["tls", "none"]
    user: str
    password: str = field(repr=False)
    folder: str
    timeout: float
    tls: Callable[[], ssl.SSLContext] = ssl.create_default_context

    @property
    def name(self) -> str:
        """The vendor, as the books call it."""
        return NAME

    def fetch(self) -> Iterator[Post]:
        """The mails that nobody has seen yet; looking at them does not mark them.

        Raises:
            MailboxError: the server cannot be reached, or does not let us in.
        """
        with self._open(readonly=True) as (imap, validity):
            for uid in _text(_answer(imap.uid("SEARCH", "UNSEEN"))).split():
                for part in _answer(imap.uid("FETCH", uid, f"(BODY.PEEK[]<0.{MOST_BYTES}>)")):
                    if isinstance(part, tuple):
                        yield Post(NAME, part[1], f"imap {validity}/{uid}")

    def put_away(self, post: Post) -> None:
        """Mark as seen. If the folder has been numbered anew meanwhile, the mail is only read once more.

        Raises:
            MailboxError: the server cannot be reached, or does not let us in.
        """
        place = _ABOUT.fullmatch(post.about)
        if place is None:
            return
        with self._open(readonly=False) as (imap, validity):
            if validity == place[1]:
                _answer(imap.uid("STORE", place[2], "+FLAGS.SILENT", r"(\Seen)"))

    @contextmanager
    def _open(self, *, readonly: bool) -> Iterator[tuple[imaplib.IMAP4, str]]:
        """The folder, and what its numbers are valid for."""
        try:
            imap = self._connection()
            try:
                imap.login(self.user, self.password)
                quoted = self.folder.replace("\\", r"\\").replace('"', r"\"")
                _answer(imap.select(f'"{quoted}"', readonly))
                yield imap, _text(imap.response("UIDVALIDITY")[1])
            finally:
                with suppress(OSError, imaplib.IMAP4.error):
                    imap.logout()
        except (OSError, imaplib.IMAP4.error) as error:
            refused = type(error) is imaplib.IMAP4.error
            why = "it refuses the user, the password or the folder" if refused else type(error).__name__
            raise MailboxError(f"the mailbox of bounces at {self.host}: {why}") from None

    def _connection(self) -> imaplib.IMAP4:
        if self.security == "tls":
            return imaplib.IMAP4_SSL(self.host, self.port, ssl_context=self.tls(), timeout=self.timeout)
        return imaplib.IMAP4(self.host, self.port, timeout=self.timeout)


def _answer(answered: tuple[str, list[Any]]) -> list[Any]:
    """What the server answered."""
    kind, data = answered
    if kind in ("NO", "BAD"):
        raise imaplib.IMAP4.error(kind)
    return data


def _text(data: list[Any]) -> str:
    return data[0].decode() if data and data[0] else ""
