"""Denmark."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.law.bank_days import calendar_of, read
from domain.law.caps import Cap, Fixed
from domain.law.pack import (
    LONG_AGO,
    CollectionLaw,
    ContactLaw,
    Dated,
    DayCount,
    DemandLaw,
    FeeLaw,
    InterestLaw,
    Known,
    Law,
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

INTEREST = "DK: renteloven"
COLLECTION = "DK: inkassoloven"
COSTS = "DK: bekendtgørelse nr. 601/2002 om udenretlige inddrivelsesomkostninger"

FEES_PAGE = "https://www.retsinformation.dk/print.aspx?id=1111"
DEMAND_PAGE = "https://www.elov.dk/inkassoloven/paragraf/10/"

IN_2002 = date(2002, 8, 1)
"""The day on which the rules on fees came to cover every debt; for consumers' they had held for a year."""
IN_2013 = date(2013, 3, 1)

FEES = read(
    f"{INTEREST} § 9 b",
    Known.PRIMARY,
    "read in lov nr. 462/2001, its wording of 2001 (then § 9 a); VAT included; for every debt since 2002 (themis.dk)",
    FEES_PAGE,
)
TEN_DAYS = read(f"{COLLECTION} § 10", Known.PRIMARY, "at least ten days from sending", DEMAND_PAGE)
FORBRUG = read(
    f"{INTEREST} § 5",
    Known.PRIMARY,
    "the lending rate in forbrug.dk's table of totals, eight points less",
    "https://forbrug.dk/regler/opslagsvaerk-forbrugerleksikon/morarenten/",
)
IN_2024 = read(
    f"{INTEREST} § 5",
    Known.SECONDARY,
    "Selandia Advokater: the lending rate of 1 January",
    "https://selandiaadvokater.dk/privat/retssager/renteoplysninger/",
)
IN_JULY_2024 = read(
    f"{INTEREST} § 5",
    Known.SECONDARY,
    "the lending rate from 6 June to 12 September 2024, retold",
    "https://www.global-rates.com/en/interest-rates/central-banks/8/danish-nationalbanken-lending-rate/",
)
IN_2025 = read(
    f"{INTEREST} § 5",
    Known.SECONDARY,
    "the lending rate since December 2024, retold",
    "https://jp.tradingeconomics.com/denmark/interest-rate/news/440812",
)
IN_JULY_2025 = read(
    f"{INTEREST} § 5",
    Known.SECONDARY,
    "the lending rate since 5 June 2025, retold",
    "https://www.fx.co/en/forex-news/2640647",
)
NOT_FOUND = Source(f"{INTEREST} § 5", Known.UNKNOWN, "Nationalbanken's lending rate of that day was not found")


def dkk(amount: str) -> Cap:
    """So many kroner, whatever is owed."""
    return Fixed(Money.parse(amount, "DKK"))


A_REMINDER_SAYS = (Statement.CREDITOR, Statement.NUMBER, Statement.TOTAL, Statement.PAY_BY, Statement.PAY_TO)
ALL_TO_JUDGE_IT = (
    Statement.CREDITOR,
    Statement.CONTACT,
    Statement.NUMBER,
    Statement.ORIGINAL_DUE,
    Statement.PRINCIPAL,
    Statement.INTEREST,
    Statement.COSTS,
    Statement.TOTAL,
    Statement.PAY_BY,
    Statement.PAY_TO,
    Statement.COLLECTION_FOLLOWS,
)
TO_JUDGE_IT: Dated[tuple[Statement, ...]] = since(
    LONG_AGO,
    ALL_TO_JUDGE_IT,
    read(f"{COLLECTION} § 10", Known.PRIMARY, "all that is needed to judge the claim: the list is ours", DEMAND_PAGE),
)

