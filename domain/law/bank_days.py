"""Bank days: when a country's banks are closed, weekends apart, and where that is written.

A day counts as closed when banks keep it *or* no money moves on it: a payment then has until the next bank day, and
nobody is contacted. Where sources differ, the wider reading is in the debtor's favour.

The days come from the ``holidays`` library with what it lacks; ``tests/domain/law/bank_days.txt`` pins them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cache

from holidays import country_holidays, financial_holidays

from domain.calendar import ONE_DAY, Calendar
from domain.law.pack import Known, Source

Closed = Callable[[int], Iterable[date]]
"""The closed days of a year."""

READ = date(2026, 11, 22)


@dataclass(frozen=True, slots=True)
class Banks:
    """The clock of a country and the days that its banks keep."""

    zone: str
    closed: Closed
    source: Source


def public(country: str, subdivision: str | None = None, categories: tuple[str, ...] = ("public",)) -> Closed:
    """A country's public holidays, or other categories of the library."""
    return lambda year: country_holidays(country, subdiv=subdivision, years=year, categories=categories)


def target(year: int) -> Iterable[date]:
    """No euro moves: 1 January, Good Friday, Easter Monday, 1 May, 25 and 26 December."""
    return financial_holidays("XECB", years=year)


def friday_after_ascension(year: int) -> Iterable[date]:
    """The Danish ``banklukkedag`` in May, which the library lacks."""
    return [day + ONE_DAY for day in country_holidays("DK", years=year, language="en_US").get_named("Ascension Day")]


def each(*days: tuple[int, int]) -> Closed:
    """The same days (month, day) every year."""
    return lambda year: [date(year, month, day) for month, day in days]


def any_of(*several: Closed) -> Closed:
    """Closed for any of these reasons."""
    return lambda year: {day for closed in several for day in closed(year)}


def read(ref: str, known: Known, note: str, link: str) -> Source:
    """Where the days stand."""
    return Source(ref, known, note, link, READ)


JUNE_5, CHRISTMAS_EVE, NEW_YEARS_EVE = (6, 5), (12, 24), (12, 31)

