"""What staff see of holds, questions, charges, the agency and orders: the same on the page and on the command line."""

from __future__ import annotations

import html
from datetime import date
from decimal import Decimal

import httpx

from domain.charge import Added, ChargeKind, Period
from domain.events import (
    Acknowledged,
    AgencyClosed,
    AgencyTold,
    Amended,
    Answered,
    Asked,
    BookedThrough,
    Disputed,
    Event,
    MoveAsked,
    Paid,
    Paused,
    Respited,
    Stopped,
    Waived,
    WithdrawalConfirmed,
)
from domain.facts import Rules
from domain.policy import Channel
from domain.words import COLLECTION, AgencyOutcome, DisputeOutcome, Message, Reason, When
from gateway.tables import Table, said, tables
from store.orders import Order
from tests.gateway.cases import Kept, at, sek
from tests.gateway.test_page import ISSUED, REMINDED, plain
from tests.live.house import House

NOW = at("2026-03-03T10:00")
FEE = Added(ChargeKind.FEE, sek("60.00"), "SE: lag (1981:739) 4 §", capped=True, cap=sek("60.00"))
INTEREST = Added(
    ChargeKind.INTEREST,
    sek("0.63"),
    "SE: räntelagen 6 §",
    periods=(Period(date(2026, 4, 2), date(2026, 4, 7), sek("469.55"), Decimal("8.50")),),
)


def shown(house: House, case: Kept, number: str) -> dict[str, Table]:
    orders = house.books.orders.given("nordljus", number)
    return {table.title: table for table in tables(case.file, orders)}


def give(house: House, case: Kept, event: Event, **order: str) -> None:
    house.books.orders.give(case.id, Order(f"{case.id}-{len(case.file.events)}", "order", "olle", **order), event)


def test_a_case_without_news_has_no_table(house: House, number: str):
    assert shown(house, Kept(house.books, number, "2026-03-10T12:00"), number) == {}


