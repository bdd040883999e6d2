"""Counting, when all has healed: messages as ``make faults`` counts them, and each life told again from its journal."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from temporalio.client import WorkflowExecutionStatus

from domain.batches import BatchState, ItemState
from domain.decisions import Decision, End, Recall, Reconcile, Send, Wait
from domain.events import Moved
from domain.wire import InvoiceRef
from store.batches import ITEM
from store.books import Books
from store.codec import load
from store.engine import reading
from store.looks import LOOK
from tests.faults.counting import Tally
from tests.faults.counting import count as count_messages
from tests.faults.field import Field
from tests.soak.living import SoakLife
from tests.soak.refolding import Lived, Look, differences

DECISIONS: dict[str, type[Decision]] = {cls.__name__.lower(): cls for cls in (Wait, Send, Reconcile, Recall, End)}


@dataclass(frozen=True, slots=True)
class Result:
    """What a soak came to."""

    tally: Tally
    events: int
    looks: int
    versions: int
    """Published after the first."""
    moved: int
    """How often a life went over to other rules."""
    struck: Mapping[str, int]
    """What went wrong, and how often."""
    differing: Mapping[str, Sequence[str]]
    """Lives that are not as the rules say, and why."""
    trouble: Sequence[str]
    """What is wrong beyond single lives."""

    @property
    def failed_tasks(self) -> int:
        return sum(what.startswith("workflow task failed") for what in self.trouble)

    @property
    def is_clean(self) -> bool:
        return self.tally.is_clean and not self.differing and not self.trouble


async def count(
    field: Field, lives: Sequence[SoakLife], stuck: Mapping[str, str], struck: Counter[str], batches: Sequence[str]
) -> Result:
    """Count everything."""
    counted = await count_messages(field, lives, stuck)
    events = looks = moved = 0
    differing: dict[str, list[str]] = {}
    for life in lives:
        if life.ref is None:
            continue
        now = await field.client.clock.now(life.ref, field.books)
        lived = await asyncio.to_thread(read, field.books, life.ref, now)
        events, looks = events + len(lived.events), looks + len(lived.looks)
        moved += sum(isinstance(event, Moved) for event in lived.events)
        if found := [*differences(lived), *await _of_its_workflow(field, life.ref, lived)]:
            differing[life.name] = found
    blown = field.fuses.blown()
    for fault in (fault for life in lives for fault in life.life.faults):
        struck[fault.kind.value] += fault.id in blown
    trouble = [*counted.trouble, *(what for batch in batches for what in _unmoved(field.books, batch))]
    return Result(counted.tallies[0], events, looks, len(batches), moved, +struck, differing, trouble)


def read(books: Books, ref: InvoiceRef, now: datetime) -> Lived:
    """All that the books hold of a life."""
    case = books.cases.read(ref.id)
    used = {case.began_by, *(event.rules.policy for event in case.events if isinstance(event, Moved))}
    query = select(LOOK).where(LOOK.c.invoice_id == ref.id)
    with reading(books.engine) as connection:
        policies = {one: books.cases.policy(one, connection) for one in used}
        rows = connection.execute(query.order_by(LOOK.c.at, LOOK.c.seen, LOOK.c.number)).all()
    looks = [Look(row.at, row.seen, load(DECISIONS[row.decision], row.body)) for row in rows]
    return Lived(case.invoice, case.law, case.began_by, case.policy_version_id, policies, case.events, looks, now)


async def _of_its_workflow(field: Field, ref: InvoiceRef, lived: Lived) -> list[str]:
    """A life that is over has no loop, and one that is not has one."""
    status = (await field.client.handle(ref).describe()).status
    is_over = bool(lived.looks) and isinstance(lived.looks[-1].decision, End)
    wanted = WorkflowExecutionStatus.COMPLETED if is_over else WorkflowExecutionStatus.RUNNING
    return [] if status is wanted else [f"its life is {'' if is_over else 'not '}over, and its workflow is {status}"]


def _unmoved(books: Books, batch_id: str) -> Iterator[str]:
    """A batch that moved cases has come to its end; each case that it was done with has its order, none broke it."""
    batch = books.batches.get(batch_id)
    if batch.state is not BatchState.DONE:
        yield f"batch {batch_id} is {batch.state}"
    mine = select(ITEM.c.invoice_id, ITEM.c.state, ITEM.c.said).where(ITEM.c.batch_id == batch_id)
    with reading(books.engine) as connection:
        items = connection.execute(mine).all()
    for item in items:
        if item.said.startswith("something unexpected"):
            yield f"batch {batch_id} could not move invoice {item.invoice_id}: {item.said}"
        order = f"command:batch:{batch_id}:{item.invoice_id}"
        if item.state == ItemState.DONE and order not in books.cases.read(item.invoice_id).keys:
            yield f"batch {batch_id} moved invoice {item.invoice_id}, whose journal has no such order"
