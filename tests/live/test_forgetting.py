"""A customer with peculiar words everywhere lives a life, gets all of it, and is forgotten; the neighbours stay."""

from __future__ import annotations

import asyncio
import json
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from activities.evidence import evidence_of
from activities.hearing import Hearing
from activities.vendors import PARSERS
from channels.hearing import Post
from commands.line import command_line
from commands.session import CommandError
from config.problems import ConfigError
from domain.archive import ArchiveError
from domain.events import Amended, Answered, Disputed, Paid
from domain.evidence import check, head_of
from domain.law.bank_days import calendar_of
from domain.policy import Channel
from domain.wire import InvoiceRef
from domain.words import DisputeOutcome, Status
from store.answered import Answered as Answers
from store.books import Books
from store.engine import reading
from store.inventory import every_table
from store.opt_outs import EVERY_MERCHANT, OptOut
from store.orders import Order
from tests.databases import on_postgres
from tests.gateway.cases import at, merchant, opening, sek
from tests.live.house import House
from workflows.order_values import contact_changes
from workflows.ordering import Asked, give
from workflows.orders import ORDERS

PHONE, IP = "+46701740777", "198.51.100.77"
WHO = {
    "name": "Zazilia Quux",
    "email": "Zazilia.Quux@Customer.example",
    "phone": PHONE,
    "address": ["Quuxgatan 7", "111 22 Stockholm"],
}
NEW_EMAIL = "quux.new@customer.example"
TEXTS = ("Quuxbatteri", "Quuxwhy", "Quuxreply", "Quuxbounce", "Quuxbrowser", "Quuxunassigned", "Quuxunreadable")
MARKS = (b"quux", PHONE[1:].encode(), IP.encode())
"""What is hers, wherever it stands."""


@dataclass(frozen=True)
class Street:
    """Her invoice, and those who share something with her."""

    hers: InvoiceRef
    same_phone: InvoiceRef
    """Another merchant's, of another customer with the same phone."""
    same_email: InvoiceRef
    """Her husband's, who reads her e-mail."""


