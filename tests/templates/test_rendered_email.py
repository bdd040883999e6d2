from __future__ import annotations

import re
from dataclasses import replace

import pytest
from reading import spaced, text_of_html
from template_contents import ANNA, SWEDISH, content, in_norway, lines

from domain.languages import LANGUAGES
from domain.words import DebtorKind, Message
from templates.renderer import Renderer
from templates.texts import KINDS


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("message", KINDS)
def test_an_email_loads_nothing_and_links_only_to_the_invoice(renderer: Renderer, message, language) -> None:
    made = content(message, language)
    html = renderer.email(made).html

    assert re.findall(r'href="([^"]*)"', html) == [made.link]
    assert not re.search(r"<img|<script|<link|<iframe|src=|url\(|@import|background=", html)


@pytest.mark.parametrize("message", KINDS)
def test_text_and_html_say_the_same(renderer: Renderer, message) -> None:
    email = renderer.email(content(message, fee="60.00" if "reminder" in message else "0"))
    html = text_of_html(email.html)

    for line in email.text.splitlines():
        words = line.removesuffix(":").replace(":", "").lower()
        assert (
            spaced(words) in html.replace(":", "").lower() or line.startswith(("http", "--", "Nordljus")) or "(" in line
        )


def test_style_is_written_into_the_elements_and_dark_mode_kept(renderer: Renderer) -> None:
    html = renderer.email(content()).html

    assert re.search(r'<h1 style="[^"]+">', html)
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html


def test_text_of_others_is_never_markup(renderer: Renderer) -> None:
    nasty = "<b>&{{ 7*7 }}</b>"
    made = content(
        merchant=replace(SWEDISH, name=nasty),
        customer=replace(ANNA, name=nasty),
        number=nasty,
        lines=(replace(lines()[0], text=nasty, unit=nasty),),
    )
    email = renderer.email(made)

    assert "<b>" not in email.html
    assert "49" not in email.text.replace("249", "")
    assert "&lt;b&gt;&amp;{{ 7*7 }}&lt;/b&gt;" in email.html
    assert nasty in email.text


def test_a_subject_is_one_line_whatever_the_names_hold(renderer: Renderer) -> None:
    made = content(merchant=replace(SWEDISH, name="Nordljus\r\nBcc: all@customer.example"))

    assert "\n" not in renderer.email(made).subject
    assert "\r" not in renderer.email(made).subject


@pytest.mark.parametrize("message", KINDS)
def test_the_subject_names_the_invoice(renderer: Renderer, message) -> None:
    assert "10001" in renderer.email(content(message)).subject


def test_an_unknown_language_falls_back_to_the_merchants_then_to_english(renderer: Renderer) -> None:
    fallen = replace(SWEDISH, languages=("et", "sv"))
    strange = replace(SWEDISH, languages=("et",))

    assert renderer.email(content(language="et", merchant=fallen)).subject.startswith("Faktura")
    assert renderer.email(content(language="et", merchant=strange)).subject.startswith("Invoice")
    assert renderer.email(content(language="sv-FI")).subject.startswith("Faktura")
    assert renderer.email(content(language="no")).subject.endswith("fra Nordljus Energi AB")


def test_an_invoice_lists_what_was_bought_and_a_reminder_does_not(renderer: Renderer) -> None:
    assert "Överföring (412,5 kWh): 330,00 kr" in renderer.email(content()).text
    assert "Överföring" not in renderer.email(content(Message.REMINDER)).text


def test_a_long_invoice_shows_its_sum_and_stays_small(renderer: Renderer) -> None:
    email = renderer.email(content(lines=lines() * 100, amount="91850.00"))

    assert "91 850,00 kr" in email.text
    assert len(email.html.encode()) < 100_000


def test_a_receipt_asks_for_nothing(renderer: Renderer) -> None:
    text = renderer.email(content(Message.RECEIPT, paid="918.50")).text

    assert "918,50 kr" in text
    assert "Betala senast" not in text
    assert "Bankgiro" not in text


def test_a_receipt_says_what_becomes_of_the_rest(renderer: Renderer) -> None:
    short = renderer.email(content(Message.RECEIPT, paid="918.00")).text
    over = renderer.email(content(Message.RECEIPT, paid="920.00")).text

    assert "De 0,50 kr som är kvar behöver du inte betala." in short
    assert "Du har 1,50 kr till godo hos oss." in over


def test_an_invoice_that_is_paid_already_asks_for_nothing(renderer: Renderer) -> None:
    assert "Bankgiro" not in renderer.email(content(paid="918.50")).text


