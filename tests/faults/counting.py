"""Counting: what the vendors have, against what our books say."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from temporalio.api.enums.v1 import EventType, WorkflowTaskFailedCause
from temporalio.client import WorkflowExecution, WorkflowExecutionStatus

from domain.facts import IN_DOUBT, OUT, ChargeState, Facts
from domain.policy import Channel
from domain.words import Reason, Status
from store.inbox import NEW
from store.sends import KeptSend
from tests.faults.field import Field
from tests.faults.living import Living
from tests.faults.plan import Life, Seat
from tests.faults.vendors import put_out

OVERTAKEN = WorkflowTaskFailedCause.WORKFLOW_TASK_FAILED_CAUSE_UNHANDLED_COMMAND
"""A signal came while the loop answered, so it is asked again: that is how Temporal works, and no failure."""
ENDED_WELL = (WorkflowExecutionStatus.COMPLETED, WorkflowExecutionStatus.CONTINUED_AS_NEW)


@dataclass
class Tally:
    """What came of one row of the table."""

    fault: str
    channel: str
    lives: int = 0
    struck: int = 0
    """In how many of them the fault did strike."""
    messages: int = 0
    """What all vendors have of them."""
    lost: int = 0
    doubled: int = 0
    fees_doubled: int = 0
    in_doubt: int = 0
    """What a vendor has, and nobody could tell: the books say so, and the next channel was taken."""
    stuck: int = 0
    why: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        return not (self.lost or self.doubled or self.fees_doubled or self.stuck)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Counted:
    """A whole run."""

    tallies: Sequence[Tally]
    trouble: Sequence[str]
    """What is wrong beyond single lives."""
    deaths: int
    calls: dict[int, int]
    """What the gateway answered to vendors, how often."""

    @property
    def is_clean(self) -> bool:
        return not self.trouble and all(tally.is_clean for tally in self.tallies)


async def count(field: Field, lives: Sequence[Living], stuck: Mapping[str, str]) -> Counted:
    """Count everything, when all has healed and every life is over."""
    agency = put_out(field.home / "outbox" / Channel.COLLECTION)
    there = {
        Seat.SENDGRID: field.sendgrid.counts(),
        Seat.SMTP: field.mail.counts(),
        Seat.TWILIO: field.twilio.counts(),
        Seat.PRINT_HOUSE: field.press.printed(),
        Seat.PINGEN: field.pingen.printed(),
        Seat.OUTBOX: agency,
    }
    trouble, known, tallies = [], set[str](), dict[tuple[str, str], Tally]()
    blown = field.fuses.blown()
    for living in lives:
        life = living.life
        tally = tallies.setdefault((life.row, life.where), Tally(life.row, life.where))
        tally.lives += 1
        tally.struck += bool(life.faults) and all(fault.id in blown for fault in life.faults)
        if life.number in stuck:
            tally.stuck += 1
            tally.why.append(f"stuck, {stuck[life.number]}")
        if living.ref is None:
            tally.why.append(f"{life.number}: never began")
            continue
        sends = field.books.sends.of_invoice(living.ref.id)
        known.update(kept.id for kept in sends)
        _judge(tally, life, field.books.cases.read(living.ref.id).facts, sends, there)
    strangers = [send_id for journal in there.values() for send_id in journal if send_id not in known]
    if strangers:
        trouble.append(f"{len(strangers)} messages at vendors that are in no books")
    if waiting := field.books.inbox.counts().get(NEW):
        trouble.append(f"{waiting} posts are kept and not read")
    trouble += await _failed_workflows(field)
    return Counted(tuple(tallies.values()), trouble, field.crew.dead, dict(field.caller.answers))


def _judge(tally: Tally, life: Life, facts: Facts, sends: Sequence[KeptSend], there: dict[Seat, Counter[str]]) -> None:
    """Each message of a life: what the books say, and how often its vendor has it."""
    at_vendor = {kept.id: there[life.seat(Channel(kept.channel))][kept.id] for kept in sends}
    tally.messages += sum(at_vendor.values())
    rungs: Counter[tuple[str, int]] = Counter()
    for kept in sends:
        state, times = facts.send(kept.send), at_vendor[kept.id]
        rungs[kept.send.step, kept.send.rung] += times
        what = f"{life.number} {kept.send}"
        if state.status in OUT and not times:
            tally.lost += 1
            tally.why.append(f"{what}: the books say {state.status}, the vendor has none")
        elif state.status in IN_DOUBT:
            tally.lost += 1
            tally.why.append(f"{what}: never settled, {state.status}")
        elif state.status is Status.NOT_SENT and times:
            tally.doubled += 1
            tally.why.append(f"{what}: the books say not sent, the vendor has it")
        elif state.why is Reason.OUTCOME_UNKNOWN and times:
            tally.in_doubt += times
    for (step, rung), times in rungs.items():
        if times > 1:
            tally.doubled += 1
            tally.why.append(f"{life.number} {step}/{rung}: {times} messages")
    out = {kept.send.step for kept in sends if at_vendor[kept.id]}
    _judge_steps(tally, life, facts, out)
    _judge_fees(tally, life, facts, out)


def _judge_steps(tally: Tally, life: Life, facts: Facts, out: set[str]) -> None:
    """Each step that had to be: it went out, or was called back in time, or a person was asked."""
    settled = {send.id.step for send in facts.sends if send.status is Status.NOT_SENT and facts.closed}
    for step in life.story.must:
        if not facts.asks and step not in out | settled:
            tally.lost += 1
            tally.why.append(f"{life.number} {step}: nothing went out and nobody was asked")


def _judge_fees(tally: Tally, life: Life, facts: Facts, out: set[str]) -> None:
    """Each step costs once, and only where a message says so."""
    charged = Counter((charge.step, charge.kind) for charge in facts.charges if charge.state is not ChargeState.PENDING)
    booked = sum(charge.amount.minor for charge in facts.charges if charge.state is ChargeState.BOOKED)
    wrong = [f"{step}: {kind}" for (step, kind), times in charged.items() if times > 1 or step not in out]
    if wrong or booked != facts.charged.minor:
        tally.fees_doubled += 1
        tally.why.append(f"{life.number}: fees of {', '.join(wrong) or 'no step'}, {facts.charged} in all")


async def _failed_workflows(field: Field) -> list[str]:
    """Workflow tasks that failed: what the loop did was not what it had done before, or it broke. In all that ever ran:
    lives, those that were opened again, batches.
    """
    client, slots, failed = field.client.plain, asyncio.Semaphore(8), list[str]()

    async def look(one: WorkflowExecution) -> None:
        if one.status not in (WorkflowExecutionStatus.RUNNING, *ENDED_WELL):
            failed.append(f"{one.id} ended as {one.status}")
        async with slots:
            async for event in client.get_workflow_handle(one.id, run_id=one.run_id).fetch_history_events():
                cause = event.workflow_task_failed_event_attributes
                if event.event_type == EventType.EVENT_TYPE_WORKFLOW_TASK_FAILED and cause.cause != OVERTAKEN:
                    failed.append(f"workflow task failed: {one.id}: {cause.failure.message[:200]}")

    await asyncio.gather(*[look(one) async for one in client.list_workflows()])
    return failed
