"""France."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from decimal import Decimal

from domain.calendar import Hours
from domain.law.bank_days import calendar_of, read
from domain.law.caps import Fixed
from domain.law.ecb import main_refinancing
from domain.law.pack import (
    LONG_AGO,
    ContactLaw,
    Dated,
    DayCount,
    InterestLaw,
    Known,
    Law,
    Part,
    ReminderLaw,
    Source,
    Start,
    Statement,
    Value,
    since,
)
from domain.law.retention import From, Keeping
from domain.money import Money
from domain.words import DebtorKind, Message

ENFORCEMENT = "FR: code des procédures civiles d'exécution art. L111-8"
COMMERCE = "FR: code de commerce art. L441-10"
LEGAL_RATE = "FR: code monétaire et financier art. L313-2"

ARTICLE_L111_8 = "https://www.doctrine.fr/l/texts/codes/LEGITEXT000025024948/articles/LEGIARTI000025025657"
ARTICLE_L441_10 = "https://lexbase.fr/texte-de-loi/code-de-commercel44110/L0502LQN.html"
FORTY = (
    "https://www.fict.fr/publication/"
    "indemnite-forfaitaire-a-mentionner-dans-les-conditions-generales-de-vente-et-sur-la-facture/"
)
MENTIONS = "https://cabinetphenix.fr/?p=3391"
RATES = "https://www.legifiscal.fr/actualites-fiscales/4371-taux-interet-legal-1er-semestre-2026.html"

DAYTIME = since(
    LONG_AGO,
    Hours(time(8), time(20)),
    Source("FR: démarchage par SMS", Known.SECONDARY, "written for advertising; kept for reminders too"),
)


def legal_rate(day: date, percent: str) -> Value[Decimal]:
    """The legal rate of a half-year, for creditors who act in business."""
    return Value(day, Decimal(percent), read(LEGAL_RATE, Known.SECONDARY, "fixed by an arrêté each half-year", RATES))


CONSUMER = Law(
    country="FR",
    kind=DebtorKind.CONSUMER,
    names={"en": "France", "sv": "Frankrike", "nb": "Frankrike", "da": "Frankrig", "fi": "Ranska", "de": "Frankreich"},
    currency="EUR",
    calendar=calendar_of("FR"),
    about=(
        "A reminder costs a consumer nothing: without a court's title the costs of recovery are the creditor's, any "
        "term to the contrary is void, and asking for them is an offence."
    ),
    contact=ContactLaw(weekdays=DAYTIME, saturdays=DAYTIME),
    reminders=ReminderLaw(
        cap=since(
            date(2014, 3, 19),
            Fixed(Money.zero("EUR")),
            read(ENFORCEMENT, Known.SECONDARY, "asking is punished since loi n° 2014-344 art. 12", ARTICLE_L111_8),
        )
    ),
    interest=InterestLaw(
        reference=Dated(
            (
                legal_rate(date(2024, 7, 1), "4.92"),
                legal_rate(date(2025, 1, 1), "3.71"),
                legal_rate(date(2025, 7, 1), "2.76"),
                legal_rate(date(2026, 1, 1), "2.62"),
                Value(date(2026, 7, 1), None, read(LEGAL_RATE, Known.UNKNOWN, "not found", "")),
            )
        ),
        points=since(
            LONG_AGO,
            None,
            Source(
                "FR: code civil art. 1231-6",
                Known.UNKNOWN,
                "from formal notice; whether a reminder is one is not settled, so nothing is charged",
            ),
        ),
        starts=since(LONG_AGO, Start.NOTICE, Source("FR: code civil art. 1344-1", Known.MEMORY)),
    ),
    allocation=since(
        LONG_AGO,
        (Part.INTEREST, Part.COSTS, Part.PRINCIPAL),
        read(
            "FR: code civil art. 1343-1",
            Known.SECONDARY,
            "interest first; costs too before the principal: Cass. 1re civ., 07.02.1995, n° 92-14.216",
            "https://aurelienbamde.com/2022/11/08/limputation-du-paiement-en-presence-dobligations-de-sommes-dargent/",
        ),
    ),
    on_time=Source("FR: code civil art. 1342-6", Known.MEMORY, "the next bank day is our leniency"),
    dispute=Source(ENFORCEMENT, Known.MEMORY, "only a court decides a claim in dispute, and who bears its costs"),
    books=since(
        LONG_AGO,
        Keeping(10, From.ACCOUNTING_YEAR),
        read(
            "FR: Code de commerce, art. L123-22",
            Known.SECONDARY,
            "the article quoted; that it is counted from the end of the accounting year is what accountants say",
            "https://www.doctrine.fr/l/texts/codes/LEGITEXT000005634379/articles/LEGIARTI000006219326",
        ),
    ),
    sources=("legifrance.gouv.fr", "banque-france.fr"),
)

COMPANY = replace(
    CONSUMER,
    kind=DebtorKind.COMPANY,
    about=(
        "EUR 40 for each late invoice without a reminder; the invoice must say so, and which rate of penalty applies. "
        "Interest is the ECB's rate and ten points where the contract says nothing else. More only for costs that are "
        "proven, so a reminder carries no fee."
    ),
    reminders=ReminderLaw(
        cap=since(LONG_AGO, None, Source(COMMERCE, Known.UNKNOWN, "beyond the fixed sum only what is proven"))
    ),
    interest=InterestLaw(
        reference=main_refinancing(COMMERCE),
        points=since(
            date(2009, 1, 1),
            Decimal(10),
            read(COMMERCE, Known.SECONDARY, "unless agreed otherwise, never below three legal rates", ARTICLE_L441_10),
        ),
        starts=since(
            LONG_AGO,
            Start.DUE,
            read(COMMERCE, Known.SECONDARY, "the day after the invoice's date, without a reminder", ARTICLE_L441_10),
        ),
        day_count=since(
            LONG_AGO,
            DayCount.ACTUAL_365,
            read(
                COMMERCE, Known.SECONDARY, "practice", "https://www.heropay.eu/blog/comment-calculer-penalites-retard"
            ),
        ),
    ),
    compensation=since(
        date(2013, 1, 1),
        Fixed(Money.parse("40.00", "EUR")),
        read("FR: code de commerce art. D441-5", Known.SECONDARY, "each invoice, automatically", FORTY),
    ),
    must_state={
        Message.INVOICE: since(
            date(2013, 1, 1),
            (Statement.COMPENSATION, Statement.INTEREST_RATE),
            read("FR: code de commerce art. L441-9", Known.SECONDARY, "on the invoice itself, under a fine", MENTIONS),
        )
    },
)