@pytest.fixture
def home(house: House, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("KVITT_HOME", str(house.settings.home))
    monkeypatch.setenv("KVITT_DATABASE_URL", house.settings.database)
    monkeypatch.setenv("KVITT_RETENTION_YEAR_ENDS", "12-31")
    monkeypatch.setenv("COLUMNS", "200")
    return house.settings.home


async def run(*arguments: str, code: int = 0) -> str:
    """A command, beside what runs."""
    result = await asyncio.to_thread(lambda: CliRunner().invoke(command_line(), arguments))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result.stdout


async def test_a_customer_gets_all_that_is_kept_and_is_forgotten_for_good(
    house: House, home: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
):
    with caplog.at_level(logging.DEBUG):
        street = await lived(house)
        books, ref = house.books, street.hers
        pack = evidence_of(books, books.cases.read(ref.id))
        assert {send.id for send in books.sends.of_invoice(ref.id)} & {path.stem for path in home.glob("outbox/*/*")}
        neighbours = [*of_invoice(books, street.same_phone), *of_invoice(books, street.same_email)]
        assert neighbours

        told = await run("person", "find", WHO["email"].upper(), "--json")
        assert {one["number"] for one in json.loads(told)["invoices"]} == {ref.number, street.same_email.number}
        with pytest.raises(CommandError, match="'Frans Lind', 'Zazilia Quux'; say who is meant, with --name"):
            await run("person", "export", WHO["email"])

        await exported(books, tmp_path)
        await forgotten(books, ref, pack)

    assert [*of_invoice(books, street.same_phone), *of_invoice(books, street.same_email)] == neighbours
    printed = capfd.readouterr()
    for place in (caplog.text, printed.out, printed.err):
        assert not found_in(place.encode())
    assert not {send.id for send in books.sends.of_invoice(ref.id)} & {path.stem for path in home.glob("outbox/*/*")}
    if not on_postgres():
        bytes_ = b"".join((home / name).read_bytes() for name in ("kvitt.sqlite3", "kvitt.sqlite3-wal"))
        assert [text for text in (*TEXTS, "Quuxgatan", NEW_EMAIL, IP) if text.encode() in bytes_] == []


async def exported(books: Books, folder: Path) -> None:
    """She gets everything: what she was told, what was said of her, what she said; and nothing of his."""
    file = folder / "hers.zip"
    await run("person", "export", PHONE, "--merchant", "nordljus", "-o", str(file))
    with zipfile.ZipFile(file) as archive:
        files = {path: archive.read(path) for path in archive.namelist()}
    everything = b"\n".join(files.values())
    for text in (*TEXTS, WHO["email"], NEW_EMAIL, PHONE, IP, *WHO["address"]):
        assert text.encode() in everything, text
    for other in (b"Frans", b"203.0.113.5", b"Havbl"):
        assert other not in everything
    again = folder / "again.zip"
    await run("person", "export", PHONE, "--merchant", "nordljus", "-o", str(again))
    assert again.read_bytes() == file.read_bytes()


async def forgotten(books: Books, ref: InvoiceRef, pack: bytes) -> None:
    """Nothing of hers is left but her sealed evidence, the same bytes; when the books' time is over, nothing."""
    with pytest.raises(CommandError, match="1 invoice would be forgotten for good; repeat with --confirm 1"):
        await run("forget", f"nordljus/{ref.number}")
    with pytest.raises(CommandError, match="there are 1 invoice, not 2"):
        await run("forget", f"nordljus/{ref.number}", "--confirm", "2")
    assert WHO["name"] in await run("forget", f"nordljus/{ref.number}", "--dry-run")
    assert books.forgetting.of(ref.id) is None

    told = await run("forget", PHONE, "-m", "nordljus", "--confirm", "1", "--opt-outs", "--why", "asked on the phone")

    assert "evidence sealed until 2033-12-31" in told
    assert set(tables_that_know_her(books)) == {"forgotten"}
    assert evidence_of(books, books.cases.read(ref.id)) == pack
    assert check(pack).problems == ()
    [row] = rows_of(books, "forgotten", ref)
    assert (row["head"], row["why"]) == (head_of(pack), "asked on the phone")
    with pytest.raises(CommandError, match="the books know nobody"):
        await run("person", "find", PHONE, "--merchant", "nordljus")
    assert "evidence sealed" in await run("forget", f"nordljus/{ref.number}", "--confirm", "1")

    assert books.forgetting.unseal(date(2033, 12, 31), 100) == 0
    assert books.forgetting.unseal(date(2034, 1, 1), 100) == 1
    books.forgetting.compact()
    assert list(tables_that_know_her(books)) == []
    with pytest.raises(ArchiveError, match="its books were kept until 2033-12-31"):
        evidence_of(books, books.cases.read(ref.id))


async def test_numbers_ledger_and_history_stay_when_a_customer_is_forgotten(house: House, home: Path):
    ref = await begun(house, "forget-2", name="Numa Numbers", email="numa@customer.example")
    await closed(house, ref)
    before, stage = house.books.cases.read(ref.id), house.books.looks.one(ref.id)

    await run("forget", "numa@customer.example", "--confirm", "1")

    after = house.books.cases.read(ref.id)
    assert (after.events, after.life, after.reference) == (before.events, before.life, before.reference)
    assert after.facts.postings == before.facts.postings
    assert house.books.looks.one(ref.id) == stage
    assert "nothing is owed" in (await run("ledger", f"nordljus/{ref.number}")).lower()
    late = Paid(at=await house.client.clock.now(ref, house.books), amount=sek("1.00"), dated=date(2026, 5, 1))
    assert await house.client.order(ref, Order("forget-2-late", "pay", "bank"), late)
    for name, fields in {"amend": {"phone": PHONE}, "answer": {"outcome": "rejected", "reply": "Dear Numa"}}.items():
        if name == "answer":
            await order(house, ref, "dispute", Disputed(at=datetime.now(UTC)))
        with pytest.raises(ConfigError, match=r"its customer was forgotten on .*nobody can be written to"):
            await give(house.client, ref, Asked(ORDERS[name], fields), Order(f"forget-2-{name}", name, "clerk"))


async def test_a_forgotten_customer_is_written_to_no_more_and_handed_over_to_nobody(house: House, home: Path):
    """Also when the money is taken back, and something is owed again: then a person is asked."""
    ref = await begun(house, "forget-6", name="Rut Returned", email="rut@customer.example")
    await closed(house, ref)
    await run("forget", "rut@customer.example", "--confirm", "1")
    before = house.books.sends.of_invoice(ref.id)

    paid = house.books.cases.read(ref.id).facts.paid
    await order(house, ref, "collected", Paid(at=datetime.now(UTC), amount=-paid, dated=date(2026, 3, 10)))
    for _ in range(6):
        await house.client.rest(ref)
        await house.client.fast_forward(ref, timedelta(days=20))
    await house.client.rest(ref)

    case, sends = house.books.cases.read(ref.id), house.books.sends.of_invoice(ref.id)
    assert case.facts.closed is None
    assert [ask.reason for ask in case.facts.asks if not ask.resolved]
    assert [send.parcel for send in sends] == [None] * len(sends)
    assert {send.vendor for send in sends[len(before) :]} <= {None}, "a vendor was asked"


async def test_a_case_that_lives_is_not_forgotten_and_neither_are_its_closed_sisters(house: House, home: Path):
    who = {"name": "Olga Open", "email": "olga@customer.example"}
    one, other = await begun(house, "forget-3", **who), await begun(house, "forget-4", **who)
    await closed(house, one)

    with pytest.raises(CommandError) as refusal:
        await run("forget", "olga@customer.example", "--confirm", "2")

    cure = "nordljus/forget-4 is not closed; settle it, or: kvitt stop nordljus/forget-4"
    assert str(refusal.value) == f"nothing was forgotten:\n{cure}"
    assert house.books.forgetting.of(one.id) is None
    await closed(house, other)
    assert "forgotten" in await run("forget", "olga@customer.example", "--confirm", "2")


# --- a life ----------------------------------------------------------------------------------------------------------


async def lived(house: House) -> Street:
    """Bounces, a dispute, an answer in words, a new address, objections, money; and posts that nobody understands."""
    hers = await begun(house, "forget-1", **WHO)
    same_phone = await begun(house, "forget-1", of="havblik", name="Bo Blik", email="bo@customer.example", phone=PHONE)
    same_email = await begun(house, "forget-5", name="Frans Lind", email=WHO["email"], phone="+46701740778")
    books, hearing = house.books, Hearing(house.client, PARSERS)
    mail, his = books.sends.of_invoice(hers.id)[0], books.sends.of_invoice(same_email.id)[0]
    bounced = {"event": "bounce", "type": "bounce", "reason": "550 Quuxbounce", "kvitt_send": mail.id, "ip": IP}
    opened = {"event": "open", "kvitt_send": mail.id, "useragent": "Quuxbrowser", "timestamp": 1_772_000_001}
    of_him = {"event": "delivered", "kvitt_send": his.id, "response": "250 Frans", "ip": "203.0.113.5"}
    unassigned = {"event": "bounce", "reason": f"Quuxunassigned {NEW_EMAIL}", "email": NEW_EMAIL}
    stamp = {"timestamp": 1_772_000_000}
    for body in ([stamp | bounced, opened, stamp | of_him], [stamp | unassigned]):
        await heard(hearing, json.dumps(body).encode())
    await heard(hearing, f"Quuxunreadable <{NEW_EMAIL}>".encode())
    await house.client.rest(hers)
    assert books.cases.read(hers.id).facts.sends[0].status is Status.FAILED
    await order(house, hers, "dispute", Disputed(at=datetime.now(UTC)), why="Quuxwhy")
    answered = Answered(at=datetime.now(UTC), outcome=DisputeOutcome.REJECTED, reply=True)
    await order(house, hers, "answer", answered, reply="Quuxreply")
    details = contact_changes(books.cases.read(hers.id).details, {"email": NEW_EMAIL})
    await order(house, hers, "amend", Amended(at=datetime.now(UTC), renewed=(Channel.EMAIL,)), details=details)
    await house.client.rest(hers)
    books.opt_outs.add(OptOut(Channel.EMAIL, NEW_EMAIL, EVERY_MERCHANT, datetime.now(UTC), "sendgrid"))
    answers = Answers(books.engine)
    answers.claim("nordljus", "key-of-hers", "0" * 64, datetime.now(UTC))
    answers.answer("nordljus", "key-of-hers", 201, json.dumps({"number": hers.number, "why": "Quuxwhy"}))
    for ref in (hers, same_phone, same_email):
        await closed(house, ref)
    return Street(hers, same_phone, same_email)


async def begun(house: House, number: str, of: str = "nordljus", **customer: Any) -> InvoiceRef:
    """An invoice that has gone out."""
    opened = opening(number, merchant(of), **({"phone": None} | customer))
    text = opened.details.replace("Magazine", "Quuxbatteri") if customer["name"] == WHO["name"] else opened.details
    midnight = calendar_of("SE").moment(datetime.combine(opened.invoice.issued, time.min))
    ref = (await house.client.start(replace(opened, details=text, shift=midnight - datetime.now(UTC)))).ref
    await house.client.rest(ref)
    ahead = at("2026-03-02T12:00") - await house.client.clock.now(ref, house.books)
    await house.client.fast_forward(ref, max(ahead, timedelta(0)))
    await house.client.rest(ref)
    return ref


async def order(house: House, ref: InvoiceRef, name: str, event: Any, details: str | None = None, **words: str) -> None:
    now = await house.client.clock.now(ref, house.books)
    given = Order(f"{ref.merchant}-{ref.number}-{name}", name, "clerk", **words)
    assert await house.client.order(ref, given, replace(event, at=now), details)


async def closed(house: House, ref: InvoiceRef) -> None:
    balance = house.books.cases.read(ref.id).facts.balance
    await order(house, ref, "pay", Paid(at=datetime.now(UTC), amount=balance, dated=date(2026, 3, 9)))
    await house.client.rest(ref)
    assert house.books.cases.read(ref.id).facts.closed


async def heard(hearing: Hearing, body: bytes) -> None:
    post = Post("sendgrid", body, "")
    post_id = await hearing.keep(post)
    assert post_id
    await hearing.read(post_id, post)


# --- what is there ---------------------------------------------------------------------------------------------------


def found_in(data: bytes) -> list[bytes]:
    lower = data.lower()
    return [mark for mark in MARKS if mark in lower]


def tables_that_know_her(books: Books) -> Iterator[str]:
    """Which tables hold anything that is hers alone; a neighbour's phone and e-mail are the neighbour's too."""
    with reading(books.engine) as connection:
        for table in every_table():
            for row in connection.execute(select(table)):
                text = b"\n".join(value if isinstance(value, bytes) else str(value).encode() for value in row)
                if found_in(text) and not (b"Frans Lind" in text or b"Bo Blik" in text):
                    yield table.name


def of_invoice(books: Books, ref: InvoiceRef) -> list[Any]:
    """Every row that hangs on an invoice, but for its looks."""
    with reading(books.engine) as connection:
        found: list[Any] = []
        for table in every_table():
            column = "id" if table.name == "invoice" else "invoice_id"
            if table.name != "look" and column in table.columns and table.columns[column].type.python_type is int:
                found += connection.execute(select(table).where(table.columns[column] == ref.id)).all()
        return found


def rows_of(books: Books, name: str, ref: InvoiceRef) -> list[Any]:
    [table] = [table for table in every_table() if table.name == name]
    with reading(books.engine) as connection:
        return list(connection.execute(select(table).where(table.columns["invoice_id"] == ref.id)).mappings())
