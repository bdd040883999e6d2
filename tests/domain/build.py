"""Small builders for tests of the domain: a policy, an invoice, a life, and both in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from domain.calendar import Hours, Span, Unit
from domain.decisions import Decision, Send
from domain.events import Event, Reserved, Settled
from domain.facts import Invoice
from domain.law import Law, law_of
from domain.money import Money
from domain.policy import Anchor, Channel, Collection, Policy, Reminder, Rung
from domain.rules import decide
from domain.simulation import Simulation, reserve, simulate
from domain.stories import Happening, What, event_of
from domain.timeline import Entry, life
from domain.words import AgencyOutcome, DebtorKind, DisputeOutcome, Message, SendId, Status

SE, NO = law_of("SE", DebtorKind.CONSUMER), law_of("NO", DebtorKind.CONSUMER)
EMAIL, SMS, LETTER = Rung(Channel.EMAIL), Rung(Channel.SMS), Rung(Channel.LETTER)
MINUTE = timedelta(minutes=1)
OUTCOMES = {*DisputeOutcome, *AgencyOutcome}


def days(count: int) -> Span:
    return Span(count)


def bank_days(count: int) -> Span:
    return Span(count, Unit.BANK_DAYS)


def rung(channel: str, viewed_within: int | None = None) -> Rung:
    return Rung(Channel(channel), None if viewed_within is None else Span(viewed_within))


def after_due(count: int, fee: str, *rungs: Rung, **more: Any) -> Reminder:
    return Reminder(Anchor.AFTER_DUE, Span(count), sek(fee), rungs, **more)


def after_previous(count: int, fee: str, *rungs: Rung, **more: Any) -> Reminder:
    return Reminder(Anchor.AFTER_PREVIOUS, Span(count), sek(fee), rungs, **more)


def collected_after(count: int, minimum: str = "100.00", anchor: Anchor = Anchor.AFTER_PREVIOUS) -> Collection:
    return Collection(anchor, Span(count), "outbox", sek(minimum))


def sek(amount: str) -> Money:
    return Money.parse(amount, "SEK")


def nok(amount: str) -> Money:
    return Money.parse(amount, "NOK")


def a_policy(**changes: Any) -> Policy:
    """Nordljus: e-mail, SMS, letter; a due reminder; one reminder with a fee and one without; collection."""
    nordljus = Policy(
        currency="SEK",
        contact_hours=Hours(time(9), time(19)),
        distribution=(rung("email", 3), rung("sms", 2), LETTER),
        due_reminder=(EMAIL, SMS),
        reminders=(after_due(5, "60.00", EMAIL, LETTER), after_previous(10, "0.00", SMS, LETTER)),
        collection=collected_after(12),
        tolerance=sek("1.00"),
        fee_agreed=True,
    )
    return replace(nordljus, **changes)


def in_norway(policy: Policy) -> Policy:
    """The same wishes in Norwegian crowns."""
    reminders = tuple(replace(reminder, fee=_nok(reminder.fee)) for reminder in policy.reminders)
    collection = policy.collection and replace(policy.collection, minimum=_nok(policy.collection.minimum))
    tolerance = _nok(policy.tolerance)
    return replace(policy, currency="NOK", reminders=reminders, collection=collection, tolerance=tolerance)


def an_invoice(**changes: Any) -> Invoice:
    """Issued on Monday 2 March 2026, due on Wednesday 1 April, 249.00, every way known."""
    invoice = Invoice(
        merchant="nordljus",
        number="10001",
        country="SE",
        kind=DebtorKind.CONSUMER,
        issued=date(2026, 3, 2),
        due=date(2026, 4, 1),
        amount=sek("249.00"),
        ways=frozenset({Channel.EMAIL, Channel.SMS, Channel.LETTER}),
    )
    return replace(invoice, **changes)


def law_for(policy: Policy) -> Law:
    return NO if policy.currency == "NOK" else SE


class Life(Simulation):
    """A life that a test leads by hand. Moments are written as ``04-01 09:00``, the debtor's local time in 2026."""

    def __init__(self, policy: Policy | None = None, law: Law | None = None, **invoice: Any) -> None:
        self.policy = policy or a_policy()
        law = law or law_for(self.policy)
        if law is NO:
            invoice = {"country": "NO", "amount": nok("249.00"), **invoice}
        self.invoice = an_invoice(**invoice)
        start = min(date(2026, 3, 1), self.invoice.issued)
        super().__init__(self.invoice, self.policy, law, law.calendar.moment(datetime.combine(start, time.min)))

    def moment(self, text: str) -> datetime:
        return self.law.calendar.moment(wall(text))

    def live(self, until: str) -> Life:
        """Obey every decision, every message going out at once, up to and including a minute."""
        end = self.moment(until)
        timer = self.look()
        while timer and timer <= end:
            self.now = timer
            timer = self.look()
        self.now = max(self.now, end)
        return self

    def hear(self, *lines: str) -> Life:
        """Live up to each happening, without what is due in its minute, and let it happen."""
        for happening in happenings(lines, self.policy.currency):
            self.live(f"{happening.at - MINUTE:%Y-%m-%d %H:%M}")
            self.now = self.law.calendar.moment(happening.at)
            event = event_of(happening, self.facts, self.now)
            assert event is not None, f"{happening} means nothing here"
            self.learn(event)
        return self

    def know(self, *events: Event) -> Life:
        for event in events:
            self.learn(event)
        return self

    def decide(self, at: str | None = None) -> Decision:
        self.now = self.moment(at) if at else self.now
        return decide(self.facts, self.policy, self.law, self.now)

    def reserve(self, at: str) -> SendId:
        """Take the place of the message that goes out at a minute, without asking the vendor."""
        self.live(f"{wall(at) - MINUTE:%Y-%m-%d %H:%M}")
        self.now = self.moment(at)
        return self.take()

    def take(self) -> SendId:
        """Take the place of the message that goes out now."""
        decision = self.decide()
        assert isinstance(decision, Send), decision
        self.learn(reserve(decision, self.now))
        return decision.id

    def settle(self, send: SendId, status: Status, **more: Any) -> Life:
        return self.know(Settled(at=self.now, send=send, status=status, **more))

    def totals(self, *messages: Message) -> list[str]:
        """What each of these messages asks for, its charges included."""
        asked = [event for event in self.events if isinstance(event, Reserved) and event.message in messages]
        return [f"{self.law.calendar.wall(event.at):%m-%d} {event.total}" for event in asked]

    @property
    def acts(self) -> list[str]:
        """What was done, one line each."""
        return [told(entry) for entry in life(self.invoice, self.law.calendar, self.events)]


