"""Norway."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from domain.calendar import Hours
from domain.law.bank_days import calendar_of
from domain.law.caps import Cap, Fixed
from domain.law.pack import (
    LONG_AGO,
    CollectionLaw,
    ContactLaw,
    Dated,
    DemandLaw,
    InterestLaw,
    Known,
    Law,
    ReminderLaw,
    Source,
    Term,
    Value,
    Who,
    since,
)
from domain.money import Money
from domain.words import DebtorKind, Message

ACT = "NO: inkassoloven"
REGULATION = "NO: inkassoforskriften"
INTEREST = "NO: forsinkelsesrenteloven"


def nok(amount: str) -> Cap:
    """So many kroner, whatever is owed."""
    return Fixed(Money.parse(amount, "NOK"))


CONSUMER = Law(
    country="NO",
    kind=DebtorKind.CONSUMER,
    names={"en": "Norway", "sv": "Norge"},
    currency="NOK",
    calendar=calendar_of("NO"),
    about=(
        "A reminder may cost one twentieth of the collection rate, at most twice, the first no sooner than 14 days "
        "after the due date. Each reminder sets a new due date at least 14 days ahead. Collection needs a written "
        "notice that it will follow, with at least 14 days from sending. A disputed claim is not collected."
    ),
    contact=ContactLaw(
        weekdays=since(
            LONG_AGO,
            Hours(time(8), time(21)),
            Source("NO: Finanstilsynet, rundskriv 5/2022", Known.SECONDARY, "written for agencies and telephone"),
        )
    ),
    reminders=ReminderLaw(
        cap=Dated(
            (
                Value(
                    date(2025, 1, 1),
                    nok("35.00"),
                    Source(REGULATION, Known.PRIMARY, "one twentieth of 700 in 2025; first day taken from memory"),
                ),
                Value(
                    date(2026, 1, 1),
                    nok("37.00"),
                    Source(
                        REGULATION,
                        Known.PRIMARY,
                        "one twentieth of 750 is 37.50; rounding not found, so down, in the debtor's favour",
                    ),
                ),
            )
        ),
        needs_writing=since(
            LONG_AGO, True, Source(REGULATION, Known.MEMORY, "a written reminder; an SMS is not taken as writing")
        ),
        count=since(LONG_AGO, 2, Source(REGULATION, Known.SECONDARY, "two reminders, or one and the notice")),
        not_before=since(LONG_AGO, 14, Source(REGULATION, Known.SECONDARY, "older text")),
        new_due=since(
            LONG_AGO, 14, Source(REGULATION, Known.SECONDARY, "the product's rule: each prints a new due date")
        ),
    ),
    demand=DemandLaw(
        cap=Dated(
            (
                Value(date(2025, 1, 1), nok("105.00"), Source(REGULATION, Known.PRIMARY, "three twentieths of 700")),
                Value(
                    date(2026, 1, 1),
                    nok("112.00"),
                    Source(REGULATION, Known.PRIMARY, "three twentieths of 750 is 112.50; rounded down"),
                ),
            )
        ),
        term=since(LONG_AGO, (Term(14),), Source(f"{ACT} § 10", Known.PRIMARY)),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2025, 1, 1), Decimal("4.50"), Source(INTEREST, Known.PRIMARY, "12.5 % less the points")),
                Value(date(2025, 7, 1), None, Source(INTEREST, Known.UNKNOWN)),
                Value(date(2026, 1, 1), Decimal("4.00"), Source(INTEREST, Known.PRIMARY, "12.0 % less the points")),
                Value(date(2026, 7, 1), None, Source(INTEREST, Known.UNKNOWN)),
            )
        ),
        points=since(LONG_AGO, Decimal(8), Source(INTEREST, Known.PRIMARY)),
    ),
    collection=CollectionLaw(
        notice=since(
            LONG_AGO,
            (Term(14),),
            Source(f"{ACT} § 9", Known.PRIMARY, "written, 14 days from sending, says that collection follows"),
        )
    ),
    may_send={Message.LAST_REMINDER: since(LONG_AGO, Who.CREDITOR, Source(f"{ACT} § 9", Known.PRIMARY))},
    on_time=Source("NO: finansavtaleloven", Known.MEMORY),
    dispute=Source(ACT, Known.SECONDARY, "a disputed claim is not collected out of court"),
    sources=("lovdata.no", "finanstilsynet.no", "norges-bank.no"),
)

COMPANY = replace(CONSUMER, kind=DebtorKind.COMPANY)
