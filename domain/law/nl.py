"""The Netherlands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.calendar import Unit
from domain.law.bank_days import calendar_of, read
from domain.law.caps import Cap, Fixed, Share
from domain.law.ecb import main_refinancing
from domain.law.pack import (
    LONG_AGO,
    CollectionLaw,
    Counted,
    Dated,
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
    Who,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.words import DebtorKind, Message

DECREE = "NL: Besluit vergoeding voor buitengerechtelijke incassokosten"
CODE = "NL: BW art."
RULING = "HR 25.11.2016, ECLI:NL:HR:2016:2704"

OFFICIAL_GAZETTE = "https://zoek.officielebekendmakingen.nl/stb-2012-141.html"
TOLD = "https://huurregels.nl/uitvoeringswet-huurprijzen-woonruimte"
FORMAL_NOTICE = "https://uitspraken.rechtspraak.nl/inziendocument?id=ECLI:NL:PHR:2016:938"
RATES_OF_2024 = (
    "https://www.wieringa-advocaten.nl/nl/weblog/2024/01/16/"
    "wettelijke-rente-en-wettelijk-handelsrente-stijgen-per-1-januari-2024/"
)
RATES_OF_2025 = (
    "https://www.wieringa-advocaten.nl/en/weblog/2025/01/13/"
    "statutory-interest-rate-and-statutory-commercial-interest-rate-to-fall-from-1-january-2025/"
)
COMMERCIAL = "https://law-firm.nl/how-to-calculate-dutch-statutory-interest.html"

SINCE_2012 = date(2012, 7, 1)


def eur(amount: str) -> Money:
    """So many euros."""
    return Money.parse(amount, "EUR")


SCALE: Dated[Cap] = since(
    SINCE_2012,
    Share(
        (
            (eur("2500.00"), Decimal(15)),
            (eur("2500.00"), Decimal(10)),
            (eur("5000.00"), Decimal(5)),
            (eur("190000.00"), Decimal(1)),
        ),
        above=Decimal("0.5"),
        least=eur("40.00"),
        most=eur("6775.00"),
    ),
    read(
        f"{DECREE} art. 2",
        Known.PRIMARY,
        "of the principal, whoever collects and however often; VAT, which some creditors may add, is left out",
        OFFICIAL_GAZETTE,
    ),
)
ONE_CLAIM = since(
    SINCE_2012,
    1,
    read(f"{DECREE} art. 2", Known.SECONDARY, "whatever was done to collect it, not one a reminder", TOLD),
)

FOURTEEN_DAYS: Dated[tuple[Term, ...]] = since(
    SINCE_2012,
    (Term(14, Unit.DAYS, Counted.DAY_AFTER_RECEIPT),),
    read(
        f"{CODE} 6:96 (6)",
        Known.PRIMARY,
        f"{RULING}: fourteen full days from the day after receipt; wrong words lose the cost",
        FORMAL_NOTICE,
    ),
)

CONSUMER = Law(
    country="NL",
    kind=DebtorKind.CONSUMER,
    names={
        "en": "Netherlands",
        "sv": "Nederländerna",
        "nb": "Nederland",
        "da": "Nederlandene",
        "fi": "Alankomaat",
        "de": "Niederlande",
    },
    currency="EUR",
    calendar=calendar_of("NL"),
    about=(
        "Reminders are free. One claim for costs is allowed after a free letter that gives fourteen full days from "
        "the day after its receipt, and says exactly what it will cost: 15 % of the first EUR 2 500 and less above, "
        "at least EUR 40. Since October 2024 instalments of one contract share a most for six months; Kvitt sees one "
        "invoice at a time, so the merchant must. Whoever reminds consumers for others needs the register of the Wki."
    ),
    reminders=ReminderLaw(cap=SCALE, count=ONE_CLAIM, free_first=FOURTEEN_DAYS),
    interest=InterestLaw(
        reference=Dated(
            (
                Value(date(2024, 1, 1), Decimal(7), read(f"{CODE} 6:119", Known.SECONDARY, "", RATES_OF_2024)),
                Value(date(2025, 1, 1), Decimal(6), read(f"{CODE} 6:119", Known.SECONDARY, "", RATES_OF_2025)),
                Value(date(2026, 1, 1), Decimal(4), Source(f"{CODE} 6:119", Known.MEMORY, "no source found")),
            )
        ),
        points=since(
            LONG_AGO,
            None,
            Source(
                f"{CODE} 6:81",
                Known.UNKNOWN,
                "default needs a notice whose time has run out; until that day is told apart, nothing is charged",
            ),
        ),
        starts=since(
            LONG_AGO, Start.NOTICE, Source(f"{CODE} 6:82", Known.MEMORY, "and the time that the notice gives")
        ),
    ),
    collection=CollectionLaw(notice=FOURTEEN_DAYS),
    allocation=since(
        LONG_AGO,
        (Part.COSTS, Part.INTEREST, Part.PRINCIPAL),
        read(
            f"{CODE} 6:44 (1)",
            Known.SECONDARY,
            "HR 10.07.2015: the costs of collection too",
            "https://mijnwetten.nl/burgerlijk-wetboek-boek-6/artikel44",
        ),
    ),
    letter_days=since(
        LONG_AGO,
        3,
        read(
            f"NL: {RULING}",
            Known.SECONDARY,
            "delivered on the second day, Sundays, Mondays and holidays not counted; three bank days are never fewer",
            "https://bvvb.nl/nieuws/2017-01-30-veertien-dagen-hoeveel-dagen-zijn-dit-nu-eigenlijk",
        ),
    ),
    may_send={
        Message.REMINDER: since(
            date(2024, 4, 1),
            Who.CREDITOR,
            Source(
                "NL: Wet kwaliteit incassodienstverlening",
                Known.SECONDARY,
                "reminding consumers for others needs the register: a hosted service asks a lawyer first",
            ),
        )
    },
    must_state={
        message: since(
            SINCE_2012,
            statements,
            read(f"{CODE} 6:96 (6)", Known.PRIMARY, f"while no cost is charged yet; {RULING}", FORMAL_NOTICE),
        )
        for message, statements in {
            Message.REMINDER: (Statement.TERM, Statement.COST_IF_UNPAID),
            Message.LAST_REMINDER: (Statement.TERM, Statement.COST_IF_UNPAID, Statement.COLLECTION_FOLLOWS),
        }.items()
    },
    on_time=Source(f"{CODE} 6:114", Known.MEMORY, "a transfer pays when it arrives; the next bank day is our leniency"),
    dispute=Source(f"{CODE} 6:96 (2)", Known.MEMORY, "costs must be reasonable; those of a claim in dispute are not"),
    books=since(
        LONG_AGO,
        Keeping(7, From.ACCOUNTING_YEAR),
        read(
            "NL: AWR art. 52",
            Known.SECONDARY,
            "seven years; counted from the end of the accounting year, as accountants do",
            "https://thehappyfinancial.com/bewaartermijnen-voor-administratie-na-beeindiging-van-een-onderneming/",
        ),
    ),
    sources=("wetten.overheid.nl", "rechtspraak.nl", "nvi.nl"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=(
        "One claim for costs by the same scale as for consumers, at least EUR 40, without a letter before. Interest "
        "is the ECB's rate and eight points, from the day after the due date."
    ),
    reminders=ReminderLaw(cap=SCALE, count=ONE_CLAIM),
    interest=InterestLaw(
        reference=main_refinancing(f"{CODE} 6:120 (2)"),
        points=since(date(2013, 3, 16), Decimal(8), read(f"{CODE} 6:119a", Known.SECONDARY, "", COMMERCIAL)),
        starts=since(LONG_AGO, Start.DUE, read(f"{CODE} 6:119a", Known.SECONDARY, "", COMMERCIAL)),
    ),
    compensation=since(
        date(2013, 3, 16), Fixed(eur("40.00")), Source(f"{CODE} 6:96 (4)", Known.SECONDARY, "the least of the scale")
    ),
    collection=CollectionLaw(),
    may_send={},
    must_state={},
)
