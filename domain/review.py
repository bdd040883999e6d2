"""Law against policy, before the policy is used: what a merchant's wishes would meet in court, and where it says so.

At run time the law has the last word anyway (``domain/charges.py``, ``domain/steps.py``). This tells it beforehand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from domain.calendar import Hours, Span, Unit
from domain.case import WRITTEN
from domain.law.pack import Dated, Law, Source, Term
from domain.money import Money
from domain.policy import Anchor, Policy, Reminder, Rung

T = TypeVar("T")
Where = tuple[str | int, ...]


class Severity(StrEnum):
    """An error is refused; a warning is told, and the law prevails."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, where, and what would be right; ``source`` is the law's, None where it is plain sense."""

    severity: Severity
    where: Where
    problem: str
    cure: str
    source: Source | None = None


def review(policy: Policy, law: Law, day: date) -> tuple[Finding, ...]:
    """All that the law of a day, and plain sense, find in a policy; in the order of the file."""
    look = _Look(policy, law, day)
    found = [finding for rule in _RULES for finding in rule(look)]
    return tuple(sorted(found, key=lambda finding: _ORDER.index(finding.where[1])))


@dataclass(frozen=True, slots=True)
class _Look:
    """What every rule looks at."""

    policy: Policy
    law: Law
    day: date


def _error(where: Where, problem: str, cure: str, source: Source | None = None) -> Finding:
    return Finding(Severity.ERROR, ("policy", *where), problem, cure, source)


def _warning(where: Where, problem: str, cure: str, source: Source | None = None) -> Finding:
    return Finding(Severity.WARNING, ("policy", *where), problem, cure, source)


# --- fees ------------------------------------------------------------------------------------------------------------


def _fee_cap(look: _Look) -> Iterator[Finding]:
    line = look.law.reminders.cap.on(look.day)
    for index, reminder in _paid(look.policy):
        where: Where = ("reminders", index, "fee")
        if line is None or line.value is None:
            source = line.source if line else None
            yield _warning(where, f"no cap is known for {look.day}, so no fee will be charged", "write 0.00", source)
            continue
        cap = line.value.of(Money.zero(look.policy.currency), reminder.rungs[0].channel)
        if cap is None:
            problem = f"no cap is known in {reminder.fee.currency}, so no fee will be charged"
            yield _warning(where, problem, "write 0.00", line.source)
        elif reminder.fee > cap:
            problem = f"{reminder.fee} {look.policy.currency} is more than the law allows"
            yield _error(where, problem, f"write at most {cap}", line.source)


def _fee_agreed(look: _Look) -> Iterator[Finding]:
    source = _source(look.law.reminders.needs_agreement, look.day)
    first = next(_paid(look.policy), None)
    if source and first and not look.policy.fee_agreed:
        cure = 'if your contract says that a reminder costs, add "fee_agreed: true" to the policy; else write 0.00'
        problem = "a fee must have been agreed before the debt arose, and the file does not say so"
        yield _error(("reminders", first[0], "fee"), problem, cure, source)


def _fee_count(look: _Look) -> Iterator[Finding]:
    for paid, (index, _) in enumerate(_paid(look.policy), start=1):
        where: Where = ("reminders", index, "fee")
        limit, usual = _ruled(look.law.reminders.count, look.day), _ruled(look.law.reminders.usual, look.day)
        if limit and paid > limit[0]:
            yield _error(where, f"this is paid reminder {paid}; the law allows {limit[0]}", "write 0.00", limit[1])
        elif usual and paid > usual[0]:
            problem = f"this is paid reminder {paid}; a court is unlikely to accept more than {usual[0]}"
            yield _warning(where, problem, "write 0.00", usual[1])


