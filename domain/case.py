"""What a rule looks at: the facts, the policy, the law and the wall clock of the debtor, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zlib import crc32

from domain.calendar import ONE_DAY, Calendar, Hold, Hours, Span, Window, merged
from domain.facts import Facts, SendState
from domain.law import Law
from domain.policy import Channel, Policy
from domain.words import DISTRIBUTION, Message, Status

REMINDERS = frozenset({Message.REMINDER, Message.LAST_REMINDER})
WRITTEN = frozenset({Channel.EMAIL, Channel.LETTER})
"""The channels taken as writing where the law wants writing."""

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""How long to wait before each new attempt of a message that surely was not sent; after the last the rung failed."""


@dataclass(frozen=True)
class Case:
    """One invoice at one moment. ``moment`` is aware UTC, ``now`` the debtor's wall time.

    It lives as long as one decision, and many rules ask it the same questions: it has no slots, and keeps its answers.
    """

    facts: Facts
    policy: Policy
    law: Law
    moment: datetime
    now: datetime
    window: Window

    @classmethod
    def at(cls, facts: Facts, policy: Policy, law: Law, moment: datetime) -> Case:
        """The case at an aware moment."""
        hours = _lawful(policy.contact_hours, law.contact_hours[0]) if law.contact_hours else policy.contact_hours
        if policy.spread_minutes:
            hours = _spread(hours, policy.spread_minutes, facts.invoice.merchant + facts.invoice.number)
        return cls(facts, policy, law, moment, law.calendar.wall(moment), Window(law.calendar, hours))

    @property
    def calendar(self) -> Calendar:
        """The debtor country's calendar."""
        return self.law.calendar

    @cached_property
    def today(self) -> date:
        """The debtor's local day."""
        return self.now.date()

    def until(self, wall: datetime) -> datetime:
        """The moment of a wall time ahead. In the autumn night's second hour it is that hour's second passing."""
        moment = self.calendar.moment(wall)
        return moment if moment > self.moment else moment + timedelta(hours=1)

    def deadline(self, anchor: datetime, span: Span) -> datetime:
        """``span`` after a wall time, held days not counted."""
        return self.calendar.deadline(anchor, span, self.holds)

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """The stretches held so far, in wall time, oldest first."""
        wall = self.calendar.wall
        return merged(Hold(wall(hold.since), wall(hold.ended) if hold.ended else None) for hold in self.facts.holds)

    @cached_property
    def due(self) -> date:
        """The due date printed last. Where the law has each reminder set a new one, that is its pay-by day."""
        facts = self.facts
        if self.law.reminders.new_due:
            for send in reversed(facts.sends):
                if send.out_at is None or send.message not in REMINDERS or send.pay_by is None:
                    continue
                if facts.due_set and send.out_at < facts.due_set:
                    break
                return max(facts.due, send.pay_by)
        return facts.due

    @cached_property
    def told(self) -> datetime | None:
        """Wall time of the first message that is out and has not failed; None: there is none."""
        for send in self.facts.sends:
            if send.out_at and send.is_out and send.channel is not Channel.COLLECTION:
                return self.calendar.wall(send.out_at)
        return None

    @cached_property
    def reached(self) -> bool:
        """Whether anybody viewed, or some message to the debtor is out and has not failed."""
        return self.facts.reached

    def of_step(self, step: str) -> tuple[SendState, ...]:
        """The sends of a step, oldest first."""
        return self._steps.get(step, ())

    def first_out(self, step: str) -> datetime | None:
        """Wall time of a step's first sent message."""
        for send in self.of_step(step):
            if send.out_at:
                return self.calendar.wall(send.out_at)
        return None

    def is_renewed(self, send: SendState) -> bool:
        """Whether the send's channel has got a new address since."""
        return any(channel is send.channel and at > send.since for channel, at in self.facts.renewed)

    def is_spent(self, send: SendState) -> bool:
        """Whether a send failed for good, and would again."""
        given_up = send.status is Status.NOT_SENT and send.id.attempt > len(RETRY_AFTER)
        return (given_up or send.status in (Status.FAILED, Status.SKIPPED)) and not self.is_renewed(send)

    @property
    def is_unreachable(self) -> bool:
        """Whether every rung of the distribution was used and nobody was reached."""
        if self.reached:
            return False
        last = {send.id.rung: send for send in self.of_step(DISTRIBUTION)}
        rungs = range(len(self.policy.distribution))
        return all(rung in last and self.is_spent(last[rung]) for rung in rungs)

    @cached_property
    def last_day_to_pay(self) -> date:
        """The last printed day to pay, moved to a bank day: until its end a payment is on time."""
        return max([self.calendar.roll(self.due), *self._printed])

    @cached_property
    def pay_by_passed(self) -> date:
        """The first day after every printed day to pay, with the settlement lag after a due date."""
        lag = self.calendar.add(self.calendar.roll(self.due), self.policy.settlement_lag)
        return max(lag, self.last_day_to_pay + ONE_DAY)

    def midnight(self, day: date) -> datetime:
        """The start of a day, wall time."""
        return datetime.combine(day, time.min)

    @cached_property
    def _steps(self) -> dict[str, tuple[SendState, ...]]:
        steps: dict[str, tuple[SendState, ...]] = {}
        for send in self.facts.sends:
            steps[send.id.step] = (*steps.get(send.id.step, ()), send)
        return steps

    @cached_property
    def _printed(self) -> list[date]:
        """The days to pay that reminders print, as holds have moved them."""
        days = []
        for send in self.facts.sends:
            if send.is_out and send.out_at and send.pay_by and send.message in REMINDERS:
                out = self.calendar.wall(send.out_at)
                day = self.deadline(out, Span((send.pay_by - out.date()).days)).date()
                days.append(self.calendar.roll(day))
        return days


def _lawful(wished: Hours, lawful: Hours) -> Hours:
    """The wished hours within the law's; the law's where they have none in common."""
    both = wished.narrowed(lawful)
    return both if both.opens < both.closes else lawful


@lru_cache(maxsize=65536)
def _spread(hours: Hours, minutes: int, invoice: str) -> Hours:
    """The same hours, opening later for some invoices, so that a mass send is smeared out."""
    opens, closes = (datetime.combine(date.min, at) for at in (hours.opens, hours.closes))
    widest = min(timedelta(minutes=minutes), closes - opens) // timedelta(minutes=1)
    late = timedelta(minutes=crc32(invoice.encode()) % widest)
    return Hours((opens + late).time(), hours.closes)
