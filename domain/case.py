"""What a rule looks at: the facts, the policy, the law and the wall clock of the debtor, side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from zlib import crc32

from domain.calendar import ONE_DAY, Calendar, Hold, Hours, Span, Window, merged
from domain.facts import Facts, SendState
from domain.law.pack import PRINCIPAL_FIRST, Law
from domain.ledger import ledger
from domain.money import Money
from domain.policy import Channel, Policy, Rung
from domain.words import COLLECTION, DISTRIBUTION, DUNNING, REMINDERS, Message, Status, step_index

PRINTS = REMINDERS | {Message.ANSWER}
"""The messages that give the debtor a new day to pay."""
WRITTEN = frozenset({Channel.EMAIL, Channel.LETTER})
"""The channels taken as writing where the law wants writing."""

RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 240, 720))
"""How long to wait before each new attempt of a message that surely was not sent; after the last the rung failed."""


@dataclass(frozen=True)
class Case:
    """One invoice at one moment. ``moment`` is aware UTC, ``now`` the debtor's wall time.

    It lives as long as one decision, and many rules ask it the same questions: what most of them ask is worked out at
    the start, the rest (without slots) when first asked.
    """

    facts: Facts
    policy: Policy
    law: Law
    moment: datetime
    now: datetime
    today: date
    window: Window
    calendar: Calendar
    steps: dict[str, list[SendState]]
    """The sends of each step, oldest first."""
    reminders: list[SendState]
    """The reminders that went out, oldest first, also those that came back."""
    told: datetime | None
    """Wall time of the first message that is out and has not failed; None: there is none."""
    due: date
    """The due date printed last."""

    @classmethod
    def at(cls, facts: Facts, policy: Policy, law: Law, moment: datetime) -> Case:
        """The case at an aware moment."""
        calendar, told = law.calendar, None
        steps: dict[str, list[SendState]] = {}
        reminders: list[SendState] = []
        for send in facts.sends:
            steps.setdefault(send.id.step, []).append(send)
            if send.out_at is None or send.channel is Channel.COLLECTION:
                continue
            if told is None and send.is_out:
                told = calendar.wall(send.out_at)
            if send.message in REMINDERS:
                reminders.append(send)
        now, due = calendar.wall(moment), _due(facts, law, reminders)
        window = Window(calendar, _hours(facts, policy, law, now.date()))
        return cls(facts, policy, law, moment, now, now.date(), window, calendar, steps, reminders, told, due)

    @cached_property
    def principal(self) -> Money:
        """The principal that is open and not disputed."""
        facts = self.facts
        is_plain = not facts.paid or self.law.allocates(self.today) == PRINCIPAL_FIRST
        left = facts.principal_left if is_plain else ledger(facts, self.law).open.principal
        return left - min(facts.disputed, left) if facts.holds else left

    @property
    def asked_for(self) -> Money:
        """What a message asks for: all that is owed and not disputed."""
        return self.facts.balance - self.facts.disputed if self.facts.holds else self.facts.balance

    @cached_property
    def free_for_sms(self) -> datetime | None:
        """Wall time from which the customer may get a dunning SMS again: the day after the last; None: any time."""
        moments = [send.out_at for send in self.facts.sends if send.out_at and _is_dunning_sms(send)]
        if self.facts.last_contact:
            moments.append(self.facts.last_contact)
        return self.window.opening(self.calendar.wall(max(moments)).date() + ONE_DAY) if moments else None

    @property
    def reached(self) -> bool:
        """Whether anybody viewed, or some message to the debtor is out and has not failed."""
        return self.told is not None or self.facts.viewed

    def until(self, wall: datetime) -> datetime:
        """The moment of a wall time ahead. In the autumn night's second hour it is that hour's second passing."""
        moment = self.calendar.moment(wall)
        return moment if moment > self.moment else moment + timedelta(hours=1)

    def deadline(self, anchor: datetime, span: Span) -> datetime:
        """``span`` after a wall time, held days not counted."""
        return self.calendar.deadline(anchor, span, self.holds if self.facts.holds else ())

    @cached_property
    def holds(self) -> tuple[Hold, ...]:
        """The stretches in which all was held so far, in wall time, oldest first."""
        wall, whole = self.calendar.wall, (hold for hold in self.facts.holds if hold.amount is None)
        return merged(Hold(wall(hold.since), wall(hold.ended) if hold.ended else None) for hold in whole)

    def of_step(self, step: str) -> Sequence[SendState]:
        """The sends of a step, oldest first."""
        return self.steps.get(step, ())

    def first_out(self, step: str) -> datetime | None:
        """Wall time of a step's first sent message."""
        for send in self.of_step(step):
            if send.out_at:
                return self.calendar.wall(send.out_at)
        return None

    def day_of(self, send: SendState) -> date:
        """The day on which a send went out, or got its status."""
        return self.calendar.wall(send.out_at or send.since).date()

    def is_newest(self, send: SendState) -> bool:
        """Whether it is the last attempt on its rung."""
        return not any(other.id.rung == send.id.rung and other.id > send.id for other in self.of_step(send.id.step))

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
        return self.is_used_up(self.of_step(DISTRIBUTION), self.policy.distribution)

    @property
    def last_day_to_pay(self) -> date:
        """The last printed day to pay, moved to a bank day: until its end a payment is on time."""
        return max([self.calendar.roll(self.due), *self._printed()])

    @cached_property
    def pay_by_passed(self) -> date:
        """The first day after every printed day to pay, with the settlement lag after a due date."""
        lag = self.calendar.add(self.calendar.roll(self.due), self.policy.settlement_lag)
        return max(lag, self.last_day_to_pay + ONE_DAY)

    def day_to_pay(self, out_at: datetime, pay_by: date) -> date:
        """The day to pay that a message prints, as holds have moved it, on a bank day."""
        out = self.calendar.wall(out_at)
        return self.calendar.roll(self.deadline(out, Span((pay_by - out.date()).days)).date())

    def rungs_of(self, step: str) -> tuple[Rung, ...]:
        """The rungs of a step that can add to the debt; of one that the rules no longer have, those that it used."""
        if step == COLLECTION:
            return (Rung(Channel.COLLECTION),)
        reminders, index = self.policy.reminders, step_index(step)
        if index < len(reminders):
            return reminders[index].rungs
        return tuple(Rung(channel) for channel in dict.fromkeys(send.channel for send in self.of_step(step)))

    def is_used_up(self, sends: Sequence[SendState], rungs: Sequence[Rung]) -> bool:
        """Whether each rung of a step was tried, and its last send failed for good."""
        last = self.placed(sends, rungs)
        return all(place in last and self.is_spent(last[place]) for place in range(len(rungs)))

    def placed(self, sends: Sequence[SendState], rungs: Sequence[Rung]) -> dict[int, SendState]:
        """The last send on each rung of a step, by the rung's place in the rules.

        Rules that the case was moved to may have the step's channels in another order: there a channel's first send
        is on that channel's first rung, wherever it stands.
        """
        if self.facts.rules is None:
            return {send.id.rung: send for send in sends}
        free = [(place, rung.channel) for place, rung in enumerate(rungs)]
        places: dict[int, int | None] = {}
        for send in sends:
            if send.id.rung not in places:
                found = next((one for one in free if one[1] is send.channel), None)
                places[send.id.rung] = found[0] if found else None
                free = [one for one in free if one != found]
        return {place: send for send in sends if (place := places[send.id.rung]) is not None}

    def midnight(self, day: date) -> datetime:
        """The start of a day, wall time."""
        return datetime.combine(day, time.min)

    def _printed(self) -> list[date]:
        """The days to pay that messages print, as holds have moved them."""
        days = []
        for send in self.facts.sends:
            if send.message in PRINTS and send.is_out and send.out_at and send.pay_by:
                days.append(self.day_to_pay(send.out_at, send.pay_by))
        return days


