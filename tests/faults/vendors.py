"""The vendors of a run: each accepts, remembers, calls back, and breaks where the plan says so.

They live in the process that counts, so they outlive every worker; and what they remember is not read from our books.
"""

from __future__ import annotations

import asyncio
import email
import json
import re
import threading
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, urlencode, urlsplit
from uuid import uuid4

import httpx
from aiosmtpd.smtp import SMTP, Envelope, Session
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from twilio.request_validator import RequestValidator  # type: ignore[import-untyped]

from domain.policy import Channel
from tests.channels import pingen_house
from tests.channels.house import Cut, Press
from tests.channels.vendor import Asked, answering, resetting
from tests.faults.plan import Break, Call, Fuses, Kill, Kind, Life, Plan, Seat

TIMEOUT_S = 1.0
"""What the vendors' clients wait; some stand-ins take longer."""
HANG_S = TIMEOUT_S + 0.5
PATIENCE_OF_SENDGRID = 200
"""How often it calls again; each time after a quarter of a second."""
LAG = 2
"""How many questions about a message its vendor's lists need before they show it."""
TOKEN, ACCOUNT = "the account's token", "AC" + "0" * 32
HEADER = "X-Twilio-Email-Event-Webhook"


class Ground(Protocol):
    """What vendors must know of the run to break it."""

    plan: Plan
    fuses: Fuses

    def place(self, send_id: str) -> tuple[Life, str] | None:
        """Whose send it is, and of which step."""

    def kill_asker(self, send_id: str) -> None:
        """Kill the worker that is asking about this send now."""


def trouble(ground: Ground, life: Life, seat: Seat, step: str) -> Kind | None:
    """What the plan wants to go wrong with this request, if it has not gone wrong yet."""
    for fault in (*life.fault(seat, step, Break), *life.fault(seat, step, Kill)):
        is_ours = fault.kind is Kill.ACCEPTED or (isinstance(fault.kind, Break) and fault.kind is not Break.REFUSED)
        if is_ours and ground.fuses.blow(fault):
            return fault.kind
    return None


class Caller:
    """Calls the gateway back. Calls of one life go in order, unless the plan mixes them."""

    def __init__(self, ground: Ground, gateway: str) -> None:
        self._ground, self._gateway = ground, gateway
        self._pool = ThreadPoolExecutor(16, thread_name_prefix="caller")
        self._client = httpx.Client(timeout=5, trust_env=False)
        self._lock = threading.Lock()
        self.pending: Counter[str] = Counter()
        self.late: dict[str, list[Callable[[], None]]] = {}
        self.finals: dict[str, set[str]] = {}
        """The sends, by life, of which the last word was said: by a call, or to whoever asks."""
        self.held = False
        self._waiting: list[tuple[str, Callable[[], None]]] = []
        self.answers: Counter[int] = Counter()

    def say(self, life: Life, step: str, send_id: str, seat: Seat, calls: Sequence[Callable[[], bool]]) -> None:
        """Make these calls, the last of which says how it ended."""
        kind = next((f.kind for f in life.fault(seat, step, Call) if self._ground.fuses.blow(f) or True), None)
        muted = life.mute and any(True for f in life.faults if f.seat is seat and f.step == step)

        def final() -> None:
            with self._lock:
                self.finals.setdefault(life.number, set()).add(send_id)

        if kind is Call.LOST or muted:
            final()
            return
        if kind is Call.LAST_LOST:
            calls = calls[:-1]
        if kind is Call.TWICE:
            calls = [*calls, *calls]
        if kind is Call.MIXED:
            calls = [*reversed(calls)]

        def make() -> None:
            for call in calls:
                call()

        def make_and_tell() -> None:
            final()
            self._start(life.number, make)

        if kind is Call.LATE:
            with self._lock:
                self.late.setdefault(life.number, []).append(make_and_tell)
            return
        with self._lock:
            if self.held:
                self._waiting.append((life.number, make_and_tell))
                return
        make_and_tell()

    def release_late(self, number: str) -> bool:
        """Make the calls of this life that were put off; whether there were any."""
        with self._lock:
            calls = self.late.pop(number, [])
        for call in calls:
            call()
        return bool(calls)

    def hold(self) -> None:
        self.held = True

    def let_go(self) -> int:
        """Make all calls that were held; how many lives they are about."""
        with self._lock:
            self.held, waiting, self._waiting = False, self._waiting, []
        for _, call in waiting:
            call()
        return len(waiting)

    def post(self, path: str, body: bytes, headers: dict[str, str]) -> int:
        """One call; 0 if nobody answered."""
        try:
            code = self._client.post(self._gateway + path, content=body, headers=headers).status_code
        except httpx.HTTPError:
            code = 0
        self.answers[code] += 1
        return code

    def _start(self, number: str, make: Callable[[], None]) -> None:
        with self._lock:
            self.pending[number] += 1

        def run() -> None:
            try:
                make()
            finally:
                with self._lock:
                    self.pending[number] -= 1

        with suppress(RuntimeError):  # the run is over
            self._pool.submit(run)

    def close(self) -> None:
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()


