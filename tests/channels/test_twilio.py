"""SMS through the real client, to a server that does what a vendor may do."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.answer import Answer
from channels.hearing import Post, Word
from channels.twilio.hooks import parse
from channels.twilio.way import GRACE, PAGES, TwilioWay
from channels.way import Item
from domain.parcel import Parcel
from domain.words import Reason, Status
from tests.channels.certificates import self_signed
from tests.channels.vendor import (
    Act,
    Asked,
    Vendor,
    answering,
    breaking_off,
    hanging_up,
    resetting,
    vendor,
)

KEPT_AT = datetime(2026, 3, 5, 10, tzinfo=UTC)
SOON, LATER = KEPT_AT + GRACE / 2, KEPT_AT + GRACE
TEXT = "Nordljus Energi: faktura 10001, 1 249,00 kr senast 1 apr. Bankgiro 5050-1055. https://pay.example/i/Qk3x"
PARCEL = Parcel("text/plain; charset=utf-8", TEXT.encode(), "+46701740605", sender="Nordljus", country="SE")
ITEM = Item("d0b9c1", PARCEL, KEPT_AT)
SID = "SM1f0e8ae6ade43cb3c0ce4525424e404f"
ACCOUNT = "AC" + "a" * 32


def message(status: str = "queued", code: int | None = None, **fields: Any) -> dict[str, Any]:
    """A message as Twilio shows it."""
    created = format_datetime(fields.pop("created", KEPT_AT))
    shown = {"sid": SID, "body": TEXT, "to": "+46701740605", "date_created": created, "date_updated": created}
    return {**shown, "status": status, "error_code": code, **fields}


def refusal(status: int, code: int) -> Act:
    """An error as Twilio writes it."""
    return answering(status, {"code": code, "message": "+46701740605 is not …", "more_info": "…", "status": status})


def listing(*messages: dict[str, Any], next_page: str | None = None) -> Act:
    return answering(200, {"messages": list(messages), "next_page_uri": next_page, "page_size": 1000})


@pytest.fixture
def twilio() -> Iterator[Vendor]:
    with vendor(answering(201, message())) as opened:
        yield opened


@pytest.fixture
def way(twilio: Vendor) -> TwilioWay:
    return way_to(twilio.url)


def way_to(host: str) -> TwilioWay:
    return TwilioWay(ACCOUNT, "a-secret", host, 0.5, "", "https://pay.example/hooks/twilio", 240)


def says(answer: Answer) -> tuple[Status, Reason | None]:
    assert answer.vendor == "twilio"
    return answer.status, answer.why


# what is sent


def test_one_request_carries_the_text_and_our_id(twilio: Vendor, way: TwilioWay) -> None:
    answer = way.send(ITEM)

    (asked,) = twilio.asked
    assert answer == Answer(Status.SENT, "twilio", SID, said="queued")
    assert asked.path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    assert parse_qs(asked.body.decode()) == {
        "To": ["+46701740605"],
        "From": ["Nordljus"],
        "Body": [TEXT],
        "StatusCallback": ["https://pay.example/hooks/twilio?send=d0b9c1#rc=5&rp=all"],
        "ValidityPeriod": ["14400"],
    }


def test_a_messaging_service_picks_the_sender(twilio: Vendor, way: TwilioWay) -> None:
    replace(way, messaging_service="MG1").send(ITEM)

    form = parse_qs(twilio.asked[0].body.decode())
    assert form["MessagingServiceSid"] == ["MG1"]
    assert "From" not in form


@pytest.mark.parametrize("number", ["+468123456", "+4722865000", "+46201234567", "+4670123", "+46", "070", ""])
def test_a_number_that_takes_no_sms_is_refused_before_anybody_is_asked(
    twilio: Vendor, way: TwilioWay, number: str
) -> None:
    answer = way.send(replace(ITEM, parcel=replace(PARCEL, recipient=number)))

    assert says(answer) == (Status.FAILED, Reason.NO_ADDRESS)
    assert not twilio.asked


@pytest.mark.parametrize("number", ["+46701740605", "+4740012345", "+12025550123"])
def test_a_number_that_may_take_an_sms_is_tried(twilio: Vendor, way: TwilioWay, number: str) -> None:
    assert way.send(replace(ITEM, parcel=replace(PARCEL, recipient=number))).status is Status.SENT


def test_an_sms_cannot_be_called_back(twilio: Vendor, way: TwilioWay) -> None:
    assert way.recall(ITEM).status is Status.SENT
    assert not twilio.asked


def test_the_log_tells_no_number(twilio: Vendor, way: TwilioWay, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    way.send(ITEM)
    twilio.act = listing()
    way.evidence(ITEM, LATER)
    twilio.act = refusal(400, 21211)
    way.send(ITEM)

    assert len(twilio.asked) == 3
    assert "46701740605" not in caplog.text


def test_the_token_is_not_told(way: TwilioWay) -> None:
    assert way.token not in repr(way)


# what goes wrong


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (400, 21211, (Status.FAILED, Reason.REFUSED)),
        (400, 21614, (Status.FAILED, Reason.REFUSED)),
        (400, 21635, (Status.FAILED, Reason.REFUSED)),
        (400, 21610, (Status.FAILED, Reason.OPTED_OUT)),
        (400, 21612, (Status.FAILED, Reason.REFUSED)),
        (400, 21606, (Status.FAILED, Reason.REFUSED)),
        (403, 21408, (Status.FAILED, Reason.REFUSED)),
        (400, 21611, (Status.NOT_SENT, None)),
        (400, 21617, (Status.FAILED, Reason.REFUSED)),
        (400, 21705, (Status.NOT_SENT, None)),
        (429, 20429, (Status.NOT_SENT, None)),
        (429, 63038, (Status.NOT_SENT, None)),
        (401, 20003, (Status.NOT_SENT, None)),
        (404, 20404, (Status.NOT_SENT, None)),
        (500, 20500, (Status.UNKNOWN, None)),
        (503, 20503, (Status.UNKNOWN, None)),
        (500, 21211, (Status.UNKNOWN, None)),
    ],
)
def test_an_error_code(twilio: Vendor, way: TwilioWay, status: int, code: int, said: tuple[Status, Reason]) -> None:
    twilio.act = refusal(status, code)

    assert says(way.send(ITEM)) == said
    assert twilio.times() == 1


PROBLEM = {"type": "about:blank", "title": "No", "status": 400, "code": 21211, "detail": "no such number"}


@pytest.mark.parametrize(
    ("act", "status"),
    [
        pytest.param(answering(503), Status.UNKNOWN, id="503"),
        pytest.param(answering(502, b"<html>bad gateway</html>"), Status.UNKNOWN, id="502 of a proxy"),
        pytest.param(answering(400, b"<html>no</html>"), Status.NOT_SENT, id="400 of a proxy"),
        pytest.param(answering(403), Status.NOT_SENT, id="403 of a proxy"),
        pytest.param(answering(408), Status.UNKNOWN, id="408"),
        pytest.param(answering(429, b"slow down"), Status.NOT_SENT, id="429"),
        pytest.param(answering(307), Status.UNKNOWN, id="307"),
        pytest.param(answering(400, PROBLEM), Status.FAILED, id="400 in the newer form"),
        pytest.param(answering(400, {"code": ["21211"]}), Status.UNKNOWN, id="400 garbled"),
        pytest.param(answering(400, [1]), Status.NOT_SENT, id="400 not an object"),
        pytest.param(answering(201), Status.UNKNOWN, id="201 empty"),
        pytest.param(answering(201, b"\xff<html>"), Status.UNKNOWN, id="201 garbage"),
        pytest.param(answering(201, []), Status.UNKNOWN, id="201 a list"),
        pytest.param(answering(201, None), Status.UNKNOWN, id="201 null"),
        pytest.param(answering(201, {}), Status.UNKNOWN, id="201 without an id"),
        pytest.param(answering(201, {"sid": {"a": 1}}), Status.UNKNOWN, id="201 with a strange id"),
        pytest.param(answering(201, {"sid": SID, "date_sent": 5}), Status.UNKNOWN, id="201 with a strange date"),
        pytest.param(answering(201, b"[" * 100_000), Status.UNKNOWN, id="201 bottomless"),
        pytest.param(resetting, Status.UNKNOWN, id="reset"),
        pytest.param(hanging_up, Status.UNKNOWN, id="closed"),
        pytest.param(breaking_off, Status.UNKNOWN, id="half an answer"),
    ],
)
def test_whatever_comes_back_the_vendor_was_asked_once(
    twilio: Vendor, way: TwilioWay, act: Act, status: Status
) -> None:
    twilio.act = act

    answer = way.send(ITEM)

    assert answer.status is status
    assert answer.vendor_id is None
    assert answer.said
    assert twilio.times() == 1


def test_a_vendor_that_is_silent_may_have_it(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = twilio.hang

    assert way.send(ITEM).status is Status.UNKNOWN
    assert twilio.times() == 1


@pytest.mark.parametrize("host", ["http://127.0.0.1:9", "http://nowhere.invalid"])
def test_who_cannot_be_reached_has_nothing(host: str) -> None:
    assert way_to(host).send(ITEM).status is Status.NOT_SENT


def test_who_does_not_pick_up_has_nothing() -> None:
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(3)]
        for caller in waiting:
            caller.setblocking(False)
            caller.connect_ex(full.getsockname())
        assert way_to("http://127.0.0.1:{1}".format(*full.getsockname())).send(ITEM).status is Status.NOT_SENT
        for caller in waiting:
            caller.close()


def test_who_is_not_twilio_gets_nothing(tmp_path: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(self_signed(tmp_path))
    with vendor(answering(201, message()), tls) as impostor:
        assert way_to(impostor.url).send(ITEM).status is Status.NOT_SENT
        assert not impostor.asked


def test_what_twilio_takes_and_fails_at_once_has_failed(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = answering(201, message("failed", 30007))

    assert way.send(ITEM) == Answer(Status.FAILED, "twilio", SID, Reason.REFUSED, "failed 30007")


# evidence


def test_a_text_in_the_list_is_the_send(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = listing(message(sid="SM2", body="another"), message("delivered"))

    assert way.evidence(ITEM, SOON) == Answer(Status.SENT, "twilio", SID, said="delivered")
    (asked,) = twilio.asked
    assert parse_qs(urlsplit(asked.path).query) == {"To": ["+46701740605"], "PageSize": ["1000"]}


@pytest.mark.parametrize("body", [f"Sent from your trial account - {TEXT}", TEXT.replace(" ", "  "), TEXT + "\r\n"])
def test_a_text_that_the_vendor_dressed_up_is_still_ours(twilio: Vendor, way: TwilioWay, body: str) -> None:
    twilio.act = listing(message(body=body))

    assert way.evidence(ITEM, LATER).status is Status.SENT


def test_a_text_in_the_list_may_have_failed(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = listing(message("undelivered", 30005))

    assert says(way.evidence(ITEM, SOON)) == (Status.FAILED, Reason.BOUNCED)


@pytest.mark.parametrize("link", ["Qk3y", "Qk3", "Qk3xy"])
def test_a_text_of_another_send_proves_nothing(twilio: Vendor, way: TwilioWay, link: str) -> None:
    twilio.act = listing(message(body=TEXT.replace("Qk3x", link)))

    assert way.evidence(ITEM, LATER).status is Status.NOT_SENT


@pytest.mark.parametrize(
    ("now", "status"),
    [(SOON, Status.UNKNOWN), (LATER - timedelta(seconds=1), Status.UNKNOWN), (LATER, Status.NOT_SENT)],
)
def test_what_is_missing_was_not_sent_once_the_list_had_its_time(
    twilio: Vendor, way: TwilioWay, now: datetime, status: Status
) -> None:
    twilio.act = listing()

    assert way.evidence(ITEM, now).status is status


def pages(*acts: Act) -> Act:
    """One act for each page, and the last for ever."""

    def act(handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        number = int(parse_qs(urlsplit(asked.path).query).get("Page", ["0"])[0])
        acts[min(number, len(acts) - 1)](handler, asked)

    return act


def test_all_pages_of_the_list_are_read(twilio: Vendor, way: TwilioWay) -> None:
    more = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?To=%2B46701740605&PageSize=1000&Page=1"
    first = listing(message(body="another"), next_page=more)

    twilio.act = pages(first, listing(message()))
    assert way.evidence(ITEM, LATER).status is Status.SENT
    twilio.act = pages(first, listing())
    assert way.evidence(ITEM, LATER).status is Status.NOT_SENT
    twilio.act = pages(first, answering(500))
    assert way.evidence(ITEM, LATER).status is Status.UNKNOWN


def test_a_list_without_an_end_proves_nothing(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = listing(message(body="another"), next_page=f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json?Page=1")

    assert way.evidence(ITEM, LATER).status is Status.UNKNOWN
    assert twilio.times("GET") == PAGES + 1


@pytest.mark.parametrize("body", ["", None, "(Redacted)"])
def test_a_text_that_the_vendor_hides_may_be_ours(twilio: Vendor, way: TwilioWay, body: str | None) -> None:
    twilio.act = listing(message(body=body))
    assert way.evidence(ITEM, LATER).status is Status.UNKNOWN

    twilio.act = listing(message(body=body, created=KEPT_AT - timedelta(days=1)))
    assert way.evidence(ITEM, LATER).status is Status.NOT_SENT


@pytest.mark.parametrize(
    "act",
    [answering(503), refusal(401, 20003), answering(200, b"<html>"), answering(200, {}), resetting, breaking_off],
)
def test_a_list_that_cannot_be_read_proves_nothing(twilio: Vendor, way: TwilioWay, act: Act) -> None:
    twilio.act = act

    assert way.evidence(ITEM, LATER).status is Status.UNKNOWN
    assert twilio.times("GET") == 1


def test_what_has_an_id_is_asked_for_by_it(twilio: Vendor, way: TwilioWay) -> None:
    twilio.act = answering(200, message("sent"))

    assert way.evidence(replace(ITEM, vendor_id=SID), LATER).status is Status.SENT
    assert twilio.asked[0].path == f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{SID}.json"


# asking later


@pytest.mark.parametrize(
    ("status", "code", "word"),
    [
        ("sent", None, Word.ACCEPTED),
        ("delivered", None, Word.DELIVERED),
        ("undelivered", 30003, Word.BOUNCED),
        ("failed", 21610, Word.OPTED_OUT),
    ],
)
def test_what_we_ask_for_is_what_it_would_have_called_back_with(
    twilio: Vendor, way: TwilioWay, status: str, code: int | None, word: Word
) -> None:
    twilio.act = answering(200, message(status, code))

    (heard,) = way.status(replace(ITEM, vendor_id=SID))

    called = f"MessageSid={SID}&MessageStatus={status}&ErrorCode={code or 0}".encode()
    (back,) = parse(Post("twilio", called, "send=d0b9c1"))
    assert heard.at == KEPT_AT
    assert heard.word is back.word is word
    assert (heard.key, heard.send_id, heard.vendor_id) == (back.key, back.send_id, back.vendor_id)


@pytest.mark.parametrize("act", [answering(503), refusal(404, 20404), answering(200, b"<html>"), resetting])
def test_who_cannot_be_asked_says_nothing(twilio: Vendor, way: TwilioWay, act: Act) -> None:
    twilio.act = act

    assert not way.status(replace(ITEM, vendor_id=SID))


def test_nothing_is_asked_of_what_has_no_id(twilio: Vendor, way: TwilioWay) -> None:
    assert not way.status(ITEM)
    assert not twilio.asked
