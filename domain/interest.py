"""Late interest: simple, on the open principal, for whole days; the day after the due date is the first.

Only days whose rate is firmly known bear any. Each stretch with one principal and one rate is a period of its own,
rounded down, since no source says how to round.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal
from functools import lru_cache

from domain.calendar import ONE_DAY
from domain.charge import ChargeKind, Period
from domain.facts import Charge, ChargeState, Facts, HoldState
from domain.law.pack import Counted, DayCount, InterestLaw, Law, Start, Term
from domain.ledger import LedgerLine, ledger
from domain.money import Money
from domain.postings import CHARGING, Entry, Posting
from domain.words import REMINDERS, Reason

ON_RECEIPT = Term(0, counted=Counted.RECEIPT)


def due_interest(facts: Facts, law: Law, through: date) -> tuple[Period, ...]:
    """What has accrued since it was charged last, or waived, up to and including a day."""
    first = first_day(facts, law)
    if first is None:
        return ()
    charged = [period.through for charge in facts.charges for period in _standing(charge)]
    charged += [
        law.calendar.wall(send.out_at).date() for send in facts.sends if send.id.step in facts.waived and send.out_at
    ]
    return accrued(facts, law, max(charged) + ONE_DAY if charged else first, through)


def first_day(facts: Facts, law: Law) -> date | None:
    """The first day that bears interest: the one after the due date, or after the reminder that the law asks for."""
    due = law.calendar.roll(facts.due)
    if law.interest.starts.at(due) is not Start.NOTICE:
        return due + ONE_DAY
    told = next((send for send in facts.sends if send.is_out and send.message in REMINDERS), None)
    if told is None or told.out_at is None:
        return None
    received = law.last_day((ON_RECEIPT,), law.calendar.wall(told.out_at).date(), told.channel)
    return received + ONE_DAY


def overcharged(facts: Facts, law: Law, charge: Charge) -> Money:
    """How much of a booked charge of interest should never have been asked for, by what is known now."""
    right = sum((amount_of(p, law) for p in made_again(facts, law, charge)), Money.zero(charge.amount.currency))
    return charge.amount - right if right < charge.amount else Money.zero(charge.amount.currency)


def accrued(facts: Facts, law: Law, since: date, through: date) -> tuple[Period, ...]:
    """The interest of these days, both included."""
    if since > through:
        return ()
    bases, stops, begun = _bases(facts, law), _stops(facts, law), first_day(facts, law) or since
    days = {day for day, _ in bases} | stops | set(_turns(law.interest, since, through))
    cuts = sorted(day for day in days if since < day <= through)
    periods = []
    for first, last in zip([since, *cuts], [*(cut - ONE_DAY for cut in cuts), through], strict=True):
        base = _base(facts, law, bases, first)
        rate = rate_on(law.interest, first, begun)
        if base and rate:
            periods.append(Period(first, last, base, rate))
    return tuple(_joined(periods, law))


def principal_on(facts: Facts, law: Law, day: date) -> Money:
    """The principal that was open on a day and not disputed, by what is known now."""
    return _base(facts, law, _bases(facts, law), day)


def amount_of(period: Period, law: Law) -> Money:
    """The interest of a period, rounded down to the smallest coin."""
    days = (period.through - period.since).days + 1
    minor = period.base.minor * period.rate * days / (100 * _year(law, period.since))
    return Money(int(minor.to_integral_value(ROUND_DOWN)), period.base.currency)


@lru_cache(maxsize=4096)
def rate_on(law: InterestLaw, day: date, begun: date | None = None) -> Decimal | None:
    """Percent a year on a day, of interest that began on another; None where it is not firmly known."""
    reference, points = law.reference.firm(begun if begun and law.fixed.at(begun) else day), law.points.firm(day)
    if reference is None or points is None or reference.value is None or points.value is None:
        return None
    return reference.value + points.value


def made_again(facts: Facts, law: Law, charge: Charge) -> tuple[Period, ...]:
    """The periods of a charge as they would be made now."""
    if not charge.periods:
        return ()
    since = max(charge.periods[0].since, first_day(facts, law) or date.max)
    return accrued(facts, law, since, charge.periods[-1].through)


def _standing(charge: Charge) -> tuple[Period, ...]:
    asked = charge.kind is ChargeKind.INTEREST and charge.state is not ChargeState.REVERSED
    return charge.periods if asked else ()


def _bases(facts: Facts, law: Law) -> list[tuple[date, int]]:
    """From which day on how much principal is open, in minor units, were nothing ever credited or lowered.

    A payment bears interest through its own day. What the amount was raised by counts from the day it was.
    """
    if all(posting.what in CHARGING for posting in facts.postings):
        return [(facts.invoice.issued, facts.invoice.amount.minor)]
    steps, principal = [], 0
    for line in ledger(facts, law).lines:
        if line.what is Entry.CREDITED or _is_lowered(line):
            continue
        principal += line.principal.minor
        paid = line.what in (Entry.PAID, Entry.COLLECTED)
        steps.append((line.day + ONE_DAY if paid else line.day, principal))
    return steps


def _base(facts: Facts, law: Law, bases: list[tuple[date, int]], day: date) -> Money:
    """The principal that bears interest on a day.

    What was credited, or the amount was lowered by, was never owed; what is disputed is left out.
    """
    open_then = next((minor for since, minor in reversed(bases) if since <= day), 0)
    lowered = sum(posting.amount.minor for posting in facts.postings if _is_lowered(posting))
    owed = open_then + lowered - facts.credited.minor
    for dispute in facts.holds:
        if dispute.kind is Reason.DISPUTED and _is_held(dispute, law, day):
            owed = owed - _still_disputed(dispute) if dispute.amount else 0
    return Money(max(owed, 0), facts.amount.currency)


def _is_lowered(posting: Posting | LedgerLine) -> bool:
    return posting.what is Entry.AMENDED and posting.amount.minor < 0


def _still_disputed(hold: HoldState) -> int:
    """What the debtor disputed and was not right about, in minor units: the rest is credited, and left out as such."""
    return (hold.amount.minor if hold.amount else 0) - (hold.credited.minor if hold.credited else 0)


def _is_held(hold: HoldState, law: Law, day: date) -> bool:
    wall = law.calendar.wall
    return wall(hold.since).date() <= day and (hold.ended is None or day <= wall(hold.ended).date())


def _stops(facts: Facts, law: Law) -> set[date]:
    """The days on which a dispute begins to stop interest, or has ceased to."""
    wall = law.calendar.wall
    disputes = [hold for hold in facts.holds if hold.kind is Reason.DISPUTED]
    begun = {wall(hold.since).date() for hold in disputes}
    return begun | {wall(hold.ended).date() + ONE_DAY for hold in disputes if hold.ended}


def _turns(law: InterestLaw, since: date, through: date) -> Iterator[date]:
    """The days on which a rate may change, and the first of each year, whose days may count differently."""
    yield from (line.since for dated in (law.reference, law.points) for line in dated.values)
    yield from (date(year, 1, 1) for year in range(since.year + 1, through.year + 1))


def _joined(periods: list[Period], law: Law) -> Iterator[Period]:
    """The same periods, without a cut where nothing changed."""
    last: Period | None = None
    for period in periods:
        follows = last and last.through + ONE_DAY == period.since
        same = last and (last.base, last.rate) == (period.base, period.rate)
        if last and follows and same and _year(law, last.since) == _year(law, period.since):
            last = Period(last.since, period.through, last.base, last.rate)
            continue
        if last:
            yield last
        last = period
    if last:
        yield last


def _year(law: Law, day: date) -> int:
    """The days of a year: 366 in leap years unless the law firmly says otherwise, in the debtor's favour."""
    firm = law.interest.day_count.firm(day)
    if firm and firm.value is DayCount.ACTUAL_365:
        return 365
    return (date(day.year + 1, 1, 1) - date(day.year, 1, 1)) // timedelta(days=1)
