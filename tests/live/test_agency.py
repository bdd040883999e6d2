"""A claim at an agency, for real, over HTTP and SFTP; with reports that come twice, late, in any order, or not."""

from __future__ import annotations

import asyncio
import io
import json
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import httpx
import pytest_asyncio
from pydantic import SecretStr

from activities.asking import Asking
from activities.hearing import Hearing
from activities.vendors import PARSERS, mailboxes, ways
from channels.agency.signing import is_signed, signed
from config.merchants import Loaded, load_text
from config.settings import Settings
from config.vendors import OtherAgency, TheAgency
from domain.events import Collected, WithdrawalAsked
from domain.facts import Facts
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import AgencyOutcome, Message, Outcome, Reason, Status
from gateway.app import create_app
from store.orders import Order
from store.sends import KeptSend
from tests.channels.house import USER, Server
from tests.channels.vendor import Asked, Vendor, vendor
from tests.databases import database_of
from tests.gateway.cases import at, move_to, opening
from tests.gateway.conftest import browsing
from tests.live.house import House, open_house

OURS, THEIRS, OTHERS = (f"whsec_{letter * 43}=" for letter in "AEI")
HANDED_OVER = "2026-05-08 12:00"
"""After the hand-over of an invoice of the example merchant that nobody pays."""


@dataclass
class Office:
    """An agency's people behind their HTTP service: they keep what they were given, and answer what they are asked."""

    taken: dict[str, Asked] = field(default_factory=dict)
    reports: list[dict[str, str]] = field(default_factory=list)
    broken: frozenset[str] = frozenset()
    """Methods that are answered with trouble; what was posted is taken all the same."""

    def __call__(self, handler: BaseHTTPRequestHandler, asked: Asked) -> None:
        send_id = asked.headers["webhook-id"]
        assert is_signed(asked.headers, asked.body, [OURS], datetime.now(UTC))
        if asked.method == "POST":
            self.taken.setdefault(send_id, asked)
        is_known = send_id in self.taken
        said = {"known": is_known, "reports": [report for report in self.reports if report["about"] == send_id]}
        status = 500 if asked.method in self.broken else 200 if is_known else 404
        self._answer(handler, status, {} if status == 500 else said)

    @contextmanager
    def trouble(self, *methods: str) -> Iterator[None]:
        self.broken = frozenset(methods)
        try:
            yield
        finally:
            self.broken = frozenset()

    def _answer(self, handler: BaseHTTPRequestHandler, status: int, said: dict[str, Any]) -> None:
        body = json.dumps(said).encode()
        handler.send_response(status)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)


@dataclass(frozen=True)
class Town:
    """A house of ours, and two agencies: one has an office, the other a folder."""

    house: House
    web: httpx.AsyncClient
    server: Vendor
    office: Office
    folder: Path

    async def handed_over(self, number: str, agency: str = "nordinkasso") -> tuple[InvoiceRef, KeptSend]:
        """An invoice that went all the way, and its claim."""
        phone = f"+467017406{int(number.rpartition('-')[2]):02}"  # each customer gets one dunning SMS a day
        opened = replace(opening(number, naming(agency), phone=phone), shift=at("2026-03-02 00:00") - datetime.now(UTC))
        ref = (await self.house.client.start(opened)).ref
        await self.house.client.rest(ref)
        await move_to(self.house, ref, HANDED_OVER)
        return ref, self.sends(ref, Message.CLAIM)[0]

    def sends(self, ref: InvoiceRef, message: Message) -> list[KeptSend]:
        return [send for send in self.house.books.sends.of_invoice(ref.id) if send.message == message]

    def facts(self, ref: InvoiceRef) -> Facts:
        return self.house.books.cases.read(ref.id).facts

    def collected(self, ref: InvoiceRef) -> list[str]:
        events = self.house.books.cases.read(ref.id).events
        return [str(event.amount) for event in events if isinstance(event, Collected)]

    def asked(self, ref: InvoiceRef) -> list[Reason]:
        return [ask.reason for ask in self.facts(ref).asks if not ask.resolved]

    async def report(
        self, claim: KeptSend, what: str, agency: str = "nordinkasso", secret: str = THEIRS, **more: str
    ) -> int:
        body = json.dumps(report(claim, what, **more)).encode()
        headers = signed([secret], "msg_1", body, datetime.now(UTC))
        return (await self.web.post(f"/hooks/agency/{agency}", content=body, headers=headers)).status_code

    @property
    def asking(self) -> Asking:
        out = ways(self.house.settings)
        collection = {Channel.COLLECTION: out[Channel.COLLECTION]}
        return Asking(Hearing(self.house.client, PARSERS), collection, mailboxes(self.house.settings))


