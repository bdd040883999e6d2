"""Random stories: an invoice, a policy, a law, and what the world does. The same seed always tells the same story.

Tests draw from the same generator (``tests/domain/strategies.py``), so what is proved there and what is measured or
played on a real server here are lives of one kind.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random
from typing import NamedTuple, TypeVar

from domain.calendar import Hours, Span, Unit
from domain.facts import Invoice
from domain.law import LAWS, Law
from domain.money import Money
from domain.policy import Anchor, Channel, Claim, Collection, FeeRemainder, Otherwise, Policy, Reminder, Rung
from domain.stories import Happening, What
from domain.words import AgencyOutcome, DisputeOutcome, When, reminder_step

T = TypeVar("T")

WAYS = (Channel.EMAIL, Channel.SMS, Channel.LETTER)


class RandomStory(NamedTuple):
    """What ``simulate`` takes."""

    invoice: Invoice
    policy: Policy
    law: Law
    happens: tuple[Happening, ...]


def random_story(seed: int) -> RandomStory:
    """The story of a seed."""
    return tell(Random(seed))


def tell(random: Random) -> RandomStory:
    """A story, by this source of chance."""
    law = random.choice([LAWS[which] for which in sorted(LAWS)])
    policy = _policy(random, law)
    invoice = _invoice(random, law)
    return RandomStory(invoice, policy, law, _happens(random, invoice, policy, law))


def _policy(random: Random, law: Law) -> Policy:
    money = _money(law.currency)
    return Policy(
        currency=law.currency,
        contact_hours=random.choice((_hours(9, 19), _hours(8, 12), _hours(6, 22), _hours(10, 11))),
        distribution=_rungs(random, 3, often=0.8),
        due_reminder=_rungs(random, 2, often=0.1) if random.random() < 0.6 else (),
        reminders=_reminders(random, law),
        collection=_collection(random, law) if random.random() < 0.6 else None,
        tolerance=money(random.choice((0, 100, 500))),
        fee_agreed=random.random() < 0.8,
        spread_minutes=random.choice((0, 0, 0, 45)),
        settlement_lag=Span(random.randint(0, 3), Unit.BANK_DAYS),
        fee_remainder=random.choice(list(FeeRemainder)),
        if_unreachable=random.choice(list(Otherwise)),
        if_exhausted=random.choice(list(Otherwise)),
        receipt=_rungs(random, 2, often=0) if random.random() < 0.3 else (),
        interest=random.choice(list(Claim)),
        compensation=random.choice(list(Claim)),
    )


def _reminders(random: Random, law: Law) -> tuple[Reminder, ...]:
    """Up to three; the last may be the creditor's own demand."""
    reminders = [_reminder(random, law) for _ in range(random.randint(0, 3))]
    if reminders and random.random() < 0.3:
        reminders[-1] = replace(reminders[-1], demand=True)
    return tuple(reminders)


def _reminder(random: Random, law: Law) -> Reminder:
    return Reminder(
        anchor=random.choice(list(Anchor)),
        wait=_span(random, 20),
        fee=_money(law.currency)(random.choice((0, 0, 3000, 6000, 9000))),
        rungs=_rungs(random, 2, often=0.3),
        time_to_pay=_span(random, 20) if random.random() < 0.3 else None,
        legal_fee=random.random() < 0.3,
    )


def _collection(random: Random, law: Law) -> Collection:
    minimum = _money(law.currency)(random.choice((0, 10_000, 50_000)))
    return Collection(
        anchor=random.choice(list(Anchor)),
        wait=_span(random, 30),
        agency="outbox",
        minimum=minimum,
        fee=_money(law.currency)(random.choice((5_000, 15_000))) if random.random() < 0.4 else None,
        undisputed_only=random.random() < 0.3,
        acknowledged_within=_span(random, 5) if random.random() < 0.3 else None,
    )


def _invoice(random: Random, law: Law) -> Invoice:
    issued = date(2026, 1, 1) + timedelta(days=random.randint(0, 364))
    return Invoice(
        merchant="random",
        number=str(10_000 + random.randint(0, 9_999)),
        country=law.country,
        kind=law.kind,
        issued=issued,
        due=issued + timedelta(days=random.randint(0, 40)),
        amount=_money(law.currency)(random.randint(5_000, 500_000)),
        ways=frozenset(way for way in WAYS if random.random() < 0.85),
    )


def _rungs(random: Random, most: int, often: float) -> tuple[Rung, ...]:
    """A ladder of different channels; ``often`` is how often a rung waits for a view."""
    channels = random.sample(WAYS, random.randint(1, most))
    return tuple(Rung(channel, _span(random, 5) if random.random() < often else None) for channel in channels)


def _span(random: Random, most: int) -> Span:
    return Span(random.randint(1, most), random.choice((Unit.DAYS, Unit.DAYS, Unit.BANK_DAYS)))


