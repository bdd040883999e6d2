"""Claims to an agency over HTTP, over real sockets: signed, once, and found out about afterwards."""

from __future__ import annotations

import json
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from channels.agency.http import KNOWN, MOST_READ, SLOWEST, HttpWay
from channels.agency.signing import is_signed
from channels.hearing import Word
from channels.way import Item, Way
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

NOW = datetime(2026, 5, 4, 7, 0, tzinfo=UTC)
LATER = NOW + SLOWEST + timedelta(seconds=1)
NEW, OLD = f"whsec_{'A' * 43}=", f"whsec_{'E' * 43}="
PAYLOADS = Path(__file__).parent / "payloads" / "agency"
ZIP = b"PK\x03\x04\xff\xfe evidence \x00"
ITEM = Item("7c1f0f6b2a6c4f0d9f0a52f3f5f1e001", Parcel("application/zip", ZIP, "nordinkasso", "claim 10001"), NOW)


def way(url: str, timeout: float = 5) -> HttpWay:
    return HttpWay("nordinkasso", url, [NEW, OLD], timeout, lambda: NOW)


@contextmanager
def agency(act: Act) -> Iterator[tuple[Vendor, HttpWay]]:
    with vendor(act) as server:
        yield server, way(f"{server.url}/claims/")


def known(status: int, *, is_known: bool) -> Act:
    return answering(status, {"known": is_known})


def with_header(status: int, value: str) -> Act:
    def act(handler: BaseHTTPRequestHandler, _: Asked) -> None:
        handler.send_response(status)
        handler.send_header(KNOWN, value)
        handler.send_header("Location", "/elsewhere")
        handler.end_headers()

    return act


def test_it_is_a_way_that_can_be_asked():
    asked: Way = way("https://claims.agency.example")

    assert (asked.name, asked.tells) == ("agency", True)


def test_a_claim_is_posted_once_as_it_is_kept_under_our_id_and_signed_with_every_secret():
    with agency(answering(202, b'{"ok": true}')) as (server, out):
        answer = out.send(ITEM)

    (asked,) = server.asked
    assert (answer.status, answer.vendor, answer.vendor_id) == (Status.SENT, "agency", ITEM.id)
    assert (asked.method, asked.path, asked.body) == ("POST", "/claims", ZIP)
    assert (asked.headers["webhook-id"], asked.headers["content-type"]) == (ITEM.id, "application/zip")
    assert is_signed(asked.headers, asked.body, [NEW], NOW)
    assert is_signed(asked.headers, asked.body, [OLD], NOW)
    assert not is_signed(asked.headers, asked.body + b"x", [NEW, OLD], NOW)


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_what_it_takes_is_sent(status: int):
    with agency(answering(status)) as (_, out):
        assert out.send(ITEM).status is Status.SENT


@pytest.mark.parametrize("status", [400, 410, 413, 415, 422])
def test_what_it_will_not_take_has_failed_and_its_words_are_kept(status: int):
    with agency(answering(status, b"no such creditor")) as (_, out):
        answer = out.send(ITEM)

    assert (answer.status, answer.why, answer.said) == (Status.FAILED, Reason.REFUSED, f"{status} no such creditor")


@pytest.mark.parametrize("status", [307, 308, 401, 403, 404, 405, 408, 425, 429])
def test_what_does_not_mean_the_claim_is_surely_not_sent(status: int):
    with agency(answering(status)) as (_, out):
        assert out.send(ITEM).status is Status.NOT_SENT


@pytest.mark.parametrize("status", [302, 303, 409, 500, 502, 503])
def test_what_may_have_been_taken_all_the_same_is_unknown(status: int):
    with agency(answering(status)) as (_, out):
        assert out.send(ITEM).status is Status.UNKNOWN


@pytest.mark.parametrize("act", [resetting, hanging_up, breaking_off])
def test_a_line_that_breaks_leaves_it_unknown(act: Act):
    with agency(act) as (server, out):
        assert out.send(ITEM).status is Status.UNKNOWN
        assert out.evidence(ITEM, LATER).status is Status.UNKNOWN
        assert out.status(ITEM) == []
    assert (server.times("POST"), server.times("GET")) == (1, 2)


