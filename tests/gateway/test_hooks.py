"""What vendors call: proven, kept, answered, understood; and nothing from who cannot prove who it is."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from pydantic import SecretStr
from sqlalchemy import select, update
from twilio.request_validator import RequestValidator

from activities.hearing import FINAL, Hearing
from activities.vendors import PARSERS
from config.merchants import Loaded, read_merchant
from config.settings import Settings
from config.vendors import SendGrid, Twilio
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import Reason, Status
from gateway.app import create_app
from gateway.hooks import LONGEST
from store.engine import reading, writing
from store.inbox import POST, READ, UNREADABLE
from store.sends import HEARD, SEND, KeptSend, Place
from tests.gateway.cases import at, link, live, opening, views
from tests.gateway.conftest import HOST, browsing
from tests.live.house import House

KEY = ec.generate_private_key(ec.SECP256R1())
PUBLIC = base64.b64encode(KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
TOKEN = "the account's token"
SENT = "2026-03-02 10:00"


@pytest.fixture(scope="module")
def settings(house: House) -> Settings:
    return house.settings.model_copy(
        update={
            "sendgrid": SendGrid(webhook_keys=(PUBLIC,)),
            "twilio": Twilio(tokens=(SecretStr("an older one"), SecretStr(TOKEN))),
        }
    )


@pytest.fixture(scope="module")
def app(house: House, settings: Settings) -> FastAPI:
    return create_app(house.client, settings)


def batch(*events: dict[str, Any], key: ec.EllipticCurvePrivateKey = KEY, at: datetime | None = None) -> dict[str, Any]:
    """What SendGrid posts."""
    return signed((json.dumps(events) + "\r\n").encode(), key, at)


def signed(body: bytes, key: ec.EllipticCurvePrivateKey = KEY, at: datetime | None = None) -> dict[str, Any]:
    timestamp = str(int((at or datetime.now(UTC)).timestamp()))
    signature = base64.b64encode(key.sign(timestamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
    name = "X-Twilio-Email-Event-Webhook"
    return {"content": body, "headers": {f"{name}-Signature": signature, f"{name}-Timestamp": timestamp}}


def event(send: KeptSend, what: str, **more: Any) -> dict[str, Any]:
    """An event of SendGrid's about a send of ours."""
    told = {"event": what, "email": "anna@customer.example", "timestamp": 1_772_000_000, "kvitt_send": send.id}
    return told | {"sg_message_id": f"m{send.id}.filter0001.1.2.0", "sg_event_id": f"{what}-{send.id}"} | more


def status(send: KeptSend, word: str, **more: str) -> dict[str, Any]:
    """A status callback of Twilio's."""
    form = {"MessageSid": f"SM{send.id}", "MessageStatus": word, "AccountSid": "AC1", "To": "+46701740605"} | more
    url = f"{HOST}/hooks/twilio?send={send.id}"
    signature = RequestValidator(TOKEN).compute_signature(url, form)
    headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
    return {"url": f"/hooks/twilio?send={send.id}", "content": urlencode(form), "headers": headers}


async def emailed(house: House, number: str) -> tuple[InvoiceRef, KeptSend]:
    ref = await live(house, number, SENT)
    return ref, link(house, ref)


def posts(house: House) -> list[Any]:
    with reading(house.books.engine) as connection:
        return list(connection.execute(select(POST).order_by(POST.c.id)))


def said(house: House, send: KeptSend) -> list[str]:
    with reading(house.books.engine) as connection:
        return list(connection.execute(select(HEARD.c.word).where(HEARD.c.send_id == send.id)).scalars())


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.02)


async def test_a_bounce_is_kept_understood_and_the_next_rung_follows(house: House, web: httpx.AsyncClient, number: str):
    ref, send = await emailed(house, number)

    answer = await web.post("/hooks/sendgrid", **batch(event(send, "bounce", type="bounce", reason="550 no such user")))

    assert answer.status_code == 204
    await until(lambda: len(house.books.sends.of_invoice(ref.id)) == 2)
    facts = house.books.cases.read(ref.id).facts
    assert (facts.sends[0].status, facts.sends[0].why) == (Status.FAILED, Reason.BOUNCED)
    assert facts.sends[1].channel is Channel.SMS


async def test_the_same_batch_again_changes_nothing(house: House, web: httpx.AsyncClient, number: str):
    """Trap 28: and neither does the same event in another batch, under another event id."""
    ref, send = await emailed(house, number)
    call = batch(event(send, "delivered"))
    await web.post("/hooks/sendgrid", **call)
    before = len(house.books.cases.read(ref.id).events)

    again = await web.post("/hooks/sendgrid", **call)
    other = await web.post("/hooks/sendgrid", **batch(event(send, "delivered", sg_event_id="another")))

    assert (again.status_code, other.status_code) == (204, 204)
    assert len(house.books.cases.read(ref.id).events) == before
    assert said(house, send) == ["delivered"]


