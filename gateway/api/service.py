"""What the API works with, put together once per process, and the way to it from a request."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from datetime import timedelta

import structlog
from fastapi import Request
from temporalio.service import RPCError

from config.merchants import Loaded
from config.problems import ConfigError
from domain.wire import InvoiceRef
from gateway.api.problems import Kind, Refusal
from gateway.api.rates import Rates
from gateway.desk import Desk
from store.answered import Answered
from store.books import Books
from store.keys import ApiKeys
from workflows.client import CaseClient
from workflows.published import Merchants

log = structlog.get_logger()

PATIENCE = timedelta(seconds=3)
"""How long a request waits for Temporal. What it asked for is in the books by then."""


@dataclass(frozen=True, slots=True)
class MerchantsAtHand:
    """Merchants as new invoices get them."""

    merchants: Merchants

    def __call__(self, name: str) -> Loaded:
        """A merchant by its short name.

        Raises:
            Refusal: its file is gone, or cannot be used. What is wrong with it goes to the log: it is ours to cure.
        """
        try:
            return self.merchants(name)
        except (ConfigError, OSError) as error:
            log.error("a merchant's file cannot be used", merchant=name, error=str(error))
            raise Refusal(Kind.UNAVAILABLE, "The merchant's file cannot be used at the moment.") from None


class Waker:
    """Wakes cases; while Temporal does not answer, not every request waits to find that out again.

    A case that could not be woken is in the books, and the sweep wakes it.
    """

    def __init__(self, client: CaseClient) -> None:
        self._client = client
        self._rests_until = float("-inf")

    async def wake(self, ref: InvoiceRef) -> None:
        """Wake a case, if anybody hears it."""
        if time.monotonic() < self._rests_until:
            return
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await self._client.wake(ref)
        except (RPCError, TimeoutError):
            self._rests_until = time.monotonic() + PATIENCE.total_seconds()
            log.warning("an invoice is in the books, but its case could not be woken; the sweep will", invoice=ref.id)


@dataclass(frozen=True, slots=True)
class Service:
    """The desk, and what only the API needs."""

    desk: Desk
    keys: ApiKeys
    answered: Answered
    merchants: MerchantsAtHand
    rates: Rates
    waker: Waker

    @classmethod
    def at(cls, desk: Desk) -> Service:
        """The service of a desk."""
        engine, settings = desk.books.engine, desk.settings
        return cls(
            desk,
            ApiKeys(engine),
            Answered(engine),
            MerchantsAtHand(Merchants(desk.books, settings.merchants)),
            Rates(settings.api_rate),
            Waker(desk.client),
        )

    @property
    def books(self) -> Books:
        """The books."""
        return self.desk.books


def service_of(request: Request) -> Service:
    """The service that answers a request."""
    service: Service = request.app.state.service
    return service
