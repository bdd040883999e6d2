"""Every message, in every language, on every channel, to every country: it renders, and it reads as it should."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from reading import text_of_html, text_of_pdf
from template_contents import DUNNING, HOME, at_home, content

from domain.charge import Added, ChargeKind
from domain.languages import LANGUAGES
from domain.law import UnknownLawError, law_of
from domain.money import Money
from domain.policy import Channel
from domain.words import DebtorKind, Message
from templates.content import Content, Email, Letter, Rendered, Sms
from templates.renderer import Renderer
from templates.texts import KINDS

CHANNELS = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
DEBTORS = [(country, kind) for country in HOME for kind in DebtorKind if (country, kind) != ("AT", DebtorKind.CONSUMER)]
_UNFINISHED = re.compile(r"%\(|\{\{|\{%|\bNone\b|Undefined")
_NO_SPACE = re.compile(r"[a-zåäöøæ][.!?][A-ZÅÄÖØÆ]")


def full(made: Content) -> Content:
    """All that such a message may have to say at once."""
    message, currency = made.message, made.amount.currency
    back = tuple(Added(kind, Money(500, currency), "a law") for kind in ChargeKind)
    match message:
        case Message.CORRECTION:
            return replace(made, taken_back=back)
        case _:
            return made


def charges(message: Message) -> dict[str, str]:
    if message is Message.RECEIPT:
        return {"paid": "900.00", "written_off": "18.50"}
    if message not in DUNNING:
        return {}
    charged = {"earlier_fees": "5.00", "fee": "9.00", "interest": "12.30", "compensation": "40.00"}
    return {**charged, "credited": "20.00", "paid": "30.00", "disputed": "100.00", "written_off": "1.00"}


def words_in(rendered: Rendered) -> list[str]:
    match rendered:
        case Email():
            return [rendered.subject, rendered.text, text_of_html(rendered.html)]
        case Sms():
            return [rendered.text]
        case Letter():
            return [text_of_pdf(rendered.pdf)]


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
def test_every_message_renders_in_every_language_on_every_channel(
    renderer: Renderer, message, language, channel
) -> None:
    for made in (full(content(message, language)), full(content(message, language, **charges(message)))):
        for words in words_in(renderer.render(made, channel)):
            assert not _UNFINISHED.search(words)
            assert not _NO_SPACE.search(words.replace(made.link, "").replace("merchant.example", ""))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
@pytest.mark.parametrize("country", HOME)
def test_every_sms_keeps_to_the_cheap_alphabet(renderer: Renderer, country, message, language) -> None:
    made = at_home(country, message, language, kind=DebtorKind.COMPANY, **charges(message))
    text = renderer.sms(replace(made, due=made.due.replace(month=2, day=28), lines=()))

    assert text.alphabet == "GSM-7"
    assert text.segments <= 2
    assert text.text.endswith(made.link)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", [*DUNNING, Message.INVOICE, Message.ANSWER])
@pytest.mark.parametrize(("country", "kind"), DEBTORS)
def test_the_law_of_every_country_can_be_stated_in_every_language(
    renderer: Renderer, country, kind, message, language
) -> None:
    made = at_home(country, message, language, kind=kind, **charges(message))
    made = replace(made, pay_by=date(2026, 7, 1), cost_if_unpaid=Money.parse("40.00", made.amount.currency))

    for channel in (Channel.EMAIL, Channel.LETTER):
        for words in words_in(renderer.render(made, channel)):
            assert not _UNFINISHED.search(words)
            assert not _NO_SPACE.search(words.replace(made.link, "").replace("merchant.example", ""))


def test_every_law_is_told_to_somebody() -> None:
    known = {(country, kind) for country, kind in DEBTORS if law_of(country, kind)}

    assert known == set(DEBTORS)
    with pytest.raises(UnknownLawError):
        law_of("AT", DebtorKind.CONSUMER)