CONSUMER = Law(
    country="DK",
    kind=DebtorKind.CONSUMER,
    names={"en": "Denmark", "sv": "Danmark", "nb": "Danmark", "da": "Danmark", "fi": "Tanska", "de": "Dänemark"},
    currency="DKK",
    calendar=calendar_of("DK"),
    about=(
        "A reminder with reason may cost DKK 100, VAT included, three times at most and ten days apart; handing the "
        "claim over may cost DKK 100 once. Before that comes a letter (påkrav) with all that is needed to judge the "
        "claim and at least ten days from sending; it costs nothing of its own. Late interest is Nationalbanken's "
        "lending rate and eight points. A disputed claim is not collected until the objection has been looked into."
    ),
    contact=ContactLaw(weekdays=since(LONG_AGO, None, Source(COLLECTION, Known.UNKNOWN, "no hours in the law"))),
    reminders=ReminderLaw(
        cap=since(IN_2002, dkk("100.00"), FEES),
        needs_writing=since(
            IN_2002,
            True,
            read(f"{INTEREST} § 9 b", Known.PRIMARY, "a letter (skrivelse); an SMS is not taken for one", FEES_PAGE),
        ),
        count=since(IN_2002, 3, FEES),
        spacing=since(IN_2002, 10, FEES),
    ),
    demand=DemandLaw(
        cap=since(
            LONG_AGO,
            None,
            read(
                f"{INTEREST} § 9 b",
                Known.PRIMARY,
                "a fee is a reminder's or the hand-over's: a påkrav that is to cost is sent as the last reminder",
                FEES_PAGE,
            ),
        ),
        term=since(LONG_AGO, (Term(10),), TEN_DAYS),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2022, 7, 1), Decimal("-0.45"), FORBRUG),
                Value(date(2023, 1, 1), Decimal("1.90"), FORBRUG),
                Value(date(2023, 7, 1), Decimal("3.25"), FORBRUG),
                Value(date(2024, 1, 1), Decimal("3.75"), IN_2024),
                Value(date(2024, 7, 1), Decimal("3.50"), IN_JULY_2024),
                Value(date(2025, 1, 1), Decimal("2.75"), IN_2025),
                Value(date(2025, 7, 1), Decimal("1.75"), IN_JULY_2025),
                Value(date(2026, 1, 1), None, NOT_FOUND),
                Value(date(2026, 7, 1), None, NOT_FOUND),
            )
        ),
        points=since(
            IN_2013,
            Decimal(8),
            read(f"{INTEREST} § 5", Known.PRIMARY, "for consumers too", "https://www.elov.dk/renteloven/5/"),
        ),
        starts=since(
            LONG_AGO,
            Start.DUE,
            read(
                f"{INTEREST} § 3",
                Known.PRIMARY,
                "from a due date that was fixed in advance",
                "https://www.elov.dk/renteloven/paragraf/3/",
            ),
        ),
        day_count=since(LONG_AGO, DayCount.ACTUAL_ACTUAL, Source(INTEREST, Known.MEMORY, "in the debtor's favour")),
    ),
    collection=CollectionLaw(
        notice=since(LONG_AGO, (Term(10),), TEN_DAYS),
        fee=FeeLaw(cap=since(IN_2002, dkk("100.00"), FEES), count=since(IN_2002, 1, FEES)),
    ),
    letter_days=since(LONG_AGO, 5, Source("DK: our assumption", Known.MEMORY, "a letter has come after 5 bank days")),
    must_state={
        Message.REMINDER: since(
            IN_2002,
            A_REMINDER_SAYS,
            read(
                f"{INTEREST} § 9 b",
                Known.SECONDARY,
                "that it reminds, who sends it, and a last day to pay",
                "https://elov.dk/renteloven/paragraf/9b/boger/9788757497786-inddrivelse-1-udg/"
                "kapitel-11-rykkerskrivelser-og-inkassogebyr-side-161-172",
            ),
        ),
        Message.LAST_REMINDER: TO_JUDGE_IT,
        Message.DEMAND: TO_JUDGE_IT,
    },
    on_time=read(
        "DK: gældsbrevsloven § 5",
        Known.SECONDARY,
        "of promissory notes; arbitrators (2021) did not extend it to invoices, we do, in the debtor's favour",
        "https://nexusadvokater.dk/domme-og-kendelser/ugens-dom-hvornaar-er-en-betaling-rettidig/",
    ),
    dispute=read(
        f"{COLLECTION} § 9",
        Known.SECONDARY,
        "good practice: not handed over before the objection has been looked into",
        "https://debtia.dk/ordbog/inkassokrav/",
    ),
    books=since(
        LONG_AGO,
        Keeping(5, From.ACCOUNTING_YEAR),
        read(
            "DK: bogføringsloven § 12",
            Known.SECONDARY,
            "told by the tax authority of the act before; that of 2022 says the same, from memory",
            "https://test.skat.dk/data.aspx?chk=209795&oid=2062750",
        ),
    ),
    sources=("retsinformation.dk", "elov.dk", "nationalbanken.dk"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=f"{CONSUMER.about} A company also owes DKK 310 for its delay; we count fees towards it.",
    compensation=since(
        IN_2013,
        dkk("310.00"),
        read(
            f"{COSTS} § 2",
            Known.PRIMARY,
            "bekendtgørelse nr. 105/2013; beside the fees, yet we count them towards it, in the debtor's favour",
            "https://www.retsinformation.dk/Forms/R0710.aspx?id=145155",
        ),
    ),
)
