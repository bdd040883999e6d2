from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from template_contents import ANNA, DUNNING, EURO, SWEDISH, content, in_norway, merchant

import templates
from domain.merchant import LetterSender, Payee
from domain.money import Money
from domain.policy import Channel
from domain.words import Message
from templates.renderer import Renderer, RenderError
from templates.words import Words

SOURCE = Path(templates.__file__).parent


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(SOURCE, tmp_path / "templates", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("messages/invoice.jinja", "{{ total }}", "{{ totel }}", "messages/invoice.jinja: 'totel' is undefined"),
        ("messages/invoice.jinja", "block sms", "block text", "messages/invoice.jinja: block sms is missing"),
        ("messages/invoice.jinja", "{{ total }}", "{{ total", "messages/invoice.jinja: line 7: "),
        (
            "messages/layout.txt",
            "{{ v.link }}",
            "{{ v.lonk }}",
            "messages/layout.txt: 'templates.view.View object' has no",
        ),
    ],
)
def test_a_broken_template_says_its_name_and_what_is_wrong(folder: Path, file, old, new, said) -> None:
    path = folder / file
    path.write_text(path.read_text().replace(old, new))

    with pytest.raises(RenderError) as error:
        Renderer(folder).email(content(language="en"))

    assert str(error.value).startswith(said)
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_a_missing_template_says_its_name(folder: Path) -> None:
    (folder / "messages/invoice.jinja").unlink()

    with pytest.raises(RenderError, match=r"^messages/invoice.jinja: .* does not exist$"):
        Renderer(folder).sms(content())


def test_a_broken_letter_says_what_typst_says(folder: Path) -> None:
    (folder / "letter.typ").write_text("#let d = json(bytes(sys.inputs.data))\n#d.nothing")

    with pytest.raises(RenderError, match=r"^letter.typ: dictionary does not contain key .nothing"):
        Renderer(folder).letter(content())


def with_letter(sender: LetterSender | None):
    return replace(SWEDISH, senders=replace(SWEDISH.senders, letter=sender))


@pytest.mark.parametrize(
    ("made", "said"),
    [
        (content(customer=replace(ANNA, address=())), "letter.typ: the customer has no postal address"),
        (content(merchant=with_letter(None)), "letter.typ: nordljus has no letter sender"),
        (content(merchant=with_letter(LetterSender("se-top", ("N",)))), "windows: no window se-top; known: se-left, "),
        (content(customer=replace(ANNA, address=("x" * 120,))), "letter.typ: .*the address does not fit the window"),
        (content(customer=replace(ANNA, address=("x",) * 15)), "letter.typ: .*the address does not fit the window"),
        (
            content(merchant=merchant(payee=Payee(account="12345678903"))),
            "payment: nordljus has no account that takes SEK",
        ),
        (content(merchant=merchant(payee=Payee(bankgiro="5050-1056"))), "payment: nordljus: the check digit"),
        (content(merchant=replace(EURO, payee=Payee(bankgiro="5050-1055"))), "payment: nordljus has no account"),
        (replace(content(), message=Message.CLAIM), "messages/claim: there is no such"),
    ],
)
def test_content_that_lacks_something_says_what(renderer: Renderer, made, said) -> None:
    with pytest.raises(RenderError, match=f"^{said}"):
        renderer.letter(made)


def test_a_total_that_is_not_what_its_rows_come_to_is_not_sent(renderer: Renderer) -> None:
    made = content(Message.REMINDER, fee="60.00", total=Money.parse("918.50", "SEK"))

    with pytest.raises(RenderError, match=r"^statement: the rows come to 978.50, the total is 918.50$"):
        renderer.sms(made)


def test_an_agency_gets_no_message(renderer: Renderer) -> None:
    with pytest.raises(RenderError, match=r"^collection: "):
        renderer.render(content(), Channel.COLLECTION)


def test_a_notice_of_collection_that_gives_too_few_days_is_not_written(renderer: Renderer) -> None:
    made = in_norway(Message.LAST_REMINDER, today=date(2026, 4, 28), pay_by=date(2026, 5, 11))

    with pytest.raises(RenderError, match=r"^legal/NO: pay-by 2026-05-11 is too soon on 2026-04-28: the law gives 14"):
        renderer.email(made)


def test_a_country_whose_law_is_unknown_gets_an_invoice_but_no_reminder(renderer: Renderer) -> None:
    pole = replace(ANNA, country="PL")

    assert renderer.email(content(customer=pole)).text
    for message in DUNNING:
        for render in (renderer.email, renderer.sms, renderer.letter):
            with pytest.raises(RenderError, match=r"^legal/PL: no law is known for a consumer in 'PL'"):
                render(content(message, customer=pole))


def test_interest_without_its_rate_and_days_is_not_asked_for(renderer: Renderer) -> None:
    bare = replace(content(Message.REMINDER, interest="5.00"))
    bare = replace(bare, added=(replace(bare.added[0], periods=()),))

    with pytest.raises(RenderError, match=r"^statement: late interest is asked for without its rate"):
        renderer.email(bare)


def test_a_word_that_nobody_wrote_is_an_error() -> None:
    with pytest.raises(RenderError, match=r"^words: facts.colour is missing"):
        Words("sv")("facts.colour")


def test_a_text_without_its_translation_is_an_error_and_not_english(folder: Path) -> None:
    path = folder / "messages/invoice.jinja"
    path.write_text(path.read_text().replace("Here is your invoice", "This is your invoice"))

    assert "This is your invoice" in Renderer(folder).email(content(language="en")).text
    with pytest.raises(RenderError, match=r"^translations/sv: no translation of 'This is your invoice from"):
        Renderer(folder).email(content())
