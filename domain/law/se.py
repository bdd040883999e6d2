"""Sweden."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.calendar import Unit
from domain.law.bank_days import calendar_of, read
from domain.law.caps import Cap, Fixed
from domain.law.pack import (
    LONG_AGO,
    ContactLaw,
    Counted,
    Dated,
    DayCount,
    DemandLaw,
    InterestLaw,
    Known,
    Law,
    Part,
    ReminderLaw,
    Source,
    Start,
    Statement,
    Term,
    Value,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.words import DebtorKind, Message

COSTS = "SE: lag (1981:739) om ersättning för inkassokostnader"
COLLECTION = "SE: inkassolag (1974:182)"
INTEREST = "SE: räntelag (1975:635)"

IN_2013 = date(2013, 3, 16)
"""The day on which SFS 2013:55 and 2013:56 came into force."""

COSTS_PAGE = (
    "https://www.riksdagen.se/sv/dokument-lagar/dokument/svensk-forfattningssamling/"
    "lag-1981739-om-ersattning-for-inkassokostnader_sfs-1981-739"
)
RATES_PAGE = "https://www.riksbank.se/sv/statistik/rantor-och-valutakurser/referensranta/"
LATE_2024 = (
    "https://www.riksbank.se/en-gb/monetary-policy/monetary-policy-report/2024/monetary-policy-decision-december-2024/"
)
JUNE_2025 = "https://www.placera.se/pressmeddelanden/policy-rate-is-cut-to-2-per-cent-20250618"
LATE_2025 = "https://www.globalbankingandfinance.com/sweden-cenbank-minutes"
IN_FORCE = "read in the copy consolidated to SFS 2013:56; changes since then to be checked"

AGREED = read(f"{COSTS} 2 §", Known.PRIMARY, "agreed no later than when the debt arose", COSTS_PAGE)
WRITTEN = read(
    f"{COSTS} 2 §", Known.PRIMARY, "a written reminder; that an SMS is not writing is our cautious reading", COSTS_PAGE
)
CALLED_FOR = read(
    f"{COSTS} 4 §", Known.MEMORY, "a cost must be reasonably called for: in practice one fee an invoice", COSTS_PAGE
)
RIKSBANK = read(f"{INTEREST} 9 §", Known.PRIMARY, "Riksbanken's table of reference rates", RATES_PAGE)
NOT_FOUND = Source(f"{INTEREST} 9 §", Known.UNKNOWN, "neither the reference rate nor the policy rate was found")


def sek(amount: str) -> Cap:
    """So many kronor, whatever is owed."""
    return Fixed(Money.parse(amount, "SEK"))


def from_policy_rate(rate: str, link: str) -> Source:
    """A reference rate that was not found as announced: worked out as Riksbanken's page explains it."""
    note = f"not found as announced: the policy rate at the end of the half-year before, {rate}, rounded up to the half"
    return read(f"{INTEREST} 9 §", Known.SECONDARY, note, link)


A_REMINDER_SAYS = (
    Statement.CREDITOR,
    Statement.NUMBER,
    Statement.ORIGINAL_DUE,
    Statement.PRINCIPAL,
    Statement.COSTS,
    Statement.FEE_BASIS,
    Statement.INTEREST,
    Statement.TOTAL,
    Statement.PAY_BY,
    Statement.PAY_TO,
    Statement.OBJECT,
)
A_DEMAND_SAYS = (
    Statement.CREDITOR,
    Statement.NUMBER,
    Statement.PRINCIPAL,
    Statement.INTEREST,
    Statement.INTEREST_RATE,
    Statement.COSTS,
    Statement.TOTAL,
    Statement.PAY_BY,
    Statement.PAY_TO,
    Statement.OBJECT,
)
SENSIBLE = Source(COLLECTION, Known.MEMORY, "no list in the law; what a debtor needs to judge the claim")

