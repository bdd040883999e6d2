"""Germany."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.law.bank_days import calendar_of, read
from domain.law.caps import ByChannel, Fixed
from domain.law.pack import (
    LONG_AGO,
    Dated,
    DayCount,
    InterestLaw,
    Known,
    Law,
    Part,
    ReminderLaw,
    Source,
    Start,
    Value,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind

BUNDESBANK = "https://github.com/ameax/bgb-interest/blob/40dde0b5032b54b0889cff0263cb4975a178e75a/data/base_rates.json"
UNCHANGED = "https://finanzmarktnachrichten.de/basiszinssatz-bleibt-ab-1-januar-2026-bei-127"
DEFAULT = "https://kanzlei-hubmann.de/mahnung"
INTEREST = (
    "https://www.haufe.de/recht/deutsches-anwalt-office-premium/"
    "pruettingwegenweinreich-bgb-288-bgb-verzugszinsen_idesk_PI17574_HI15892264.html"
)
ACT_OF_2014 = date(2014, 7, 29)

KEEPING_PAGE = "https://muchowitsch.de/?p=2245"


def base_rate(
    day: date, percent: str, note: str = "a copy of the Bundesbank's series", link: str = BUNDESBANK
) -> Value[Decimal]:
    """The Bundesbank's Basiszinssatz of a half-year."""
    return Value(day, Decimal(percent), read("DE: BGB § 247", Known.SECONDARY, note, link))


CONSUMER = Law(
    country="DE",
    kind=DebtorKind.CONSUMER,
    names={"en": "Germany", "sv": "Tyskland", "nb": "Tyskland", "da": "Tyskland", "fi": "Saksa", "de": "Deutschland"},
    currency="EUR",
    calendar=calendar_of("DE"),
    about=(
        "A reminder may cost what its print and postage cost, no staff and no software: about EUR 0.76 for a letter, "
        "nothing for an e-mail. The first reminder is free. Interest is five points above the base rate. Lists that "
        "the Rechtsdienstleistungsgesetz asks for bind collection agencies, not a creditor that reminds in its own "
        "name. A creditor's own demand at a fee does not exist."
    ),
    reminders=ReminderLaw(
        cap=since(
            date(2019, 6, 26),
            ByChannel("EUR", {Channel.LETTER: Money.parse("0.76", "EUR")}),
            read(
                "DE: BGH, 26.06.2019, VIII ZR 95/18",
                Known.SECONDARY,
                "EUR 2.50 struck down, print, envelope and postage of about EUR 0.76 accepted; who pays less asks less",
                "https://www.insuedthueringen.de/inhalt.karlsruhe-mahnpauschale-darf-keine-personalkosten-enthalten."
                "91c0076e-39dc-439f-8512-ad294a26586b.html",
            ),
        ),
        free_first=since(
            LONG_AGO,
            (),
            read(
                "DE: BGB § 286 (1)",
                Known.SECONDARY,
                "what brings default about is no damage of it; kept also where the calendar fixes the due date",
                DEFAULT,
            ),
        ),
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                base_rate(date(2024, 1, 1), "3.62"),
                base_rate(date(2024, 7, 1), "3.37"),
                base_rate(date(2025, 1, 1), "2.27"),
                base_rate(date(2025, 7, 1), "1.27"),
                base_rate(date(2026, 1, 1), "1.27", "the Bundesbank on 22 December 2025, retold", UNCHANGED),
                Value(
                    date(2026, 7, 1),
                    None,
                    read("DE: BGB § 247", Known.UNKNOWN, "not found; the ECB's 2.40 would make it 1.52", ""),
                ),
            )
        ),
        points=since(LONG_AGO, Decimal(5), read("DE: BGB § 288 (1)", Known.SECONDARY, "", INTEREST)),
        starts=since(
            LONG_AGO,
            Start.NOTICE,
            read(
                "DE: BGB § 286",
                Known.SECONDARY,
                "default also comes by a date agreed upon or after 30 days; the first reminder is never too early",
                DEFAULT,
            ),
        ),
        day_count=since(
            LONG_AGO,
            DayCount.ACTUAL_ACTUAL,
            read(
                "DE: BGB § 288",
                Known.SECONDARY,
                "no rule in the law; practice counts days, and 366 in leap years",
                "https://www.wirtschaftswissen.de/finanzen-steuern/rechnungsstellung/"
                "verzugszinsen-berechnen-bei-einer-ausstehenden-forderung-wie-geht-das/",
            ),
        ),
    ),
    allocation=since(
        LONG_AGO,
        (Part.COSTS, Part.INTEREST, Part.PRINCIPAL),
        read(
            "DE: BGB § 367 (1)",
            Known.SECONDARY,
            "consumer credit has an order of its own (§ 497)",
            "https://de.openlegaldata.io/law/bgb/367?revision_date=2017-07-20",
        ),
    ),
    letter_days=since(LONG_AGO, 4, Source("DE: BGB § 130", Known.MEMORY, "no presumption; a cautious one of ours")),
    on_time=read(
        "DE: BGB § 193",
        Known.SECONDARY,
        "BGH, 01.02.2007, III ZR 159/06: also for the term after which default begins",
        "https://webshoprecht.de/IRUrteile/Rspr482.php",
    ),
    dispute=Source("DE: BGB § 280 (1)", Known.MEMORY, "who rightly refuses to pay is not in default"),
    books=Dated(
        (
            Value(
                LONG_AGO,
                Keeping(10, From.YEAR_OF_VOUCHER),
                read("DE: § 147 AO, § 257 HGB", Known.SECONDARY, "as it was before 2025", KEEPING_PAGE),
            ),
            Value(
                date(2025, 1, 1),
                Keeping(8, From.YEAR_OF_VOUCHER),
                read(
                    "DE: § 147 Abs. 3 und 4 AO, § 257 HGB",
                    Known.SECONDARY,
                    "vouchers, since the fourth act against bureaucracy, for all that was still kept; not while the "
                    "tax may still be assessed",
                    KEEPING_PAGE,
                ),
            ),
        )
    ),
    sources=("gesetze-im-internet.de", "bundesgerichtshof.de", "bundesbank.de"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=(
        "A reminder may cost what its print and postage cost: about EUR 0.76 for a letter, nothing for an e-mail. The "
        "first reminder is free. In default a company owes EUR 40 once, on which such costs count, and interest nine "
        "points above the base rate. A creditor's own demand at a fee does not exist."
    ),
    interest=replace(
        CONSUMER.interest,
        points=since(
            ACT_OF_2014,
            Decimal(9),
            read("DE: BGB § 288 (2)", Known.SECONDARY, "contracts made since 29 July 2014", INTEREST),
        ),
    ),
    compensation=since(
        ACT_OF_2014,
        Fixed(Money.parse("40.00", "EUR")),
        read("DE: BGB § 288 (5)", Known.SECONDARY, "counts towards damages for the costs of recovery", INTEREST),
    ),
)