def _fee_time(look: _Look) -> Iterator[Finding]:
    rule = _ruled(look.law.reminders.not_before, look.day)
    if rule is None:
        return
    days, source = rule
    for index, earliest in enumerate(_earliest(look)):
        reminder = look.policy.reminders[index]
        if reminder.fee and earliest < days:
            problem = f"a fee may be charged from {days} days after the due date; this is after {earliest}"
            cure = f'write "{reminder.anchor}: {reminder.wait.count + days - earliest} days", or a fee of 0.00'
            yield _error(("reminders", index, "fee"), problem, cure, source)


def _fee_writing(look: _Look) -> Iterator[Finding]:
    source = _source(look.law.reminders.needs_writing, look.day)
    for index, reminder in _paid(look.policy):
        if source and not _is_written(reminder):
            problem = "a fee needs a reminder in writing, so it will never be charged here"
            yield _warning(("reminders", index, "fee"), problem, "add email or letter, or write 0.00", source)


# --- time ------------------------------------------------------------------------------------------------------------


def _time_to_pay(look: _Look) -> Iterator[Finding]:
    for index, reminder in enumerate(look.policy.reminders):
        demand = _demanded(look, index)
        if demand is None:
            continue
        days, source = demand
        if reminder.time_to_pay and _least_days(reminder.time_to_pay) < days:
            problem = f"the law gives {days} days from sending, so this will be moved"
            yield _warning(("reminders", index, "time_to_pay"), problem, f"write {days} days", source)
        follows = _wait_after(look.policy, index)
        if follows and _least_days(follows[1]) <= days:
            problem = f"the law gives {days} days from sending first, so this will be moved"
            yield _warning(follows[0], problem, f"write {days + 1} days", source)


def _contact_hours(look: _Look) -> Iterator[Finding]:
    rule = _ruled(look.law.contact.weekdays, look.day)
    if rule is None:
        return
    allowed, source = rule
    narrowed = look.policy.contact_hours.narrowed(allowed)
    where: Where = ("contact_hours",)
    if narrowed == look.policy.contact_hours:
        return
    problem = f"{look.policy.contact_hours} is not within the {allowed} that the law allows"
    if narrowed.opens >= narrowed.closes:
        yield _error(where, f"{problem}; nothing is left", f"write {allowed}, or hours within", source)
    else:
        yield _warning(where, f"{problem}; it will be {narrowed}", f"write {narrowed}", source)


def _spread(look: _Look) -> Iterator[Finding]:
    allowed = look.law.contact.weekdays.at(look.day)
    hours = look.policy.contact_hours.narrowed(allowed) if allowed else look.policy.contact_hours
    open_minutes = _minutes(hours)
    if 0 < open_minutes < look.policy.spread_minutes:
        problem = f"{look.policy.spread_minutes} minutes is longer than the contact hours {hours}"
        yield _error(("spread",), problem, f"write at most {open_minutes} minutes")


# --- steps -----------------------------------------------------------------------------------------------------------


def _distribution(look: _Look) -> Iterator[Finding]:
    if not look.policy.distribution:
        yield _error(("distribution",), "is empty, so nobody would get the invoice", "name at least one channel")


def _notice(look: _Look) -> Iterator[Finding]:
    source = _source(look.law.collection.notice, look.day)
    if look.policy.collection is None or source is None:
        return
    if not look.policy.reminders:
        problem = "collection needs a written notice first, which is the last reminder, and there is none"
        yield _error(("collection",), problem, 'add a reminder by email or letter, or write "never"', source)
    elif not _is_written(look.policy.reminders[-1]):
        problem = "the last reminder is the notice that collection follows, and must be in writing"
        where: Where = ("reminders", len(look.policy.reminders) - 1, "channels")
        yield _error(where, problem, "add email or letter", source)


def _last_rungs(look: _Look) -> Iterator[Finding]:
    for where, rungs in _ladders(look.policy):
        if rungs and rungs[-1].viewed_within:
            problem = "nothing follows the last channel, so this waits for nothing"
            yield _warning(
                (*where, len(rungs) - 1, "viewed_within"), problem, "leave it out, or add a channel after it"
            )