CONSUMER = Law(
    country="SE",
    kind=DebtorKind.CONSUMER,
    names={"en": "Sweden", "sv": "Sverige", "nb": "Sverige", "da": "Sverige", "fi": "Ruotsi", "de": "Schweden"},
    currency="SEK",
    calendar=calendar_of("SE"),
    about=(
        "A reminder may cost SEK 60 if that was agreed no later than when the debt arose and the reminder is in "
        "writing. No reminder is required before a demand (inkassokrav), which may cost SEK 180 without agreement and "
        "gives at least eight days. Late interest is the reference rate and eight points. A claim that is disputed on "
        "facts is looked into and answered; without agreement only a court decides."
    ),
    contact=ContactLaw(weekdays=since(LONG_AGO, None, Source(COLLECTION, Known.UNKNOWN, "no hours in the law"))),
    reminders=ReminderLaw(
        cap=since(IN_2013, sek("60.00"), read(f"{COSTS} 4 §", Known.PRIMARY, IN_FORCE, COSTS_PAGE)),
        needs_agreement=since(LONG_AGO, True, AGREED),
        needs_writing=since(LONG_AGO, True, WRITTEN),
        usual=since(LONG_AGO, 1, CALLED_FOR),
    ),
    demand=DemandLaw(
        cap=since(IN_2013, sek("180.00"), read(f"{COSTS} 4 §", Known.PRIMARY, IN_FORCE, COSTS_PAGE)),
        needs_writing=since(
            LONG_AGO,
            True,
            read(f"{COSTS} 3 §", Known.PRIMARY, "a demand in the form of inkassolag 5 §", COSTS_PAGE),
        ),
        usual=since(LONG_AGO, 1, CALLED_FOR),
        term=since(
            LONG_AGO,
            (Term(8), Term(4, Unit.BANK_DAYS, Counted.RECEIPT)),
            Source(
                f"{COLLECTION} 5 §",
                Known.PRIMARY,
                "a reasonable time: eight days from sending and four bank days after presumed receipt "
                "(Inkassonämnden, 273-2021); FFFS 2025:2 to be checked",
            ),
        ),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2022, 7, 1), Decimal("0.50"), RIKSBANK),
                Value(date(2023, 1, 1), Decimal("2.50"), RIKSBANK),
                Value(date(2023, 7, 1), Decimal("3.50"), RIKSBANK),
                Value(date(2024, 1, 1), Decimal("4.00"), RIKSBANK),
                Value(date(2024, 7, 1), Decimal("4.00"), RIKSBANK),
                Value(
                    date(2025, 1, 1),
                    Decimal("3.00"),
                    from_policy_rate("2.75, for 2.50 applies from 8 January", LATE_2024),
                ),
                Value(date(2025, 7, 1), Decimal("2.00"), from_policy_rate("2.00, since June", JUNE_2025)),
                Value(date(2026, 1, 1), Decimal("2.00"), from_policy_rate("1.75, since September", LATE_2025)),
                Value(date(2026, 7, 1), None, NOT_FOUND),
            )
        ),
        points=since(
            date(2002, 7, 1),
            Decimal(8),
            read(
                f"{INTEREST} 6 §",
                Known.SECONDARY,
                "the section quoted; its first day from memory; for consumers too, unless agreed otherwise",
                "https://loanster.se/guider/referensranta/",
            ),
        ),
        starts=since(
            LONG_AGO,
            Start.DUE,
            read(
                f"{INTEREST} 3 §",
                Known.PRIMARY,
                "from a due date that was fixed in advance; we count from the day after",
                "https://lagen.nu/1975:635",
            ),
        ),
        day_count=since(
            LONG_AGO,
            DayCount.ACTUAL_ACTUAL,
            read(
                INTEREST,
                Known.SECONDARY,
                "days late over the days of the year, as Kredity explains it; the law does not say",
                "https://kredity.se/guider/drojsmalsranta/",
            ),
        ),
    ),
    allocation=since(
        LONG_AGO,
        (Part.INTEREST, Part.PRINCIPAL, Part.COSTS),
        Source("SE: handelsbalken 9 kap. 5 §", Known.MEMORY, "interest before the principal; its text was not read"),
    ),
    letter_days=since(LONG_AGO, 3, Source("SE: our assumption", Known.MEMORY, "a letter has come after 3 bank days")),
    must_state={
        Message.REMINDER: since(LONG_AGO, A_REMINDER_SAYS, SENSIBLE),
        Message.LAST_REMINDER: since(
            LONG_AGO,
            (*A_REMINDER_SAYS, Statement.COLLECTION_FOLLOWS),
            Source(f"{COLLECTION} 1 §", Known.MEMORY, "a date and that collection follows make it no demand"),
        ),
        Message.DEMAND: since(
            LONG_AGO,
            A_DEMAND_SAYS,
            Source(
                f"{COLLECTION} 5 §",
                Known.PRIMARY,
                "read in the text of 1974; FFFS 2025:2 asks for more, which was not obtained",
            ),
        ),
    },
    on_time=read(
        "SE: lag (1930:173) om beräkning av lagstadgad tid",
        Known.PRIMARY,
        "2 §, of time set by law; a due date is treated alike, as in lag (1936:81) om skuldebrev 5 §",
        "https://lagen.nu/1930:173",
    ),
    dispute=Source(COLLECTION, Known.PRIMARY, "objections: Finansinspektionen, answers to questions"),
    books=since(
        LONG_AGO,
        Keeping(7, From.YEAR_OF_ITS_END),
        read(
            "SE: bokföringslag (1999:1078) 7 kap. 2 §",
            Known.SECONDARY,
            "the section quoted: through the seventh year after the end of the calendar year in which the accounting "
            "year was ended",
            "https://www.zentralen.se/ufaqs/vad-sager-bokforingslagen/",
        ),
    ),
    sources=("riksdagen.se", "fi.se", "riksbank.se"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=f"{CONSUMER.about} A company also owes SEK 450 for its delay, towards which fees count.",
    compensation=since(
        IN_2013,
        sek("450.00"),
        read(
            f"{COSTS} 4 a §",
            Known.SECONDARY,
            "the right read in the law, the sum in prop. 2012/13:36; other costs only above it",
            "https://rkrattsbaser.gov.se/prop?page=93&post_id=2619",
        ),
    ),
)