def report(claim: KeptSend, what: str, **more: str) -> dict[str, str]:
    told = {"id": f"evt-{what}-{claim.id}", "type": what, "about": claim.id, "at": "2026-05-09T08:00:00+02:00"}
    if what == "paid":
        told |= {"payment": f"P-{claim.id}", "amount": "100.00", "currency": "SEK", "dated": "2026-05-07"}
    return told | more


def naming(agency: str) -> Loaded:
    """The example merchant, who hands over to this agency."""
    text = Path("examples/merchants/nordljus.yaml").read_text()
    return load_text(text.replace("agency: outbox", f"agency: {agency}"), "nordljus.yaml")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def town(tmp_path_factory) -> AsyncIterator[Town]:
    home = tmp_path_factory.mktemp("town")
    office = Office()
    for name in ("shared/in", "shared/out", "keys"):
        (home / name).mkdir(parents=True)
    with vendor(office) as http, Server(home / "shared", home / "keys") as sftp:
        agency = TheAgency(
            name="nordinkasso", url=http.url, secrets=(SecretStr(OURS),), report_secrets=(SecretStr(THEIRS),)
        )
        other = OtherAgency(
            kind="sftp",
            host="127.0.0.1",
            port=sftp.port,
            user=USER,
            key=sftp.key_path,
            host_key=sftp.host_key,
            report_secrets=(SecretStr(OTHERS),),
        )
        settings = Settings(
            home=home,
            database_url=database_of(home),
            collection="http",
            agency=agency,
            agencies={"intrum": other},
        )
        async with open_house(home, settings=settings) as house, browsing(create_app(house.client, settings)) as web:
            yield Town(house, web, http, office, home / "shared")


async def until(claim: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not await asyncio.to_thread(claim):
            await asyncio.sleep(0.02)


async def test_a_claim_is_handed_over_once_as_it_is_kept(town: Town):
    ref, claim = await town.handed_over("agency-1")

    asked = town.office.taken[claim.id]
    assert claim.parcel
    assert asked.body == claim.parcel.body
    assert asked.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(asked.body)) as pack:
        assert json.loads(pack.read("claim.json"))["id"] == claim.id
    assert town.facts(ref).in_collection


async def test_what_the_agency_says_becomes_facts_once_however_often_it_is_said(town: Town):
    """Trap 13: acknowledged twice; and a payment that is reported under two ids is one payment."""
    ref, claim = await town.handed_over("agency-2")

    for again in ({}, {"id": "again"}):
        assert await town.report(claim, "acknowledged", case="K-1", **again) == 204
        assert await town.report(claim, "status", status="demand_sent", **again) == 204
        assert await town.report(claim, "paid", **again) == 204

    await until(lambda: town.collected(ref))
    facts = town.facts(ref)
    assert (facts.agency.case, facts.agency.status) == ("K-1", "demand_sent")
    assert town.collected(ref) == ["100.00"]
    assert facts.payments[-1].by_agency
    kinds = [type(event).__name__ for event in town.house.books.cases.read(ref.id).events]
    assert kinds.count("Acknowledged") == 1


async def test_whoever_is_not_the_claims_agency_is_not_heard_of_it(town: Town):
    """Another agency, which can prove who it is; one that cannot; and one that nobody knows."""
    ref, claim = await town.handed_over("agency-3")

    assert await town.report(claim, "paid", "intrum", OTHERS) == 204
    assert await town.report(claim, "paid", "nordinkasso", OTHERS) == 403
    assert await town.report(claim, "paid", "nobody", THEIRS) == 404
    assert await town.report(claim, "paid") == 204

    await until(lambda: town.collected(ref))
    assert town.collected(ref) == ["100.00"], "and the other one's words have not used up this one's"


async def test_a_status_that_comes_late_undoes_no_closing(town: Town):
    ref, claim = await town.handed_over("agency-4")

    await town.report(claim, "closed", outcome="returned")
    await until(lambda: town.facts(ref).agency.closed)
    await town.report(claim, "status", status="demand_sent")
    await town.report(claim, "acknowledged", case="K-4")
    await town.report(claim, "closed", outcome="paid")
    await until(lambda: town.facts(ref).agency.case)

    facts = town.facts(ref)
    assert (facts.agency.closed, facts.agency.status) == (AgencyOutcome.RETURNED, "")
    assert not facts.in_collection
    await until(lambda: town.asked(ref))
    assert town.asked(ref) == [Reason.AGENCY_CLOSED]


async def test_money_that_is_told_after_the_closing_counts(town: Town):
    ref, claim = await town.handed_over("agency-5")
    owed = town.facts(ref).balance

    await town.report(claim, "closed", outcome="paid")
    await town.report(claim, "paid", amount=str(owed))
    await until(lambda: town.facts(ref).closed)

    assert (town.collected(ref), town.facts(ref).closed) == ([str(owed)], Outcome.PAID)