@dataclass
class SendGrid:
    """An account at SendGrid with its logs; it is the act of a ``vendor``."""

    ground: Ground
    caller: Caller
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    journal: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def public(self) -> str:
        encoding, form = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        return b64encode(self.key.public_key().public_bytes(encoding, form)).decode()

    def counts(self) -> Counter[str]:
        with self.lock:
            return Counter(message["args"]["kvitt_send"] for message in self.journal)

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        path = asked.path.removeprefix("/v3/")
        if path == "mail/send":
            self._take(handler, asked)
        elif path == "logs":
            self._search(handler, asked)
        else:
            self._show(handler, asked, path.removeprefix("logs/"))

    def _take(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        request = json.loads(asked.body)
        person = request["personalizations"][0]
        send_id = person["custom_args"]["kvitt_send"]
        life, step = self.ground.place(send_id) or _strange(send_id)
        wrong = trouble(self.ground, life, Seat.SENDGRID, step)
        if _broken_before(wrong, handler, asked):
            return
        now = datetime.now(UTC)
        message = {
            "id": f"m{uuid4().hex[:20]}",
            "to": person["to"][0]["email"],
            "at": now,
            "args": person["custom_args"],
            "asked": 0,
            "events": [],
        }
        bounces = (Channel.EMAIL, step) in life.story.bounces
        events = [self._event(message, "processed")]
        events.append(self._event(message, "bounce", type="bounce", reason="550 5.1.1 no such user"))
        if not bounces:
            events[-1] = self._event(message, "delivered", response="250 ok")
        message["events"] = events
        with self.lock:
            self.journal.append(message)
        self.caller.say(life, step, send_id, Seat.SENDGRID, [self._call([event]) for event in events])
        if not _broken_after(wrong, handler, asked, lambda: self.ground.kill_asker(send_id)):
            _answer(handler, 202, b"", {"X-Message-Id": message["id"]})

    def _event(self, message: dict[str, Any], event: str, **more: str) -> dict[str, Any]:
        return {
            "event": event,
            "email": message["to"],
            "timestamp": int(message["at"].timestamp()),
            "sg_message_id": message["id"] + ".recvd-1.1",
            **more,
            **message["args"],
        }

    def _call(self, events: list[dict[str, Any]]) -> Callable[[], bool]:
        def call() -> bool:
            for _ in range(PATIENCE_OF_SENDGRID):
                body = json.dumps([event | {"sg_event_id": uuid4().hex} for event in events]).encode()
                stamp = str(int(time.time()))
                signature = b64encode(self.key.sign(stamp.encode() + body, ec.ECDSA(hashes.SHA256()))).decode()
                headers = {f"{HEADER}-Signature": signature, f"{HEADER}-Timestamp": stamp}
                if 200 <= self.caller.post("/hooks/sendgrid", body, headers) < 300:
                    return True
                time.sleep(0.25)
            return False

        return call

    def _search(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        query = json.loads(asked.body)["query"]
        found = re.search(r"to_email = '([^']*)'", query)
        with self.lock:
            listed = [m for m in self.journal if not found or m["to"] == found[1]]
            for message in listed:
                message["asked"] += bool(found)
            shown = [m for m in listed if m["asked"] > LAG or not found]
        rows = [{"sg_message_id": m["id"] + ".recvd-1.1", "to_email": m["to"], "status": "processed"} for m in shown]
        answering(200, {"messages": rows[: json.loads(asked.body)["limit"]]})(handler, asked)

    def _show(self, handler: BaseHTTPRequestHandler, asked: Asked, name: str) -> None:
        with self.lock:
            message = next((m for m in self.journal if name.startswith(m["id"])), None)
        if message is None:
            answering(404, {"errors": [{"message": "not found"}]})(handler, asked)
            return
        events = [{**event, "custom_args": message["args"], "sg_event_id": uuid4().hex} for event in message["events"]]
        shown = {"sg_message_id": message["id"] + ".recvd-1.1", "to_email": message["to"], "status": "processed"}
        answering(200, shown | {"events": events})(handler, asked)


@dataclass
class Twilio:
    """An account at Twilio with its list of messages. It calls back once, whatever is answered."""

    ground: Ground
    caller: Caller
    public_url: str
    journal: list[dict[str, Any]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def counts(self) -> Counter[str]:
        with self.lock:
            return Counter(message["send"] for message in self.journal)

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        parts = urlsplit(asked.path)
        rest = parts.path.removeprefix(f"/2010-04-01/Accounts/{ACCOUNT}/Messages")
        if asked.method == "POST":
            self._take(handler, asked)
        elif rest == ".json":
            self._list(handler, asked, parse_qs(parts.query).get("To", [""])[0])
        else:
            self._show(handler, asked, rest.removeprefix("/").removesuffix(".json"))

    def _take(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        form = {name: values[0] for name, values in parse_qs(asked.body.decode()).items()}
        callback = form["StatusCallback"].partition("#")[0]
        send_id = parse_qs(urlsplit(callback).query)["send"][0]
        life, step = self.ground.place(send_id) or _strange(send_id)
        wrong = trouble(self.ground, life, Seat.TWILIO, step)
        if _broken_before(wrong, handler, asked):
            return
        fails = (Channel.SMS, step) in life.story.bounces
        message: dict[str, Any] = {
            "sid": f"SM{uuid4().hex}",
            "send": send_id,
            "to": form["To"],
            "body": form["Body"],
            "at": datetime.now(UTC),
            "status": "undelivered" if fails else "delivered",
            "error": "30005" if fails else None,
            "asked": 0,
        }
        with self.lock:
            self.journal.append(message)
        calls = [self._call(message, callback, "sent", ""), self._call(message, callback, message["status"], "30005")]
        self.caller.say(life, step, send_id, Seat.TWILIO, calls)
        created = json.dumps(self._json(message) | {"status": "queued", "error_code": None}).encode()
        if not _broken_after(wrong, handler, asked, lambda: self.ground.kill_asker(send_id)):
            _answer(handler, 201, created, {"Content-Type": "application/json"})

    def _call(self, message: dict[str, Any], callback: str, status: str, error: str) -> Callable[[], bool]:
        form = {"MessageSid": message["sid"], "MessageStatus": status, "AccountSid": ACCOUNT, "To": message["to"]}
        if status == "undelivered":
            form["ErrorCode"] = error
        path = callback.removeprefix(self.public_url)

        def call() -> bool:
            signature = RequestValidator(TOKEN).compute_signature(callback, form)
            headers = {"X-Twilio-Signature": signature, "Content-Type": "application/x-www-form-urlencoded"}
            return 200 <= self.caller.post(path, urlencode(form).encode(), headers) < 300

        return call

    def _list(self, handler: BaseHTTPRequestHandler, asked: Asked, to: str) -> None:
        with self.lock:
            listed = [m for m in self.journal if m["to"] == to]
            for message in listed:
                message["asked"] += 1
            shown = [self._json(m) for m in listed if m["asked"] > LAG]
        page = {"messages": shown, "page": 0, "page_size": 1000, "next_page_uri": None, "uri": asked.path}
        answering(200, page)(handler, asked)

    def _show(self, handler: BaseHTTPRequestHandler, asked: Asked, sid: str) -> None:
        with self.lock:
            found = next((m for m in self.journal if m["sid"] == sid), None)
        if found is None:
            answering(404, {"code": 20404, "message": "not found", "status": 404})(handler, asked)
            return
        answering(200, self._json(found))(handler, asked)

    def _json(self, message: dict[str, Any]) -> dict[str, Any]:
        at = format_datetime(message["at"])
        return {
            "sid": message["sid"],
            "account_sid": ACCOUNT,
            "to": message["to"],
            "body": message["body"],
            "status": message["status"],
            "error_code": message["error"],
            "date_created": at,
            "date_updated": at,
            "date_sent": at,
            "direction": "outbound-api",
            "num_segments": "1",
            "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{message['sid']}.json",
        }


@dataclass
class MailServer:
    """A mail server, as aiosmtpd's handler. It keeps no books that a sender could ask."""

    ground: Ground
    journal: list[str] = field(default_factory=list)

    def counts(self) -> Counter[str]:
        return Counter(self.journal)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        message = email.message_from_bytes(content if isinstance(content, bytes) else str(content).encode())
        send_id = str(message["Message-ID"]).strip("<>").partition("@")[0]
        place = await asyncio.to_thread(self.ground.place, send_id)
        life, step = place or _strange(send_id)
        wrong = await asyncio.to_thread(trouble, self.ground, life, Seat.SMTP, step)
        if wrong is Break.RESET_BEFORE:
            return self._abort(server)
        if wrong is Break.BUSY:
            return "451 4.7.1 slow down"
        if (Channel.EMAIL, step) in life.story.bounces:
            return "550 5.1.1 no such user"
        self.journal.append(send_id)
        if wrong is Kill.ACCEPTED:
            await asyncio.to_thread(self.ground.kill_asker, send_id)
            return self._abort(server)
        if wrong is Break.RESET_AFTER:
            return self._abort(server)
        if wrong is Break.TIMEOUT_AFTER:
            await asyncio.sleep(HANG_S)
        if wrong is Break.SLOW:
            await asyncio.sleep(TIMEOUT_S / 2)
        return "what was that?" if wrong is Break.GARBAGE_AFTER else "250 2.0.0 queued"

    def _abort(self, server: SMTP) -> str:
        if isinstance(server.transport, asyncio.Transport):
            server.transport.abort()
        return "421 gone"


@dataclass
class PrintSteps:
    """What goes wrong at the steps of the print house's SFTP server: all of it where a letter's entry is put."""

    ground: Ground
    hang_s: float

    def __call__(self, number: int, step: str, path: str) -> Cut | None:
        name = re.search(r"/([0-9a-f]{32})\.json$", path)
        claim = re.search(r"/\.kvitt/([0-9a-f]{32})\.\d+$", path)
        if step not in ("rename", "posix_rename") or not (name or claim):
            return None
        send_id = (name or claim)[1]  # type: ignore[index]
        life, where = self.ground.place(send_id) or _strange(send_id)
        for fault in (*life.fault(Seat.PRINT_HOUSE, where, Break), *life.fault(Seat.PRINT_HOUSE, where, Kill)):
            if (fault.kind is Break.RESET_BEFORE) is not bool(claim) or fault.kind not in PRINT_FAULTS:
                continue
            if self.ground.fuses.blow(fault):
                return self._do(fault.kind, send_id)
        return None

    def _do(self, kind: object, send_id: str) -> Cut | None:
        if kind is Break.RESET_BEFORE:
            return Cut.BEFORE
        if kind is Kill.ACCEPTED:
            self.ground.kill_asker(send_id)
            return Cut.AFTER
        if kind is Break.TIMEOUT_AFTER:
            time.sleep(self.hang_s)
        if kind is Break.SLOW:
            time.sleep(self.hang_s / 4)
        return Cut.AFTER if kind is Break.RESET_AFTER else None


@dataclass
class Pingen(pingen_house.Pingen):
    """Pingen, which knows a letter by our id already while it is being made."""

    ground: Ground | None = None
    caller: Caller | None = None
    _told: set[str] = field(default_factory=set)

    def answer(self, method: str, path: str, headers: Any, body: bytes) -> tuple[int, Any]:
        if method != "POST" or not path.endswith("/letters") or self.ground is None:
            return super().answer(method, path, headers, body)
        send_id = headers.get("Idempotency-Key")
        life, step = self.ground.place(send_id) or _strange(send_id)
        wrong = trouble(self.ground, life, Seat.PINGEN, step)
        if wrong is Break.RESET_BEFORE:
            raise ConnectionResetError
        if wrong in ERRORS:
            return ERRORS[wrong], {"errors": [{"title": "sorry"}]}
        if wrong is Break.GARBAGE_BEFORE:
            return 200, "Welcome to the hotel's network"
        made = super().answer(method, path, headers, body)
        if wrong is Kill.ACCEPTED:
            self.ground.kill_asker(send_id)
        if wrong in (Break.TIMEOUT_AFTER, Break.SLOW):
            time.sleep(HANG_S if wrong is Break.TIMEOUT_AFTER else TIMEOUT_S / 2)
        if wrong in (Kill.ACCEPTED, Break.RESET_AFTER):
            raise ConnectionResetError
        if wrong is Break.GARBAGE_AFTER:
            return 200, "Welcome to the hotel's network"
        return (500, {"errors": [{"title": "sorry"}]}) if wrong is Break.ERROR_AFTER else made

    def work_and_tell(self) -> None:
        """Print what was given to print, and call back about what was posted."""
        self.work()
        with self._lock:
            sent = {one for one, letter in self.letters.items() if letter["status"] == "sent"} - self._told
        for letter_id in sent if self.caller else ():
            headers, body = self.call_back("webhook_sent", letter_id)
            self._told.add(letter_id)
            self.caller.post("/hooks/pingen", body, headers)  # type: ignore[union-attr]


ERRORS: dict[object, int] = {Break.BUSY: 429, Break.ERROR_BEFORE: 500}
PRINT_FAULTS = {Break.RESET_BEFORE, Break.RESET_AFTER, Break.TIMEOUT_AFTER, Break.SLOW, Kill.ACCEPTED}


def print_all(press: Press, pingen: Pingen, closers: Sequence[Callable[[datetime], None]]) -> None:
    """Let both houses finish what they were given by now, as if it were evening."""
    evening = datetime.now(UTC) + timedelta(days=2)
    pingen.work()
    for close in closers:
        close(evening)
    press.work(evening)
    for _ in range(2):
        pingen.work_and_tell()


def put_out(folder: Path) -> Counter[str]:
    """How often each thing lies in a folder of the outbox."""
    whole = (path for path in folder.iterdir() if path.suffix != ".part") if folder.exists() else ()
    return Counter(path.stem for path in whole)


def _strange(send_id: str) -> tuple[Life, str]:
    raise AssertionError(f"a vendor was asked to send what is in no books: {send_id}")


def _broken_before(wrong: Kind | None, handler: BaseHTTPRequestHandler, asked: Asked) -> bool:
    if wrong is Break.RESET_BEFORE:
        resetting(handler, asked)
    elif wrong is Break.BUSY:
        body = {"code": 20429, "message": "Too many requests", "status": 429}
        answering(429, body)(handler, asked)
    elif wrong is Break.ERROR_BEFORE:
        answering(500, {"message": "sorry"})(handler, asked)
    elif wrong is Break.GARBAGE_BEFORE:
        answering(200, b"<html>Welcome to the hotel's network")(handler, asked)
    else:
        return False
    return True


def _broken_after(wrong: Kind | None, handler: BaseHTTPRequestHandler, asked: Asked, kill: Callable[[], None]) -> bool:
    """Spoil the answer to what was accepted; False: it is to be answered rightly, slowly or not."""
    if wrong is Kill.ACCEPTED:
        kill()
        resetting(handler, asked)
    elif wrong is Break.RESET_AFTER:
        resetting(handler, asked)
    elif wrong is Break.TIMEOUT_AFTER:
        time.sleep(HANG_S)
    elif wrong is Break.ERROR_AFTER:
        answering(500, {"message": "sorry"})(handler, asked)
    elif wrong is Break.GARBAGE_AFTER:
        answering(200, b"<html>Welcome to the hotel's network")(handler, asked)
    else:
        time.sleep(TIMEOUT_S / 2 if wrong is Break.SLOW else 0)
        return False
    return True


def _answer(handler: BaseHTTPRequestHandler, code: int, body: bytes, headers: dict[str, str]) -> None:
    handler.send_response(code)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(body)))
    handler.end_headers()
    handler.wfile.write(body)
