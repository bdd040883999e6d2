"""Finland."""

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

ACT = "FI: laki saatavien perinnästä (513/1999)"
INTEREST = "FI: korkolaki (633/1982)"

NEW = f"{ACT} 10 g-10 j §"
"""The sections of 2022 on debts of others than consumers."""

IN_2013 = date(2013, 3, 16)
IN_2022 = date(2022, 5, 1)

LAW_OF_2022 = "https://finlex.fi/fi/laki/alkup/2022/20220299"
CONSUMER_COSTS_PAGE = "https://www.eduskunta.fi/FI/vaski/Kysymys/Sivut/KK_667+2020.aspx"
COMPANY_COSTS_PAGE = (
    "https://www.yrittajat.fi/tietopankki/markkinointi-ja-myynti/laskutus/perinta-yritysten-valisessa-kaupassa/"
)
OWN_DEMAND_PAGE = "https://www.yrittajat.fi/tietopankki/markkinointi-ja-myynti/laskutus/jos-maksu-viivastyy/"
KKV_PAGE = "https://www.kkv.fi/en/consumer-affairs/debt-collection-and-payment-arrangements/debt-collection-process/"
TABLE_PAGE = (
    "https://reports.suomenpankki.fi/WebForms/ReportViewerPage.aspx"
    "?report=%2Ftilastot%2Fmarkkina-_ja_hallinnolliset_korot%2Fviitekorko_en"
)
NOTICE_OF_2026 = (
    "https://www.sttinfo.fi/tiedote/71709487/korkolain-mukainen-viitekorko-ja-viivastyskorot-11-3062026?lang=fi"
)

ECB_2025 = "https://apl.bsi.si/orodja/avkcije-en.asp"
ECB_2026 = "https://getinvoicepdf.com/articles/eu-late-payment-directive.html"

FIVE_EUROS = read(f"{ACT} 10 a §", Known.PRIMARY, "quoted in kirjallinen kysymys KK 667/2020 vp", CONSUMER_COSTS_PAGE)
OWN_TO_CONSUMER = read(
    f"{ACT} 10 a §",
    Known.SECONDARY,
    "the creditor's own demand costs as a reminder does (Suomen Yrittäjät); 14, 24 and 50 euros are for those who "
    "collect for others (5 §)",
    OWN_DEMAND_PAGE,
)
TWELVE_EUROS = read(
    NEW,
    Known.SECONDARY,
    "reminder and own demand alike (Suomen Yrittäjät); 50 to 110 euros are for those who collect by profession",
    COMPANY_COSTS_PAGE,
)
TEN_DAYS_APART = read(NEW, Known.SECONDARY, "ten days since the last", COMPANY_COSTS_PAGE)
FOURTEEN_DAYS_LATE = read(f"{ACT} 10 b §", Known.PRIMARY, "14 days after the due date", KKV_PAGE)
FOURTEEN_DAYS_APART = read(f"{ACT} 10 b §", Known.PRIMARY, "14 days since the last", KKV_PAGE)
IN_WRITING = Source(f"{ACT} 10 a §", Known.PRIMARY, "a written reminder; an SMS is not taken as writing")
TIME_TO_ANSWER = "no term in the law: as long as the next that costs must wait"
TABLE = read(f"{INTEREST} 12 §", Known.PRIMARY, "Suomen Pankki's table", TABLE_PAGE)
ANNOUNCED_2026 = read(f"{INTEREST} 12 §", Known.PRIMARY, "Suomen Pankki's announcement", NOTICE_OF_2026)


def eur(amount: str) -> Cap:
    """So many euros, whatever is owed."""
    return Fixed(Money.parse(amount, "EUR"))


def from_the_ecb(percent: str, link: str) -> Source:
    """A reference rate that was not found as announced: from the ECB's, as the law says."""
    note = f"not found as announced: the ECB's last main refinancing rate, {percent} %, rounded up to the half"
    return read(f"{INTEREST} 12 §", Known.SECONDARY, note, link)