async def test_a_refused_claim_asks_a_person(town: Town):
    ref, claim = await town.handed_over("agency-6")

    await town.report(claim, "refused", code="debtor_unknown")
    await until(lambda: town.asked(ref))

    assert town.asked(ref) == [Reason.AGENCY_REFUSED]
    assert not town.facts(ref).in_collection


async def test_a_withdrawal_reaches_the_agency_at_once_and_is_confirmed(town: Town):
    ref, claim = await town.handed_over("agency-7")
    now = await town.house.client.clock.now(ref, town.house.books)

    await town.house.client.order(ref, Order("withdraw-7", "withdraw", "test"), WithdrawalAsked(at=now))
    await town.house.client.rest(ref)
    (notice,) = town.sends(ref, Message.WITHDRAWAL)
    await town.report(claim, "withdrawn")
    await until(lambda: town.facts(ref).agency.withdrawn)

    asked = town.office.taken[notice.id]
    told = json.loads(asked.body)
    assert (asked.headers["content-type"], told["notice"]) == ("application/json", "withdrawal")
    assert (told["id"], told["claim"]) == (notice.id, claim.id)


async def test_money_that_cannot_be_read_stays_where_somebody_sees_it(town: Town):
    ref, claim = await town.handed_over("agency-8")
    before = len(town.house.books.inbox.stuck())

    await town.report(claim, "paid", currency="EUR")
    await town.report(claim, "paid", amount="much")
    await until(lambda: len(town.house.books.inbox.stuck()) == before + 2)
    await town.report(claim, "paid")

    await until(lambda: town.collected(ref))
    assert town.collected(ref) == ["100.00"]


async def test_a_claim_whose_answer_was_lost_is_found_and_not_handed_over_again(town: Town):
    with town.office.trouble("POST"):
        ref, claim = await town.handed_over("agency-9")

    assert len(town.sends(ref, Message.CLAIM)) == 1
    assert town.facts(ref).in_collection
    posts = [asked for asked in town.server.asked if asked.method == "POST" and asked.headers["webhook-id"] == claim.id]
    assert len(posts) == 1


async def test_a_claim_in_doubt_is_settled_by_the_first_word_about_it(town: Town):
    """Also one that was given up because nobody could tell: whoever speaks of it has it."""
    with town.office.trouble("POST", "GET"):
        ref, claim = await town.handed_over("agency-10")
        doubt = town.facts(ref).send(claim.send)
        assert (doubt.status, doubt.why, town.asked(ref)) == (
            Status.FAILED,
            Reason.OUTCOME_UNKNOWN,
            [Reason.AGENCY_REFUSED],
        )

        await town.report(claim, "status", status="demand_sent")
        await until(lambda: town.facts(ref).agency.status)

    assert town.facts(ref).send(claim.send).status is Status.SENT
    assert town.facts(ref).in_collection


async def test_reports_that_never_came_are_found_by_asking_and_counted_once(town: Town):
    ref, claim = await town.handed_over("agency-11")
    await town.report(claim, "paid")
    await until(lambda: town.collected(ref))
    town.office.reports += [report(claim, "acknowledged", case="K-11"), report(claim, "paid", id="another")]
    town.office.reports += [report(claim, "paid", payment="P-2", amount="50.00")]

    await town.asking.go_round(datetime.now(UTC) + timedelta(days=2))

    assert town.facts(ref).agency.case == "K-11"
    assert town.collected(ref) == ["100.00", "50.00"]


async def test_over_sftp_a_claim_lies_ready_and_reports_are_fetched_once(town: Town):
    ref, claim = await town.handed_over("agency-12", "intrum")
    assert claim.parcel
    assert (town.folder / "in" / f"{claim.id}.zip").read_bytes() == claim.parcel.body
    assert (town.folder / "in" / f"{claim.id}.ready").exists()
    for name, told in (("1", report(claim, "paid")), ("2", report(claim, "acknowledged", case="K-12"))):
        (town.folder / "out" / f"{name}.json").write_text(json.dumps(told))
    (town.folder / "out" / "3.json").write_text("{")

    await town.asking.go_round()
    await town.asking.go_round()
    await town.report(claim, "paid", "intrum", OTHERS, id="by-hook")

    await until(lambda: town.facts(ref).agency.case)
    assert town.collected(ref) == ["100.00"]
    assert town.facts(ref).agency.case == "K-12"
    assert sorted(path.name for path in (town.folder / "out" / "read").iterdir()) == ["1.json", "2.json", "3.json"]


async def test_an_agency_that_is_not_set_up_asks_a_person(town: Town):
    ref, claim = await town.handed_over("agency-13", "unheard-of")

    facts = town.facts(ref)
    assert (facts.send(claim.send).status, facts.in_collection) == (Status.FAILED, False)
    assert town.asked(ref) == [Reason.AGENCY_REFUSED]
    assert "unheard-of" in town.sends(ref, Message.CLAIM)[0].vendor_said