def test_a_debtor_abroad_is_given_an_iban_too(renderer: Renderer) -> None:
    both = replace(SWEDISH, payee=replace(SWEDISH.payee, iban="SE4550000000058398257466", bic="ESSESESS"))

    assert "IBAN" not in renderer.email(content(merchant=both)).text
    assert (
        "IBAN: SE45 5000 0000 0583 9825 7466"
        in renderer.email(content(merchant=both, customer=replace(ANNA, country="NO"))).text
    )


def test_swedish_reminder_says_what_a_reminder_must(renderer: Renderer) -> None:
    text = renderer.email(content(Message.REMINDER, fee="60.00")).text

    assert "Fordringsägare är Nordljus Energi AB, org.nr 556677-8899." in text
    assert "Kravet gäller faktura 10001 av den 2 mars 2026." in text
    assert "Ursprunglig förfallodag är 1 april 2026." in text
    assert "Fakturans belopp (huvudstolen) är 918,50 kr." in text
    assert "Påminnelseavgift: 60,00 kr" in text
    assert "lagen (1981:739)" in text
    assert "Tycker du att kravet är fel?" in text


def test_a_free_reminder_names_no_fee_law(renderer: Renderer) -> None:
    assert "1981:739" not in renderer.email(content(Message.REMINDER)).text


def test_swedish_last_reminder_says_when_and_to_whom_the_claim_goes(renderer: Renderer) -> None:
    named = renderer.email(content(Message.LAST_REMINDER)).text
    unnamed = renderer.email(content(Message.LAST_REMINDER, agency=None)).text

    assert "senast 11 maj 2026 lämnas kravet därefter till Sydinkasso AB för inkasso" in named
    assert "lämnas kravet därefter till ett inkassoföretag" in unnamed


@pytest.mark.parametrize(
    ("language", "notice", "objection"),
    [
        ("sv", "inkassovarsel enligt den norska inkassoloven § 9", "Du har rätt att invända"),
        ("en", "notice of debt collection (inkassovarsel)", "You have the right to object"),
        ("nb", "Dette er et inkassovarsel etter inkassoloven § 9.", "Du har rett til å komme med innsigelser"),
    ],
)
def test_norwegian_last_reminder_is_the_notice_of_collection(renderer: Renderer, language, notice, objection) -> None:
    text = renderer.email(in_norway(Message.LAST_REMINDER, language, fee="37.00")).text

    assert notice in text
    assert objection in text
    assert "14 da" in text


def test_only_the_last_norwegian_reminder_is_a_notice(renderer: Renderer) -> None:
    assert "inkassovarsel" not in renderer.email(in_norway(Message.REMINDER)).text


def test_a_message_before_the_due_date_holds_no_threat(renderer: Renderer) -> None:
    for message in (Message.INVOICE, Message.DUE_REMINDER, Message.RECEIPT):
        assert "inkasso" not in renderer.email(content(message)).text.lower()


def test_a_correction_says_what_is_taken_back_and_what_is_owed_now(renderer: Renderer) -> None:
    back = content(Message.REMINDER, fee="60.00", interest="2.20").added
    owing = renderer.email(content(Message.CORRECTION, taken_back=back)).text
    settled = renderer.email(content(Message.CORRECTION, taken_back=back, paid="918.50")).text
    over = renderer.email(content(Message.CORRECTION, taken_back=back, paid="978.50")).text
    disputed = renderer.email(content(Message.CORRECTION, taken_back=back, disputed="918.50")).text

    for text in (owing, settled, over, disputed):
        assert "Vi tar tillbaka en avgift på 60,00 kr. Vi tar tillbaka dröjsmålsränta på 2,20 kr." in text
    assert "Det här är vad du är skyldig nu. Betala 918,50 kr senast 12 maj 2026." in owing
    assert "Du är inte skyldig något mer." in settled
    assert "Bankgiro" not in settled
    assert "Du är inte skyldig något mer. Du behöver inte göra något mer. Du har 60,00 kr till godo hos oss." in over
    assert "Du behöver inte betala något nu. Du bestrider 918,50 kr" in disputed


def test_an_answer_says_it_in_the_merchants_words_and_how_to_take_it_further(renderer: Renderer) -> None:
    told = "Your meter was read twice.\r\n\r\n<b>Both</b> readings agree:\x07 {{ total }}."
    own = content(Message.ANSWER, "en", answer=told)
    email = renderer.email(own)
    company = renderer.email(replace(own, kind=DebtorKind.COMPANY)).text

    assert "Your meter was read twice.\n\n<b>Both</b> readings agree: {{ total }}.\n\n" in email.text
    assert "&lt;b&gt;Both&lt;/b&gt; readings agree: {{ total }}." in email.html
    assert "This is what you owe now. Please pay SEK 918.50 by 11 May 2026." in email.text
    assert "a court can decide the matter. As a consumer you may also turn to" in email.text
    assert "As a consumer" not in company