def test_an_answer_that_does_not_come_leaves_it_unknown():
    with vendor(answering(200)) as server:
        server.act = server.hang
        out = way(server.url, timeout=0.3)
        assert out.send(ITEM).status is Status.UNKNOWN
        assert out.evidence(ITEM, LATER).status is Status.UNKNOWN


def test_where_nobody_listens_nothing_is_sent():
    out = way("http://127.0.0.1:1/claims")

    assert out.send(ITEM).status is Status.NOT_SENT
    assert out.evidence(ITEM, LATER).status is Status.UNKNOWN


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_it_is_never_led_elsewhere(status: int):
    with agency(with_header(status, "")) as (server, out):
        out.send(ITEM)
        assert out.evidence(ITEM, LATER).status is Status.UNKNOWN

    assert [asked.path for asked in server.asked] == ["/claims", f"/claims/{ITEM.id}"]


def test_a_server_whose_certificate_nobody_knows_gets_nothing(tmp_path: Path):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(self_signed(tmp_path))
    with vendor(answering(200), context) as server:
        assert way(server.url).send(ITEM).status is Status.NOT_SENT

    assert server.asked == []


def test_evidence_is_asked_for_under_our_id_and_signed():
    with agency(answering(200, {})) as (server, out):
        assert out.evidence(ITEM, NOW).status is Status.SENT

    (asked,) = server.asked
    assert (asked.method, asked.path, asked.body) == ("GET", f"/claims/{ITEM.id}", b"")
    assert is_signed(asked.headers, b"", [NEW], NOW)
    assert asked.headers["webhook-id"] == ITEM.id


@pytest.mark.parametrize(
    "act",
    [known(404, is_known=False), known(200, is_known=False), with_header(404, "false"), with_header(404, "False")],
)
def test_absence_is_proven_by_an_answer_that_says_so_and_not_too_early(act: Act):
    """A claim may still be on its way within the agency: then a second one would be two."""
    with agency(act) as (_, out):
        assert out.evidence(ITEM, NOW + SLOWEST).status is Status.UNKNOWN
        assert out.evidence(ITEM, LATER).status is Status.NOT_SENT


@pytest.mark.parametrize(
    "act",
    [
        answering(404),
        answering(404, b"<html>nothing here"),
        answering(404, {"known": "false"}),
        answering(404, {"known": None}),
        answering(404, [{"known": False}]),
        with_header(404, "no"),
        known(401, is_known=False),
        known(403, is_known=False),
        known(410, is_known=False),
        known(500, is_known=False),
        known(404, is_known=True),
    ],
)
def test_any_other_answer_proves_no_absence(act: Act):
    with agency(act) as (_, out):
        assert out.evidence(ITEM, LATER).status is Status.UNKNOWN


def report(name: str) -> dict[str, str]:
    found: dict[str, str] = json.loads((PAYLOADS / f"{name}.json").read_bytes())
    return found


def test_reports_that_were_lost_are_found_when_it_is_asked():
    said = {"known": True, "reports": [report("acknowledged"), {"type": "paid"}, "odd", report("paid")]}
    with agency(answering(200, said)) as (_, out):
        heard = out.status(ITEM)

    assert [one.word for one in heard] == [Word.ACCEPTED, Word.ACKNOWLEDGED, Word.ACCEPTED, Word.COLLECTED]
    assert {one.agency for one in heard} == {"nordinkasso"}


@pytest.mark.parametrize("act", [answering(200, b"well"), answering(200, {"reports": 7}), known(404, is_known=False)])
def test_an_answer_without_reports_says_nothing(act: Act):
    with agency(act) as (_, out):
        assert list(out.status(ITEM)) == []


def test_an_answer_without_end_is_read_only_so_far():
    with agency(answering(200, b"x" * (3 * MOST_READ))) as (_, out):
        answer = out.send(ITEM)

    assert (answer.status, len(answer.said)) == (Status.SENT, 500)


def test_a_claim_is_not_called_back_but_withdrawn():
    with agency(answering(500)) as (server, out):
        assert out.recall(ITEM).status is Status.SENT

    assert server.asked == []
