"""The look: load the facts, decide, write the decision down, and say what to do and how long to wait."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zlib import crc32

from sqlalchemy.exc import SQLAlchemyError
from temporalio import activity

from domain.briefing import briefing
from domain.decisions import Decision, End, Note, Recall, Reconcile, Send, Wait
from domain.facts import Facts
from domain.rules import decide
from domain.simulation import LONGEST
from domain.stages import stage_of
from domain.telling import tell
from domain.waiting import bounced_at, waiting
from domain.wire import LOOK, Glance, LookOrder, Next
from domain.words import Reason
from store.books import Books
from store.cases import CaseFile
from store.looks import Looked


@dataclass(frozen=True, slots=True)
class Looking:
    """The look as a local activity."""

    books: Books
    test_clocks: bool = False

    @activity.defn(name=LOOK)
    def look(self, order: LookOrder) -> Glance:
        """Look at an invoice. It may run twice for the same order: its writes replace themselves.

        One that breaks down is tried until it does not; meanwhile the books say so, if they can.
        """
        try:
            return self._look(order)
        except Exception as error:
            with suppress(SQLAlchemyError):
                self.books.looks.failed(order.invoice_id, error, datetime.now(UTC))
            raise

    def _look(self, order: LookOrder) -> Glance:
        with self.books.cases.locked(order.invoice_id, light=True) as case:
            if self.test_clocks:
                case.never_back(order.now)
            now = order.now + case.shift
            decision = rest(case, now)
            waits, bounced = waiting(case.facts, decision), bounced_at(case.facts)
            since, version = waits.since if waits else None, self.books.cases.version(case)
            glance = glance_of(case, decision, now)
            step, at = glance.next_step or None, glance.next_at
            marked = _marked(at, since, bounced, case.facts.rules and version)
            glance = replace(glance, next_at=marked, since=since, bounced_at=bounced, version=version)
            looked = Looked(order.run_id, order.number, now, decision, glance.stage, step, at, waits, bounced)
            self.books.looks.record(case, looked)
        return glance


def rest(case: CaseFile, now: datetime) -> Decision:
    """Decide; write down what only needs writing; decide again, until something must be done or waited for."""
    for _ in range(LONGEST):
        decision = decide(case.facts, case.policy, case.law, now)
        if not isinstance(decision, Note):
            return decision
        case.add(decision.event)
    raise AssertionError(f"the rules go round in circles for invoice {case.id}")


def glance_of(case: CaseFile, decision: Decision, now: datetime) -> Glance:
    """A decision as the loop needs it; before it rests, with the plan as ops read it.

    While the loop acts the plan before stands: the next look, a moment later, makes a new one.
    """
    facts, calendar = case.facts, case.law.calendar
    stage, summary = stage_of(facts, decision), tell(decision, calendar)
    match decision:
        case Wait(until=until):
            seconds = (until - now).total_seconds() if until else None
            what = next_words(decision, facts)
            return Glance(
                Next.WAIT,
                summary,
                stage,
                facts.due,
                decision.reason,
                wait_seconds=seconds,
                next_step=what,
                next_at=until,
                plan=_plan(case, decision, now),
            )
        case Send():
            return Glance(Next.SEND, summary, stage, facts.due, decision.reason, send=decision)
        case Reconcile():
            return Glance(Next.RECONCILE, summary, stage, facts.due, reconcile=decision)
        case Recall():
            return Glance(Next.RECALL, summary, stage, facts.due, recall=decision)
        case End():
            return Glance(
                Next.END, summary, stage, facts.due, outcome=decision.outcome, plan=_plan(case, decision, now)
            )
        case Note():
            raise AssertionError("a note is written down before anybody is told")


def _marked(at: datetime | None, *others: object) -> datetime | None:
    """The moment as a column, other by less than a millisecond where the columns beside it are other.

    The loop shows its columns when one of four changed, among them this; workers of before know no more than those.
    """
    if at is None or not any(others):
        return at
    return at.replace(microsecond=1 + crc32(repr(others).encode()) % 999)


def next_words(wait: Wait, facts: Facts) -> str:
    """The next step for a list: ``distribution: sms``; without one why it waits, or what a person is asked.

    A send in doubt is no next step: it may be out.
    """
    if wait.reason is Reason.AWAITING_EVIDENCE:
        return f"in doubt: {wait.channel}"
    if wait.step:
        return f"{wait.step}: {wait.channel}" if wait.channel else wait.step
    open_asks = [ask.reason for ask in facts.asks if not ask.resolved]
    return f"asked: {open_asks[-1]}" if open_asks else f"wait: {wait.reason}"


def _plan(case: CaseFile, decision: Decision, now: datetime) -> str:
    return briefing(case.facts, decision, case.plan(now), case.law.calendar, now)
