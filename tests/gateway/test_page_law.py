"""What the law and the money add to the invoice page: holds, disputes of a part, charges apart, collection."""

from __future__ import annotations

import html
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from config.merchants import Loaded, load_merchant
from domain.charge import Added, ChargeKind, Period
from domain.events import Acknowledged, AgencyClosed, Answered, Disputed, Paid, Paused, Respited, Reversed
from domain.languages import LANGUAGES
from domain.policy import Channel
from domain.words import COLLECTION, AgencyOutcome, DisputeOutcome, Message, Reason
from store.orders import Order
from tests.gateway.cases import Kept, at, kronor, sek
from tests.gateway.test_page import ISSUED, REMINDED, invoiced, plain, read, remind, standing, sums
from tests.live.house import House

PART = Disputed(at=at("2026-03-03T10:00"), amount=sek("49.00"))
WHOLE = Disputed(at=at("2026-03-03T10:00"))
RESPITE = Respited(at=at("2026-03-03T10:00"), until=date(2026, 5, 1))
INTEREST = Added(
    ChargeKind.INTEREST,
    sek("0.63"),
    "SE: räntelagen 6 §",
    periods=(Period(date(2026, 4, 2), date(2026, 4, 7), sek("469.55"), Decimal("8.50")),),
)
COMPENSATION = Added(ChargeKind.COMPENSATION, sek("450.00"), "SE: lag (1981:739) 4 a §")


def headline(page: str) -> str:
    found = re.search(r'class="headline">(.*?)<', page)
    assert found
    return found[1].replace("\u00a0", " ")


def labels(page: str) -> list[str]:
    """What the rows of the account are called."""
    account = page.rpartition("How the sum comes about")[2].partition("</section>")[0]
    return [plain(label).strip() for label in re.findall(r"<dt>(.*?)</dt>", account)]


