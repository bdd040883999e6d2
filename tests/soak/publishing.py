"""Merchants publish other rules while their lives go on, and have the running cases moved to them by a batch."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from random import Random

from domain.batches import ENDED
from domain.words import When
from store.batches import Batch
from store.registry import Published
from store.selecting import Selection
from tests.faults.field import Field
from tests.faults.living import surely
from tests.live.equivalence import MERCHANTS, merchant_of
from tests.soak.drafts import draft_of
from workflows.batching import BatchClient
from workflows.published import Merchants
from workflows.publishing import move_all

RATE = 5.0
"""Cases of a merchant that are moved a second; there are eight, who publish side by side."""
PATIENCE_S = 300
PUBLICATIONS = (When.NOW, When.NEXT_STEP)
"""When the running cases take over what is published, first and then."""


@dataclass(frozen=True, slots=True)
class Publishers:
    """All merchants of a run, who publish what their examples say before it begins."""

    field: Field
    chance: Random

    async def open(self) -> Merchants:
        """The first versions; new invoices get what was published last."""
        for country in MERCHANTS:
            loaded, registry = merchant_of(country), self.field.books.registry
            await asyncio.to_thread(registry.publish, loaded.merchant, loaded.text, datetime.now(UTC), "soak")
        return Merchants(self.field.books, Path("nowhere"))

    async def publish(self, when: When) -> list[str]:
        """Each publishes another version; which batches move the running cases to it."""
        return [await self._publish(name, when) for name in MERCHANTS.values()]

    async def until_moved(self, batches: list[str]) -> list[Batch]:
        """Wait until the batches have come to their end, however they did."""
        async with asyncio.timeout(PATIENCE_S):
            while True:
                found = [await surely(partial(asyncio.to_thread, self.field.books.batches.get, one)) for one in batches]
                if all(batch.state in ENDED for batch in found):
                    return found
                await asyncio.sleep(0.5)

    async def _publish(self, name: str, when: When) -> str:
        books, client = self.field.books, self.field.client
        newest = await surely(partial(asyncio.to_thread, books.registry.newest, name))
        assert newest
        now = datetime.now(UTC)
        draft = draft_of(newest.source, self.chance, now.date())
        publish = partial(books.registry.publish, draft.merchant, draft.text, now, "soak", "as it pleases")
        published = await surely(partial(asyncio.to_thread, publish))
        batch = await surely(partial(asyncio.to_thread, self._batch, published, name, when))
        await surely(lambda: BatchClient(client.plain, books, client.queue).begin(batch.id))
        return batch.id

    def _batch(self, published: Published, name: str, when: When) -> Batch:
        """Clocks race here, so a count would be old when it is told: as many may act as there are cases."""
        books = self.field.books
        running = books.selecting.count(Selection(name))
        return move_all(books, published, name, when, running, RATE)