def test_a_hold_tells_how_much_since_until_who_and_why(house: House, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    give(house, case, Disputed(at=at("2026-03-03T10:00"), amount=sek("49.00")), why="one was broken")
    give(house, case, Respited(at=at("2026-03-04T10:00"), until=date(2026, 5, 1)), why="lost his job")
    case.hear(Paused(at=at("2026-03-05T10:00")))
    answer = Answered(at=at("2026-03-06T10:00"), outcome=DisputeOutcome.CREDITED, amount=sek("20.00"), reply=True)
    give(house, case, answer, why="half of it", reply="To you only.")

    found = shown(house, case, number)

    assert found["Holds"].rows == [
        (
            "disputed",
            "49.00 SEK",
            "Tue 03 Mar 2026 10:00",
            "",
            "Fri 06 Mar 2026 10:00 credited",
            "olle",
            "one was broken",
        ),
        ("respite", "", "Wed 04 Mar 2026 10:00", "2026-05-01", "", "olle", "lost his job"),
        ("paused", "", "Thu 05 Mar 2026 10:00", "", "", "", ""),
    ]
    assert [row[1:] for row in found["Orders"].rows] == [
        ("disputed", "49.00 SEK", "olle", "one was broken"),
        ("respited", "through 2026-05-01", "olle", "lost his job"),
        ("answered", "credited 20.00 SEK, we write it", "olle", "half of it"),
    ]


def test_a_question_tells_what_to_do(house: House, number: str):
    case = Kept(house.books, number, "2026-03-10T12:00")
    case.hear(Asked(at=NOW, reason=Reason.AGENCY_SILENT))

    [(what, since, do)] = shown(house, case, number)["Asked"].rows

    assert (what, since) == ("agency silent", "Tue 03 Mar 2026 10:00")
    assert f"`kvitt withdraw nordljus/{number}`" in do


def test_a_charge_tells_its_law_its_limit_and_its_days(house: House, number: str):
    case = Kept(house.books, number, "2026-04-10T12:00")
    case.send(Channel.EMAIL, REMINDED, Message.REMINDER, "reminder-1", charges=(FEE, INTEREST))

    assert shown(house, case, number)["Charges"].rows == [
        ("reminder 1", "fee", "60.00 SEK", "booked", "60.00, which cut the wish", "", "SE: lag (1981:739) 4 §"),
        (
            "reminder 1",
            "interest",
            "0.63 SEK",
            "booked",
            "",
            "2026-04-02 to 2026-04-07: 8.50 % on 469.55",
            "SE: räntelagen 6 §",
        ),
    ]


def test_the_agency_s_side_is_told_from_the_hand_over_to_the_confirmed_withdrawal(house: House, number: str):
    case = Kept(house.books, number, "2026-06-10T12:00")
    case.send(Channel.COLLECTION, "2026-05-04T09:00", Message.CLAIM, COLLECTION)
    silent = dict(shown(house, case, number)["Agency"].rows)
    case.hear(Acknowledged(at=at("2026-05-05T10:00"), case="NI-4711"))
    case.hear(AgencyTold(at=at("2026-05-06T10:00"), status="court_order"))
    case.send(Channel.COLLECTION, "2026-05-07T09:00", Message.WITHDRAWAL, COLLECTION, rung=1)
    asked = dict(shown(house, case, number)["Agency"].rows)
    case.hear(WithdrawalConfirmed(at=at("2026-05-08T10:00")))
    case.hear(AgencyClosed(at=at("2026-05-09T10:00"), outcome=AgencyOutcome.RETURNED))

    assert (silent["handed over"], silent["acknowledged"]) == ("Mon 04 May 2026 09:00", "not yet")
    assert (asked["withdrawn"], asked["confirmed"]) == ("Thu 07 May 2026 09:00", "not yet")
    assert dict(shown(house, case, number)["Agency"].rows) == {
        "agency": "outbox",
        "handed over": "Mon 04 May 2026 09:00",
        "acknowledged": "Tue 05 May 2026 10:00, as NI-4711",
        "status": "court_order",
        "closed": "returned, Sat 09 May 2026 10:00",
        "withdrawn": "Thu 07 May 2026 09:00",
        "confirmed": "Fri 08 May 2026 10:00",
    }


def test_an_order_is_told_with_what_it_said():
    told = {
        said(event)
        for event in (
            Paid(at=NOW, amount=sek("100.00"), dated=date(2026, 3, 2)),
            Disputed(at=NOW),
            Paused(at=NOW),
            Waived(at=NOW, step="reminder-1"),
            BookedThrough(at=NOW, day=date(2026, 3, 2)),
            Amended(at=NOW, amount=sek("9.00"), due=date(2026, 5, 1), renewed=(Channel.EMAIL,)),
            Answered(at=NOW),
            MoveAsked(at=NOW, rules=Rules(3, 17), when=When.NEXT_STEP),
            Stopped(at=NOW),
        )
    }

    assert told == {
        "100.00 SEK dated 2026-03-02",
        "all",
        "until released",
        "reminder 1",
        "2026-03-02",
        "9.00 SEK, due 2026-05-01, email",
        "rejected, written already",
        "to version 3, next step",
        "",
    }


async def test_the_staff_s_page_shows_the_tables_and_escapes_what_people_wrote(
    house: House, web: httpx.AsyncClient, number: str
):
    case = Kept(house.books, number, "2026-03-10T12:00")
    case.send(Channel.EMAIL, ISSUED)
    give(house, case, Disputed(at=NOW, amount=sek("49.00")), why="<b>broken</b> `x`")

    page = (await web.get(f"/staff/invoices/nordljus/{number}/life")).text

    assert "<b>broken</b>" not in page
    assert "<b>broken</b>" in html.unescape(page)
    assert "Disputed 49.00" in plain(page)
    assert "disputed 49.00 SEK Tue 03 Mar 2026 10:00" in plain(page)


async def test_one_invoice_waits_because_the_customer_got_an_sms_about_another(
    house: House, web: httpx.AsyncClient, number: str
):
    phone, now = f"+4670174{number[-4:]}", "2026-04-20T10:00"
    other = Kept(house.books, f"{number}-b", now, phone=phone)
    case = Kept(house.books, number, now, phone=phone)
    case.send(Channel.EMAIL, ISSUED)
    case.send(Channel.EMAIL, REMINDED, Message.REMINDER, "reminder-1", pay_by="2026-04-16")
    before = plain((await web.get(f"/staff/invoices/nordljus/{number}/life")).text)

    other.send(Channel.SMS, "2026-04-20T09:30", Message.REMINDER, "reminder-2")

    after = plain((await web.get(f"/staff/invoices/nordljus/{number}/life")).text)
    assert "one such SMS" not in before
    assert "Reminder 2, SMS Tue 21 Apr 2026 09:00 since the customer got an SMS today." in after
    assert "Tue 21 Apr 2026 09:00 Last reminder by SMS (a day later: a customer gets one such SMS a day)" in after
