"""The desk: what every part of the gateway works with."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime

import structlog
from temporalio.service import RPCError

from config.settings import Settings
from domain.wire import InvoiceRef
from gateway.local import Calendars
from gateway.pages import Pages
from gateway.seal import Seal
from store.books import Books
from telemetry.process import OFF, Telemetry
from templates.renderer import Renderer
from workflows.client import CaseClient

log = structlog.get_logger()

_PATIENCE_S = 1
"""How long a page waits for the case's clock."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Put together once per process, in ``gateway/app.py``."""

    client: CaseClient
    settings: Settings
    renderer: Renderer
    pages: Pages
    seal: Seal
    calendars: Calendars
    telemetry: Telemetry = OFF

    @property
    def books(self) -> Books:
        """The books."""
        return self.client.books

    async def now(self, ref: InvoiceRef) -> datetime:
        """The case's now. A page is shown also when Temporal is down: then by the machine's clock and the shift."""
        try:
            async with asyncio.timeout(_PATIENCE_S):
                return await self.client.clock.now(ref, self.books)
        except (RPCError, TimeoutError):
            log.warning("the case's clock does not answer", invoice=ref.id)
            return await asyncio.to_thread(self._own_now, ref)

    def _own_now(self, ref: InvoiceRef) -> datetime:
        looked_at, _ = self.books.looks.last(ref.id)
        now = datetime.now(UTC) + self.books.cases.read(ref.id).shift
        return max(now, looked_at) if looked_at else now
