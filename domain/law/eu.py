"""The European Union's late payment directive, for companies in its states that have no law written down here."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

from domain.law.bank_days import OTHER_MEMBERS, calendar_of, read
from domain.law.caps import Fixed
from domain.law.ecb import main_refinancing
from domain.law.pack import LONG_AGO, Dated, InterestLaw, Known, Law, ReminderLaw, Source, Start, since
from domain.money import Money
from domain.words import DebtorKind

DIRECTIVE = "EU: Directive 2011/7/EU art."
TEXT = "https://legislation.gov.uk/eudr/2011/7/article/3/2011-02-16"
DEFINITIONS = "https://www.legislation.gov.uk/eudr/2011/7/article/2?view=plain"
TRANSPOSED = date(2013, 3, 16)

NAMES = {
    "AT": ("Austria", "Österrike"),
    "BE": ("Belgium", "Belgien"),
    "BG": ("Bulgaria", "Bulgarien"),
    "CY": ("Cyprus", "Cypern"),
    "CZ": ("Czechia", "Tjeckien"),
    "EE": ("Estonia", "Estland"),
    "ES": ("Spain", "Spanien"),
    "GR": ("Greece", "Grekland"),
    "HR": ("Croatia", "Kroatien"),
    "HU": ("Hungary", "Ungern"),
    "IE": ("Ireland", "Irland"),
    "IT": ("Italy", "Italien"),
    "LT": ("Lithuania", "Litauen"),
    "LU": ("Luxembourg", "Luxemburg"),
    "LV": ("Latvia", "Lettland"),
    "MT": ("Malta", "Malta"),
    "PL": ("Poland", "Polen"),
    "PT": ("Portugal", "Portugal"),
    "RO": ("Romania", "Rumänien"),
    "SI": ("Slovenia", "Slovenien"),
    "SK": ("Slovakia", "Slovakien"),
}
"""What each state is called in English and in Swedish."""

OWN_CURRENCY = {"CZ": "CZK", "HU": "HUF", "PL": "PLN", "RO": "RON"}
"""The states without the euro: their own central banks' rates are not known here, so no interest is charged."""

EURO_SINCE = {"BG": date(2026, 1, 1)}
"""The states that took the euro after our first rate."""

NEUTRAL = Law(
    country="EU",
    kind=DebtorKind.COMPANY,
    names={"en": "European Union", "sv": "Europeiska unionen"},
    currency="EUR",
    calendar=calendar_of("EU"),
    about=(
        "What every state of the Union gives a creditor at least: interest of eight points above the ECB's rate from "
        "the day after the due date, without a reminder, and EUR 40 once an invoice. No reminder fee is known, so none "
        "is charged. Where a state has its own currency no interest is charged, for its rate is not known here. "
        "Consumers are outside the directive."
    ),
    reminders=ReminderLaw(
        cap=since(
            TRANSPOSED,
            None,
            Source(f"{DIRECTIVE} 6 (3)", Known.UNKNOWN, "reasonable cost above the fixed sum: no figure"),
        )
    ),
    interest=InterestLaw(
        reference=main_refinancing(f"{DIRECTIVE} 2 (7)"),
        points=since(
            TRANSPOSED, Decimal(8), read(f"{DIRECTIVE} 2 (6)", Known.PRIMARY, "at least, simple", DEFINITIONS)
        ),
        starts=since(
            TRANSPOSED,
            Start.DUE,
            read(f"{DIRECTIVE} 3 (3)", Known.PRIMARY, "the day after the date in the contract", TEXT),
        ),
    ),
    compensation=since(
        TRANSPOSED,
        Fixed(Money.parse("40.00", "EUR")),
        Source(
            f"{DIRECTIVE} 6 (1)", Known.PRIMARY, "at least; only in euros, for what a state made of it is not known"
        ),
    ),
    on_time=Source("EU: Regulation (EEC, Euratom) No 1182/71 art. 3 (4)", Known.MEMORY, "taken as the norm"),
    dispute=read(f"{DIRECTIVE} 3 (1)", Known.PRIMARY, "no interest where the debtor is not responsible", TEXT),
    books=since(LONG_AGO, None, Source("EU: bookkeeping", Known.UNKNOWN, "each state's own; ten years then")),
    sources=("eur-lex.europa.eu", "ecb.europa.eu"),
)


def law_for(country: str) -> Law | None:
    """The directive in this state; None: no state of the Union, or one whose own law is written down."""
    return LAWS.get(country)


def _law_in(country: str) -> Law:
    english, swedish = NAMES[country]
    return replace(
        NEUTRAL,
        country=country,
        names={"en": english, "sv": swedish},
        currency=OWN_CURRENCY.get(country, "EUR"),
        calendar=calendar_of(country),
        interest=replace(NEUTRAL.interest, reference=_reference(country)),
    )


def _reference(country: str) -> Dated[Decimal]:
    if country in OWN_CURRENCY:
        return since(TRANSPOSED, None, Source(f"{DIRECTIVE} 2 (7)", Known.UNKNOWN, "the state's own central bank"))
    return main_refinancing(f"{DIRECTIVE} 2 (7)", EURO_SINCE.get(country, date.min))


LAWS = {country: _law_in(country) for country in OTHER_MEMBERS}
"""Each state's, by its code."""