def acts(*lines: str, policy: Policy | None = None, **invoice: Any) -> list[str]:
    """What is done in a whole life in which these things happen."""
    led = Life(policy, **invoice)
    events = simulate(led.invoice, led.policy, led.law, happenings(lines, led.policy.currency))
    return [told(entry) for entry in life(led.invoice, led.law.calendar, events)]


def told(entry: Entry) -> str:
    """An entry as one line: ``04-07 09:00 sent reminder-1 email overdue``."""
    words = (entry.did, entry.step, entry.channel, entry.reason)
    if entry.did in ("charged", "reversed"):
        words = (entry.did, entry.step, entry.amount, entry.reason)
    return " ".join([f"{entry.at:%m-%d %H:%M}", *(str(word) for word in words if word)])


def only(did: str, lines: Iterable[str]) -> list[str]:
    """The lines that tell of one kind of act, without the word for it."""
    return [line.replace(f" {did} ", " ") for line in lines if f" {did} " in line]


def happenings(lines: Iterable[str], currency: str = "SEK") -> list[Happening]:
    return [_happening(line, currency) for line in lines]


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text if text.startswith("20") else f"2026-{text}")


def _happening(line: str, currency: str) -> Happening:
    """Read ``04-20 10:00 paid 309.00 dated=04-01``, or ``04-20 10:00 answered rejected reply``."""
    day, hour, what, *rest = line.split()
    fields: dict[str, Any] = {}
    for word in rest:
        name, _, value = word.rpartition("=")
        if name in ("dated", "due", "until"):
            fields[name] = wall(value).date()
        elif name == "up_at":
            fields[name] = wall(value.replace("T", " "))
        elif word[0].isdigit():
            fields["amount"] = Money.parse(word, currency)
        elif word.startswith("reminder"):
            fields["step"] = word
        elif word in OUTCOMES:
            fields["outcome"] = word
        elif word == "reply":
            fields["reply"] = True
        else:
            fields["channel"] = Channel(word)
    return Happening(wall(f"{day} {hour}"), What(what), **fields)


def _nok(amount: Money) -> Money:
    return Money(amount.minor, "NOK")
