"""Whole lives under a country's law: what was asked for with which message, and over which days interest ran.

Amounts are in the law's currency; days are written in full, since rates change with the year.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from domain.calendar import Span
from domain.charge import ChargeKind
from domain.events import Reserved
from domain.interest import amount_of
from domain.law import Law
from domain.money import Money
from domain.policy import Anchor, Channel, Claim, Collection, Policy, Reminder, Rung
from domain.words import COLLECTION
from tests.domain.build import EMAIL, LETTER, SMS, Life, a_policy, happenings

BY_NAME = {"email": EMAIL, "sms": SMS, "letter": LETTER}
LEGAL = "legal"
MONTH = timedelta(days=30)


def after_due(wait: int, channels: str = "letter", fee: str = LEGAL, **more: Any) -> Reminder:
    """A reminder so many days after the due date; its fee is an amount, or what the law allows."""
    return _reminder(Anchor.AFTER_DUE, wait, channels, fee, **more)


def after_previous(wait: int, channels: str = "letter", fee: str = LEGAL, **more: Any) -> Reminder:
    """A reminder so many days after the one before."""
    return _reminder(Anchor.AFTER_PREVIOUS, wait, channels, fee, **more)


def live(law: Law, *reminders: Reminder, lines: Iterable[str] = (), collect: bool = False, **more: Any) -> Life:
    """A life to its end, in which these lines happen; compensation is claimed, interest is not, unless said so."""
    life = begin(law, *reminders, collect=collect, **more)
    life.run(happenings(lines, law.currency))
    return life


def begin(
    law: Law,
    *reminders: Reminder,
    owed: str = "1000.00",
    due: date = date(2026, 4, 1),
    issued: date | None = None,
    collect: bool = False,
    hand_over_fee: str | None = None,
    **wishes: Any,
) -> Life:
    """A life that a test leads on; issued thirty days before it is due, and told by e-mail."""
    policy = _policy(law, reminders, collect, hand_over_fee, **wishes)
    invoice = {"country": law.country, "kind": law.kind, "amount": Money.parse(owed, law.currency)}
    return Life(policy, law, issued=issued or due - MONTH, due=due, **invoice)


def asked(life: Life) -> list[str]:
    """Each message that added something: ``2026-04-15 reminder letter fee 60.00 interest 4.91``."""
    return [_said(life, event) for event in _messages(life) if event.charges]


def late(law: Law, due: str, wait: int, *lines: str) -> Life:
    """10 000 in all, and one reminder that asks for nothing but interest."""
    claims = {"interest": Claim.LEGAL, "compensation": Claim.NONE}
    reminder = after_due(wait, "email", "0.00")
    return live(law, reminder, lines=lines, owed="10000.00", due=date.fromisoformat(due), **claims)


def sent(life: Life) -> list[str]:
    """Each reminder and claim, with the day to pay that it prints: ``2026-04-15 reminder letter by 2026-04-29``."""
    steps = [event for event in _messages(life) if event.send.step.startswith(("reminder", COLLECTION))]
    return [f"{_day(life, e)} {e.message} {e.channel} by {e.pay_by}" for e in steps]


def handed_over(life: Life) -> date | None:
    """The day of the claim; None: there was none."""
    days = [_day(life, event) for event in _messages(life) if event.channel is Channel.COLLECTION]
    return days[0] if days else None


def borne(life: Life) -> list[str]:
    """Each stretch of interest that was asked for: ``2024-01-01 to 2024-01-15: 12.00 % on 10000.00 is 49.18``."""
    found = [period for charge in life.facts.charges for period in charge.periods]
    return [f"{p.since} to {p.through}: {p.rate} % on {p.base} is {amount_of(p, life.law)}" for p in found]


def interest(life: Life) -> list[str]:
    """Each sum of interest that was asked for, as its message had it."""
    kind = ChargeKind.INTEREST
    return [str(added.amount) for e in _messages(life) for added in e.charges if added.kind is kind]


def _policy(
    law: Law, reminders: tuple[Reminder, ...], collect: bool, hand_over_fee: str | None, **wishes: Any
) -> Policy:
    def money(text: str) -> Money:
        return Money.parse(text, law.currency)

    fee = money(hand_over_fee) if hand_over_fee else None
    collection = Collection(Anchor.AFTER_PREVIOUS, Span(0), "outbox", money("0.00"), fee)
    plain: dict[str, Any] = {
        "currency": law.currency,
        "distribution": (EMAIL,),
        "due_reminder": (),
        "reminders": tuple(replace(each, fee=Money(each.fee.minor, law.currency)) for each in reminders),
        "collection": collection if collect else None,
        "tolerance": money("0.00"),
        "compensation": Claim.LEGAL,
    }
    return a_policy(**plain | wishes)


def _reminder(anchor: Anchor, wait: int, channels: str, fee: str, **more: Any) -> Reminder:
    rungs: tuple[Rung, ...] = tuple(BY_NAME[name] for name in channels.split())
    amount = Money.zero("SEK") if fee == LEGAL else Money.parse(fee, "SEK")
    return Reminder(anchor, Span(wait), amount, rungs, legal_fee=fee == LEGAL, **more)


def _messages(life: Life) -> list[Reserved]:
    return [event for event in life.events if isinstance(event, Reserved)]


def _day(life: Life, event: Reserved) -> date:
    return life.law.calendar.wall(event.at).date()


def _said(life: Life, event: Reserved) -> str:
    added = " ".join(f"{charge.kind} {charge.amount}" for charge in event.charges)
    return f"{_day(life, event)} {event.message} {event.channel} {added}"
