"""What a rule looks at: the facts, the policy, the law and the wall clock of the debtor, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zlib import crc32

from domain.calendar import Calendar, Hold, Hours, Window
from domain.facts import Facts, SendState
from domain.law import Law
from domain.policy import Channel, Policy
from domain.words import DISTRIBUTION, Message, Status


@dataclass(frozen=True, slots=True)
class Case:
    """One invoice at one moment. ``moment`` is aware UTC, ``now`` the debtor's wall time."""

    facts: Facts
    policy: Policy
    law: Law
    moment: datetime
    now: datetime
    window: Window

    @classmethod
    def at(cls, facts: Facts, policy: Policy, law: Law, moment: datetime) -> Case:
        """The case at an aware moment."""
        window = Window(law.calendar, _hours(policy, law, facts.invoice.merchant + facts.invoice.number))
        return cls(facts, policy, law, moment, law.calendar.wall(moment), window)

    @property
    def calendar(self) -> Calendar:
        """The debtor country's calendar."""
        return self.law.calendar

    @property
    def today(self) -> date:
        """The debtor's local day."""
        return self.now.date()

    @property
    def holds(self) -> tuple[Hold, ...]:
        """The holds so far, in wall time, oldest first."""
        wall = self.calendar.wall
        return tuple(
            Hold(wall(hold.since), wall(hold.ended) if hold.ended else None) for hold in self.facts.holds
        )

    @property
    def due(self) -> date:
        """The due date printed last. Where the law has each reminder set a new one, that is its pay-by day."""
        facts = self.facts
        if self.law.reminders.new_due:
            for send in reversed(facts.sends):
                if facts.due_set and send.since < facts.due_set:
                    break
                if send.message in REMINDERS and send.out_at and send.pay_by:
                    return max(facts.due, send.pay_by)
        return facts.due

    @property
    def told(self) -> datetime | None:
        """Wall time of the first message that went out; None: the debtor knows nothing yet."""
        first = next((send.out_at for send in self.facts.sends if send.out_at), None)
        return self.calendar.wall(first) if first else None

    def first_out(self, step: str) -> datetime | None:
        """Wall time of a step's first sent message."""
        out = next((send.out_at for send in self.facts.of_step(step) if send.out_at), None)
        return self.calendar.wall(out) if out else None

    def is_spent(self, send: SendState) -> bool:
        """Whether a send failed for good and its channel has got no new address since."""
        if send.status not in (Status.FAILED, Status.SKIPPED):
            return False
        return not any(channel is send.channel and at > send.since for channel, at in self.facts.renewed)

    @property
    def is_unreachable(self) -> bool:
        """Whether every rung of the distribution was used and nobody was reached."""
        if self.facts.reached:
            return False
        last = {send.id.rung: send for send in self.facts.of_step(DISTRIBUTION)}
        rungs = range(len(self.policy.distribution))
        return all(rung in last and self.is_spent(last[rung]) for rung in rungs)

    @property
    def pay_by_passed(self) -> date:
        """The first day after every printed day to pay, with the settlement lag after a due date."""
        rolled = self.calendar.roll(self.due)
        first = max(self.calendar.add(rolled, self.policy.settlement_lag), rolled + timedelta(days=1))
        printed = [send.pay_by for send in self.facts.sends if send.message in REMINDERS and send.is_out and send.pay_by]
        return max([first, *(day + timedelta(days=1) for day in printed)])

    def midnight(self, day: date) -> datetime:
        """The start of a day, wall time."""
        return datetime.combine(day, time.min)


REMINDERS = frozenset({Message.REMINDER, Message.LAST_REMINDER})
WRITTEN = frozenset({Channel.EMAIL, Channel.LETTER})
"""The channels taken as writing where the law wants writing."""


def _hours(policy: Policy, law: Law, name: str) -> Hours:
    """The merchant's hours within the law's, opening later for some invoices when a mass send is spread."""
    hours = policy.contact_hours
    if law.contact_hours:
        hours = hours.narrowed(law.contact_hours[0])
    if not policy.spread_minutes:
        return hours
    late = timedelta(minutes=crc32(name.encode()) % policy.spread_minutes)
    return Hours((datetime.combine(date.min, hours.opens) + late).time(), hours.closes)

