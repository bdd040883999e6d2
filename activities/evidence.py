"""Evidence packs from the books: all that proves what one invoice's debtor owes, and was told.

The same books give the same pack. What goes to an agency leaves out what is the merchant's own: its file with the
rules for others, and what agencies were told before, or each attempt to hand over would hold all earlier ones.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from functools import cache
from hashlib import sha256
from importlib.metadata import version
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from activities.exhibits import deliveries, in_words, messages
from activities.grounds import law_as_json
from config.invoice_input import InvoiceInput
from domain.archive import ArchiveError
from domain.evidence import HISTORY, Piece, act_path, compact, indented, packed, rows
from domain.explaining import line_as_json, open_as_json
from domain.ledger import ledger
from domain.merchant import Merchant
from domain.parties import Line
from domain.policy import Channel
from domain.telling import step_name
from domain.timeline import Did, Entry
from store.books import Books
from store.cases import CaseFile
from store.evidence import KeptOrder, Pinned
from store.forgetting import Forgotten

_README = """\
Evidence: invoice {number} of {name} ({merchant})
As the books of Kvitt stood at {at}.

WHAT THIS IS
{claim}
invoice.json     what was agreed and invoiced: who owes, for what, how much, by when
messages/        each message: the very bytes that went out, and about.json with when, how, to whom and through whom
delivery.jsonl   what was heard of the messages, and when the invoice page was viewed
ledger.json      every change of what is owed, by value day, and what it was counted towards
law.json         the legal ground of each charge, and the law in force: values, sources, how surely each is known
policy.json      the rules that the merchant had chosen for this invoice{file}{earlier}
versions.json    which versions of Kvitt, of its rules and of the merchant's file this comes from
history.jsonl    what was done, act by act
commands.jsonl   who ordered what, when and why
log.jsonl        a line for each file and each act, in the order of time

HOW TO CHECK IT

    kvitt verify THIS.zip