async def test_a_late_delivered_never_undoes_a_bounce(house: House, web: httpx.AsyncClient, number: str):
    ref, send = await emailed(house, number)
    await web.post("/hooks/sendgrid", **batch(event(send, "bounce", type="bounce")))
    await web.post("/hooks/sendgrid", **batch(event(send, "delivered"), event(send, "processed")))

    assert house.books.cases.read(ref.id).facts.sends[0].status is Status.FAILED
    assert sorted(said(house, send)) == ["accepted", "bounced", "delivered"]


async def test_what_only_a_call_told_us_of_is_asked_after_when_no_other_call_comes(
    house: House, web: httpx.AsyncClient, number: str
):
    """The vendor's own answer times out after a call has told more; the call that would say how it ended is lost."""
    ref, send = await emailed(house, number)
    with writing(house.books.engine) as connection:
        connection.execute(update(SEND).where(SEND.c.id == send.id).values(vendor=None, vendor_id=None))

    await web.post("/hooks/sendgrid", **batch(event(send, "processed")))
    with house.books.cases.locked(ref.id) as case:
        house.books.sends.answered(case, Place(send.id, send.token), "sendgrid", None, "timed out", None)

    later = datetime.now(UTC) + timedelta(hours=2)
    silent = {kept.id: kept for kept in house.books.sends.silent("sendgrid", FINAL, later, later, 100)}
    assert silent[send.id].vendor_id == f"m{send.id}"


@pytest.mark.parametrize("what", ["open", "click"])
async def test_opens_and_clicks_are_kept_and_are_no_views(house: House, web: httpx.AsyncClient, number: str, what: str):
    """Trap 11."""
    ref, send = await emailed(house, number)

    await web.post("/hooks/sendgrid", **batch(event(send, what, url="http://127.0.0.1:8080/i/x")))

    assert views(house, ref) == 0
    assert len(said(house, send)) == 1


@pytest.mark.parametrize(
    ("countries", "what", "seen"),
    [
        ("{SE: [click]}", "click", 1),
        ("{SE: [click]}", "open", 0),
        ("{SE: [open]}", "open", 1),
        ("{NO: [open]}", "open", 0),
    ],
)
async def test_a_merchant_may_take_them_for_views_country_by_country(
    house: House, web: httpx.AsyncClient, number: str, countries: str, what: str, seen: int
):
    text = Path("examples/merchants/nordljus.yaml").read_text()
    wished = text.replace("  contact_hours:", f"  view_signals: {countries}\n  contact_hours:")
    assert wished != text
    opened = opening(number, Loaded(read_merchant(wished, "wished"), wished, ()))
    ref = (await house.client.start(replace(opened, shift=at("2026-03-02 10:00") - datetime.now(UTC)))).ref
    await house.client.rest(ref)
    send = link(house, ref)

    machine = event(send, what, url="http://127.0.0.1:8080/i/x", sg_machine_open=True, timestamp=1_772_000_001)
    await web.post("/hooks/sendgrid", **batch(machine))
    assert views(house, ref) == 0
    await web.post("/hooks/sendgrid", **batch(event(send, what, url="http://127.0.0.1:8080/i/x")))

    assert views(house, ref) == seen


async def test_what_nobody_knows_yet_is_kept_and_ignored(house: House, web: httpx.AsyncClient, number: str):
    """Trap 27: a new event, a new field, a send that is not ours."""
    _, send = await emailed(house, number)
    stranger = event(send, "delivered", kvitt_send="0" * 32, sg_message_id="somebody.else")

    answer = await web.post("/hooks/sendgrid", **batch(event(send, "teleported", colour=["blue"]), stranger, 17))  # type: ignore[arg-type]

    assert answer.status_code == 204
    assert said(house, send) == ["other"]
    assert posts(house)[-1].state == READ


async def test_what_nobody_can_read_stays_where_a_person_sees_it(house: House, web: httpx.AsyncClient):
    answer = await web.post("/hooks/sendgrid", **signed(b'[{"event": "deliv'))

    assert answer.status_code == 204
    assert (posts(house)[-1].body, posts(house)[-1].state) == (b'[{"event": "deliv', UNREADABLE)


async def test_an_sms_that_did_not_arrive_fails_and_one_that_did_is_delivered(
    house: House, web: httpx.AsyncClient, number: str
):
    ref = await live(house, number, "2026-03-05 12:00")
    send = link(house, ref, 1)
    assert send.channel == Channel.SMS

    for word in ("sent", "delivered"):
        assert (await web.post(**status(send, word))).status_code == 204
    assert house.books.cases.read(ref.id).facts.sends[1].status is Status.DELIVERED

    assert (await web.post(**status(send, "undelivered", ErrorCode="30005"))).status_code == 204
    assert house.books.cases.read(ref.id).facts.sends[1].status is Status.FAILED


