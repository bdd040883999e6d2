"""A policy seen with the eyes of one law: which message each step is, how soon it can come, and what it may cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TypeVar

from domain.calendar import Span, Unit
from domain.case import WRITTEN
from domain.law.pack import Dated, FeeLaw, Law, Source, Term
from domain.money import Money
from domain.policy import Anchor, Channel, Collection, Policy, Reminder
from domain.review.finding import Where
from domain.words import Message

T = TypeVar("T")

ORDINARY = tuple(date(2026, 9, 7) + timedelta(days=n) for n in range(14))
"""A fortnight without a holiday in any country: terms are never shorter than in it."""


@dataclass(frozen=True, slots=True)
class Given:
    """Time that the law gives a debtor after a message; ``days`` is the fewest calendar days that it takes."""

    days: int
    limit: str
    what: str
    source: Source
    binds: bool
    """Whether what follows too soon would be unlawful, and not only moved."""


@dataclass(frozen=True, slots=True)
class Step:
    """A reminder or the hand-over in time, in the fewest calendar days after the due date."""

    where: Where
    """Its key: ``("reminders", 0)``."""
    key: Where
    """The key of its wait."""
    message: Message
    wait: Span
    wished: int
    """By the policy alone."""
    earliest: int
    """When the time is over that the step before it gives."""
    given: tuple[Given, ...]
    time_to_pay: Span | None


@dataclass(frozen=True, slots=True)
class Cost:
    """A step that is to cost something; ``fee`` None: all that the law allows."""

    step: Step
    fee: Money | None
    law: FeeLaw
    channels: tuple[Channel, ...]
    """The ones on which it may."""

    @property
    def where(self) -> Where:
        """The key of the fee."""
        return (*self.step.where, "fee")


@dataclass(frozen=True)
class Look:
    """One policy under one law on one day."""

    policy: Policy
    law: Law
    day: date

    @cached_property
    def messages(self) -> tuple[Message, ...]:
        """What each reminder is, as ``domain/steps.py`` will see it."""
        told: list[Message] = []
        for index, reminder in enumerate(self.policy.reminders):
            noticed = not self.needs_notice or any(map(self._is_notice, told, self.policy.reminders))
            told.append(Message.DEMAND if self.may_demand(reminder) and noticed else self._reminder(index))
        return tuple(told)

    @cached_property
    def needs_notice(self) -> bool:
        """Whether the law wants a notice of ours before collection."""
        return self.law.collection.notice.at(self.day) is not None and self.may_send(Message.LAST_REMINDER)

    @cached_property
    def is_noticed(self) -> bool:
        """Whether some reminder is that notice, in writing."""
        return any(map(self._is_notice, self.messages, self.policy.reminders))

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The reminders and the hand-over, in order."""
        steps: list[Step] = []
        for index, reminder in enumerate(self.policy.reminders):
            given = tuple(self._given(index))
            steps.append(self._step(("reminders", index), self.messages[index], reminder, steps, given))
        if self.policy.collection:
            steps.append(self._step(("collection",), Message.CLAIM, self.policy.collection, steps, ()))
        return tuple(steps)

    @cached_property
    def costs(self) -> tuple[Cost, ...]:
        """The steps that are to cost something, in order."""
        found = []
        for step, reminder in zip(self.steps, self.policy.reminders, strict=False):
            if reminder.fee or reminder.legal_fee:
                law = self.law.demand if step.message is Message.DEMAND else self.law.reminders
                fee = None if reminder.legal_fee else reminder.fee
                found.append(Cost(step, fee, law, self._paying(law, reminder)))
        if self.policy.collection and self.policy.collection.fee:
            fee = self.policy.collection.fee
            found.append(Cost(self.steps[-1], fee, self.law.collection.fee, (Channel.LETTER,)))
        return tuple(found)

    @cached_property
    def families(self) -> tuple[tuple[Cost, ...], ...]:
        """The reminders that may cost, and the demands that may: the law counts them apart."""
        could = [cost for cost in self.costs if cost.channels and cost.step.message is not Message.CLAIM]
        demands = tuple(cost for cost in could if cost.step.message is Message.DEMAND)
        return tuple(cost for cost in could if cost not in demands), demands

    def may_send(self, message: Message) -> bool:
        """Whether the creditor itself may send a message."""
        return self.law.creditor_may_send(message, self.day)

    def may_demand(self, reminder: Reminder) -> bool:
        """Whether a reminder is to be a demand, and the law lets a creditor make one."""
        known = self.law.demand.term.at(self.day) is not None
        return reminder.demand and known and self.may_send(Message.DEMAND)

    def fewest(self, terms: tuple[Term, ...], reminder: Reminder) -> int:
        """The fewest calendar days that these terms can take after a reminder."""
        channels = written(reminder) or tuple(rung.channel for rung in reminder.rungs)
        sent = [day for day in ORDINARY if self.law.calendar.is_bank_day(day)]
        return min((self.law.last_day(terms, day, by) - day).days for day in sent for by in channels)

    def _reminder(self, index: int) -> Message:
        following = self.policy.reminders[index + 1 : index + 2]
        is_last = self.needs_notice and following[0].demand if following else self.policy.collection is not None
        return Message.LAST_REMINDER if is_last and self.may_send(Message.LAST_REMINDER) else Message.REMINDER

    def _is_notice(self, message: Message, reminder: Reminder) -> bool:
        return message in (Message.LAST_REMINDER, Message.DEMAND) and bool(written(reminder))

    def _paying(self, law: FeeLaw, reminder: Reminder) -> tuple[Channel, ...]:
        return written(reminder) if law.needs_writing.at(self.day) else tuple(rung.channel for rung in reminder.rungs)

    def _given(self, index: int) -> Iterator[Given]:
        """The time that the law gives after a reminder."""
        new_due = ruled(self.law.reminders.new_due, self.day)
        if new_due:
            yield Given(new_due[0], f"{new_due[0]} days from sending", "as a new due date", new_due[1], False)
        rule, what = self.law.collection.notice, "before collection"
        if self.messages[index] is Message.DEMAND:
            rule, what = self.law.demand.term, "to answer a demand"
        found = ruled(rule, self.day)
        if found and self.messages[index] is not Message.REMINDER:
            days = self.fewest(found[0], self.policy.reminders[index])
            yield Given(days, in_words(found[0]), what, found[1], True)

    def _step(
        self,
        where: Where,
        message: Message,
        item: Reminder | Collection,
        before: list[Step],
        given: tuple[Given, ...],
    ) -> Step:
        wished = earliest = fewest_days(item.wait)
        if before:
            last, time = before[-1], time_of(before[-1])
            if item.anchor is Anchor.AFTER_PREVIOUS:
                wished += last.earliest
            elif self.law.reminders.new_due.at(self.day):
                wished += last.earliest + time
            earliest = max(wished, last.earliest + time + 1) if time else max(wished, last.earliest)
        pay = item.time_to_pay if isinstance(item, Reminder) else None
        return Step(where, (*where, item.anchor), message, item.wait, wished, earliest, given, pay)


def time_of(step: Step) -> int:
    """The fewest calendar days that a debtor has after a step: the law's, or more, if the policy gives more."""
    wished = fewest_days(step.time_to_pay) if step.time_to_pay else 0
    return max((wished, *(given.days for given in step.given)))


def written(reminder: Reminder) -> tuple[Channel, ...]:
    """The channels of a reminder that are taken as writing."""
    return tuple(rung.channel for rung in reminder.rungs if rung.channel in WRITTEN)


def fewest_days(span: Span) -> int:
    """The fewest calendar days that a span can take: five bank days always meet a weekend."""
    return span.count if span.unit is Unit.DAYS else span.count + 2 * (span.count // 5)


def ruled(rule: Dated[T], day: date) -> tuple[T, Source] | None:
    """What a law sets on a day, and where; None: nothing."""
    line = rule.on(day)
    return (line.value, line.source) if line and line.value is not None else None


def in_words(terms: tuple[Term, ...]) -> str:
    """Terms as people read them."""
    return " and ".join(map(str, terms))