_RULES: tuple[Callable[[_Look], Iterator[Finding]], ...] = (
    _contact_hours,
    _spread,
    _distribution,
    _last_rungs,
    _fee_cap,
    _fee_agreed,
    _fee_count,
    _fee_time,
    _fee_writing,
    _time_to_pay,
    _notice,
)
_ORDER: tuple[str | int, ...] = (
    "contact_hours",
    "spread",
    "distribution",
    "due_reminder",
    "reminders",
    "collection",
    "receipt",
)


# --- what the rules measure ------------------------------------------------------------------------------------------


def _paid(policy: Policy) -> Iterator[tuple[int, Reminder]]:
    return ((index, reminder) for index, reminder in enumerate(policy.reminders) if reminder.fee)


def _ladders(policy: Policy) -> Iterator[tuple[Where, tuple[Rung, ...]]]:
    yield ("distribution",), policy.distribution
    yield ("due_reminder", "channels"), policy.due_reminder
    for index, reminder in enumerate(policy.reminders):
        yield ("reminders", index, "channels"), reminder.rungs
    yield ("receipt",), policy.receipt


def _is_written(reminder: Reminder) -> bool:
    return any(rung.channel in WRITTEN for rung in reminder.rungs)


def _least_days(span: Span) -> int:
    """The fewest calendar days that a span can take: five bank days always meet a weekend."""
    return span.count + 2 * (span.count // 5) if span.unit is Unit.BANK_DAYS else span.count


def _minutes(hours: Hours) -> int:
    return (hours.closes.hour - hours.opens.hour) * 60 + hours.closes.minute - hours.opens.minute


def _ruled(rule: Dated[T], day: date) -> tuple[T, Source] | None:
    """What a law sets on a day, and where; None: nothing."""
    line = rule.on(day)
    return (line.value, line.source) if line and line.value is not None else None


def _source(rule: Dated[Any], day: date) -> Source | None:
    """Where a demand of the law stands; None if it makes none on the day."""
    ruled = _ruled(rule, day)
    return ruled[1] if ruled and ruled[0] is not False else None


def _demanded(look: _Look, index: int) -> tuple[int, Source] | None:
    """The days that the law gives a debtor after this reminder: a new due date, or the notice before collection."""
    demands = [_ruled(look.law.reminders.new_due, look.day)]
    if look.policy.collection and index + 1 == len(look.policy.reminders):
        notice = _ruled(look.law.collection.notice, look.day)
        demands.append((max(map(_term_days, notice[0]), default=0), notice[1]) if notice else None)
    return max((demand for demand in demands if demand), key=lambda demand: demand[0], default=None)


def _term_days(term: Term) -> int:
    """The fewest calendar days that a term can take."""
    return _least_days(Span(term.days, term.unit))


def _wait_after(policy: Policy, index: int) -> tuple[Where, Span] | None:
    """Where and how long the step after this reminder waits for it; None if it counts from elsewhere."""
    if index + 1 < len(policy.reminders):
        following, where = policy.reminders[index + 1], ("reminders", index + 1, "after_previous")
        return (where, following.wait) if following.anchor is Anchor.AFTER_PREVIOUS else None
    if policy.collection and policy.collection.anchor is Anchor.AFTER_PREVIOUS:
        return ("collection", "after_previous"), policy.collection.wait
    return None


def _earliest(look: _Look) -> Iterator[int]:
    """The fewest calendar days after the first due date at which each reminder can go out."""
    policy, days = look.policy, look.law.reminders.new_due.at(look.day)
    new_due = days + 1 if days else 0
    earliest = 0
    for index, reminder in enumerate(policy.reminders):
        wait = _least_days(reminder.wait)
        if index == 0:
            earliest = wait
        elif reminder.anchor is Anchor.AFTER_DUE:
            earliest = max(earliest + new_due, wait)
        else:
            earliest += max(new_due, wait)
        yield earliest