async def test_an_opt_out_fails_the_send_and_is_honoured_by_the_next_invoice(
    house: House, web: httpx.AsyncClient, number: str
):
    ref, send = await emailed(house, number)
    await web.post("/hooks/sendgrid", **batch(event(send, "spamreport")))
    assert house.books.cases.read(ref.id).facts.sends[0].why is Reason.OPTED_OUT

    try:
        other = await live(house, f"{number}-2", SENT)
        first, second = house.books.cases.read(other.id).facts.sends[:2]
        assert (first.status, first.why) == (Status.FAILED, Reason.OPTED_OUT)
        assert second.channel is Channel.SMS
        assert not (house.settings.home / "outbox" / "email" / f"{link(house, other).id}.eml").exists()
    finally:
        assert house.books.opt_outs.lift(Channel.EMAIL, "Anna@Customer.example") == 1


@pytest.mark.parametrize(
    "spoil",
    [
        lambda call: call | {"headers": {}},
        lambda call: call | {"content": call["content"] + b" "},
        lambda call: call | {"content": call["content"][:-2]},
        lambda call: call | {"headers": call["headers"] | {"X-Twilio-Email-Event-Webhook-Timestamp": "1"}},
        lambda call: signed(call["content"], ec.generate_private_key(ec.SECP256R1())),
        lambda call: signed(call["content"], at=datetime(2020, 1, 1, tzinfo=UTC)),
        lambda call: call | {"headers": dict.fromkeys(call["headers"], "é¡")},
    ],
    ids=["unsigned", "longer", "shorter", "other time", "other key", "stale", "garbage"],
)
async def test_who_cannot_prove_to_be_the_vendor_gets_one_answer_and_leaves_nothing(
    house: House, web: httpx.AsyncClient, number: str, spoil: Callable[[dict[str, Any]], dict[str, Any]]
):
    ref, send = await emailed(house, number)
    before, journal = len(posts(house)), len(house.books.cases.read(ref.id).events)
    call = spoil(batch(event(send, "bounce", type="bounce")))
    call["headers"] = {name: value.encode() for name, value in call["headers"].items()}

    answer = await web.post("/hooks/sendgrid", **call)

    assert (answer.status_code, answer.content) == (403, b"")
    assert len(posts(house)) == before
    assert len(house.books.cases.read(ref.id).events) == journal


async def test_a_callback_for_one_send_proves_nothing_for_another(house: House, web: httpx.AsyncClient, number: str):
    """The send's id is in the address, and the address is signed."""
    ref = await live(house, number, "2026-03-05 12:00")
    send = link(house, ref, 1)
    call = status(send, "failed") | {"url": f"/hooks/twilio?send={link(house, ref).id}"}

    assert (await web.post(**call)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/hooks/nobody", "/hooks/", "/hooks/../sendgrid", "/hooks/sendgrid%00", "/hooks/outbox"]
)
async def test_nobody_listens_elsewhere(web: httpx.AsyncClient, path: str):
    assert (await web.post(path, content=b"[]")).status_code in {404, 405}


async def test_a_call_that_is_too_long_is_refused_before_it_is_read(house: House, web: httpx.AsyncClient):
    async def endless():
        for _ in range(LONGEST // 65536 + 2):
            yield b"x" * 65536

    assert (await web.post("/hooks/sendgrid", content=endless())).status_code == 413


async def test_a_vendor_without_a_secret_can_prove_nothing(house: House):
    async with browsing(create_app(house.client, house.settings)) as web:
        assert (await web.post("/hooks/sendgrid", **batch())).status_code == 403
        assert (await web.post("/hooks/twilio", content=b"")).status_code == 403


async def test_what_was_kept_and_not_read_is_read_by_the_round(house: House, number: str):
    """A gateway that dies after its answer loses nothing."""
    ref, send = await emailed(house, number)
    hearing = Hearing(house.client, PARSERS)
    body = batch(event(send, "delivered"))["content"]
    house.books.inbox.keep("sendgrid", number, "", body, datetime.now(UTC))

    await hearing.read_new(datetime.now(UTC))
    await hearing.read_new(datetime.now(UTC))

    assert house.books.cases.read(ref.id).facts.sends[0].status is Status.DELIVERED
    assert said(house, send) == ["delivered"]


async def test_two_who_read_the_same_post_at_once_write_it_once(house: House, number: str):
    ref, send = await emailed(house, number)
    hearing = Hearing(house.client, PARSERS)
    body = batch(event(send, "delivered"), event(send, "open"))["content"]
    house.books.inbox.keep("sendgrid", number, "", body, datetime.now(UTC))
    before = len(house.books.cases.read(ref.id).events)

    await asyncio.gather(*(hearing.read_new(datetime.now(UTC)) for _ in range(4)))

    assert len(house.books.cases.read(ref.id).events) == before + 1
    assert sorted(said(house, send)) == ["delivered", "opened"]
