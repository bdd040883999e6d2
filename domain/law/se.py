"""Sweden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.calendar import Unit
from domain.law.bank_days import calendar_of
from domain.law.caps import Cap, Fixed
from domain.law.pack import (
    LONG_AGO,
    Counted,
    DayCount,
    DemandLaw,
    InterestLaw,
    Known,
    Law,
    ReminderLaw,
    Source,
    Start,
    Statement,
    Term,
    since,
)
from domain.money import Money
from domain.words import DebtorKind, Message

COSTS = "SE: lag (1981:739) om ersättning för inkassokostnader"
COLLECTION = "SE: inkassolag (1974:182)"
INTEREST = "SE: räntelag (1975:635)"


def sek(amount: str) -> Cap:
    """So many kronor, whatever is owed."""
    return Fixed(Money.parse(amount, "SEK"))


CONSUMER = Law(
    country="SE",
    kind=DebtorKind.CONSUMER,
    names={"en": "Sweden", "sv": "Sverige"},
    currency="SEK",
    calendar=calendar_of("SE"),
    about=(
        "A reminder may cost SEK 60 if that was agreed no later than when the debt arose and the reminder is in "
        "writing. No reminder is required before collection. A claim that is disputed on facts is looked into and "
        "answered; without agreement only a court decides."
    ),
    reminders=ReminderLaw(
        cap=since(
            date(2013, 5, 1),
            sek("60.00"),
            Source(COSTS, Known.PRIMARY, "read in the copy consolidated to SFS 2013:56; its first day from memory"),
        ),
        needs_agreement=since(LONG_AGO, True, Source(COSTS, Known.PRIMARY, "no later than when the debt arose")),
        needs_writing=since(
            LONG_AGO,
            True,
            Source(COSTS, Known.PRIMARY, "a written reminder; that an SMS is not writing is our cautious reading"),
        ),
        usual=since(LONG_AGO, 1, Source(COSTS, Known.MEMORY, "cost must be called for: in practice one an invoice")),
    ),
    demand=DemandLaw(
        cap=since(date(2013, 5, 1), sek("180.00"), Source(COSTS, Known.PRIMARY)),
        term=since(
            LONG_AGO,
            (Term(8), Term(4, Unit.BANK_DAYS, Counted.RECEIPT)),
            Source(f"{COLLECTION} 5 §", Known.PRIMARY, "Inkassonämnden 273-2021; check against FFFS 2025:2"),
        ),
    ),
    interest=InterestLaw(
        reference=since(date(2024, 1, 1), Decimal("4.00"), Source(f"{INTEREST} 9 §", Known.SECONDARY)),
        points=since(LONG_AGO, Decimal(8), Source(f"{INTEREST} 6 §", Known.SECONDARY)),
        starts=since(LONG_AGO, Start.DUE, Source(f"{INTEREST} 3 §", Known.MEMORY, "a due date fixed in advance")),
        day_count=since(LONG_AGO, DayCount.ACTUAL_365, Source(INTEREST, Known.MEMORY)),
    ),
    letter_days=since(LONG_AGO, 3, Source(COLLECTION, Known.MEMORY, "a cautious assumption of ours")),
    must_state={
        Message.DEMAND: since(
            LONG_AGO,
            (Statement.PRINCIPAL, Statement.INTEREST, Statement.COSTS, Statement.PAY_BY, Statement.OBJECT),
            Source(f"{COLLECTION} 5 §", Known.PRIMARY),
        )
    },
    on_time=Source("SE: lag (1930:173) om beräkning av lagstadgad tid", Known.MEMORY),
    dispute=Source(COLLECTION, Known.PRIMARY, "objections: Finansinspektionen, answers to questions"),
    sources=("riksdagen.se", "fi.se", "riksbank.se"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    compensation=since(
        date(2013, 5, 1), sek("450.00"), Source(f"{COSTS} 4 a §", Known.SECONDARY, "the right read, the sum not")
    ),
)
