"""Bank days are those that central banks and banks publish, and no upgrade of a library moves one unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest

from domain.calendar import Hours, Span, Unit, Window
from domain.law import LAWS
from domain.law.bank_days import BANKS, OTHER_MEMBERS, READ, calendar_of, closed_days
from domain.law.pack import Known

SNAPSHOT = Path(__file__).parent / "bank_days.txt"
YEARS = range(READ.year, READ.year + 4)
COUNTRIES = [*BANKS, *OTHER_MEMBERS]

# --- as published, weekends left out; each list was read on 22 November 2026 -----------------------------------------

RIKSBANK = "https://www.riksbank.se/en-gb/press-and-published/calendar/holidays-2026"
RIKSBANK_2017 = "http://www.riksbank.se/en/Calender/Bank-Holidays/2017/"
NORGES_BANK_2017 = "https://www.norges-bank.no/Bank-og-marked/Norges-Banks-oppgjorssystem/Oppgjorsdager/"
NORGES_BANK_2019 = "https://static.norges-bank.no/en/Liquidity-and-markets/Norges-Banks-settlement-system/"
NATIONALBANKEN = "https://www.nationalbanken.dk/da/vores-arbejde/…/banklukkedage"
NORDEA = "https://www.nordea.com/en/about-us/contact/bank-holidays, sources: the respective central banks"
OP = "https://www.op.fi/privatkunder/kundtjanst/kundtjanstens-avvikande-oppettider"
BUNDESBANK = "https://bankingclub.de/?p=136794, the Bundesbank's national business days, as a rule"
ABN_AMRO = "https://www.abnamro.nl/…/payment-processing-public-holidays.html, SEPA or the branches closed"
PLACE_DE_PARIS = "https://francetransactions.com/calendriers/calendrier-bancaire.html, a holiday or TARGET closed"
GOV_UK = "https://www.gov.uk/bank-holidays, England and Wales: github.com/alphagov/frontend lib/data/bank-holidays.json"
ECB = "https://www.ecb.europa.eu/press/pr/date/2000/html/pr001214_4.en.html, the six days"

PUBLISHED = [
    ("SE", 2026, RIKSBANK, "01-01 01-06 04-03 04-06 05-01 05-14 06-19 12-24 12-25 12-31"),
    ("SE", 2022, NORDEA, "01-06 04-15 04-18 05-26 06-06 06-24 12-26"),
    ("SE", 2017, RIKSBANK_2017, "01-06 04-14 04-17 05-01 05-25 06-06 06-23 12-25 12-26"),
    ("NO", 2022, NORDEA, "04-14 04-15 04-18 05-17 05-26 06-06 12-26"),
    ("NO", 2019, NORGES_BANK_2019, "01-01 04-18 04-19 04-22 05-01 05-17 05-30 06-10 12-24 12-25 12-26"),
    ("NO", 2017, NORGES_BANK_2017, "04-13 04-14 04-17 05-01 05-17 05-25 06-05 12-25 12-26"),
    ("DK", 2027, NATIONALBANKEN, "01-01 03-25 03-26 03-29 05-06 05-07 05-17 12-24 12-31"),
    ("DK", 2026, NATIONALBANKEN, "01-01 04-02 04-03 04-06 05-14 05-15 05-25 06-05 12-24 12-25 12-31"),
    ("DK", 2022, NORDEA, "04-14 04-15 04-18 05-13 05-26 05-27 06-06 12-26"),
    ("FI", 2024, OP, "01-01 03-29 04-01 05-01 05-09 06-21 12-06 12-24 12-25 12-26"),
    ("FI", 2022, NORDEA, "01-06 04-15 04-18 05-26 06-24 12-06 12-26"),
    ("DE", 2026, BUNDESBANK, "01-01 04-03 04-06 05-01 05-14 05-25 12-24 12-25 12-31"),
    ("NL", 2022, ABN_AMRO, "04-15 04-18 04-27 05-26 06-06 12-26"),
    ("FR", 2024, PLACE_DE_PARIS, "01-01 03-29 04-01 05-01 05-08 05-09 05-20 08-15 11-01 11-11 12-25 12-26"),
    ("GB", 2026, GOV_UK, "01-01 04-03 04-06 05-04 05-25 08-31 12-25 12-28"),
    ("GB", 2027, GOV_UK, "01-01 03-26 03-29 05-03 05-31 08-30 12-27 12-28"),
    ("GB", 2028, GOV_UK, "01-03 04-14 04-17 05-01 05-29 08-28 12-25 12-26"),
    ("EU", 2026, ECB, "01-01 04-03 04-06 05-01 12-25"),
    ("EU", 2028, ECB, "04-14 04-17 05-01 12-25 12-26"),
]


@pytest.mark.parametrize(
    ("country", "year", "source", "days"), PUBLISHED, ids=[f"{country} {year}" for country, year, *_ in PUBLISHED]
)
def test_closed_days_are_those_published(country: str, year: int, source: str, days: str):
    assert [f"{day:%m-%d}" for day in sorted(closed_days(country, year))] == days.split(), source


def test_every_country_of_ours_is_checked_against_a_published_list():
    assert {country for country, *_ in PUBLISHED} == set(BANKS)


# --- pinned ----------------------------------------------------------------------------------------------------------


def test_no_day_of_the_coming_three_years_moves_unseen(rewrite: bool):
    """An upgrade of the library that moves a day fails here; who has looked at it writes the days with --rewrite."""
    days = sorted((country, day) for country in COUNTRIES for year in YEARS for day in closed_days(country, year))
    lines = [f"{country} {day:%Y-%m-%d %a}" for country, day in days]
    if rewrite:
        SNAPSHOT.write_text("\n".join(lines) + "\n", encoding="utf-8")

    pinned = SNAPSHOT.read_text(encoding="utf-8").splitlines()

    assert sorted(set(lines) ^ set(pinned)) == []
    assert len(pinned) == len(set(pinned))


# --- of every law ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("law", LAWS.values(), ids=lambda law: f"{law.country} {law.kind}")
def test_a_law_counts_in_its_own_countrys_bank_days(law):
    assert law.calendar is calendar_of(law.country)


@pytest.mark.parametrize("country", COUNTRIES)
def test_in_the_union_no_payment_is_expected_while_no_euro_moves(country: str):
    if country not in ("SE", "NO", "DK", "GB"):
        assert closed_days("EU", 2027) <= closed_days(country, 2027)


@pytest.mark.parametrize(("country", "banks"), BANKS.items(), ids=BANKS)
def test_where_the_days_stand_is_told(country: str, banks):
    assert banks.source.ref.startswith(f"{country}: ")
    assert banks.source.link.startswith("https://")
    assert banks.source.known in (Known.PRIMARY, Known.SECONDARY)


# --- trap 17 ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "closed_in"),
    [
        (date(2026, 6, 19), {"SE", "FI"}),
        (date(2026, 12, 31), {"SE", "DK", "DE"}),
        (date(2026, 12, 24), {"SE", "NO", "DK", "FI", "DE"}),
        (date(2028, 2, 29), set()),
    ],
    ids=["Midsummer Eve", "New Year's Eve", "Christmas Eve", "29 February"],
)
def test_who_is_closed_on_a_day_that_is_easily_missed(day: date, closed_in: set[str]):
    assert {country for country in BANKS if not calendar_of(country).is_bank_day(day)} == closed_in


@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize(
    ("friday", "hours"), [(date(2026, 3, 27), 71), (date(2026, 10, 23), 73)], ids=["spring", "autumn"]
)
def test_over_the_night_on_which_the_clock_is_moved_nine_o_clock_stays_nine(country: str, friday: date, hours: int):
    calendar = calendar_of(country)
    before = datetime.combine(friday, time(9))
    after = calendar.deadline(before, Span(3))

    assert after == before + timedelta(days=3)
    assert calendar.moment(after) - calendar.moment(before) == timedelta(hours=hours)
    assert calendar.wall(calendar.moment(after)).time() == time(9)


@pytest.mark.parametrize(
    ("country", "utc"),
    [("SE", 7), ("NO", 7), ("DK", 7), ("FI", 6), ("DE", 7), ("NL", 7), ("FR", 7), ("GB", 8), ("EU", 7)],
)
def test_nine_o_clock_in_summer_is_the_countrys_own(country: str, utc: int):
    assert calendar_of(country).moment(datetime(2026, 7, 1, 9)) == datetime(2026, 7, 1, utc, tzinfo=UTC)


@pytest.mark.parametrize(
    ("country", "expected"),
    [
        ("SE", date(2027, 1, 4)),
        ("NO", date(2026, 12, 31)),
        ("DK", date(2027, 1, 4)),
        ("FI", date(2026, 12, 31)),
        ("DE", date(2027, 1, 4)),
        ("NL", date(2026, 12, 31)),
        ("FR", date(2026, 12, 31)),
        ("GB", date(2026, 12, 31)),
        ("EU", date(2026, 12, 31)),
    ],
)
def test_the_bank_day_after_30_december(country: str, expected: date):
    assert calendar_of(country).add(date(2026, 12, 30), Span(1, Unit.BANK_DAYS)) == expected


@pytest.mark.parametrize("country", BANKS)
def test_a_year_with_29_february_counts_it(country: str):
    calendar, daytime = calendar_of(country), Hours(time(9), time(19))

    assert calendar.add(date(2028, 2, 28), Span(2, Unit.BANK_DAYS)) == date(2028, 3, 1)
    assert calendar.add(date(2028, 2, 28), Span(14)) == date(2028, 3, 13)
    assert Window(calendar, daytime).opening(date(2028, 2, 29)) == datetime(2028, 2, 29, 9)
