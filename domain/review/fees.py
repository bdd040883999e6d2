"""What steps may cost: how much, how often, how soon, and on what conditions."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from domain.calendar import Span
from domain.law.caps import Cap
from domain.law.pack import FIRM, Known, Source, Value
from domain.money import Money
from domain.policy import Channel
from domain.review.finding import Finding, error, warning
from domain.review.looking import Cost, Look, Step, fewest_days, in_words, ruled, written
from domain.telling import CHANNELS
from domain.words import Message

TINY, HUGE = 1, 10**12
"""Principals, in minor units, below and above every tier of a law."""

FREE = "write 0.00"


def caps(look: Look) -> Iterator[Finding]:
    """Fees above the cap, and those that nobody will be charged."""
    for cost in look.costs:
        line = cost.law.cap.on(look.day)
        if line is not None and line.value is not None and line.source.known in FIRM:
            yield from _measured(look, cost, line.value, line.source)
        else:
            yield _uncharged(look, cost, line)


def agreement(look: Look) -> Iterator[Finding]:
    """A fee that the contract must know, and does not; told once."""
    if look.policy.fee_agreed:
        return
    for cost in look.costs:
        source = _source(cost.law.needs_agreement.on(look.day))
        if source:
            problem = "a fee must have been agreed before the debt arose, and the file does not say so"
            cure = 'if your contract says that a reminder costs, add "fee_agreed: true" to the policy; else write 0.00'
            yield error(cost.where, problem, cure, source, "agreed before the debt arose", "0.00")
            return


def writing(look: Look) -> Iterator[Finding]:
    """A fee on a message that is not in writing."""
    for cost in look.costs:
        if not cost.channels:
            source = _source(cost.law.needs_writing.on(look.day))
            problem = "a fee needs a reminder in writing, so it will never be charged here"
            yield warning(cost.where, problem, "add email or letter, or write 0.00", source, "in writing", "0.00")


def counts(look: Look) -> Iterator[Finding]:
    """More fees than the law counts, or than practice accepts."""
    for family in look.families:
        for number, cost in enumerate(family, start=1):
            most, usual = ruled(cost.law.count, look.day), ruled(cost.law.usual, look.day)
            if most and number > most[0]:
                problem = f"this is paid reminder {number}; the law allows {most[0]}"
                yield error(cost.where, problem, FREE, most[1], most[0], "0.00")
            elif usual and number > usual[0]:
                problem = f"this is paid reminder {number}; a court is unlikely to accept more than {usual[0]}"
                yield warning(cost.where, problem, FREE, usual[1], usual[0], "0.00")


def delays(look: Look) -> Iterator[Finding]:
    """Fees that come too soon after the due date, or after the one before."""
    for family in look.families:
        for cost in family:
            rule = ruled(cost.law.not_before, look.day)
            if rule and cost.step.earliest < rule[0]:
                limit = f"from {rule[0]} days after the due date"
                problem = f"a fee may be charged {limit}; this is after {cost.step.earliest}"
                yield _too_soon(cost.step, rule[0] - cost.step.wished, problem, rule[1], limit)
        for before, cost in pairwise(family):
            rule = ruled(cost.law.spacing, look.day)
            apart = cost.step.earliest - before.step.earliest
            if rule and apart < rule[0]:
                limit = f"at least {rule[0]} days apart"
                problem = f"fees must come {limit}; this one comes {apart} after the last"
                missing = rule[0] - (cost.step.wished - before.step.earliest)
                yield _too_soon(cost.step, missing, problem, rule[1], limit)


def free_first(look: Look) -> Iterator[Finding]:
    """A fee before the free message that must come first, or before its time is over."""
    for family in look.families:
        first = next(iter(family), None)
        rule = ruled(first.law.free_first, look.day) if first else None
        if first is None or rule is None:
            continue
        number = look.steps.index(first.step)
        free = next((n for n in range(number) if written(look.policy.reminders[n])), None)
        limit = f"after a free one in writing and {in_words(rule[0])}" if rule[0] else "after a free one in writing"
        if free is None:
            problem = f"a message may cost something only {limit}, and none comes before this"
            yield error(first.where, problem, FREE, rule[1], limit, "0.00")
            continue
        days = look.fewest(rule[0], look.policy.reminders[free])
        gap = first.step.wished - look.steps[free].earliest
        if gap <= days:
            problem = f"a message may cost something only {limit}; this comes {gap} days after it"
            yield _too_soon(first.step, days + 1 - gap, problem, rule[1], limit)


def _measured(look: Look, cost: Cost, cap: Cap, source: Source) -> Iterator[Finding]:
    """The wish beside a cap that is firmly known: by the dearest channel, and by the largest and smallest debts."""
    currency = look.policy.currency
    most = {by: cap.of(Money(HUGE, currency), by) for by in cost.channels or tuple(Channel)}
    lawful = {by: amount for by, amount in most.items() if amount}
    if None in most.values():
        problem = f"no cap is known in {currency}, so no fee will be charged"
        yield warning(cost.where, problem, FREE, source, cap, "0.00")
    elif not lawful:
        yield _above(look, cost, f"{FREE}{_elsewhere(cap, currency)}", source, cap, "0.00")
    elif cost.fee is not None:
        top = min(lawful.values())
        least = min(amount for by in lawful if (amount := cap.of(Money(TINY, currency), by)))
        else_legal = ' or "legal"' if least != top else ""
        if cost.fee > top:
            only = "" if len(lawful) == len(most) else f", by {_named(lawful)} only"
            yield _above(look, cost, f"write at most {top}{only}{else_legal}", source, cap, top)
        elif cost.fee > least:
            problem = f"small debts may cost less, to which it will be cut: {cap}"
            yield warning(cost.where, problem, f'write "legal", or at most {least}', source, cap, "legal")


def _above(look: Look, cost: Cost, cure: str, source: Source, limit: object, value: object) -> Finding:
    """A wish above the law; to want all that is lawful where that is nothing is only in vain."""
    if cost.fee is None:
        problem = f"the law allows nothing here, so nothing will be charged: {limit}"
        return warning(cost.where, problem, cure, source, limit, value)
    problem = f"{cost.fee} {look.policy.currency} is more than the law allows: {limit}"
    return error(cost.where, problem, cure, source, limit, value)


def _uncharged(look: Look, cost: Cost, line: Value[Cap] | None) -> Finding:
    """A fee whose cap is not there, or not firmly known."""
    if line is None and cost.step.message is Message.CLAIM and not cost.law.cap.values:
        problem = f"{look.law.country}: the law knows no fee for handing a claim over"
        return error(cost.where, problem, FREE, None, "nothing", "0.00")
    if line is not None and line.value is not None:
        problem = f"the cap, {line.value}, is not firmly known, so no fee will be charged"
        return warning(cost.where, problem, FREE, line.source, line.value, "0.00")
    if line is not None and line.source.known is not Known.UNKNOWN:
        return _above(look, cost, FREE, line.source, "nothing", "0.00")
    problem = f"no cap is known for {look.day}, so no fee will be charged"
    return warning(cost.where, problem, FREE, line.source if line else None, "unknown", "0.00")


def _too_soon(step: Step, missing: int, problem: str, source: Source, limit: str) -> Finding:
    value = Span(fewest_days(step.wait) + missing)
    return error(step.key, problem, f'write "{value}", or a fee of 0.00', source, limit, value)


def _elsewhere(cap: Cap, currency: str) -> str:
    """Where a message may cost something, if not here."""
    amounts = {by: cap.of(Money(HUGE, currency), by) for by in (Channel.EMAIL, Channel.LETTER)}
    return "".join(f", or by {CHANNELS[by]} at most {amount}" for by, amount in amounts.items() if amount)


def _named(channels: dict[Channel, Money]) -> str:
    return " and ".join(CHANNELS[by] for by in channels)


def _source(line: Value[bool] | None) -> Source | None:
    return line.source if line and line.value else None
