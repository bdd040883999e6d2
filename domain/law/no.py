"""Norway."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from domain.calendar import Hours
from domain.law.bank_days import calendar_of, read
from domain.law.caps import Cap, Fixed
from domain.law.pack import (
    LONG_AGO,
    CollectionLaw,
    ContactLaw,
    Dated,
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
    Value,
    Who,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.words import DebtorKind, Message

ACT = "NO: inkassoloven"
REGULATION = "NO: inkassoforskriften"
INTEREST = "NO: forsinkelsesrenteloven"

REMINDER_PAGE = "https://kontohjelp.no/kontering/purring-og-inkasso/purring"
NOTICE_PAGE = "https://jusinfo.no/pengekravsrett/inndrivelsesprosessen/inkassovarsel/"
DEMAND_PAGE = "https://jusinfo.no/pengekravsrett/inndrivelsesprosessen/betalingsoppfordring/"

IN_WRITING = read(
    f"{REGULATION} § 1-2",
    Known.SECONDARY,
    "in writing, electronically only if safely sent; an SMS is not taken as writing",
    REMINDER_PAGE,
)
TWO_WEEKS_LATE = read(f"{REGULATION} § 1-2", Known.SECONDARY, "14 days after the due date", REMINDER_PAGE)
FIRST_TERM_OVER = read(
    f"{REGULATION} § 1-3",
    Known.SECONDARY,
    "a second fee only after a term of 14 days for the first; so each reminder prints a new due date",
    REMINDER_PAGE,
)
RATE_2024 = read(
    f"{INTEREST} § 3",
    Known.PRIMARY,
    "set for half a year: the policy rate and eight points, 12.5 % in all; NOK 470 of companies",
    "https://www.regjeringen.no/no/aktuelt/forsinkelsesrente-og-standardkompensasjon-fra-1.-januar-2024/id3019071/",
)
RATE_2025 = read(
    f"{INTEREST} § 3",
    Known.PRIMARY,
    "12.5 % in all; NOK 470 of companies",
    "https://lovdata.no/forskrift/2024-12-19-3279",
)
RATE_2026 = Source(f"{INTEREST} § 3", Known.PRIMARY, "12.0 % in all; NOK 460 of companies; read at kred.no")
NOT_FOUND = Source(f"{INTEREST} § 3", Known.UNKNOWN, "set for half a year; this one was not found")
CIRCULAR = "NO: Finanstilsynet, rundskriv 5/2022"

KEEPING_PAGE = (
    "https://www2.deloitte.com/no/no/pages/audit/articles/redusert-oppbevaringstid-for-regnskapsmateriale.html"
)


def nok(amount: str) -> Cap:
    """So many kroner, whatever is owed."""
    return Fixed(Money.parse(amount, "NOK"))


A_PAID_REMINDER_SAYS = (Statement.NUMBER, Statement.PRINCIPAL, Statement.COSTS, Statement.PAY_BY)
A_DEMAND_SAYS = (
    Statement.CREDITOR,
    Statement.NUMBER,
    Statement.PRINCIPAL,
    Statement.INTEREST,
    Statement.INTEREST_RATE,
    Statement.COSTS,
    Statement.PAY_BY,
    Statement.OBJECT,
    Statement.LEGAL_FOLLOWS,
)

CONSUMER = Law(
    country="NO",
    kind=DebtorKind.CONSUMER,
    names={"en": "Norway", "sv": "Norge", "nb": "Norge", "da": "Norge", "fi": "Norja", "de": "Norwegen"},
    currency="NOK",
    calendar=calendar_of("NO"),
    about=(
        "A reminder may cost one twentieth of the collection rate, at most twice, the first no sooner than 14 days "
        "after the due date. Each reminder sets a new due date at least 14 days ahead. Collection needs a written "
        "notice that it will follow (inkassovarsel), with at least 14 days from sending; the creditor's own demand "
        "(betalingsoppfordring) then gives 14 days more. A disputed claim is not collected."
    ),
    contact=ContactLaw(
        weekdays=since(
            LONG_AGO, Hours(time(8), time(21)), Source(CIRCULAR, Known.SECONDARY, "for agencies and telephone")
        ),
        saturdays=since(
            LONG_AGO, Hours(time(9), time(15)), Source(CIRCULAR, Known.SECONDARY, "from 8 or 9: sources differ, so 9")
        ),
    ),
    reminders=ReminderLaw(
        cap=Dated(
            (
                Value(
                    date(2025, 1, 1),
                    nok("35.00"),
                    Source(f"{REGULATION} § 1-2", Known.PRIMARY, "a twentieth of 700; its first day from memory"),
                ),
                Value(
                    date(2026, 1, 1),
                    nok("37.00"),
                    Source(
                        f"{REGULATION} § 1-2",
                        Known.PRIMARY,
                        "a twentieth of 750 is 37.50; rounding not found, so down, in the debtor's favour",
                    ),
                ),
            )
        ),
        needs_writing=since(LONG_AGO, True, IN_WRITING),
        count=since(
            LONG_AGO,
            2,
            read(f"{REGULATION} § 1-3", Known.SECONDARY, "two reminders, or one and the notice", REMINDER_PAGE),
        ),
        not_before=since(LONG_AGO, 14, TWO_WEEKS_LATE),
        spacing=since(LONG_AGO, 15, FIRST_TERM_OVER),
        new_due=since(LONG_AGO, 14, FIRST_TERM_OVER),
    ),
    demand=DemandLaw(
        cap=Dated(
            (
                Value(
                    date(2025, 1, 1),
                    nok("105.00"),
                    Source(f"{REGULATION} § 1-2", Known.PRIMARY, "three twentieths of 700; first day from memory"),
                ),
                Value(
                    date(2026, 1, 1),
                    nok("112.00"),
                    Source(f"{REGULATION} § 1-2", Known.PRIMARY, "three twentieths of 750, 112.50, rounded down"),
                ),
            )
        ),
        needs_writing=since(LONG_AGO, True, IN_WRITING),
        count=since(LONG_AGO, 1, read(f"{REGULATION} § 1-3", Known.SECONDARY, "one, after the others", REMINDER_PAGE)),
        not_before=since(LONG_AGO, 14, TWO_WEEKS_LATE),
        term=since(LONG_AGO, (Term(14),), read(f"{ACT} § 10", Known.PRIMARY, "to pay or object", DEMAND_PAGE)),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2024, 1, 1), Decimal("4.50"), RATE_2024),
                Value(date(2024, 7, 1), None, NOT_FOUND),
                Value(date(2025, 1, 1), Decimal("4.50"), RATE_2025),
                Value(date(2025, 7, 1), None, NOT_FOUND),
                Value(date(2026, 1, 1), Decimal("4.00"), RATE_2026),
                Value(date(2026, 7, 1), None, NOT_FOUND),
            )
        ),
        points=since(date(2013, 7, 1), Decimal(8), RATE_2024),
        starts=since(
            LONG_AGO,
            Start.DUE,
            read(
                f"{INTEREST} § 2",
                Known.PRIMARY,
                "from a due date that was fixed in advance",
                "https://www.regjeringen.no/no/dokumenter/forsinkelsesrenteloven/id429519/",
            ),
        ),
        day_count=since(LONG_AGO, DayCount.ACTUAL_ACTUAL, Source(INTEREST, Known.MEMORY, "in the debtor's favour")),
    ),
    collection=CollectionLaw(
        notice=since(LONG_AGO, (Term(14),), read(f"{ACT} § 9", Known.PRIMARY, "written, from sending", NOTICE_PAGE))
    ),
    letter_days=since(LONG_AGO, 4, Source("NO: our assumption", Known.MEMORY, "a letter has come after 4 bank days")),
    may_send={
        Message.LAST_REMINDER: Dated(
            (
                Value(
                    LONG_AGO,
                    Who.CREDITOR,
                    read(
                        f"{ACT} § 9",
                        Known.PRIMARY,
                        "creditor or agency; Prop. 3 L (2025-2026) leaves it to agencies: its first day is a new line",
                        NOTICE_PAGE,
                    ),
                ),
            )
        )
    },
    must_state={
        Message.REMINDER: since(
            LONG_AGO,
            A_PAID_REMINDER_SAYS,
            read(f"{REGULATION} § 1-2", Known.SECONDARY, "what it is for and how much", REMINDER_PAGE),
        ),
        Message.LAST_REMINDER: since(
            LONG_AGO,
            (*A_PAID_REMINDER_SAYS, Statement.COLLECTION_FOLLOWS),
            read(f"{ACT} § 9", Known.PRIMARY, "", NOTICE_PAGE),
        ),
        Message.DEMAND: since(
            LONG_AGO,
            A_DEMAND_SAYS,
            read(f"{ACT} § 10", Known.PRIMARY, "the complaint board only where an agency collects", DEMAND_PAGE),
        ),
    },
    on_time=read(
        "NO: gjeldsbrevloven § 5",
        Known.PRIMARY,
        "a due date on a Saturday or holiday is the next working day",
        "https://jusinfo.no/pengekravsrett/betalingstid-mv/betalingstid-mv/",
    ),
    dispute=Source(ACT, Known.SECONDARY, "a disputed claim is not collected out of court"),
    books=Dated(
        (
            Value(
                LONG_AGO,
                Keeping(10, From.ACCOUNTING_YEAR),
                read("NO: bokføringsloven § 13", Known.SECONDARY, "as it was before 2015", KEEPING_PAGE),
            ),
            Value(
                date(2015, 1, 1),
                Keeping(5, From.ACCOUNTING_YEAR),
                read(
                    "NO: bokføringsloven § 13",
                    Known.SECONDARY,
                    "the second paragraph quoted; builders, banks and others keep longer",
                    KEEPING_PAGE,
                ),
            ),
        )
    ),
    sources=("lovdata.no", "finanstilsynet.no", "regjeringen.no"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=f"{CONSUMER.about} A company also owes a fixed compensation, set every half-year, towards which fees count.",
    compensation=Dated(
        (
            Value(date(2024, 1, 1), nok("470.00"), RATE_2024),
            Value(date(2024, 7, 1), None, NOT_FOUND),
            Value(date(2025, 1, 1), nok("470.00"), RATE_2025),
            Value(date(2025, 7, 1), None, NOT_FOUND),
            Value(date(2026, 1, 1), nok("460.00"), RATE_2026),
            Value(date(2026, 7, 1), None, NOT_FOUND),
        )
    ),
)
