"""Whatever a vendor sends, or somebody who would like to be one: nothing breaks, nothing is half, nobody is named."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import httpx
import pytest
import pytest_asyncio
from fastapi import FastAPI
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import SecretStr
from sqlalchemy import func, select
from structlog.testing import capture_logs
from twilio.request_validator import RequestValidator

from activities.hearing import Hearing
from activities.vendors import PARSERS, ears
from channels.hearing import Heard, Post, Word
from channels.sendgrid.events import MOST_AGE, MOST_AHEAD
from channels.twilio.hooks import Form
from config.settings import Settings
from config.vendors import Pingen, SendGrid, Twilio
from domain.policy import Channel
from gateway import hooks
from gateway.app import create_app
from gateway.hooks import LONGEST
from gateway.serve import serving_gateway
from store.books import Books
from store.cases import EVENT, INVOICE
from store.engine import reading
from store.inbox import POST, READ, UNREADABLE
from store.sends import HEARD, KeptSend
from tests.channels.sendgrid_account import Signer
from tests.gateway.cases import Kept
from tests.gateway.conftest import HOST, browsing
from tests.live.house import House

SIGNER, STRANGER = Signer(), Signer()
TOKEN, SECRET = "the-account's-token", "the-secret-of-the-letters"
PERSON = ("somebody.fuzzy@customer.example", "46701740699", "Fuzzgatan 77")
"""Whom calls are about, and whom no log and no answer names."""

PAYLOADS = Path(__file__).parents[1] / "channels" / "payloads"
QUICKLY = settings(max_examples=60, deadline=None, derandomize=True, database=None)


# what is sent

TEXT = st.text(st.characters(), max_size=40)  # with lone surrogates and NUL
ODD = st.sampled_from(
    [
        None,
        True,
        -1,
        0,
        1e400,
        float("nan"),
        10**30,
        -(10**18),
        253402300800,
        "",
        "\0",
        "\ud800",
        "x" * 5000,
        [],
        {},
        "9" * 400,
    ]
)
JSON = st.recursive(
    ODD | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=10,
)
EVENTS = (
    "bounce",
    "dropped",
    "delivered",
    "processed",
    "open",
    "click",
    "spamreport",
    "group_resubscribe",
    "teleported",
)
NAMES = ("event", "type", "reason", "response", "timestamp", "email", "sg_message_id", "kvitt_send", "attempt", "url")
STATUSES = ("queued", "sent", "delivered", "undelivered", "failed", "", "read", "\0")
FIELDS = ("MessageSid", "SmsSid", "MessageStatus", "ErrorCode", "Body", "From", "To", "OptOutType")


def mutated(base: dict[str, Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An object with some of its fields gone and some odd."""
    changes = st.dictionaries(st.sampled_from(sorted(base)) | TEXT, values, max_size=4)
    return st.tuples(st.sets(st.sampled_from(sorted(base)), max_size=3), changes).map(
        lambda drawn: {name: value for name, value in base.items() if name not in drawn[0]} | drawn[1]
    )