A_REMINDER_SAYS = (
    Statement.CREDITOR,
    Statement.CONTACT,
    Statement.NUMBER,
    Statement.PRINCIPAL,
    Statement.INTEREST,
    Statement.COSTS,
    Statement.TOTAL,
    Statement.PAY_BY,
    Statement.PAY_TO,
    Statement.OBJECT,
)
SAYS: Dated[tuple[Statement, ...]] = since(
    LONG_AGO,
    A_REMINDER_SAYS,
    read(f"{ACT} 5 a §", Known.SECONDARY, "as Suomen Yrittäjät lists it for creditors", OWN_DEMAND_PAGE),
)

CONSUMER = Law(
    country="FI",
    kind=DebtorKind.CONSUMER,
    names={"en": "Finland", "sv": "Finland", "nb": "Finland", "da": "Finland", "fi": "Suomi", "de": "Finnland"},
    currency="EUR",
    calendar=calendar_of("FI"),
    about=(
        "A written reminder may cost EUR 5, the first 14 days after the due date, the next 14 days later, two in all, "
        "if the debtor was told of the due date 14 days before it. The creditor's own demand may cost no more; higher "
        "sums are for those who collect for others. A claim goes to them no sooner than 14 days after a reminder. "
        "Late interest is the reference rate and seven points. Collection stops when the debtor disputes the claim."
    ),
    contact=ContactLaw(weekdays=since(LONG_AGO, None, Source(ACT, Known.UNKNOWN, "no hours in the law"))),
    reminders=ReminderLaw(
        cap=since(IN_2013, eur("5.00"), FIVE_EUROS),
        needs_writing=since(IN_2013, True, IN_WRITING),
        count=since(IN_2013, 2, read(ACT, Known.SECONDARY, "a creditor usually sends one or two (KKV)", KKV_PAGE)),
        not_before=since(IN_2013, 14, FOURTEEN_DAYS_LATE),
        spacing=since(IN_2013, 14, FOURTEEN_DAYS_APART),
        told_before_due=since(
            IN_2013,
            14,
            read(
                f"{ACT} 10 b §",
                Known.SECONDARY,
                "an invoice or other notice, unless agreed otherwise",
                "https://ikassa.fi/maksumuistutus",
            ),
        ),
    ),
    demand=DemandLaw(
        cap=since(IN_2013, eur("5.00"), OWN_TO_CONSUMER),
        needs_writing=since(IN_2013, True, IN_WRITING),
        count=since(IN_2013, 1, Source(ACT, Known.MEMORY, "our caution: one")),
        not_before=since(IN_2013, 14, FOURTEEN_DAYS_LATE),
        spacing=since(IN_2013, 14, FOURTEEN_DAYS_APART),
        term=since(IN_2013, (Term(14),), Source(f"{ACT} 10 b §", Known.MEMORY, TIME_TO_ANSWER)),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2023, 1, 1), Decimal("2.50"), TABLE),
                Value(date(2023, 7, 1), Decimal("4.00"), TABLE),
                Value(date(2024, 1, 1), Decimal("4.50"), TABLE),
                Value(date(2024, 7, 1), Decimal("4.50"), TABLE),
                Value(date(2025, 1, 1), Decimal("3.50"), TABLE),
                Value(date(2025, 7, 1), Decimal("2.50"), from_the_ecb("2.15", ECB_2025)),
                Value(date(2026, 1, 1), Decimal("2.50"), ANNOUNCED_2026),
                Value(date(2026, 7, 1), Decimal("2.50"), from_the_ecb("2.40", ECB_2026)),
                Value(date(2027, 1, 1), None, Source(f"{INTEREST} 12 §", Known.UNKNOWN, "not announced yet")),
            )
        ),
        points=since(IN_2013, Decimal(7), read(f"{INTEREST} 4 §", Known.PRIMARY, "", NOTICE_OF_2026)),
        starts=since(
            LONG_AGO,
            Start.DUE,
            read(
                f"{INTEREST} 5 §",
                Known.SECONDARY,
                "from the day after a due date that was fixed in advance; its section from memory",
                "https://www.axactor.com/fi/artikkelit/korkolaki",
            ),
        ),
        day_count=since(LONG_AGO, DayCount.ACTUAL_ACTUAL, Source(INTEREST, Known.MEMORY, "in the debtor's favour")),
    ),
    collection=CollectionLaw(
        notice=since(
            IN_2013,
            (Term(14),),
            read(
                f"{ACT} 5 §",
                Known.PRIMARY,
                "who collects for others may demand no sooner than 14 days after a reminder; wording of 2022",
                LAW_OF_2022,
            ),
        )
    ),
    allocation=since(
        IN_2013,
        (Part.PRINCIPAL, Part.INTEREST, Part.COSTS),
        read(
            ACT,
            Known.SECONDARY,
            "the principal before the costs; where interest stands is our reading",
            "https://www.mondaq.com/x/227958/Contract+Law/Amendments+To+The+Finnish+Debt+Payment+And+Collection+Regulations",
        ),
    ),
    letter_days=since(LONG_AGO, 5, Source("FI: our assumption", Known.MEMORY, "a letter has come after 5 bank days")),
    must_state={Message.REMINDER: SAYS, Message.LAST_REMINDER: SAYS, Message.DEMAND: SAYS},
    on_time=read(
        "FI: laki säädettyjen määräaikain laskemisesta (150/1930) 5 §",
        Known.PRIMARY,
        "of time set by law; a due date is treated alike",
        "https://finlex.fi/fi/laki/ajantasa/1930/19300150",
    ),
    dispute=Source(f"{ACT} 4 b §", Known.SECONDARY, "the Consumer Ombudsman's line 10/2023, 2.7 and 2.8"),
    books=since(
        LONG_AGO,
        Keeping(6, From.YEAR_OF_ITS_END),
        read(
            "FI: kirjanpitolaki 2 luku 10 §",
            Known.SECONDARY,
            "told by the chamber of commerce: vouchers and letters; the ten years of the accounts themselves are for "
            "the merchant's own",
            "https://kauppakamaritieto.fi/artikkelit/kirjanpitoaineiston-sailytysajat",
        ),
    ),
    sources=("finlex.fi", "kkv.fi", "suomenpankki.fi"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=(
        "A reminder may cost EUR 12, and so may the creditor's own demand, each ten days after the last; higher sums "
        "are for those who collect by profession. A company also owes EUR 40 for its delay, towards which these "
        "count. Late interest is the reference rate and eight points. A disputed claim is not collected."
    ),
    reminders=ReminderLaw(
        cap=since(IN_2022, eur("12.00"), TWELVE_EUROS),
        needs_writing=since(IN_2022, True, Source(NEW, Known.MEMORY, "an SMS is not taken as writing")),
        count=since(IN_2022, 2, Source(ACT, Known.MEMORY, "the law counts them (HE 241/2021 vp); two is our caution")),
        spacing=since(IN_2022, 10, TEN_DAYS_APART),
    ),
    demand=DemandLaw(
        cap=since(IN_2022, eur("12.00"), TWELVE_EUROS),
        needs_writing=since(IN_2022, True, Source(NEW, Known.MEMORY, "an SMS is not taken as writing")),
        count=since(IN_2022, 1, Source(ACT, Known.MEMORY, "our caution: one")),
        spacing=since(IN_2022, 10, TEN_DAYS_APART),
        term=since(IN_2022, (Term(10),), Source(ACT, Known.MEMORY, TIME_TO_ANSWER)),
    ),
    interest=replace(
        CONSUMER.interest,
        points=since(IN_2013, Decimal(8), read(f"{INTEREST} 4 a §", Known.PRIMARY, "", NOTICE_OF_2026)),
    ),
    compensation=since(
        IN_2013,
        eur("40.00"),
        read(
            f"{ACT} 10 e §",
            Known.SECONDARY,
            "at most, an invoice; other costs of collection only above it",
            "https://www.okperinta.fi/en/news/the-new-debt-collection-act-will-enter-into-force-on-1-may-2022/",
        ),
    ),
    collection=CollectionLaw(),
    allocation=Dated(),
)
