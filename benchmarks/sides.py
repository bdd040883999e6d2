"""The two sides of the comparison, driven by the same calls: ours with its books, and the floor without any."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from temporalio.client import Client
from temporalio.common import SearchAttributePair, TypedSearchAttributes, WorkflowIDConflictPolicy

from benchmarks.lives import LIVES, Life, Openings
from benchmarks.processes import FLOOR, OURS
from domain.events import Event
from domain.wire import InvoiceRef
from store.books import Books
from workflows.client import CaseClient
from workflows.invoice import DUE_DAY, MERCHANT, STAGE

DETAILS = (
    "- Merchant: `nordljus`\n- Invoice: `0`\n- Amount: 249.00 SEK\n- Issued: 2026-03-02\n- Due: 2026-04-01\n"
    "- Debtor: consumer, SE\n- Reference: `00000000`\n- In the books: invoice 0, policy 1"
)
"""As long as what ours puts at the head of a workflow in the UI."""


class Case(Protocol):
    """A life that has begun."""

    @property
    def workflow_id(self) -> str:
        """Where it is lived."""
        ...

    async def happen(self, event: Event) -> None:
        """Let something happen to it."""
        ...


class Side(Protocol):
    """What the driver asks of a side."""

    name: str

    async def start(self, client: Client, life: Life, number: str) -> Case:
        """Begin a life by this client."""
        ...


class Ours:
    """Real cases in real books, on clocks that are never caught up with, as in production."""

    name = OURS

    def __init__(self, books: Books) -> None:
        self.books, self.openings = books, Openings()

    async def start(self, client: Client, life: Life, number: str) -> OurCase:
        """Enter the invoice and start its workflow."""
        cases = CaseClient(client, self.books, OURS)
        return OurCase(cases, (await cases.start(self.openings.numbered(number))).ref)


@dataclass(frozen=True, slots=True)
class OurCase:
    """An invoice in the books."""

    client: CaseClient
    ref: InvoiceRef

    @property
    def workflow_id(self) -> str:
        """The invoice's."""
        return self.ref.workflow_id

    async def happen(self, event: Event) -> None:
        """Write the event down; wake the loop if it wants that."""
        await self.client.report(self.ref, event, f"benchmark:{event.at}")


class Floor:
    """The bare workflow, which replays a life; nothing is in any books."""

    name = FLOOR

    async def start(self, client: Client, life: Life, number: str) -> FloorCase:
        """Start the workflow."""
        case = FloorCase(client, InvoiceRef(LIVES.index(life), "nordljus", number))
        await case.wake()
        return case


@dataclass(frozen=True, slots=True)
class FloorCase:
    """Started and woken by requests of the same shape and size as ours."""

    client: Client
    ref: InvoiceRef
    queue: str = FLOOR
    workflow: str = "floor"

    @property
    def workflow_id(self) -> str:
        """As long as ours."""
        return f"{self.queue}/{self.ref.merchant}/{self.ref.number}"

    async def happen(self, event: Event) -> None:
        """Wake the loop if the event wants that."""
        if event.wakes:
            await self.wake()

    async def wake(self) -> None:
        """Signal with start."""
        columns = [
            SearchAttributePair(MERCHANT, self.ref.merchant),
            SearchAttributePair(STAGE, "opened"),
            SearchAttributePair(DUE_DAY, "2026-04-01"),
        ]
        await self.client.start_workflow(
            self.workflow,
            self.ref,
            id=self.workflow_id,
            task_queue=self.queue,
            id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
            start_signal="wake",
            search_attributes=TypedSearchAttributes(columns),
            static_summary=f"Invoice {self.ref.number}, 249.00 SEK, due 2026-04-01",
            static_details=DETAILS,
        )