def spoiled(bodies: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """Mostly whole; sometimes cut off, behind a mark, or followed by something."""
    cut = st.tuples(bodies, st.floats(0, 1)).map(lambda drawn: drawn[0][: int(len(drawn[0]) * drawn[1])])
    around = st.tuples(st.sampled_from([b"\xef\xbb\xbf", b" \r\n", b"\0", b"[" * 200]), bodies, st.binary(max_size=3))
    return st.one_of(bodies, bodies, bodies, cut, around.map(b"".join), st.binary(max_size=200))


def twice(body: bytes, name: str, value: str) -> bytes:
    """The same with every object's field said once more, otherwise."""
    return body.replace(b"{", b"{" + f"{json.dumps(name)}: {json.dumps(value)}, ".encode())


@dataclass(frozen=True)
class Call:
    """A call as it is made."""

    vendor: str
    body: bytes
    query: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"/hooks/{self.vendor}" + (f"?{self.query}" if self.query else "")


def sendgrid_events(sends: list[KeptSend]) -> st.SearchStrategy[tuple[bytes, str]]:
    base = {"email": PERSON[0], "timestamp": 1_772_000_000, "reason": f"550 {PERSON[2]}", "sg_event_id": "e", "ip": "1"}
    about = [{"kvitt_send": s.id, "sg_message_id": f"m{s.id}.recvd-1"} for s in sends] + [{"kvitt_send": "0" * 32}]
    events = st.one_of(*(mutated(base | ours | {"event": event}, JSON) for ours in about for event in EVENTS), JSON)
    lists = st.lists(events, max_size=5).map(lambda drawn: json.dumps(drawn).encode())
    bodies = lists | JSON.map(lambda drawn: json.dumps(drawn).encode()) | lists.map(lambda b: twice(b, "event", "open"))
    return st.tuples(spoiled(bodies), st.sampled_from(["", "a=1", "a=%00&a=%ff&b", "\u00e9"]))


def twilio_forms(sends: list[KeptSend]) -> st.SearchStrategy[tuple[bytes, str]]:
    plain = st.text(st.characters(codec="utf-8"), max_size=30) | st.sampled_from(
        ["STOP", "START", "21610", "\0", "x" * 5000]
    )
    base = {
        "MessageSid": "SM1",
        "MessageStatus": "sent",
        "ErrorCode": "30003",
        "From": f"+{PERSON[1]}",
        "Body": PERSON[2],
    }
    forms = mutated(base, plain | st.sampled_from(STATUSES)).map(urlencode)
    pairs = st.lists(st.tuples(st.sampled_from(FIELDS) | plain, plain), max_size=8).map(urlencode)
    bodies = spoiled((forms | pairs).map(str.encode))
    ids = st.sampled_from([*(s.id for s in sends), "0" * 32, "", "%00", "%ed%a0%80", "x" * 3000])
    query = st.lists(ids.map(lambda one: f"send={one}"), max_size=2).map("&".join)
    hashed = st.tuples(bodies, query).map(
        lambda drawn: (drawn[0], "&".join(filter(None, (drawn[1], f"bodySHA256={sha256(drawn[0]).hexdigest()}"))))
    )
    return st.tuples(bodies, query) | hashed


def pingen_calls(sends: list[KeptSend]) -> st.SearchStrategy[tuple[bytes, str]]:
    letter, told = "5f9c2a44-7a1e-4b0a-8c57-2f1f6f0f9b11", "7b1e0d33-3c0f-4a4e-9d5f-7f1d2b3c4d5e"
    kinds = st.sampled_from(["webhook_sent", "webhook_undeliverable", "webhook_issues", "webhook_tomorrow"])
    related = {
        "letter": {"data": {"id": letter, "type": "letters"}},
        "event": {"data": {"id": told, "type": "letters_events"}},
    }
    attributes = {"reason": f"returned from {PERSON[2]}", "created_at": "2026-11-21T07:30:00+0100"}
    data = mutated({"id": told, "type": "webhook_sent", "attributes": attributes, "relationships": related}, JSON)
    named = st.sampled_from([s.id for s in sends] + [""]).map(
        lambda one: {
            "id": letter,
            "type": "letters",
            "attributes": {"file_original_name": f"{one}.kvitt.pdf", "status": "sent"},
        }
    )
    included = st.lists(named | JSON, max_size=3)
    bodies = st.tuples(data, kinds, included, st.booleans()).map(
        lambda drawn: {"data": drawn[0] | ({"type": drawn[1]} if drawn[3] else {}), "included": drawn[2]}
    )
    return st.tuples(spoiled((bodies | JSON).map(lambda drawn: json.dumps(drawn).encode())), st.just(""))


def sign_sendgrid(body: bytes, query: str, at: datetime | None = None) -> dict[str, str]:
    return dict(SIGNER.hook(body, at or datetime.now(UTC)).headers)


def sign_twilio(body: bytes, query: str, host: str = HOST) -> dict[str, str]:
    form: Any = {}
    try:
        if "bodySHA256" not in query:
            form = Form(parse_qs(body.decode(), keep_blank_values=True))
    except ValueError:
        pass
    url = f"{host}/hooks/twilio" + (f"?{query}" if query else "")
    return {"x-twilio-signature": RequestValidator(TOKEN).compute_signature(url, form)}


def sign_pingen(body: bytes, query: str) -> dict[str, str]:
    return {"signature": hmac.new(SECRET.encode(), body, "sha256").hexdigest()}


@dataclass(frozen=True)
class Vendor:
    """How a vendor would call."""

    sign: Callable[[bytes, str], dict[str, str]]
    calls: Callable[[list[KeptSend]], st.SearchStrategy[tuple[bytes, str]]]
    channel: Channel
    proven: Callable[[bytes], bool]
    """Whether a call with these bytes and the right signature must be taken."""
    good: Callable[[KeptSend], tuple[bytes, str]]


def is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def a_batch(send: KeptSend) -> tuple[bytes, str]:
    event = {"event": "processed", "email": PERSON[0], "timestamp": 1_772_000_000, "kvitt_send": send.id}
    return json.dumps([event]).encode(), ""


def a_form(send: KeptSend) -> tuple[bytes, str]:
    form = {"MessageSid": f"SM{send.id}", "MessageStatus": "sent", "To": f"+{PERSON[1]}"}
    return urlencode(form).encode(), f"send={send.id}&more=1"


def a_letter(send: KeptSend) -> tuple[bytes, str]:
    related = {"letter": {"data": {"id": "a letter", "type": "letters"}}}
    return json.dumps({"data": {"id": send.id, "type": "webhook_tomorrow", "relationships": related}}).encode(), ""


VENDORS = {
    "sendgrid": Vendor(sign_sendgrid, sendgrid_events, Channel.EMAIL, is_text, a_batch),
    "twilio": Vendor(sign_twilio, twilio_forms, Channel.SMS, is_text, a_form),
    "pingen": Vendor(sign_pingen, pingen_calls, Channel.LETTER, lambda _: True, a_letter),
}


# to whom, and what must hold


@pytest.fixture(scope="module")
def known(house: House) -> Settings:
    return house.settings.model_copy(
        update={
            "sendgrid": SendGrid(webhook_keys=(SIGNER.public,)),
            "twilio": Twilio(tokens=(SecretStr(TOKEN),)),
            "pingen": Pingen(webhook_secrets=(SecretStr(SECRET),)),
        }
    )


@pytest.fixture(scope="module")
def app(house: House, known: Settings) -> FastAPI:
    return create_app(house.client, known)


@pytest.fixture(scope="module", autouse=True)
def _nobody_opts_out_for_others(house: House) -> Iterator[None]:
    """The next file's people are the same."""
    before = house.books.opt_outs.all()
    yield
    for each in house.books.opt_outs.all():
        if each not in before:
            house.books.opt_outs.lift(each.channel, each.address, each.merchant)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def web(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    async with browsing(app) as client:
        yield client


@pytest.fixture(scope="module")
def sends(house: House, numbers: count[int]) -> list[KeptSend]:
    """One on each channel, of invoices that nobody carries on."""
    who = {"name": "Somebody", "email": PERSON[0], "phone": f"+{PERSON[1]}", "address": [PERSON[2], "111 22 Stockholm"]}
    channels = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
    return [
        Kept(house.books, str(next(numbers)), "2026-03-02 10:00", **who).send(channel, "2026-03-02 10:00")
        for channel in channels
    ]


class Listener(logging.Handler):
    """Everything that libraries log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(logging.Formatter().format(record))


@contextmanager
def discreetly() -> Iterator[list[httpx.Response]]:
    """Nobody is named, and no secret told, by any log, warning or answer meanwhile."""
    answers: list[httpx.Response] = []
    listener, root = Listener(), logging.getLogger()
    root.addHandler(listener)
    try:
        with capture_logs() as lines, warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            yield answers
    finally:
        root.removeHandler(listener)
    said = [str(lines), str([str(each.message) for each in warned]), *listener.said]
    said += [f"{answer.headers} {answer.text}" for answer in answers]
    for word in (*PERSON, TOKEN, SECRET, "whsec", SIGNER.public):
        assert word.casefold() not in "".join(said).casefold()


def kept(books: Books, call: Call) -> Any:
    """The call's row in the inbox."""
    key = Post(call.vendor, call.body, call.query).key
    with reading(books.engine) as connection:
        return connection.execute(select(POST).where(POST.c.vendor == call.vendor, POST.c.key == key)).one_or_none()


def heard(books: Books, post_id: int) -> int:
    with reading(books.engine) as connection:
        return connection.execute(select(func.count()).where(HEARD.c.post_id == post_id)).scalar_one()


def is_whole(books: Books, call: Call) -> None:
    """A call that was taken is there as it came, and was understood altogether or not at all."""
    row = kept(books, call)
    assert row is not None
    assert (row.body, row.about, row.state in (READ, UNREADABLE)) == (call.body, call.query, True)
    assert row.state == READ or not heard(books, row.id)


def size(books: Books) -> tuple[int, int]:
    with reading(books.engine) as connection:
        return tuple(
            connection.execute(select(func.count()).select_from(table)).scalar_one() for table in (POST, HEARD)
        )  # type: ignore[return-value]


async def make(web: httpx.AsyncClient, call: Call) -> httpx.Response:
    headers = {name: value.encode("latin-1") for name, value in call.headers.items()}
    return await web.post(call.url.encode("latin-1").decode("latin-1"), content=call.body, headers=headers)


def test_every_vendor_that_calls_is_tried(known: Settings):
    assert set(ears(known)) <= set(VENDORS)


LISTENING = sorted(ears(Settings()))


@pytest.mark.parametrize("vendor", LISTENING)
@QUICKLY
@given(data=st.data())
async def test_whatever_a_vendor_says_is_kept_whole_and_read_or_put_before_a_person(
    house: House,
    web: httpx.AsyncClient,
    sends: list[KeptSend],
    vendor: str,
    data: Any,
):
    who = VENDORS[vendor]
    body, query = data.draw(who.calls(sends))
    query = httpx.URL(f"{HOST}/?{query}").query.decode("latin-1")
    call = Call(vendor, body, query, who.sign(body, query))

    with discreetly() as answers:
        answers.append(await make(web, call))

    if answers[0].status_code == 403 and not who.proven(body):
        assert kept(house.books, call) is None
        return
    assert answers[0].status_code == 204
    is_whole(house.books, call)


@pytest.mark.parametrize("path", sorted(PAYLOADS.rglob("*.*")), ids=lambda path: f"{path.parent.name}-{path.stem}")
async def test_what_vendors_were_heard_to_say_is_read_on_every_database(house: House, path: Path):
    """Pingen's own ids, put together, are longer than the column that they go to."""
    vendor = {"dsn": "smtp"}.get(path.parent.name, path.parent.name)
    about = "out/2026-11-21T160000Z-1/" + path.name if vendor == "printhouse" else ""
    post = Post(vendor, path.read_bytes(), about)
    hearing = Hearing(house.client, PARSERS)

    post_id = await hearing.keep(post)
    assert post_id
    await hearing.read(post_id, post)

    assert kept(house.books, Call(vendor, post.body, about)).state == READ


@pytest.mark.parametrize(
    ("vendor", "body"),
    [
        ("sendgrid", b"[" * 100_000),
        ("sendgrid", b'{"a":' * 50_000),
        ("sendgrid", b"[" + b"9" * 100_000 + b"]"),
        ("sendgrid", json.dumps([{"event": [[[[]]]] * 3, "kvitt_send": {"a": 1}}, 1, None] * 1000).encode()),
        ("sendgrid", json.dumps([{"event": "spamreport", "email": "x" * 400 + "@customer.example"}]).encode()),
        (
            "sendgrid",
            json.dumps([{"event": "delivered", "timestamp": at} for at in (-62135596800, 253402300799)]).encode(),
        ),
        ("pingen", b"[" * 100_000),
        ("pingen", json.dumps({"data": {"type": "x" * 9999, "id": "\ud800\0"}}).encode()),
        ("twilio", b"&".join([b"a=1"] * 5000)),
        ("twilio", b"MessageSid=" + b"x" * 100_000 + b"&MessageStatus=" + b"%00" * 1000),
        ("twilio", b"MessageSid=SM2&Body=STOP&From=" + b"1" * 400),
        ("twilio", b""),
    ],
    ids=lambda value: value if isinstance(value, str) else f"{value[:12]!r}",
)
async def test_the_deep_the_long_and_the_many(house: House, web: httpx.AsyncClient, vendor: str, body: bytes):
    call = Call(vendor, body, "", VENDORS[vendor].sign(body, ""))

    with discreetly() as answers:
        answers.append(await make(web, call))

    if answers[0].status_code == 403:  # Twilio's forms are read to be proven
        assert vendor == "twilio"
        assert kept(house.books, call) is None
    else:
        assert answers[0].status_code == 204
        is_whole(house.books, call)


async def test_a_post_over_which_we_stumble_keeps_no_other_waiting(house: House, sends: list[KeptSend]):
    """A fault of ours in reading it, or something that no database takes: a person must look, the round goes on."""

    def stumble(post: Post) -> list[Heard]:
        return [Heard("k" * 64, Word.OTHER, said="\ud800", vendor_id=f"{1 // len(post.body)}")]

    hearing = Hearing(house.client, {**PARSERS, "odd": stumble})
    good = Post("sendgrid", a_batch(sends[0])[0].replace(b"1772000000", b"1772000001"))
    for post in (Post("odd", b""), Post("odd", b"half a character"), Post("nobody", b""), good):
        assert await hearing.keep(post)

    with discreetly():
        assert await hearing.read_new(datetime.now(UTC)) == 4

    states = {body: kept(house.books, Call(vendor, body)).state for vendor, body in (("odd", b""), ("nobody", b""))}
    assert set(states.values()) == {UNREADABLE}
    assert kept(house.books, Call("odd", b"half a character")).state == UNREADABLE
    assert kept(house.books, Call("sendgrid", good.body)).state == READ


# who is not the vendor

LATIN = st.text(st.characters(min_codepoint=1, max_codepoint=255, exclude_characters="\r\n"), max_size=120)
PROOFS = ["X-Twilio-Email-Event-Webhook-Signature", "X-Twilio-Email-Event-Webhook-Timestamp", "X-Twilio-Signature"]
PROOFS += ["X-Twilio-Webhooks-Signature-Settings", "Signature"]


@pytest.mark.parametrize("vendor", LISTENING)
@QUICKLY
@given(data=st.data())
async def test_who_proves_nothing_gets_one_answer_and_leaves_nothing(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], vendor: str, data: Any
):
    who = VENDORS[vendor]
    body, query = who.good(sends[0])
    right = {name.lower(): value for name, value in who.sign(body, query).items()}
    odd = LATIN | st.sampled_from(
        ["", "0", "9" * 11, "9" * 30, f"algorithm={PERSON[0]}", "algorithm=HMAC_SHA256", "AA=="]
    )
    proof = data.draw(st.dictionaries(st.sampled_from([name.lower() for name in PROOFS]), odd))
    signature = next(name for name in right if "signature" in name)
    proof = right | proof if proof.get(signature, right[signature]) != right[signature] else proof
    before = size(house.books)

    with discreetly() as answers:
        answers.append(await make(web, Call(vendor, body, query, proof)))

    assert (answers[0].status_code, answers[0].content) == (403, b"")
    assert size(house.books) == before


@pytest.mark.parametrize(
    "at",
    [lambda now: now - MOST_AGE - timedelta(minutes=1), lambda now: now + MOST_AHEAD + timedelta(minutes=1)],
    ids=["stale", "of the future"],
)
async def test_a_signature_of_another_time_proves_nothing(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], at: Callable[[datetime], datetime]
):
    body, query = a_batch(sends[0])
    call = Call("sendgrid", body, query, sign_sendgrid(body, query, at(datetime.now(UTC))))

    assert (await make(web, call)).status_code == 403
    assert (await make(web, Call("sendgrid", body, query, sign_sendgrid(body, query)))).status_code == 204