needs no books and no settings. Without Kvitt: "sha256" in a line of log.jsonl is the SHA-256 of the file at "path",
or of that line of history.jsonl. "prev" is the SHA-256 of the whole line before, without its line end; in the first
line it is all zeros. The last line, "sealed", has the SHA-256 of all the lines before it. The SHA-256 of the last line
is the log's head. It stands for everything here. Whoever made the pack knows it: ask for it on another way.
"""
_CLAIM = "\nclaim.json       the notice to the agency; it names the evidence that it rests on"
_EARLIER = "\nearlier/         the rules by which it went before it was moved to those, oldest first"
_FILE = "\npolicy.yaml      the merchant's file as it was published"


def evidence_of(books: Books, case: CaseFile) -> bytes:
    """The pack of a case as the books stand, for its merchant; as it was sealed, if the customer was forgotten."""
    if forgotten := books.forgetting.of(case.id):
        return _sealed(books, forgotten)
    moments = [event.at for event in case.events] + ([case.looked_at] if case.looked_at else [])
    return _Gathering(books, case, max(moments, default=_issued(case)), is_to_agency=False).pack(None)


def _sealed(books: Books, forgotten: Forgotten) -> bytes:
    """The same bytes, and so the same head, for as long as the law wants them kept."""
    pack = books.forgetting.sealed(forgotten.invoice_id)
    if pack is None:
        raise ArchiveError(f"its customer was forgotten, and its books were kept until {forgotten.keep_until}")
    return pack


def claim_of(books: Books, case: CaseFile, at: datetime, notice: Mapping[str, Any]) -> bytes:
    """The pack that hands a case over at this moment, with its notice."""
    return _Gathering(books, case, at, is_to_agency=True).pack(notice)


def debtor_as_json(case: CaseFile, merchant: Merchant) -> dict[str, Any]:
    """Who owes, as it came in or was amended last."""
    debtor = InvoiceInput.from_json(case.details).customer(merchant)
    return {
        "name": debtor.name,
        "kind": case.invoice.kind,
        "country": debtor.country,
        "address": list(debtor.address),
        "email": debtor.email,
        "phone": debtor.phone,
    }


@cache
def rules_version() -> str:
    """What the source of the rules hashes to, so that nobody has to remember to count it up."""
    digest = sha256()
    for path, text in sorted(_sources(files("domain"))):
        digest.update(f"{path} {len(text)}\n".encode() + text)
    return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class _Gathering:
    """One pack in the making."""

    books: Books
    case: CaseFile
    at: datetime
    is_to_agency: bool

    def pack(self, notice: Mapping[str, Any] | None) -> bytes:
        return packed(self.pieces(), self.case.law.calendar.local(self.at), notice)

    def pieces(self) -> Iterator[Piece]:
        """Every file, and a piece for each act."""
        case, books, local = self.case, self.books, self.case.law.calendar.local
        pinned = books.evidence.pinned(case.policy_version_id)
        earlier = [(books.evidence.pinned(rules), until) for rules, until in case.earlier_rules]
        merchant = books.cases.merchant(case.merchant_version_id)
        sends = [
            send for send in books.sends.of_invoice(case.id) if not (self.is_to_agency and _is_to_agency(send.channel))
        ]
        heard, orders = books.evidence.heard(case.id), books.evidence.orders(case.invoice.merchant, case.invoice.number)
        yield Piece("invoice.json", indented(_invoice(case, merchant)), "the invoice", local(_issued(case)))
        yield from messages(case, sends)
        yield from _acts(case.life)
        for number, (was, until) in enumerate(earlier, start=1):
            yield Piece(f"earlier/policy-{number}.json", was.policy.encode(), "the rules until then", local(until))
        now: dict[str, tuple[bytes, str]] = {
            "delivery.jsonl": (rows(deliveries(case, sends, heard)), "what was heard of the messages"),
            HISTORY: (rows(entry.as_json() for entry in case.life), "what was done"),
            "commands.jsonl": (rows(_order(case, order) for order in orders), "what was ordered"),
            "ledger.json": (indented(_ledger(case)), "the ledger"),
            "law.json": (indented(law_as_json(case, self.at)), "the law"),
            "policy.json": (pinned.policy.encode(), "the rules chosen for this invoice"),
            "versions.json": (indented(_versions(case, pinned, [was for was, _ in earlier])), "the versions"),
            "README.txt": (self.readme(merchant).encode(), "what this is"),
        }
        if not self.is_to_agency:
            now["policy.yaml"] = (pinned.source.encode(), "the merchant's file")
        yield from (Piece(path, body, what, local(self.at)) for path, (body, what) in now.items())

    def readme(self, merchant: Merchant) -> str:
        return _README.format(
            number=self.case.invoice.number,
            name=merchant.name,
            merchant=merchant.id,
            at=self.case.law.calendar.local(self.at).isoformat(timespec="minutes"),
            claim=_CLAIM if self.is_to_agency else "",
            file="" if self.is_to_agency else _FILE,
            earlier=_EARLIER if self.case.earlier_rules else "",
        )


def _issued(case: CaseFile) -> datetime:
    return case.law.calendar.moment(datetime.combine(case.invoice.issued, time.min))


def _is_to_agency(channel: str) -> bool:
    return channel == Channel.COLLECTION


def _acts(life: tuple[Entry, ...]) -> Iterator[Piece]:
    """What was done, a piece for each line of the history."""
    for number, entry in enumerate(life, start=1):
        yield Piece(act_path(number), compact(entry.as_json()), _act(entry), entry.at)


def _act(entry: Entry) -> str:
    """An act in words: ``sent: invoice by e-mail``, ``charged: reminder fee 60.00``."""
    did = entry.did.replace("_", " ")
    if entry.did in (Did.CHARGED, Did.REVERSED):
        return f"{did}: {entry.reason.replace('_', ' ')} {entry.amount}"
    if entry.message and entry.channel:
        return f"{did}: {in_words(entry.message, entry.channel)}"
    return f"{did}: {step_name(entry.step or entry.reason)}"


def _invoice(case: CaseFile, merchant: Merchant) -> dict[str, Any]:
    """What was agreed and invoiced."""
    payee = {name: value for name, value in _fields(merchant.payee) if value}
    details = InvoiceInput.from_json(case.details)
    return {
        "creditor": {"id": merchant.id, "name": merchant.name, "country": merchant.country, "payee": payee},
        "debtor": debtor_as_json(case, merchant),
        "number": case.invoice.number,
        "reference": case.reference,
        "issued": case.invoice.issued.isoformat(),
        "due": case.invoice.due.isoformat(),
        "due_now": case.facts.due.isoformat(),
        "amount": str(case.invoice.amount),
        "amount_now": str(case.facts.amount),
        "currency": case.invoice.amount.currency,
        "lines": [_line(line) for line in details.lines(merchant)],
        "reminder_fee_agreed": case.policy.fee_agreed,
    }


def _line(line: Line) -> dict[str, str]:
    return {name: str(value) for name, value in _fields(line)}


def _fields(value: Any) -> list[tuple[str, Any]]:
    return [(field.name, getattr(value, field.name)) for field in fields(value)]


def _order(case: CaseFile, order: KeptOrder) -> dict[str, Any]:
    at = case.law.calendar.local(order.at).isoformat(timespec="seconds")
    return {
        "id": order.id,
        "at": at,
        "order": order.kind,
        "who": order.who,
        "why": order.why,
        "meant": json.loads(order.meant),
    }


def _ledger(case: CaseFile) -> dict[str, Any]:
    books = ledger(case.facts, case.law)
    return {
        "currency": case.facts.amount.currency,
        "lines": [line_as_json(line, case.law.calendar) for line in books.lines],
        "open": open_as_json(books.open),
    }


def _versions(case: CaseFile, pinned: Pinned, earlier: Sequence[Pinned]) -> dict[str, Any]:
    """What a text hashes to can be checked beside it: ``policy.json``, and the merchant's own file."""
    ours = {"kvitt": version("kvitt"), "rules": {"sha256": rules_version()}, **_pinned(case, pinned)}
    return ours | ({"earlier": [_pinned(case, was) for was in earlier]} if earlier else {})


def _pinned(case: CaseFile, pinned: Pinned) -> dict[str, Any]:
    published = case.law.calendar.local(pinned.published_at).isoformat(timespec="seconds")
    return {
        "merchant": {"version": pinned.merchant_version, "sha256": pinned.merchant_sha256, "published": published},
        "policy": {"version": pinned.policy_version_id, "sha256": pinned.policy_sha256},
    }


def _sources(folder: Traversable, at: str = "") -> Iterator[tuple[str, bytes]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _sources(item, f"{at}{item.name}/")
        elif item.name.endswith(".py"):
            yield f"{at}{item.name}", item.read_bytes()