BANKS: dict[str, Banks] = {
    "SE": Banks(
        "Europe/Stockholm",
        public("SE", categories=("public", "de_facto")),
        read(
            "SE: Sveriges riksbank, Holidays 2026",
            Known.PRIMARY,
            "the public holidays and three eves: Midsummer, Christmas, New Year; days of five hours are bank days",
            "https://www.riksbank.se/en-gb/press-and-published/calendar/holidays-2026",
        ),
    ),
    "NO": Banks(
        "Europe/Oslo",
        any_of(public("NO"), each(CHRISTMAS_EVE)),
        read(
            "NO: Norges Bank, oppgjørsdager 2017",
            Known.PRIMARY,
            "the public holidays and Christmas Eve; no newer list found",
            "https://www.norges-bank.no/Bank-og-marked/Norges-Banks-oppgjorssystem/Oppgjorsdager/Oppgjorsdager-2017/",
        ),
    ),
    "DK": Banks(
        "Europe/Copenhagen",
        any_of(public("DK"), friday_after_ascension, each(JUNE_5, CHRISTMAS_EVE, NEW_YEARS_EVE)),
        read(
            "DK: Danmarks Nationalbank, banklukkedage 2026 and 2027",
            Known.PRIMARY,
            "the public holidays, the Friday after Ascension, 5 June, 24 and 31 December; 1 May is a bank day",
            "https://www.nationalbanken.dk/da/vores-arbejde/stabile-priser-pengepolitik-og-dansk-oekonomi/banklukkedage",
        ),
    ),
    "FI": Banks(
        "Europe/Helsinki",
        any_of(target, public("FI")),
        read(
            "FI: Handelsbanken, Bankdagar",
            Known.SECONDARY,
            "the public holidays, Independence Day, 1 May, Midsummer Eve and Christmas Eve; New Year's Eve is short",
            "https://www.handelsbanken.fi/sv/foretag/digitala-tjanster/filoverforing/handlaggningstider",
        ),
    ),
    "DE": Banks(
        "Europe/Berlin",
        any_of(target, public("DE"), each(CHRISTMAS_EVE, NEW_YEARS_EVE)),
        read(
            "DE: Bundesbank, nationale Geschäftstage",
            Known.SECONDARY,
            "told by Techniker Krankenkasse and BankingClub: no public holiday, no 24 or 31 December, though euros "
            "move on these two; holidays of all sixteen states only",
            "https://www.tk.de/firmenkunden/versicherung/beitraege-faq/angaben-beitragszahlung/"
            "heiligabend-und-silvester-bankarbeitstage-2034048",
        ),
    ),
    "NL": Banks(
        "Europe/Amsterdam",
        any_of(target, public("NL")),
        read(
            "NL: BNG Bank, betalingsverkeer op de feestdagen",
            Known.SECONDARY,
            "nothing is paid on TARGET's days; closed, though euros move, on King's Day, Ascension and Whit Monday; "
            "Liberation Day only in the years in which it is a public holiday",
            "https://www.bngbank.nl/producten/informeren-beheren/feestdagen-betalingsverkeer",
        ),
    ),
    "FR": Banks(
        "Europe/Paris",
        any_of(target, public("FR")),
        read(
            "FR: CFONB, jours fériés des virements",
            Known.SECONDARY,
            "told by MoneyVox: nothing is paid on Good Friday and 26 December; euros move on 8 May, Ascension, "
            "14 July and the like, which are public holidays",
            "https://www.moneyvox.fr/banque/actualites/55893/les-jours-feries-des-virements-bancaires-en-2016",
        ),
    ),
    "GB": Banks(
        "Europe/London",
        public("GB", "ENG"),
        read(
            "GB: GOV.UK, UK bank holidays",
            Known.PRIMARY,
            "England and Wales, 2026 to 2028 read in the site's own data; CHAPS closes on them (Bank of England, "
            "market notice of September 2022)",
            "https://www.gov.uk/bank-holidays",
        ),
    ),
    "EU": Banks(
        "Europe/Brussels",
        target,
        read(
            "EU: ECB, Long-term calendar for TARGET closing days, 14 December 2000",
            Known.PRIMARY,
            "no euro moves on these days",
            "https://www.ecb.europa.eu/press/pr/date/2000/html/pr001214_4.en.html",
        ),
    ),
}

OTHER_MEMBERS = {
    "AT": "Europe/Vienna",
    "BE": "Europe/Brussels",
    "BG": "Europe/Sofia",
    "CY": "Asia/Nicosia",
    "CZ": "Europe/Prague",
    "EE": "Europe/Tallinn",
    "ES": "Europe/Madrid",
    "GR": "Europe/Athens",
    "HR": "Europe/Zagreb",
    "HU": "Europe/Budapest",
    "IE": "Europe/Dublin",
    "IT": "Europe/Rome",
    "LT": "Europe/Vilnius",
    "LU": "Europe/Luxembourg",
    "LV": "Europe/Riga",
    "MT": "Europe/Malta",
    "PL": "Europe/Warsaw",
    "PT": "Europe/Lisbon",
    "RO": "Europe/Bucharest",
    "SI": "Europe/Ljubljana",
    "SK": "Europe/Bratislava",
}
"""The rest of the Union and its clocks; of a country with several, the capital's."""


def banks_of(country: str) -> Banks:
    """A country's banks; of which nothing was read, in the Union: TARGET's days and the public holidays."""
    if country not in OTHER_MEMBERS:
        return BANKS[country]
    note = "TARGET's closing days, and the public holidays as the holidays library has them; no list of banks was read"
    return Banks(
        OTHER_MEMBERS[country], any_of(target, public(country)), read(f"{country}: bank days", Known.MEMORY, note, "")
    )


def closed_days(country: str, year: int) -> frozenset[date]:
    """The days from Monday to Friday on which a country's banks are closed."""
    return frozenset(day for day in banks_of(country).closed(year) if day.weekday() < 5)


@cache
def calendar_of(country: str) -> Calendar:
    """A country's clock and bank days; ``EU``: the euro's."""
    return Calendar(banks_of(country).zone, lambda year: closed_days(country, year))