@pytest.mark.parametrize("vendor", LISTENING)
async def test_a_proof_given_twice_is_one_proof_or_none(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], vendor: str
):
    """Whichever of the two counts: both must not be put together into a third."""
    body, query = VENDORS[vendor].good(sends[1])
    right = [*VENDORS[vendor].sign(body, query).items()]
    wrong = [(name, "AAAA") for name, _ in right]
    url = f"/hooks/{vendor}?{query}" if query else f"/hooks/{vendor}"

    answers = [
        (await web.post(url, content=body, headers=pairs)).status_code for pairs in (right + wrong, wrong + right)
    ]

    assert sorted(answers) == [204, 403]


TRICKS = [
    {"Host": "evil.example"},
    {"X-Forwarded-Host": "evil.example", "X-Forwarded-Proto": "https", "X-Forwarded-For": "10.0.0.1"},
    {"Forwarded": "host=evil.example;proto=https", "X-Original-URL": "/staff", "X-Rewrite-URL": "/staff"},
    {"X-HTTP-Method-Override": "DELETE", "Content-Type": "multipart/form-data; boundary="},
    {"Content-Type": "application/json; charset=utf-16"},
    {"Content-Type": "\u00e9"},
    {"Content-Encoding": "gzip", "Accept": "text/html", "Accept-Language": "\u00e9", "Cookie": "a=b"},
    {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site", "Idempotency-Key": "1"},
]


@pytest.mark.parametrize("vendor", LISTENING)
@pytest.mark.parametrize("trick", TRICKS, ids="-".join)
async def test_only_what_is_proven_matters(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], vendor: str, trick: dict[str, str]
):
    """The address that is proven is the one that we gave to the vendor, whatever a proxy or a stranger says of it."""
    who = VENDORS[vendor]
    body, query = who.good(sends[2])
    query = f"{query}&t={TRICKS.index(trick)}".lstrip("&")

    for call, status in (
        (Call(vendor, body, query, who.sign(body, query) | trick), 204),
        (Call(vendor, body, query, trick), 403),
    ):
        assert (await make(web, call)).status_code == status
    is_whole(house.books, call)


