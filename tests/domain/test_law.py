"""Law packs: every value has a day, a source and a mark; what is not firmly known charges nobody."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date

import pytest

from domain.law import LAWS, UnknownLawError, eu, law_of
from domain.law.caps import Fixed
from domain.law.pack import FIRM, PRINCIPAL_FIRST, Counted, Dated, Known, Part, Source, Term, Value, Who, since
from domain.policy import Channel
from domain.words import DebtorKind, Message
from tests.domain.build import NO, SE, sek
from tests.domain.law.reading import eur

CONSUMER, COMPANY = DebtorKind
DAY = date(2026, 3, 2)
HERE = Source("SE: a statute", Known.PRIMARY)

PACKS = [*LAWS.values(), *eu.LAWS.values()]
EVERY = pytest.mark.parametrize("law", PACKS, ids=[f"{law.country}-{law.kind}" for law in PACKS])


def found(kind, thing):
    """Everything of a kind within a pack, however deep."""
    if isinstance(thing, kind):
        yield thing
    if is_dataclass(thing):
        for field in fields(thing):
            yield from found(kind, getattr(thing, field.name))
    elif isinstance(thing, dict):
        for inner in thing.values():
            yield from found(kind, inner)
    elif isinstance(thing, tuple):
        for inner in thing:
            yield from found(kind, inner)


def what_may_be_charged(law):
    """The values that add to a debt, by name."""
    return {
        "reminder": law.reminders.cap,
        "demand": law.demand.cap,
        "hand-over": law.collection.fee.cap,
        "compensation": law.compensation,
    }


# --- every pack ------------------------------------------------------------------------------------------------------


@EVERY
def test_every_source_names_its_law_how_it_is_known_and_when_it_was_read(law):
    sources = list(found(Source, law))

    assert len(sources) > 5
    for source in sources:
        assert source.ref.startswith((f"{law.country}: ", "EU: "))
        assert str(source) == source.ref
        assert source.known in Known
        assert date(2026, 11, 21) <= source.read <= date(2026, 11, 22)


@EVERY
def test_every_link_can_be_opened_safely(law):
    for source in found(Source, law):
        assert not source.link or source.link.startswith("https://")
        assert " " not in source.link


@EVERY
def test_every_value_is_listed_once_and_oldest_first(law):
    for dated in found(Dated, law):
        days = [line.since for line in dated.values]
        assert days == sorted(set(days))


@EVERY
def test_what_was_looked_for_and_not_found_is_empty_or_explained(law):
    for line in found(Value, law):
        assert line.source.known is not Known.UNKNOWN or line.value is None or line.source.note


@EVERY
def test_what_may_be_charged_is_in_the_currency_of_the_country(law):
    owed = replace(sek("5000.00"), currency=law.currency)

    for cap in (line.value for dated in what_may_be_charged(law).values() for line in dated.values if line.value):
        for channel in Channel:
            charged = cap.of(owed, channel)
            assert charged is None or charged.currency == law.currency
        assert cap.of(replace(owed, currency="ISK"), Channel.LETTER) is None


@EVERY
def test_what_is_from_memory_or_unknown_charges_nobody(law):
    for dated in (*what_may_be_charged(law).values(), law.interest.reference, law.interest.points, law.allocation):
        for line in dated.values:
            firm = dated.firm(line.since)
            assert (firm is not None) is (line.source.known in FIRM and line.value is not None)


@EVERY
def test_a_reference_rate_turns_with_the_half_year_and_none_outlives_its_own(law):
    values = law.interest.reference.values

    assert all((line.since.month, line.since.day) in {(1, 1), (7, 1)} for line in values if line.value is not None)
    if any(line.source.known in FIRM for line in values):
        assert law.interest.reference.firm(date(2027, 1, 1)) is None


@EVERY
def test_a_country_is_told_in_words(law):
    assert law.about.endswith(".")
    assert law.sources
    assert {"en", "sv"} <= law.names.keys()


def test_both_kinds_of_debtor_have_a_law_in_each_of_our_countries():
    assert LAWS.keys() == {(c, k) for c in ("SE", "NO", "DK", "FI", "DE", "NL", "FR", "GB") for k in DebtorKind}
    assert all(key == (law.country, law.kind) for key, law in LAWS.items())


# --- which law -------------------------------------------------------------------------------------------------------


def test_a_company_elsewhere_in_the_union_has_the_unions_law_and_a_consumer_none():
    assert law_of("PL", COMPANY).country == "PL"
    with pytest.raises(UnknownLawError, match="no law is known for a consumer in 'PL'; known: DE, DK, FI, FR, GB, NL"):
        law_of("PL", CONSUMER)


def test_who_asks_for_an_unknown_law_is_told_what_is_known():
    with pytest.raises(UnknownLawError, match=r"no law is known for a company in 'US'; known: .*NO, SE"):
        law_of("US", COMPANY)


# --- values through time ---------------------------------------------------------------------------------------------


def test_before_the_first_day_nothing_holds():
    dated = since(DAY, 1, HERE)

    assert dated.on(date(2026, 3, 1)) is None
    assert dated.at(date(2026, 3, 1)) is None
    assert dated.firm(date(2026, 3, 1)) is None
    assert dated.at(DAY) == 1


@pytest.mark.parametrize("known", Known)
def test_a_limit_holds_however_it_is_known_and_a_charge_only_if_firmly(known):
    dated = since(DAY, Fixed(sek("60.00")), Source("SE: a statute", known, "told"))

    assert dated.at(DAY) == Fixed(sek("60.00"))
    assert (dated.firm(DAY) is None) is (known in {Known.MEMORY, Known.UNKNOWN})


def test_a_line_without_a_value_ends_the_one_before():
    dated = Dated((Value(DAY, 1, HERE), Value(date(2026, 7, 1), None, HERE)))

    assert dated.at(date(2026, 6, 30)) == 1
    assert dated.at(date(2026, 7, 1)) is None
    assert dated.firm(date(2026, 7, 1)) is None


# --- the order of payments, the last day, who may send ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("allocation", "expected"),
    [
        (Dated(), PRINCIPAL_FIRST),
        (since(DAY, (Part.COSTS, Part.INTEREST, Part.PRINCIPAL), HERE), (Part.COSTS, Part.INTEREST, Part.PRINCIPAL)),
        (since(DAY, (Part.COSTS, Part.INTEREST, Part.PRINCIPAL), Source("SE: ?", Known.MEMORY)), PRINCIPAL_FIRST),
    ],
    ids=["nothing known", "firmly known", "from memory"],
)
def test_a_payment_covers_the_principal_first_unless_the_law_firmly_says_otherwise(allocation, expected):
    assert replace(SE, allocation=allocation).allocates(DAY) == expected


@pytest.mark.parametrize(
    ("terms", "channel", "last"),
    [
        # sent on Monday, 2 March 2026
        ((), Channel.LETTER, date(2026, 3, 2)),
        ((Term(14),), Channel.LETTER, date(2026, 3, 16)),
        ((Term(14, counted=Counted.RECEIPT),), Channel.EMAIL, date(2026, 3, 16)),  # at once
        ((Term(14, counted=Counted.RECEIPT),), Channel.LETTER, date(2026, 3, 19)),  # Thursday the 5th
        ((Term(14, counted=Counted.DAY_AFTER_RECEIPT),), Channel.LETTER, date(2026, 3, 20)),
        ((Term(3), Term(14, counted=Counted.RECEIPT)), Channel.LETTER, date(2026, 3, 19)),  # the later of the two
    ],
    ids=["none", "sending", "mail received", "letter received", "the day after", "two"],
)
def test_the_last_day_of_a_term_counts_from_sending_or_from_receipt(terms, channel, last):
    assert SE.last_day(terms, date(2026, 3, 2), channel) == last


def test_what_nobody_else_must_send_the_creditor_may():
    assert SE.creditor_may_send(Message.LAST_REMINDER, DAY)
    assert replace(NO, may_send={}).creditor_may_send(Message.LAST_REMINDER, DAY)
    agency = {Message.DEMAND: since(DAY, Who.AGENCY, HERE)}
    assert not replace(NO, may_send=agency).creditor_may_send(Message.DEMAND, DAY)
    assert replace(NO, may_send=agency).creditor_may_send(Message.DEMAND, date(2026, 3, 1))


def test_compensation_is_due_if_it_is_firmly_known_in_the_currency_of_the_claim():
    firm = replace(SE, compensation=since(DAY, Fixed(sek("450.00")), HERE))
    recalled = replace(SE, compensation=since(DAY, Fixed(sek("450.00")), Source("SE: ?", Known.MEMORY)))

    assert firm.compensation_of(sek("100.00"), DAY) == sek("450.00")
    assert firm.compensation_of(eur("100.00"), DAY) is None
    assert recalled.compensation_of(sek("100.00"), DAY) is None
    assert SE.compensation_of(sek("100.00"), DAY) is None