async def test_of_a_part_that_is_disputed_the_rest_is_asked_for(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(PART)

    page = await read(web, token)
    rows, total = sums(page)

    assert standing(page) == "open"
    assert "You objected to SEK 49.00 of this invoice on 3 March 2026" in plain(page)
    assert headline(page) == "SEK 420.55"
    assert [kronor(row) for row in rows] == [kronor("469.55"), kronor("-49.00")]
    assert kronor(total) == kronor("420.55")
    assert 'data-copy="420.55"' in page


async def test_of_a_whole_dispute_nothing_is_asked_for_and_all_can_be_paid(
    house: House, web: httpx.AsyncClient, number: str
):
    case, token = invoiced(house, number, "2026-04-10T12:00")
    remind(case)
    case.hear(Disputed(at=at("2026-04-09T10:00")))

    page = await read(web, token)
    rows, total = sums(page)

    assert standing(page) == "disputed"
    assert headline(page) == "Nothing to pay for now"
    assert "You objected to this invoice on 9 April 2026, and we are looking into it." in plain(page)
    assert [kronor(row) for row in rows] == [kronor("469.55"), 60]
    assert kronor(total) == kronor("529.55")
    assert labels(page)[-1] == "Not asked for now"
    assert 'data-copy="529.55"' in page.partition("How to pay anyway")[2]


async def test_when_all_but_what_is_disputed_is_paid_nothing_is_asked_for(
    house: House, web: httpx.AsyncClient, number: str
):
    case, token = invoiced(house, number)
    case.hear(PART, Paid(at=at("2026-03-03T11:00"), amount=sek("420.55"), dated=date(2026, 3, 3)))

    page = await read(web, token)

    assert standing(page) == "disputed"
    assert headline(page) == "Nothing to pay for now"
    assert kronor(sums(page)[1]) == kronor("49.00")


async def test_a_respite_and_a_pause_say_until_when(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(Respited(at=at("2026-03-03T09:00"), until=date(2026, 4, 20)), RESPITE)
    given = plain(await read(web, token))
    other, paused = invoiced(house, f"{number}-b")
    other.hear(Paused(at=at("2026-03-03T10:00"), until=date(2026, 5, 2)))

    assert "Pay by 1 May 2026" in given
    assert "We have agreed on time until 1 May 2026." in given
    assert "No reminders are sent until 2 May 2026." in plain(await read(web, paused))


async def test_a_dispute_does_not_hide_the_time_that_was_given(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number)
    case.hear(RESPITE, WHOLE)

    page = await read(web, token)

    assert standing(page) == "disputed"
    assert "We have agreed on time until 1 May 2026." in plain(page)


async def test_interest_and_compensation_stand_apart_with_their_days_and_rate(
    house: House, web: httpx.AsyncClient, number: str
):
    case, token = invoiced(house, number, "2026-04-10T12:00")
    charges = (INTEREST, COMPENSATION)
    case.send(Channel.EMAIL, REMINDED, Message.REMINDER, "reminder-1", charges=charges, pay_by="2026-04-16")

    page = await read(web, token)
    rows, total = sums(page)

    assert labels(page)[1:3] == [
        "Late interest, 7 April 2026 8.5% a year on SEK 469.55 from 2 April 2026 to 7 April 2026",
        "Compensation for late payment, 7 April 2026",
    ]
    assert sum(kronor(row) for row in rows) == kronor(total) == kronor("920.18")


async def test_what_was_taken_back_stands_below_what_it_takes_back(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-04-10T12:00")
    remind(case)
    case.hear(Reversed(at=at("2026-04-09T10:00"), step="reminder-1", reason=Reason.PAID_ON_TIME))

    page = await read(web, token)
    rows, total = sums(page)

    assert labels(page)[1:3] == ["Reminder fee, 7 April 2026", "Taken back 9 April 2026"]
    assert [kronor(row) for row in rows] == [kronor("469.55"), 60, -60]
    assert kronor(total) == kronor("469.55")


async def test_a_fee_is_named_after_what_it_is_for(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-06-10T12:00")
    case.send(Channel.EMAIL, REMINDED, Message.DEMAND, "reminder-2", fee=sek("180.00"), pay_by="2026-04-16")
    fee = (Added(ChargeKind.FEE, sek("100.00"), "DK: renteloven § 9 b"),)
    case.send(Channel.COLLECTION, "2026-05-04T09:00", Message.CLAIM, COLLECTION, charges=fee)

    page = await read(web, token)

    assert labels(page)[1:3] == ["Fee for a demand for payment, 7 April 2026", "Fee for collection, 4 May 2026"]
    assert "A fee of SEK 100.00 for collection was added" in plain(page)


def with_agency(tmp_path: Path, called: str) -> Loaded:
    """Nordljus, whose customers know the agency by a name."""
    path = tmp_path / "nordljus.yaml"
    text = Path("examples/merchants/nordljus.yaml").read_text(encoding="utf-8")
    path.write_text(text.replace("agency: outbox", f"agency: outbox, called: {called}"), encoding="utf-8")
    return load_merchant(path)


async def test_in_collection_it_says_whom_to_pay_and_their_number(
    house: House, web: httpx.AsyncClient, number: str, tmp_path: Path
):
    case = Kept(house.books, number, "2026-05-02T12:00", with_agency(tmp_path, "Nordinkasso & Söner AB"))
    token = case.send(Channel.EMAIL, ISSUED).token
    case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)
    case.hear(Acknowledged(at=at("2026-05-01T11:00"), case="NI-4711"), Disputed(at=at("2026-05-02T10:00")))

    text = html.unescape(plain(await read(web, token)))

    assert "The claim has been handed over to Nordinkasso & Söner AB. Pay to them" in text
    assert "Their number for it is NI-4711." in text
    assert "You objected to this invoice on 2 May 2026" in text


async def test_a_claim_that_the_agency_gave_back_is_paid_to_us_again(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-07-02T12:00")
    case.send(Channel.COLLECTION, "2026-05-01T09:00", Message.CLAIM, COLLECTION)
    case.hear(AgencyClosed(at=at("2026-07-01T10:00"), outcome=AgencyOutcome.RETURNED))

    page = await read(web, token)

    assert standing(page) == "overdue"
    assert "How to pay" in page
    assert "The claim was taken back from the collection agency" in plain(page)


async def test_the_answer_to_a_dispute_is_among_the_messages(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-03-10T12:00")
    case.hear(WHOLE)
    order = Order(f"answer-{number}", "answer", "ops", reply="The meter was read.\n\nBy <Anna> herself.")
    answered = Answered(at=at("2026-03-04T10:00"), outcome=DisputeOutcome.REJECTED, reply=True)
    house.books.orders.give(case.id, order, answered)
    sent = case.send(Channel.EMAIL, "2026-03-04T11:00", Message.ANSWER, "answer-1", pay_by="2026-04-01")

    page = await read(web, token)
    body = (await web.get(f"/i/{token}/messages/{sent.id}/body")).text

    assert standing(page) == "open"
    assert "Our answer to your objection was sent by e-mail" in plain(page)
    assert f"/i/{token}/messages/{sent.id}" in page
    assert "The meter was read." in body
    assert "By &lt;Anna&gt; herself." in body


async def test_a_dispute_that_was_upheld_says_so(house: House, web: httpx.AsyncClient, number: str):
    case, token = invoiced(house, number, "2026-03-10T12:00")
    case.hear(PART, Answered(at=at("2026-03-04T10:00"), outcome=DisputeOutcome.UPHELD))

    page = await read(web, token)

    assert "You were right: what you objected to is not owed" in plain(page)
    assert headline(page) == "SEK 420.55"


@pytest.mark.parametrize("language", LANGUAGES)
async def test_all_of_it_is_said_in_every_language(
    house: House, web: httpx.AsyncClient, number: str, language: str, tmp_path: Path
):
    case = Kept(house.books, number, "2026-05-02T12:00", with_agency(tmp_path, "Nordinkasso AB"))
    token = case.send(Channel.EMAIL, ISSUED).token
    charges = (INTEREST, COMPENSATION)
    case.send(Channel.EMAIL, REMINDED, Message.DEMAND, "reminder-1", charges=charges, pay_by="2026-04-16")
    case.hear(Reversed(at=at("2026-04-09T10:00"), step="reminder-1", reason=Reason.RECALCULATED, kind=INTEREST.kind))

    pages = []
    for events in ((PART,), (RESPITE,), (WHOLE,), (Answered(at=at("2026-05-01T10:00")),)):
        case.hear(*events)
        pages.append(await read(web, token, language))
    case.send(Channel.COLLECTION, "2026-05-01T11:00", Message.CLAIM, COLLECTION)
    case.hear(Acknowledged(at=at("2026-05-01T11:30"), case="NI-4711"))
    pages.append(await read(web, token, language))

    assert [standing(page) for page in pages] == ["overdue", "respite", "disputed", "respite", "in_collection"]
    assert all("49" in page for page in pages[:3])
    assert "NI-4711" in pages[-1]