def _is_dunning_sms(send: SendState) -> bool:
    return send.channel is Channel.SMS and send.message in DUNNING


def _due(facts: Facts, law: Law, reminders: Sequence[SendState]) -> date:
    """The due date printed last. Where the law has each reminder set a new one, that is its pay-by day."""
    last = reminders[-1] if reminders else None
    if last is None or last.pay_by is None or last.out_at is None or not law.reminders.new_due.at(last.out_at.date()):
        return facts.due
    return facts.due if facts.due_set and last.out_at < facts.due_set else max(facts.due, last.pay_by)


def _hours(facts: Facts, policy: Policy, law: Law, today: date) -> Hours:
    """The merchant's hours within the law's, or the law's where they have none in common; spread, if wished."""
    hours, lawful = policy.contact_hours, law.contact.weekdays.at(today)
    if lawful:
        hours = hours.narrowed(lawful)
        hours = hours if hours.opens < hours.closes else lawful
    if not policy.spread_minutes:
        return hours
    return _spread(hours, policy.spread_minutes, facts.invoice.merchant + facts.invoice.number)


@lru_cache(maxsize=65536)
def _spread(hours: Hours, minutes: int, invoice: str) -> Hours:
    """The same hours, opening later for some invoices, so that a mass send is smeared out."""
    opens, closes = (datetime.combine(date.min, at) for at in (hours.opens, hours.closes))
    widest = min(timedelta(minutes=minutes), closes - opens) // timedelta(minutes=1)
    late = timedelta(minutes=crc32(invoice.encode()) % widest)
    return Hours((opens + late).time(), hours.closes)
