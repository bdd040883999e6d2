"""What a customer reads is what the books say: every amount and day in every form."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading import spaced, text_of_html, text_of_pdf
from template_contents import DUNNING, content, in_euro, in_norway, lines

from domain.charge import ChargeKind
from domain.languages import LANGUAGES
from domain.money import Money
from domain.words import Message
from templates.content import Content
from templates.renderer import Renderer
from templates.texts import KINDS

RENDERER = Renderer()
_MONTHS = {
    "sv": "januari februari mars april maj juni juli augusti september oktober november december",
    "en": "January February March April May June July August September October November December",
    "nb": "januar februar mars april mai juni juli august september oktober november desember",
    "da": "januar februar marts april maj juni juli august september oktober november december",
    "fi": "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta "
    "heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
}
MONTHS = {language: months.split() for language, months in _MONTHS.items()}
UNIT = {("sv", "kr"): "SEK", ("nb", "kr"): "NOK", ("fi", "€"): "EUR", ("de", "€"): "EUR"}
_UNITS = "kr|€|SEK|NOK|EUR"
_SPACES = rf"(?<!\d)(?P<minus>−?)(?P<number>\d{{1,3}}(?: \d{{3}})*,\d\d) (?P<unit>{_UNITS})(?!\w)"
_POINTS = rf"(?<!\d)(?P<minus>−?)(?P<number>\d{{1,3}}(?:\.\d{{3}})*,\d\d) (?P<unit>{_UNITS})(?!\w)"
AMOUNT = {
    **dict.fromkeys(("sv", "nb", "fi"), _SPACES),
    **dict.fromkeys(("da", "de"), _POINTS),
    "en": r"(?P<minus>−?)(?P<unit>SEK|NOK|EUR) (?P<number>\d{1,3}(?:,\d{3})*\.\d\d)",
}


def amounts_in(text: str, language: str) -> set[Money]:
    """Every amount in a text, read with other means than it was written with."""
    found = set()
    for match in re.finditer(AMOUNT[language], spaced(text)):
        digits = re.sub(r"\D", "", match["number"])
        unit = match["unit"]
        found.add(Money(int(digits) * (-1 if match["minus"] else 1), UNIT.get((language, unit), unit)))
    return found


def days_in(text: str, language: str) -> set[date]:
    months = MONTHS[language]
    pattern = rf"(\d{{1,2}})\.? ({'|'.join(months)}) (\d{{4}})"
    return {date(int(y), months.index(m) + 1, int(d)) for d, m, y in re.findall(pattern, spaced(text))}


def account(made: Content) -> set[Money]:
    """The amounts that stand between the invoice and the total, as they are shown."""
    off = [-money for money in (made.credited, made.paid, made.disputed, made.written_off) if money]
    between = [*(amount for _, amount in made.standing), *(one.amount for one in made.added), *off]
    total = max(made.total, -made.total)
    return {total, *between, made.amount} if between or made.message is Message.RECEIPT else {total}


def said_in_prose(made: Content) -> set[Money]:
    """Amounts that the sentences repeat, and what interest was reckoned on; never any other."""
    said = {made.total, -made.total, made.amount, made.paid, *(one.amount for one in (*made.added, *made.taken_back))}
    return said | {made.disputed or made.total} | {period.base for one in made.added for period in one.periods}


def in_periods(made: Content) -> set[date]:
    return {day for one in made.added for period in one.periods for day in (period.since, period.through)}


def bought(made: Content) -> set[Money]:
    """What the lines and their VAT sum to."""
    zero = Money.zero(made.amount.currency)
    rates = {line.vat_rate for line in made.lines}
    of_rate = [[line for line in made.lines if line.vat_rate == rate] for rate in rates]
    sums = {sum((pick(line) for line in group), zero) for group in of_rate for pick in (net_of, vat_of)}
    net, vat = (sum((pick(line) for line in made.lines), zero) for pick in (net_of, vat_of))
    return sums | {net, made.amount - net - vat} | {line.net for line in made.lines}


def net_of(line) -> Money:
    return line.net


def vat_of(line) -> Money:
    return line.vat


@st.composite
def contents(draw: st.DrawFn) -> Content:
    make = draw(st.sampled_from([content, in_norway, in_euro]))
    message, language = draw(st.sampled_from(KINDS)), draw(st.sampled_from(LANGUAGES))
    cents = st.integers(0, 10**9) | st.sampled_from([0, 1, 99, 100, 99_999, 100_000])
    amount = draw(cents.filter(bool))
    credited = draw(st.integers(0, amount // 2) | st.just(0))
    paid = draw(st.integers(0, amount - credited - 1) | st.just(0))
    if message is Message.RECEIPT:
        paid = amount - credited + draw(st.integers(-50, 50))
    is_reminder = message in DUNNING
    earlier, fee, interest, compensation = (draw(st.integers(0, 50_000)) if is_reminder else 0 for _ in range(4))
    left = amount - credited - paid
    disputed = draw(st.integers(0, left - 1) | st.just(0)) if message is not Message.RECEIPT else 0
    issued = draw(st.dates(date(2025, 1, 1), date(2035, 12, 31)))
    due = issued + timedelta(draw(st.integers(0, 90)))
    today = issued if message is Message.INVOICE else due + timedelta(draw(st.integers(0, 60)))
    pay_by = due if message is Message.INVOICE else today + timedelta(draw(st.integers(20, 60)))
    bare = make(message, language)
    with_lines = draw(st.booleans())
    made = make(
        message,
        language,
        **{
            name: str(Decimal(minor) / 100)
            for name, minor in {
                "amount": amount,
                "credited": credited,
                "paid": max(paid, 0),
                "earlier_fees": earlier,
                "fee": fee,
                "interest": interest,
                "compensation": compensation,
                "disputed": disputed,
            }.items()
        },
        lines=lines(bare.amount.currency) if with_lines else (),
    )
    return replace(made, issued=issued, due=due, today=today, pay_by=pay_by)


def assert_true(made: Content, text: str, *, rows: bool, bought_too: bool) -> None:
    language = made.language
    amounts, days = amounts_in(text, language), days_in(text, language)
    is_asked = made.message is not Message.RECEIPT and made.total.minor > 0
    allowed = account(made) | said_in_prose(made) | (bought(made) if bought_too else set())

    assert amounts <= allowed
    if rows:
        assert account(made) <= amounts
    assert days <= {made.issued, made.due, made.pay_by} | in_periods(made)
    assert days >= in_periods(made)
    if is_asked:
        assert made.total in amounts
        assert made.pay_by in days


@settings(max_examples=150, deadline=None)
@given(contents())
def test_email_text_and_html_say_what_the_books_say(made: Content) -> None:
    email = RENDERER.email(made)

    for text in (email.text, text_of_html(email.html)):
        assert_true(made, text, rows=True, bought_too=made.message is Message.INVOICE)
        assert made.number in text
        assert {made.issued, made.due} <= days_in(text, made.language)


@settings(max_examples=60, deadline=None)
@given(contents())
def test_letters_say_what_the_books_say(made: Content) -> None:
    text = text_of_pdf(RENDERER.letter(made).pdf)

    assert_true(made, text, rows=True, bought_too=True)
    assert made.number in text
    assert {made.issued, made.due} <= days_in(text, made.language)
    if made.lines:
        assert bought(made) - {line.net for line in made.lines} - {Money.zero(made.amount.currency)} <= amounts_in(
            text, made.language
        )


ASKED = {
    "sv": "Betala {} senast {}",
    "en": "pay {} by {}",
    "nb": "Betal {} innen {}",
    "da": "Betal {} senest {}",
    "fi": "Maksakaa {} viimeistään {}",
    "de": "zahlen Sie {} bis zum {}",
}
FEE = {
    "sv": "I summan ingår en (?:påminnelse)?avgift på {}",
    "en": "The total includes a (?:reminder )?fee of {}",
    "nb": "Summen omfatter et (?:purre)?gebyr på {}",
    "da": "Summen omfatter et (?:rykker)?gebyr på {}",
    "fi": "Summaan sisältyy (?:muistutusmaksu|maksuvaatimuksen kulu) {}",
    "de": "In der Summe ist eine (?:Mahng|G)ebühr von {}",
}


@settings(max_examples=150, deadline=None)
@given(contents())
def test_sentences_name_the_total_the_day_and_the_fee(made: Content) -> None:
    text, language = spaced(RENDERER.email(made).text), made.language
    asked = re.compile(ASKED[language].format(f"(?:{AMOUNT[language]})", r"\d+\.? \w+ \d{4}"))
    fee = re.compile(FEE[language].format(f"(?:{AMOUNT[language]})"))
    asks = [match[0] for match in asked.finditer(text)]

    assert bool(asks) is (made.message is not Message.RECEIPT)
    assert all(amounts_in(ask, language) == {made.total} for ask in asks)
    assert all(days_in(ask, language) == {made.pay_by} for ask in asks)
    charged = [one.amount for one in made.added if one.kind is ChargeKind.FEE]
    assert [amounts_in(match[0], language) for match in fee.finditer(text)] == [{amount} for amount in charged]


@settings(max_examples=150, deadline=None)
@given(contents())
def test_sms_say_what_the_books_say(made: Content) -> None:
    text = RENDERER.sms(made).text
    shown = made.paid if made.message is Message.RECEIPT else made.total

    assert amounts_in(text, made.language) == ({shown} if shown else set())
    if made.message is not Message.RECEIPT:
        point = "" if made.language in ("sv", "en") else "."
        assert f" {made.pay_by.day}{point} {MONTHS[made.language][made.pay_by.month - 1]}." in text
        assert made.reference in text


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("sv", "1 234 567,50 kr"),
        ("en", "SEK 1,234,567.50"),
        ("nb", "1 234 567,50 SEK"),
        ("da", "1.234.567,50 SEK"),
        ("fi", "1 234 567,50 SEK"),
        ("de", "1.234.567,50 SEK"),
    ],
)
def test_large_amounts_are_grouped_as_people_write_them(language: str, shown: str) -> None:
    assert shown in RENDERER.email(content(language=language, amount="1234567.50", lines=())).text
