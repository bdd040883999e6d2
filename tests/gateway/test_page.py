"""The invoice page is always true: what it says is what the books say at that moment."""

from __future__ import annotations

import io
import re
from datetime import date

import httpx
import pytest
from pypdf import PdfReader

from domain.events import (
    Amended,
    Answered,
    Closed,
    Credited,
    Disputed,
    Paid,
    Paused,
    Reserved,
    Respited,
    Reversed,
    Settled,
    Stopped,
    Viewed,
)
from domain.languages import LANGUAGES
from domain.policy import Channel
from domain.words import COLLECTION, Message, Outcome, Reason, SendId, Status
from gateway.standing import Standing
from templates.texts import KINDS
from templates.words import Words
from tests.gateway.cases import NAME, Kept, at, kronor, sek
from tests.live.house import House

ISSUED = "2026-03-02T09:00"
REMINDED = "2026-04-07T09:00"


def invoiced(house: House, number: str, now: str = "2026-03-03T12:00", **customer: object) -> tuple[Kept, str]:
    case = Kept(house.books, number, now, **customer)
    return case, case.send(Channel.EMAIL, ISSUED).token


def remind(case: Kept, fee: str = "60.00") -> None:
    case.send(Channel.EMAIL, REMINDED, Message.REMINDER, "reminder-1", fee=sek(fee), pay_by="2026-04-16")


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", html)).replace("\u00a0", " ")


async def read(web: httpx.AsyncClient, token: str, language: str = "") -> str:
    answer = await web.get(f"/i/{token}", params={"lang": language} if language else {})
    assert answer.status_code == 200
    return answer.text


def standing(html: str) -> str:
    found = re.search(r'class="hero (\w+)"', html)
    assert found
    return found[1]


def sums(html: str) -> tuple[list[str], str]:
    """The rows of the account, and what they come to."""
    account = html.rpartition("How the sum comes about")[2].partition("</section>")[0]
    rows = re.findall(r"<dd>(.*?)</dd>", account)
    return rows[:-1], rows[-1]


