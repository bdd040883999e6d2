"""Sending through SendGrid, over real sockets to a stand-in that does what a test wants."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from http.server import BaseHTTPRequestHandler

import pytest

from channels.hearing import Word
from channels.sendgrid.logs import KEPT_FOR, LAG, PAGE
from channels.sendgrid.way import SendGridWay
from domain.words import Reason, Status
from tests.activities.test_email_packing import ANSWERS, ATTACHES
from tests.channels.mails import ANNA, AT, PLACE, item, packed
from tests.channels.sendgrid_account import Account
from tests.channels.vendor import Act, Asked, Vendor, answering, breaking_off, hanging_up, resetting, vendor

KEY = "SG.a-key-that-nobody-may-read"
PARCEL = packed()
LATER = AT + LAG + timedelta(minutes=1)
OTHER = "f" * 32


def way(url: str, timeout: float = 5) -> SendGridWay:
    return SendGridWay(KEY, url, timeout)


@pytest.fixture
def account() -> Account:
    return Account(AT)


@pytest.fixture
def sendgrid(account: Account) -> Iterator[Vendor]:
    with vendor(account) as opened:
        yield opened


def test_an_accepted_message_is_sent_and_known_by_their_id(sendgrid: Vendor, account: Account):
    answer = way(sendgrid.url).send(item(PARCEL))

    assert (answer.status, answer.vendor) == (Status.SENT, "sendgrid")
    assert answer.vendor_id
    assert account.messages[0]["sg_message_id"].startswith(answer.vendor_id)
    assert sendgrid.times() == 1


def test_what_is_sent_is_what_the_kept_bytes_say(sendgrid: Vendor):
    way(sendgrid.url + "/").send(item(packed(ANSWERS)))
    (asked,) = sendgrid.asked
    request = json.loads(asked.body)

    assert asked.path == "/v3/mail/send"
    assert asked.headers["authorization"] == f"Bearer {KEY}"
    assert request["from"] == {"email": "faktura@nordljus.example", "name": "Nordljus Energi"}
    assert request["reply_to"] == {"email": "kund@nordljus.example"}
    assert request["personalizations"] == [
        {"to": [{"email": ANNA, "name": "Anna Lundberg"}], "custom_args": {"kvitt_send": PLACE.id}}
    ]
    assert request["subject"] == PARCEL.subject
    assert [part["type"] for part in request["content"]] == ["text/plain", "text/html"]
    assert all(f"https://pay.example/i/{PLACE.token}" in part["value"] for part in request["content"])
    assert request["headers"] == {
        "Message-ID": f"<{PLACE.id}@nordljus.example>",
        "Auto-Submitted": "auto-generated",
    }
    assert "attachments" not in request
    assert "categories" not in request


def test_a_file_goes_along_byte_for_byte(sendgrid: Vendor):
    way(sendgrid.url).send(item(packed(ATTACHES)))
    (file,) = json.loads(sendgrid.asked[0].body)["attachments"]

    assert (file["filename"], file["type"], file["disposition"]) == ("10001.pdf", "application/pdf", "attachment")
    assert b64decode(file["content"]).startswith(b"%PDF-")


def test_letters_beyond_ascii_arrive(sendgrid: Vendor):
    way(sendgrid.url).send(item(packed(name="Åsa Öberg, f. Ärlig")))
    request = json.loads(sendgrid.asked[0].body)

    assert request["personalizations"][0]["to"][0]["name"] == "Åsa Öberg, f. Ärlig"
    assert "Åsa" in request["content"][0]["value"]


def test_whatever_the_account_says_our_link_stays_ours_and_nothing_is_appended(sendgrid: Vendor):
    way(sendgrid.url).send(item(PARCEL))

    tracking = json.loads(sendgrid.asked[0].body)["tracking_settings"]
    assert {name: setting["enable"] for name, setting in tracking.items()} == {
        "click_tracking": False,
        "open_tracking": False,
        "subscription_tracking": False,
    }


def test_who_wants_to_hear_of_opens_and_clicks_may(sendgrid: Vendor):
    replace(way(sendgrid.url), tracking=True).send(item(PARCEL))

    tracking = json.loads(sendgrid.asked[0].body)["tracking_settings"]
    assert tracking["click_tracking"]["enable"] is True
    assert tracking["open_tracking"]["enable"] is True
    assert tracking["subscription_tracking"]["enable"] is False


@pytest.mark.parametrize(
    ("code", "status", "why"),
    [
        (400, Status.FAILED, Reason.REFUSED),
        (413, Status.FAILED, Reason.REFUSED),
        (401, Status.NOT_SENT, None),
        (403, Status.NOT_SENT, None),
        (404, Status.NOT_SENT, None),
        (429, Status.NOT_SENT, None),
        (200, Status.UNKNOWN, None),
        (418, Status.UNKNOWN, None),
        (500, Status.UNKNOWN, None),
        (502, Status.UNKNOWN, None),
        (503, Status.UNKNOWN, None),
    ],
)
def test_an_answer_means(code: int, status: Status, why: Reason | None):
    with vendor(answering(code, {"errors": [{"message": "why not"}]})) as sendgrid:
        answer = way(sendgrid.url).send(item(PARCEL))

        assert (answer.status, answer.why) == (status, why)
        assert "why not" in answer.said
        assert sendgrid.times() == 1


def garbling(handler: BaseHTTPRequestHandler, _: Asked) -> None:
    handler.wfile.write(b"\x00\x01 no HTTP at all\r\n\r\n")


@pytest.mark.parametrize("act", [resetting, hanging_up, garbling, breaking_off], ids=lambda act: act.__name__)
def test_a_connection_that_breaks_after_the_request_leaves_it_unknown(act: Act):
    with vendor(act) as sendgrid:
        assert way(sendgrid.url).send(item(PARCEL)).status is Status.UNKNOWN
        assert sendgrid.times() == 1


def test_a_vendor_that_says_nothing_is_not_waited_for_and_leaves_it_unknown():
    with vendor(answering(200)) as sendgrid:
        sendgrid.act = sendgrid.hang
        began = time.monotonic()

        assert way(sendgrid.url, timeout=0.3).send(item(PARCEL)).status is Status.UNKNOWN
        assert time.monotonic() - began < 5
        assert sendgrid.times() == 1


def test_a_port_that_nobody_listens_on_got_nothing():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]

    assert way(f"http://127.0.0.1:{port}").send(item(PARCEL)).status is Status.NOT_SENT


def test_a_name_that_nobody_has_got_nothing():
    assert way("http://sendgrid.invalid").send(item(PARCEL)).status is Status.NOT_SENT


def test_many_threads_send_each_its_own(sendgrid: Vendor, account: Account):
    ids = [f"{number:032x}" for number in range(24)]
    threads = [threading.Thread(target=way(sendgrid.url).send, args=[item(PARCEL, send_id=each)]) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(message["arguments"]["kvitt_send"] for message in account.messages) == ids


def test_neither_key_nor_customer_is_ever_logged(sendgrid: Vendor, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    way(sendgrid.url).send(item(PARCEL))

    assert KEY not in caplog.text
    assert ANNA not in caplog.text


@pytest.mark.parametrize("breaks", [resetting, hanging_up, answering(500)], ids=["reset", "hung up", "500"])
def test_a_message_that_was_taken_before_the_connection_broke_is_found(sendgrid: Vendor, account: Account, breaks: Act):
    account.breaks = breaks
    assert way(sendgrid.url).send(item(PARCEL)).status is Status.UNKNOWN

    answer = way(sendgrid.url).evidence(item(PARCEL), AT + timedelta(minutes=2))

    assert answer.status is Status.SENT
    assert answer.vendor_id == account.messages[0]["sg_message_id"].partition(".")[0]
    assert len(account.messages) == 1


def test_a_message_that_the_logs_show_as_bounced_failed(sendgrid: Vendor, account: Account):
    way(sendgrid.url).send(item(PARCEL))
    account.happen(0, "bounce", type="bounce", reason="550 5.1.1 no such user")

    answer = way(sendgrid.url).evidence(item(PARCEL), AT + timedelta(minutes=2))

    assert (answer.status, answer.why) == (Status.FAILED, Reason.BOUNCED)
    assert "no such user" in answer.said


def sent_to_others(url: str) -> None:
    """The account is in use: another customer got a message at that time."""
    way(url).send(item(packed(email="erik@customer.example"), send_id=OTHER))


@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=2), Status.UNKNOWN),
        (LAG - timedelta(seconds=1), Status.UNKNOWN),
        (LAG, Status.NOT_SENT),
        (KEPT_FOR, Status.NOT_SENT),
        (KEPT_FOR + timedelta(seconds=1), Status.UNKNOWN),
    ],
    ids=["at once", "not yet", "late enough", "still kept", "perhaps gone again"],
)
def test_absence_from_the_logs_means_something_while_they_are_complete(
    sendgrid: Vendor, age: timedelta, status: Status
):
    sent_to_others(sendgrid.url)

    assert way(sendgrid.url).evidence(item(PARCEL), AT + age).status is status


def test_logs_that_show_nothing_at_all_prove_nothing(sendgrid: Vendor):
    assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.UNKNOWN


def test_without_the_right_to_read_logs_nobody_knows(sendgrid: Vendor, account: Account):
    sent_to_others(sendgrid.url)
    account.logs = False

    assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.UNKNOWN
    assert way(sendgrid.url).status(item(PARCEL)) == ()


def test_another_message_to_the_same_customer_is_not_taken_for_it(sendgrid: Vendor):
    way(sendgrid.url).send(item(PARCEL, send_id=OTHER))

    assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.NOT_SENT
    assert way(sendgrid.url).evidence(item(PARCEL, send_id=OTHER), LATER).status is Status.SENT


def test_a_message_without_any_event_may_still_be_it(sendgrid: Vendor, account: Account):
    way(sendgrid.url).send(item(PARCEL, send_id=OTHER))
    account.messages[0]["events"].clear()

    assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.UNKNOWN


def test_more_messages_than_were_looked_at_prove_nothing(sendgrid: Vendor):
    for _ in range(PAGE):
        way(sendgrid.url).send(item(PARCEL, send_id=OTHER))

    assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.UNKNOWN


def test_an_address_is_found_however_it_is_capitalised(sendgrid: Vendor, account: Account):
    parcel = packed(email="Anna@Customer.example")
    way(sendgrid.url).send(item(parcel))
    account.messages[0]["to_email"] = ANNA

    assert way(sendgrid.url).evidence(item(parcel), LATER).status is Status.SENT


def test_an_address_that_no_query_can_hold_is_not_asked_for(sendgrid: Vendor):
    parcel = replace(PARCEL, recipient="o'hara@customer.example")

    assert way(sendgrid.url).evidence(item(parcel), LATER).status is Status.UNKNOWN
    assert not sendgrid.asked


@pytest.mark.parametrize(
    "act",
    [
        resetting,
        garbling,
        answering(429),
        answering(500),
        answering(200, b"<html>"),
        answering(200, b"[" * 100_000),
        answering(200, []),
        answering(200, {}),
        answering(200, {"messages": "none"}),
        answering(200, {"messages": [7]}),
        answering(200, {"messages": [{"sg_message_id": "../../user/profile"}]}),
        answering(202, {"messages": []}),
    ],
)
def test_logs_that_answer_oddly_prove_nothing(act: Act):
    with vendor(act) as sendgrid:
        assert way(sendgrid.url).evidence(item(PARCEL), LATER).status is Status.UNKNOWN
        assert way(sendgrid.url).status(item(PARCEL)) == ()


def test_a_silent_message_is_asked_after_and_says_what_the_webhook_would_have_said(sendgrid: Vendor, account: Account):
    way(sendgrid.url).send(item(PARCEL, send_id=OTHER))
    sent = way(sendgrid.url).send(item(PARCEL))
    account.happen(1, "delivered", response="250 OK")

    said = way(sendgrid.url).status(item(PARCEL, vendor_id=sent.vendor_id))

    assert [(heard.word, heard.send_id) for heard in said] == [
        (Word.ACCEPTED, PLACE.id),
        (Word.DELIVERED, PLACE.id),
    ]
    assert {heard.vendor_id for heard in said} == {sent.vendor_id}


def test_only_the_message_that_is_meant_is_read(sendgrid: Vendor):
    way(sendgrid.url).send(item(PARCEL, send_id=OTHER))
    sent = way(sendgrid.url).send(item(PARCEL))
    before = sendgrid.times("GET")

    way(sendgrid.url).status(item(PARCEL, vendor_id=sent.vendor_id))

    assert sendgrid.times("GET") == before + 1


def test_what_was_accepted_cannot_be_called_back():
    assert way("http://127.0.0.1:1").recall(item(PARCEL)).status is Status.SENT
