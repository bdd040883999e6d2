"""Sending through a mail server, over real sockets."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.smtp import AuthResult

from channels.smtp.way import SmtpWay
from domain.words import Reason, Status
from tests.activities.test_email_packing import ATTACHES
from tests.channels.certificates import self_signed
from tests.channels.mail_server import CLOSE, HANG, RESET, real, scripted
from tests.channels.mails import ANNA, AT, PLACE, item, packed

PARCEL = packed()
FROM = "faktura@nordljus.example"


def way(port: int, **changes: Any) -> SmtpWay:
    made = SmtpWay("127.0.0.1", port, "none", "", "", 5, "bounces@pay.example")
    return replace(made, **changes)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return self_signed(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def trusting(certificate: Path) -> Callable[[], ssl.SSLContext]:
    """What trusts our own server, as the system trusts others."""
    return lambda: ssl.create_default_context(cafile=str(certificate))


@pytest.fixture(scope="module")
def serving(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("text", [None, ATTACHES], ids=["words", "with a file"])
def test_the_kept_bytes_arrive_as_they_are(text: str | None):
    parcel = packed(text) if text else PARCEL
    with real() as server:
        answer = way(server.port).send(item(parcel))

    (envelope,) = server.envelopes
    assert (answer.status, answer.vendor, answer.said) == (Status.SENT, "smtp", "250 2.0.0 queued")
    assert envelope.rcpt_tos == [ANNA]
    assert envelope.original_content == parcel.body


def test_bounces_come_back_with_our_id():
    with real() as server:
        way(server.port).send(item(PARCEL))
        way(server.port, bounce_address="").send(item(PARCEL))
        way(server.port, bounce_address="").send(item(replace(PARCEL, sender="")))

    assert [each.mail_from for each in server.envelopes] == [f"bounces+{PLACE.id}@pay.example", FROM, FROM]


def test_a_server_that_knows_reports_is_asked_for_them():
    with scripted() as server:
        way(server.port).send(item(PARCEL))

    assert server.heard[1:3] == [
        f"mail FROM:<bounces+{PLACE.id}@pay.example> SIZE={len(PARCEL.body)} RET=HDRS ENVID={PLACE.id}",
        f"rcpt TO:<{ANNA}> NOTIFY=FAILURE,DELAY",
    ]


def test_a_server_that_knows_nothing_new_is_asked_for_nothing():
    with scripted({"EHLO": "502 what?", "HELO": "250 mail.example"}) as server:
        assert way(server.port).send(item(PARCEL)).status is Status.SENT

    assert server.heard[2:4] == [f"mail FROM:<bounces+{PLACE.id}@pay.example>", f"rcpt TO:<{ANNA}>"]


def test_a_line_that_is_a_dot_ends_nothing():
    body = PARCEL.body + b".\r\n..\r\nand more\n.\nend"
    with real() as server:
        assert way(server.port).send(item(replace(PARCEL, body=body))).status is Status.SENT

    assert server.envelopes[0].original_content == PARCEL.body + b".\r\n..\r\nand more\r\n.\r\nend\r\n"


def test_starttls_protects_all_of_it(serving: ssl.SSLContext, trusting: Callable[[], ssl.SSLContext]):
    with real(tls_context=serving, require_starttls=True) as server:
        answer = way(server.port, security="starttls", tls=trusting).send(item(PARCEL))

    assert answer.status is Status.SENT
    assert server.encrypted == [True]


def test_tls_from_the_first_byte(serving: ssl.SSLContext, trusting: Callable[[], ssl.SSLContext]):
    with real(ssl_context=serving) as server:
        assert way(server.port, security="tls", tls=trusting).send(item(PARCEL)).status is Status.SENT
        assert way(server.port, security="tls").send(item(PARCEL)).status is Status.NOT_SENT
        assert way(server.port, timeout=0.3).send(item(PARCEL)).status is Status.NOT_SENT


def test_a_server_that_nobody_vouches_for_gets_nothing(serving: ssl.SSLContext):
    with real(tls_context=serving) as server:
        assert way(server.port, security="starttls").send(item(PARCEL)).status is Status.NOT_SENT
    assert not server.envelopes


def test_a_server_with_another_name_gets_nothing(serving: ssl.SSLContext, trusting: Callable[[], ssl.SSLContext]):
    with real(tls_context=serving) as server:
        answer = way(server.port, host="localhost", security="starttls", tls=trusting).send(item(PARCEL))

    assert answer.status is Status.NOT_SENT
    assert not server.envelopes


def test_a_server_without_protection_gets_nothing_where_it_is_wanted():
    with real() as server:
        assert way(server.port, security="starttls").send(item(PARCEL)).status is Status.NOT_SENT
    assert not server.envelopes


@pytest.mark.parametrize(("password", "status"), [("right", Status.SENT), ("wrong", Status.NOT_SENT)])
def test_a_wrong_password_costs_the_customer_nothing(
    serving: ssl.SSLContext, trusting: Callable[[], ssl.SSLContext], password: str, status: Status
):
    def check(_: object, __: object, ___: object, ____: object, data: Any) -> AuthResult:
        return AuthResult(success=(data.login, data.password) == (b"kvitt", b"right"))

    with real(tls_context=serving, require_starttls=True, auth_required=True, authenticator=check) as server:
        made = way(server.port, security="starttls", tls=trusting, user="kvitt", password=password, timeout=2)

        assert made.send(item(PARCEL)).status is status


@pytest.mark.parametrize(
    ("stage", "reply", "status"),
    [
        ("connect", "554 go away", Status.NOT_SENT),
        ("connect", "421 too many", Status.NOT_SENT),
        ("MAIL", "450 4.7.1 slower", Status.NOT_SENT),
        ("MAIL", "550 5.7.1 not you", Status.NOT_SENT),
        ("MAIL", "552 5.3.4 too large", Status.FAILED),
        ("RCPT", "550 5.1.1 no such user", Status.FAILED),
        ("RCPT", "553 5.1.3 no such address", Status.FAILED),
        ("RCPT", "450 4.2.1 greylisted", Status.NOT_SENT),
        ("RCPT", "421 closing", Status.NOT_SENT),
        ("RCPT", "554 5.7.1 relay access denied", Status.NOT_SENT),
        ("RCPT", "530 5.7.0 log in first", Status.NOT_SENT),
        ("DATA", "451 4.3.0 later", Status.NOT_SENT),
        ("DATA", "554 5.5.1 no", Status.FAILED),
        ("DATA", "250 what?", Status.NOT_SENT),
        ("dot", "250 OK", Status.SENT),
        ("dot", "451 4.3.0 later", Status.NOT_SENT),
        ("dot", "552 5.2.2 mailbox full", Status.FAILED),
        ("dot", "554 5.7.1 looks like spam", Status.FAILED),
        ("dot", "garbage", Status.UNKNOWN),
        ("dot", "x" * 10_000, Status.UNKNOWN),
        ("dot", "354 go on", Status.UNKNOWN),
    ],
)
def test_a_reply_means(stage: str, reply: str, status: Status):
    with scripted({stage: reply}) as server:
        answer = way(server.port).send(item(PARCEL))

    assert answer.status is status
    assert answer.why is (Reason.REFUSED if status is Status.FAILED else None)
    assert len(answer.said) <= 500


@pytest.mark.parametrize("fault", [RESET, CLOSE, HANG])
@pytest.mark.parametrize("stage", ["connect", "EHLO", "MAIL", "RCPT", "DATA", "body"])
def test_before_the_last_dot_nothing_was_sent(stage: str, fault: str):
    more_than_sockets_hold = replace(PARCEL, body=PARCEL.body + b"a line\r\n" * 1_600_000)
    with scripted({stage: fault}) as server:
        answer = way(server.port, timeout=0.3).send(item(more_than_sockets_hold if stage == "body" else PARCEL))

    assert not server.taken
    assert answer.status is Status.NOT_SENT


@pytest.mark.parametrize("fault", [RESET, CLOSE, HANG])
def test_after_the_last_dot_nobody_knows(fault: str):
    with scripted({"dot": fault}) as server:
        answer = way(server.port, timeout=0.3).send(item(PARCEL))

    assert len(server.taken) == 1
    assert answer.status is Status.UNKNOWN


@pytest.mark.parametrize("goodbye", ["421 too late", "garbage", RESET, CLOSE, HANG])
def test_what_was_answered_stands_however_they_part(goodbye: str):
    with scripted({"QUIT": goodbye}) as server:
        began = time.monotonic()

        assert way(server.port).send(item(PARCEL)).status is Status.SENT
        assert time.monotonic() - began < 4


def test_a_port_that_nobody_listens_on_got_nothing():
    with scripted() as server:
        pass

    assert way(server.port, timeout=0.3).send(item(PARCEL)).status is Status.NOT_SENT


def test_a_name_that_nobody_has_got_nothing():
    assert way(25, host="mail.invalid").send(item(PARCEL)).status is Status.NOT_SENT


@pytest.mark.parametrize(
    "recipient",
    ["åsa@customer.example", "a@b.example\r\nDATA", "a@b.example> NOTIFY=NEVER", "", "nobody"],
    ids=["letters beyond ASCII", "a command in it", "an option in it", "none", "no domain"],
)
def test_an_address_that_cannot_be_said_is_not_said(recipient: str):
    with scripted() as server:
        assert way(server.port).send(item(replace(PARCEL, recipient=recipient))).status is Status.FAILED
    assert [line.partition(" ")[0] for line in server.heard] == ["ehlo", "QUIT"]


def test_a_mail_server_has_no_evidence_to_give_and_cannot_call_back():
    made = way(1)

    assert made.evidence(item(PARCEL), AT).status is Status.UNKNOWN
    assert made.status(item(PARCEL)) == ()
    assert made.recall(item(PARCEL)).status is Status.SENT


def test_nobody_sees_the_password():
    assert "secret" not in repr(way(1, password="secret"))