@pytest.mark.parametrize("trick", [{}, {"Host": "evil.example"}, {"X-Forwarded-Host": "evil.example"}], ids=str)
async def test_what_twilio_signed_for_another_address_proves_nothing_here(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], trick: dict[str, str]
):
    body, query = a_form(sends[1])
    turned = "&".join(reversed(query.split("&")))
    before = size(house.books)

    calls = [
        Call("twilio", body, query, sign_twilio(body, query, "http://evil.example") | trick),
        Call("twilio", body, turned, sign_twilio(body, query) | trick),
        Call("twilio", body, f"{query}&{query}", sign_twilio(body, query) | trick),
        Call("twilio", body, "", sign_twilio(body, query) | trick),
    ]

    assert [(await make(web, call)).status_code for call in calls] == [403] * 4
    assert size(house.books) == before


@pytest.mark.parametrize(
    "path",
    [
        "//hooks/twilio",
        "/hooks//twilio",
        "/hooks/twilio/",
        "/hooks/TWILIO",
        "/hooks/twilio;a",
        "/hooks",
        "/hooks/%2e%2e/twilio",
        "/hooks/twilio%00",
        "/hooks/twilio%0a",
        "/hooks/twilio/../../i",
        "/hooks/" + "x" * 9000,
    ],
)
async def test_nobody_listens_behind_a_crooked_path(
    house: House, web: httpx.AsyncClient, sends: list[KeptSend], path: str
):
    body, query = a_form(sends[1])
    before = size(house.books)

    with discreetly() as answers:
        answer = await web.post(f"{HOST}{path}?{query}", content=body, headers=sign_twilio(body, query))
        answers.append(answer)

    assert answer.status_code == 404
    assert size(house.books) == before


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "QUERY"])
async def test_a_call_back_is_a_post(web: httpx.AsyncClient, method: str):
    assert (await web.request(method, "/hooks/sendgrid", content=b"[]")).status_code == 405


