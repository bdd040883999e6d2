"""The bounce address: a mail server for nothing but bounces, for those who would rather not read a mailbox.

It answers "accepted" only when the books have the mail; else the other server keeps it and comes again.
"""

from __future__ import annotations

import asyncio
import logging
import re
import ssl
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from channels.hearing import Post
from channels.smtp.way import NAME

MOST_BYTES = 1_000_000
PATIENCE = 60.0
"""Seconds for which another server may say nothing."""

log = structlog.get_logger()


class BounceAddress:
    """Takes mail for ``<name>+<send id>@<domain>`` and for nobody else, while it is entered.

    Args:
        address: the bounce address, as in ``bounces@pay.example``.
        host: what to listen on.
        port: its port; 0 takes a free one.
        keep: puts a mail into the books; until it has, the mail is not accepted.
        tls: offers STARTTLS with this certificate.
    """

    def __init__(
        self,
        address: str,
        host: str,
        port: int,
        keep: Callable[[Post], Awaitable[object]],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        local, _, domain = address.rpartition("@")
        self._ours = re.compile(rf"{re.escape(local)}\+[0-9a-f]{{32}}@{re.escape(domain)}", re.IGNORECASE)
        self._at, self._keep, self._tls = (host, port), keep, tls
        self._server: asyncio.Server | None = None
        self.port = port

    async def __aenter__(self) -> Self:
        logging.getLogger("mail.log").setLevel(logging.WARNING)  # below it names people
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._smtp, *self._at)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server:
            self._server.close()

    def _smtp(self) -> SMTP:
        return SMTP(
            self,
            data_size_limit=MOST_BYTES,
            enable_SMTPUTF8=True,
            ident="Kvitt",
            timeout=PATIENCE,
            tls_context=self._tls,
            loop=asyncio.get_running_loop(),
        )

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Only our own address has a mailbox here, and one mail is about one send."""
        if not self._ours.fullmatch(address):
            return "550 5.1.1 No such address"
        if envelope.rcpt_tos:
            return "452 4.5.3 One at a time"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accepted means kept."""
        content = envelope.content
        try:
            await self._keep(Post(NAME, content if isinstance(content, bytes) else b"", envelope.rcpt_tos[0]))
        except Exception as error:  # noqa: BLE001  (the entry point: whatever it is, the mail must come again)
            log.warning("a bounce could not be kept", error=type(error).__name__)
            return "451 4.3.0 Come again later"
        return "250 2.0.0 Kept"