def _hours(opens: int, closes: int) -> Hours:
    return Hours(time(opens), time(closes))


def _money(currency: str) -> Callable[[int], Money]:
    return lambda minor: Money(minor, currency)


# --- what the world does ---------------------------------------------------------------------------------------------


def _happens(random: Random, invoice: Invoice, policy: Policy, law: Law) -> tuple[Happening, ...]:
    """Up to eight happenings in order. Outages do not overlap, as one machine has only one."""
    moments = sorted(_moment(random, invoice.issued) for _ in range(random.randint(0, 8)))
    happens: list[Happening] = []
    for at in moments:
        is_up = all(happening.up_at is None or happening.up_at <= at for happening in happens)
        what = _weighted(random, [(kind, weight) for kind, weight in WORLD if is_up or kind is not What.DOWN])
        if what is What.MOVED:
            happens.append(Happening(at, what, policy=_policy(random, law), when=random.choice(list(When))))
        else:
            happens.append(_happening(random, at, what, invoice, policy))
    return tuple(happens)


WORLD: tuple[tuple[What, int], ...] = (
    (What.DELIVERED, 3),
    (What.BOUNCED, 6),
    (What.REFUSED, 2),
    (What.VIEWED, 6),
    (What.PAID, 6),
    (What.CREDITED, 2),
    (What.WRITTEN_OFF, 1),
    (What.AMENDED, 3),
    (What.DISPUTED, 3),
    (What.ANSWERED, 4),
    (What.RESPITE, 3),
    (What.PAUSED, 3),
    (What.RELEASED, 4),
    (What.WAIVED, 2),
    (What.STOPPED, 1),
    (What.WITHDRAWN, 1),
    (What.COLLECTED, 2),
    (What.ACKNOWLEDGED, 2),
    (What.AGENCY_TOLD, 1),
    (What.AGENCY_CLOSED, 1),
    (What.WITHDRAWAL_CONFIRMED, 1),
    (What.MOVED, 3),
    (What.DOWN, 3),
)
"""What can happen, and how often."""


def _happening(random: Random, at: datetime, what: What, invoice: Invoice, policy: Policy) -> Happening:
    match what:
        case What.DELIVERED | What.BOUNCED | What.REFUSED | What.VIEWED:
            return Happening(at, what, channel=random.choice(WAYS))
        case What.PAID | What.COLLECTED | What.CREDITED | What.WRITTEN_OFF:
            return Happening(at, what, amount=_part(random, invoice), dated=at.date() - _days(random, 0, 5))
        case What.AMENDED:
            if random.random() < 0.5:
                return Happening(at, what, due=at.date() + _days(random, 0, 30))
            return Happening(at, what, amount=_part(random, invoice))
        case What.DISPUTED:
            return Happening(at, what, amount=_part(random, invoice) if random.random() < 0.5 else None)
        case What.ANSWERED:
            return _answered(random, at, invoice)
        case What.AGENCY_CLOSED:
            return Happening(at, what, outcome=random.choice(list(AgencyOutcome)))
        case What.RESPITE:
            return Happening(at, what, until=at.date() + _days(random, 0, 20))
        case What.PAUSED:
            return Happening(at, what, until=at.date() + _days(random, 0, 20) if random.random() < 0.7 else None)
        case What.WAIVED:
            return Happening(at, what, step=reminder_step(random.randint(0, max(len(policy.reminders) - 1, 0))))
        case What.DOWN:
            return Happening(at, what, up_at=at + _days(random, 0, 10) + timedelta(minutes=random.randint(10, 900)))
        case _:
            return Happening(at, what)


def _answered(random: Random, at: datetime, invoice: Invoice) -> Happening:
    outcome = random.choice(list(DisputeOutcome))
    amount = _part(random, invoice) if outcome is DisputeOutcome.CREDITED else None
    return Happening(at, What.ANSWERED, outcome=outcome, amount=amount, reply=random.random() < 0.5, note="As agreed.")


def _moment(random: Random, issued: date) -> datetime:
    """Any minute from the day before the issue on, most often in the first two months."""
    day = issued + _days(random, -1, random.choice((5, 30, 60, 120)))
    return datetime.combine(day, time(random.randint(0, 23), random.randint(0, 59)))


def _part(random: Random, invoice: Invoice) -> Money:
    """The whole amount, some of it, or with the fees that may have come on top."""
    minor = invoice.amount.minor
    return Money(random.choice((minor, minor, minor // 2, minor - 50, minor + 6_000, 6_000)), invoice.amount.currency)


def _days(random: Random, first: int, last: int) -> timedelta:
    return timedelta(days=random.randint(first, last))


def _weighted(random: Random, table: Sequence[tuple[T, int]]) -> T:
    """One of the words, each as often as its weight says."""
    ticket = random.randint(1, sum(weight for _, weight in table))
    for word, weight in table:
        ticket -= weight
        if ticket <= 0:
            return word
    raise AssertionError("a ticket beyond the last word")