async def test_amounts_equal_the_books(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-10T12:00")
    remind(case)
    case.hear(
        Paid(at=at("2026-04-08T10:00"), amount=sek("100.00"), dated=date(2026, 4, 8)),
        Credited(at=at("2026-04-09T10:00"), amount=sek("50.00")),
        Paid(at=at("2026-04-10T10:00"), amount=sek("7.50"), dated=date(2026, 4, 9)),
    )
    facts = case.file.facts

    html = await read(web, token)
    rows, total = sums(html)

    assert [kronor(row) for row in rows] == [kronor(str(facts.amount)), 60, -100, -50, kronor("-7.50")]
    assert kronor(total) == kronor(str(facts.balance)) == sum(kronor(row) for row in rows)
    headline = re.search(r'class="headline">(.*?)<', html)
    assert headline
    assert kronor(headline[1]) == kronor(str(facts.balance))


async def test_it_reads_the_books_at_each_request(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    assert standing(await read(web, token)) == "open"

    case.hear(Paid(at=at("2026-03-03T11:00"), amount=case.file.facts.balance, dated=date(2026, 3, 3)))

    assert standing(await read(web, token)) == "paid"


async def test_an_open_invoice_says_how_much_by_when_and_how(house: House, web: httpx.AsyncClient, number: str):
    _, token = invoiced(house, number)

    html = await read(web, token)
    text = plain(html)

    assert standing(html) == "open"
    assert "Pay by 1 April 2026" in text
    assert "Bankgiro 5050-1055" in text
    assert "OCR number" in text
    assert 'data-copy="5050-1055"' in html
    assert "<svg" in html
    assert "Electricity, February" in text
    assert "VAT 25%" in text


async def test_an_overdue_invoice_names_the_fee_and_both_days(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-10T12:00")
    remind(case)

    html = await read(web, token)
    text = plain(html)

    assert standing(html) == "overdue"
    assert "Pay by 16 April 2026" in text
    assert "The due date was 1 April 2026" in text
    assert "Reminder fee, 7 April 2026" in text
    assert "A reminder was sent by e-mail" in text


async def test_when_every_day_to_pay_has_passed_it_says_so(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-20T12:00")
    remind(case)

    assert "Was to be paid by 16 April 2026" in plain(await read(web, token))


async def test_on_the_due_day_it_is_not_overdue(house: House, web: httpx.AsyncClient, number: str):
    _, token = invoiced(house, number, "2026-04-01T23:30")

    assert standing(await read(web, token)) == "open"


HOLDS = {
    "disputed": Disputed(at=at("2026-03-03T10:00")),
    "respite": Respited(at=at("2026-03-03T10:00"), until=date(2026, 5, 1)),
    "paused": Paused(at=at("2026-03-03T10:00")),
    "stopped": Stopped(at=at("2026-03-03T10:00")),
}


@pytest.mark.parametrize("what", HOLDS)
async def test_a_hold_is_said_in_plain_words(house: House, web: httpx.AsyncClient, number: str, what: str):
    case, token = invoiced(house, number)
    case.hear(HOLDS[what])

    html = await read(web, token)

    assert standing(html) == what
    assert Words("en")(f"badge.{what}") in plain(html)


async def test_a_disputed_invoice_does_not_press_for_payment(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(Disputed(at=at("2026-03-03T10:00")))

    html = await read(web, token)

    assert "<svg" not in html
    assert "How to pay anyway" in html
    assert "no reminders are sent and no fees are added" in html

    case.hear(Answered(at=at("2026-03-03T11:00")))
    assert standing(await read(web, token)) == "open"


async def test_a_respite_moves_the_day(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(HOLDS["respite"])

    assert "Pay by 1 May 2026" in plain(await read(web, token))


async def test_in_collection_the_customer_is_sent_to_the_agency_and_never_sees_the_claim(
    house: House, web: httpx.AsyncClient, number: str
):
    case, token = invoiced(house, number, "2026-05-02T12:00")
    claim = case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)

    html = await read(web, token)

    assert standing(html) == "in_collection"
    assert "How to pay" not in html
    assert claim.id not in html
    assert (await web.get(f"/i/{token}/messages/{claim.id}")).status_code == 404
    assert (await web.get(f"/i/{token}/messages/{claim.id}/body")).status_code == 404


OUTCOMES = {
    "paid": (Outcome.PAID, Reason.PAID),
    "credited": (Outcome.CREDITED, Reason.CREDITED),
    "written_off": (Outcome.WRITTEN_OFF, Reason.FEES_WRITTEN_OFF),
    "stopped": (Outcome.STOPPED, Reason.STOPPED),
}


@pytest.mark.parametrize("what", OUTCOMES)
async def test_a_closed_invoice_asks_for_nothing(house: House, web: httpx.AsyncClient, number: str, what: str):
    case, token = invoiced(house, number)
    outcome, reason = OUTCOMES[what]
    case.hear(Closed(at=at("2026-03-03T11:00"), outcome=outcome, reason=reason))

    html = await read(web, token)

    assert standing(html) == what
    assert "How to pay" not in html
    assert "<svg" not in html


async def test_too_much_money_is_in_the_customer_s_favour(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    more = case.file.facts.balance + sek("20.00")
    case.hear(Paid(at=at("2026-03-03T11:00"), amount=more, dated=date(2026, 3, 3)))

    text = plain(await read(web, token))

    assert "You have SEK 20.00 in your favour" in text


async def test_the_page_gives_as_long_to_pay_as_our_answer_did(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-20T12:00")
    remind(case)
    place, total = SendId("answer-1", 0, 1), case.file.facts.balance
    told = Reserved(
        at=at("2026-04-13T10:00"),
        send=place,
        channel=Channel.EMAIL,
        message=Message.ANSWER,
        reason=Reason.ANSWERED,
        total=total,
        pay_by=date(2026, 4, 28),
    )
    case.hear(told, Settled(at=at("2026-04-13T10:00"), send=place, status=Status.SENT))

    assert "Pay by 28 April 2026" in plain(await read(web, token))


async def test_the_history_has_no_code_of_ours(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-20T12:00")
    first = case.file.facts.sends[0].id
    case.hear(Viewed(at=at("2026-03-02T10:00"), send=first), Disputed(at=at("2026-03-03T10:00")))
    case.hear(Answered(at=at("2026-03-04T10:00")), Amended(at=at("2026-03-05T10:00"), due=date(2026, 4, 2)))
    remind(case)
    case.hear(Reversed(at=at("2026-04-08T10:00"), step="reminder-1", reason=Reason.PAID_ON_TIME))
    case.hear(Paid(at=at("2026-04-08T11:00"), amount=case.file.facts.balance, dated=date(2026, 4, 1)))
    case.hear(Closed(at=at("2026-04-08T11:00"), outcome=Outcome.PAID, reason=Reason.PAID))

    html = await read(web, token)
    history = plain(html.partition('<ol class="history">')[2].partition("</ol>")[0])

    assert "The invoice was viewed" in history
    assert "You objected to the invoice" in history
    assert "Your objection was answered" in history
    assert "The due date was changed to 2 April 2026" in history
    assert "A reminder fee of SEK 60.00 was taken back" in history
    assert "The invoice is settled" in history
    assert not [code for code in (*Reason, "reminder-1", "distribution") if "_" in code and code in plain(html)]


@pytest.mark.parametrize(
    ("own", "asked", "says"),
    [("sv", "", "Betala senast"), ("sv", "en", "Pay by"), ("en", "sv", "Betala senast"), ("en", "xx", "Pay by")],
)
async def test_the_page_speaks_the_customer_s_language_or_the_one_asked_for(
    house: House, web: httpx.AsyncClient, number: str, own: str, asked: str, says: str
):
    _, token = invoiced(house, number, language=own)

    html = await read(web, token, asked)

    assert says in html
    assert f'<html lang="{"sv" if says == "Betala senast" else "en"}">' in html
    assert f"/i/{token}?lang=" in html


def test_there_are_words_for_every_standing_message_and_hold():
    names = [f"{table}.{standing}" for standing in Standing for table in ("badge", "line", "note")]
    names += [f"sent.{message}" for message in (*KINDS, Message.DISPUTE_NOTICE)]
    names += [f"message.{message}" for message in KINDS]
    names += [f"{table}.{channel}" for channel in Channel if channel != "collection" for table in ("by", "channel")]
    names += [f"held.{reason}" for reason in (Reason.DISPUTED, Reason.RESPITE, Reason.PAUSED)]
    names += [f"released.{reason}" for reason in (Reason.ANSWERED, Reason.UPHELD, Reason.HOLD_OVER, Reason.RELEASED)]
    values = dict.fromkeys(("day", "due", "paid", "favour", "merchant", "by", "until", "since", "amount"), "…")

    assert all(Words(language)(name, **values) for language in LANGUAGES for name in names)


async def test_every_message_is_shown_as_it_was_sent(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-03-10T12:00")
    mail = case.books.sends.by_token(token)
    sms = case.send(Channel.SMS, "2026-03-05T09:00", rung=1)
    letter = case.send(Channel.LETTER, "2026-03-09T09:00", rung=2)
    assert mail
    assert mail.parcel
    assert sms.parcel
    assert letter.parcel

    html = await read(web, token)
    assert [send.id in html for send in (mail, sms, letter)] == [True, True, True]

    shown = (await web.get(f"/i/{token}/messages/{mail.id}")).text
    assert f'src="/i/{token}/messages/{mail.id}/body"' in shown
    assert "sandbox=" in shown
    assert "allow-scripts" not in shown
    framed = await web.get(f"/i/{token}/messages/{mail.id}/body")
    assert NAME in framed.text
    assert "sandbox" in framed.headers["content-security-policy"]
    assert framed.headers["x-frame-options"] == "SAMEORIGIN"

    assert "Bankgiro 5050-1055" in (await web.get(f"/i/{token}/messages/{sms.id}")).text

    pdf = await web.get(f"/i/{token}/messages/{letter.id}/body")
    assert pdf.headers["content-type"] == "application/pdf"
    assert pdf.content == letter.parcel.body


async def test_a_message_of_another_invoice_is_not_found(house: House, web: httpx.AsyncClient, number: str):
    _, token = invoiced(house, number)
    other, _ = invoiced(house, f"{number}-b")
    foreign = other.books.sends.of_invoice(other.id)[0]

    assert (await web.get(f"/i/{token}/messages/{foreign.id}")).status_code == 404
    assert (await web.get(f"/i/{token}/messages/{foreign.id}/body")).status_code == 404


async def test_an_unknown_link_tells_nothing(house: House, web: httpx.AsyncClient, number: str):
    _, token = invoiced(house, number)
    paths = ["", "/invoice.pdf", "/messages/x", "/messages/x/body"]

    answers = [await web.get(f"/i/{wrong}{path}") for wrong in ("nothing", token[:-1], token + "x") for path in paths]

    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.text for answer in answers}) == 1
    assert "We cannot find this page" in answers[0].text
    assert "Vi hittar inte sidan" in (await web.get("/i/nothing", headers={"Accept-Language": "sv-SE,sv;q=0.9"})).text


async def test_the_pdf_is_the_invoice_as_it_stands(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(Paid(at=at("2026-03-03T10:00"), amount=sek("100.00"), dated=date(2026, 3, 3)))

    answer = await web.get(f"/i/{token}/invoice.pdf")
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages)

    assert answer.headers["content-type"] == "application/pdf"
    assert number in text
    assert str(case.file.facts.balance) in text.replace("\u00a0", " ")


async def test_who_has_no_postal_address_gets_a_pdf_too(house: House, web: httpx.AsyncClient, number: str):
    _, token = invoiced(house, number, address=[])

    assert (await web.get(f"/i/{token}/invoice.pdf")).content.startswith(b"%PDF")


async def test_what_people_wrote_is_text_and_never_markup(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, name='<script>alert("x")</script>')
    sms = case.send(Channel.SMS, "2026-03-05T09:00", rung=1)
    mail = case.books.sends.by_token(token)
    assert mail

    pages = [
        await web.get(path)
        for path in (
            f"/i/{token}",
            f"/i/{token}/messages/{mail.id}",
            f"/i/{token}/messages/{sms.id}",
            f"/i/{token}/messages/{mail.id}/body",
            f"/outbox/{mail.id}",
            f"/outbox/{sms.id}",
            "/outbox",
        )
    ]

    assert [page.status_code for page in pages] == [200] * len(pages)
    assert not [page.url for page in pages if "<script>alert" in page.text]
