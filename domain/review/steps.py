"""Which steps there are, in which order and on which channels; and what else is claimed on the way."""

from __future__ import annotations

from collections.abc import Iterator

from domain.case import WRITTEN
from domain.interest import rate_on
from domain.law import LAWS
from domain.law.pack import Source
from domain.policy import Claim, Policy, Rung
from domain.review.finding import Finding, Where, error, warning
from domain.review.looking import Look, written
from domain.words import DebtorKind, Message


def distribution(look: Look) -> Iterator[Finding]:
    """An invoice that goes nowhere."""
    if not look.policy.distribution:
        yield error(("distribution",), "is empty, so nobody would get the invoice", "name at least one channel")


def last_rungs(look: Look) -> Iterator[Finding]:
    """Waits for a view that nothing follows."""
    for where, rungs in _ladders(look.policy):
        if rungs and rungs[-1].viewed_within:
            problem = "nothing follows the last channel, so this waits for nothing"
            cure = "leave it out, or add a channel after it"
            yield warning((*where, len(rungs) - 1, "viewed_within"), problem, cure)


def demands(look: Look) -> Iterator[Finding]:
    """Demands that the law does not know, or that come at the wrong place."""
    for index, reminder in enumerate(look.policy.reminders):
        where: Where = ("reminders", index)
        if not reminder.demand:
            continue
        if not look.may_demand(reminder):
            yield _no_demand(look, where)
        elif index + 1 < len(look.policy.reminders):
            problem = "a demand is the last step before collection, and reminders follow this one"
            yield error((*where, "demand"), problem, 'move it to the end, or leave "demand" out', value="false")
        elif look.messages[index] is not Message.DEMAND:
            line, cure = look.law.collection.notice.on(look.day), "put a reminder by email or letter before it"
            problem = "the notice before collection comes first, so this will be sent as that notice"
            yield warning((*where, "demand"), problem, cure, line.source if line else None, value="false")
        elif not written(reminder):
            line_of_term = look.law.demand.term.on(look.day)
            source = line_of_term.source if line_of_term else None
            yield error(
                (*where, "channels"), "a demand must be in writing", "add email or letter", source, "in writing"
            )


def notice(look: Look) -> Iterator[Finding]:
    """Collection without the written notice that the law wants before it."""
    if look.policy.collection is None or not look.needs_notice:
        return
    line = look.law.collection.notice.on(look.day)
    source = line.source if line else None
    notices = [n for n, told in enumerate(look.messages) if told is Message.LAST_REMINDER]
    if not notices:
        problem = "collection needs a written notice first, which is the last reminder, and there is none"
        cure = 'add a reminder by email or letter, or write "never"'
        yield error(("collection",), problem, cure, source, "after a written notice", "never")
        return
    where: Where = ("reminders", notices[0], "channels")
    first = look.policy.reminders[notices[0]].rungs[0]
    if not look.is_noticed:
        problem = "the last reminder is the notice that collection follows, and must be in writing"
        yield error(where, problem, "add email or letter", source, "in writing")
    elif first.channel not in WRITTEN and not first.viewed_within:
        problem = "an SMS is no written notice, so no collection follows where it goes out"
        yield warning(where, problem, "put email or letter first", source, "in writing")


def interest(look: Look) -> Iterator[Finding]:
    """Interest at a rate that nobody knows firmly."""
    law, day = look.law.interest, look.day
    if look.policy.interest is Claim.LEGAL and rate_on(law, day) is None:
        missing = (dated.on(day) for dated in (law.points, law.reference) if dated.firm(day) is None)
        source = next((line.source for line in missing if line), None)
        problem = f"no rate is firmly known for {day}, so none will be charged"
        yield warning(("interest",), problem, 'write "none", or leave it for the day it is known', source, value="none")


def compensation(look: Look) -> Iterator[Finding]:
    """Compensation from those who owe none, or of which nobody knows the sum."""
    if look.policy.compensation is not Claim.LEGAL:
        return
    if look.law.kind is DebtorKind.CONSUMER:
        if DebtorKind.COMPANY not in look.policy.debtors:
            problem = "only companies owe compensation for paying late, and this is for consumers"
            yield error(("compensation",), problem, "write none", _of_companies(look), "companies only", "none")
    elif look.law.compensation.firm(look.day) is None:
        line = look.law.compensation.on(look.day)
        problem = f"no sum is firmly known for {look.day}, so none will be charged"
        cure = 'write "none", or leave it for the day it is known'
        yield warning(("compensation",), problem, cure, line.source if line else None, value="none")


def _of_companies(look: Look) -> Source | None:
    """Where it stands that companies owe it."""
    law = LAWS.get((look.law.country, DebtorKind.COMPANY))
    line = law.compensation.on(look.day) if law else None
    return line.source if line else None


def _no_demand(look: Look, where: Where) -> Finding:
    who = look.law.may_send.get(Message.DEMAND)
    line = who.on(look.day) if who else None
    if look.law.demand.term.at(look.day) is not None:
        problem = "only a collection agency may make a demand"
    else:
        line, problem = None, f"{look.law.country}: the law knows no demand of the creditor's own"
    return error((*where, "demand"), problem, 'leave "demand" out', line.source if line else None, "none", "false")


def _ladders(policy: Policy) -> Iterator[tuple[Where, tuple[Rung, ...]]]:
    yield ("distribution",), policy.distribution
    yield ("due_reminder", "channels"), policy.due_reminder
    for index, reminder in enumerate(policy.reminders):
        yield ("reminders", index, "channels"), reminder.rungs
    yield ("receipt",), policy.receipt