@pytest.mark.parametrize("vendor", LISTENING)
async def test_a_call_made_again_is_one_call(house: House, web: httpx.AsyncClient, sends: list[KeptSend], vendor: str):
    """Also many times at once, and signed anew."""
    who = VENDORS[vendor]
    body, query = who.good(sends[0])
    query = f"{query}&again=1".lstrip("&")
    call = Call(vendor, body, query, who.sign(body, query))
    posts = size(house.books)[0]

    answers = [*await asyncio.gather(*(make(web, call) for _ in range(8))), await make(web, call)]

    assert {answer.status_code for answer in answers} == {204}
    assert size(house.books)[0] == posts + 1
    is_whole(house.books, call)


# over the wire


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def port(app: FastAPI) -> AsyncIterator[int]:
    async with serving_gateway(app, "127.0.0.1", 0) as port:
        yield port


async def wire(port: int, *parts: bytes, ends: bool = False) -> bytes:
    """What the gateway answers to these bytes; with ``ends`` we leave after them."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if ends:
            writer.close()
            await writer.wait_closed()
            return b""
        async with asyncio.timeout(10):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()


def head(vendor: str, headers: dict[str, str], *lines: str) -> bytes:
    told = [
        f"POST /hooks/{vendor} HTTP/1.1",
        "Host: x",
        "Connection: close",
        *lines,
        *(f"{n}: {v}" for n, v in headers.items()),
    ]
    return ("\r\n".join(told) + "\r\n\r\n").encode()


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0


def chunked(body: bytes, size: int) -> list[bytes]:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return [*(f"{len(part):x}\r\n".encode() + part + b"\r\n" for part in parts), b"0\r\n\r\n"]


async def test_a_call_may_come_in_pieces(house: House, port: int, sends: list[KeptSend]):
    body = json.dumps([{"event": "processed", "kvitt_send": sends[0].id, "attempt": "in pieces"}]).encode()
    signed = sign_sendgrid(body, "")

    answer = await wire(port, head("sendgrid", signed, "Transfer-Encoding: chunked"), *chunked(body, 7))

    assert status_of(answer) == 204
    async with asyncio.timeout(10):
        while kept(house.books, Call("sendgrid", body)).state != READ:
            await asyncio.sleep(0.01)


async def test_a_call_that_breaks_off_leaves_nothing(house: House, port: int, sends: list[KeptSend]):
    """And is no fault of ours."""
    body, _ = a_batch(sends[2])
    signed, before = sign_sendgrid(body, ""), size(house.books)
    whole = f"Content-Length: {len(body)}"

    with discreetly(), capture_logs() as lines:
        await wire(port, head("sendgrid", signed, whole), body[:-1], ends=True)
        await wire(port, head("sendgrid", signed, "Transfer-Encoding: chunked"), *chunked(body, 9)[:-1], ends=True)
        await wire(port, head("sendgrid", signed, whole), ends=True)
        async with asyncio.timeout(10):
            while sum(line.get("status") == 408 for line in lines) < 3:
                await asyncio.sleep(0.01)

    assert not [line for line in lines if line["log_level"] != "info"]
    assert size(house.books) == before


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (["Content-Length: -1"], [b"[]"]),
        (["Content-Length: 2, 3"], [b"[]"]),
        (["Content-Length: 2", "Content-Length: 3"], [b"[]"]),
        (["Transfer-Encoding: chunked"], [b"zz\r\n[]\r\n0\r\n\r\n"]),
        (["Transfer-Encoding: gzip, chunked"], [b"2\r\n[]\r\n0\r\n\r\n"]),
        (["Content-Length: 4", "Transfer-Encoding: chunked"], [b"0\r\n\r\n"]),
        (["X: " + "y" * 200_000], []),
        (["Content-Length: 0", "Expect: 100-continue"], []),
        (["Content-Length: 0", "Upgrade: websocket", "Connection: Upgrade"], []),
    ],
    ids=str,
)
async def test_what_is_no_proper_http_is_refused(house: House, port: int, lines: list[str], parts: list[bytes]):
    before = size(house.books)

    answer = await wire(port, head("sendgrid", {}, *lines), *parts)

    assert status_of(answer) < 500
    assert status_of(answer) not in (200, 204)
    assert size(house.books) == before


async def test_a_call_that_never_ends_is_given_up(house: House, port: int, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(hooks, "ARRIVES_WITHIN", timedelta(milliseconds=100))
    before = size(house.books)

    answer = await wire(port, head("sendgrid", {}, "Content-Length: 100"), b"[")

    assert status_of(answer) == 408
    assert size(house.books) == before


async def test_what_is_too_long_is_refused_however_it_comes(house: House, port: int):
    before = size(house.books)
    piece, times = b"x" * 65536, LONGEST // 65536 + 1

    told = await wire(port, head("sendgrid", {}, f"Content-Length: {len(piece) * times}"), *[piece] * times)
    untold = await wire(port, head("sendgrid", {}, "Transfer-Encoding: chunked"), *chunked(piece * times, 65536))

    assert {status_of(told), status_of(untold)} <= {413, 0}
    assert size(house.books) == before


async def test_in_the_end_the_books_are_whole(house: House):
    """After all of the above: no post waits, what could not be read told nothing, and each fact has its source."""
    with reading(house.books.engine) as connection:
        assert set(connection.execute(select(POST.c.state).distinct()).scalars()) <= {READ, UNREADABLE}
        sources = select(POST.c.state).join(HEARD, HEARD.c.post_id == POST.c.id).distinct()
        assert set(connection.execute(sources).scalars()) == {READ}
        facts = set(connection.execute(select(EVENT.c.key).where(EVENT.c.key.startswith("heard:"))).scalars())
        assert {key.removeprefix("heard:") for key in facts} <= set(connection.execute(select(HEARD.c.key)).scalars())
        journals = select(func.count(), func.max(EVENT.c.seq), INVOICE.c.events).join(INVOICE).group_by(INVOICE.c.id)
        assert facts
        assert all(len(set(row)) == 1 for row in connection.execute(journals))
