"""All that is kept about a customer, as files that people and machines read. The same books give the same bytes.

What is others' is left out: who gave an order here, the merchant's own rules, what a vendor's post says of others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from activities.exhibits import deliveries, messages
from domain import archive
from domain.evidence import indented, rows
from store.books import Books
from store.cases import CaseFile
from store.evidence import KeptOrder
from store.inbox import KeptPost
from store.people import Loose, Theirs, speaks_of

README = """\
What is kept about a customer

person.json                what was searched for, and the invoices that were found
invoices/…/invoice.json    the invoice as it was given to us, with name and addresses as they are now
invoices/…/messages/       each message: the very bytes that went out, and about.json with when, how and to whom
invoices/…/delivery.jsonl  what was heard of the messages, and when the invoice page was viewed
invoices/…/history.jsonl   what was done, act by act, with every payment and charge
invoices/…/orders.jsonl    what was ordered, when and why, and what was written in answer
invoices/…/sealed/         what the law wants kept of an invoice whose customer was forgotten, until the day in
                           forgotten.json
objections.jsonl           addresses that want nothing more
unassigned.jsonl           what vendors said that could be assigned to no message
posts.jsonl                what vendors sent us, as far as it speaks of these messages or addresses
waiting.jsonl              invoices that have not begun

A line of a .jsonl file is one JSON value. Times are local to the customer, with their offset.
"""
_OURS = frozenset({"policy.yaml", "README.txt"})
"""What of a sealed pack is the merchant's, or about the pack."""


def export_of(books: Books, asked: str, found: Sequence[Theirs], loose: Loose) -> bytes:
    """Everything, as one ZIP.

    Raises:
        ArchiveError: it is more than a ZIP of ours holds.
    """
    files = {"README.txt": README.encode(), "person.json": indented(_person(asked, found, loose))}
    for one in found:
        folder = f"invoices/{one.merchant}-{one.number}"
        files |= {f"{folder}/{path}": body for path, body in _invoice(books, one)}
    objections = [{"channel": channel, "address": to, "merchant": of} for channel, to, of in loose.opt_outs]
    posts = books.people.posts([one.id for one in found], loose.posts)
    more = {
        "posts.jsonl": rows(_posts(posts, _marks(books, found))),
        "objections.jsonl": rows(objections),
        "unassigned.jsonl": rows(books.people.said(loose.heard)),
        "waiting.jsonl": rows(json.loads(source) for source in books.people.sources(loose.items)),
    }
    return archive.write(files | {path: body for path, body in more.items() if body})


def _person(asked: str, found: Sequence[Theirs], loose: Loose) -> dict[str, Any]:
    return {
        "asked": asked,
        "invoices": [{"merchant": one.merchant, "number": one.number, "name": one.name} for one in found],
        "objections": len(loose.opt_outs),
    }


def _marks(books: Books, found: Sequence[Theirs]) -> frozenset[str]:
    """What marks a word of a vendor as one of theirs: an id of a message, ours or the vendor's, or an address."""
    sends = [send for one in found for send in books.sends.of_invoice(one.id)]
    ids = {name.casefold() for send in sends for name in (send.id, send.vendor_id) if name}
    return books.people.addresses([one.id for one in found]) | ids


def _posts(posts: Sequence[KeptPost], marks: frozenset[str]) -> Iterator[dict[str, Any]]:
    """Posts without what they say of others."""
    for post in posts:
        text = post.body.decode(errors="backslashreplace")
        try:
            said = _own(json.loads(text), marks)
        except ValueError:
            said = text
        yield {"vendor": post.vendor, "said": said}


def _own(value: Any, marks: frozenset[str]) -> Any:
    """A value without the elements of its lists that have none of these marks."""
    match value:
        case list():
            return [_own(one, marks) for one in value if speaks_of(json.dumps(one, ensure_ascii=False), marks)]
        case dict():
            return {key: _own(one, marks) for key, one in value.items()}
        case _:
            return value


def _invoice(books: Books, one: Theirs) -> Iterator[tuple[str, bytes]]:
    """The files of an invoice."""
    case, sends, heard = books.cases.read(one.id), books.sends.of_invoice(one.id), books.evidence.heard(one.id)
    yield "invoice.json", indented(_as_given(case, one.stage))
    yield from ((piece.path, piece.body) for piece in messages(case, sends))
    yield "delivery.jsonl", rows(deliveries(case, sends, heard))
    yield "history.jsonl", rows(entry.as_json() for entry in case.life)
    replies = iter(books.orders.replies(one.merchant, one.number))
    orders = books.evidence.orders(one.merchant, one.number)
    yield "orders.jsonl", rows(_order(case, order, replies) for order in orders)
    if forgotten := books.forgetting.of(one.id):
        yield "forgotten.json", indented({"at": f"{forgotten.at:%Y-%m-%d}", "kept_until": f"{forgotten.keep_until}"})
        yield from _sealed(books.forgetting.sealed(one.id))


def _as_given(case: CaseFile, stage: str) -> dict[str, Any]:
    balance = str(case.facts.balance)
    return {**json.loads(case.details), "reference": case.reference, "stage": stage, "balance": balance}


def _order(case: CaseFile, order: KeptOrder, replies: Iterator[str]) -> dict[str, Any]:
    """An order, without who gave it."""
    meant = json.loads(order.meant)
    told = {"at": case.law.calendar.local(order.at).isoformat(timespec="seconds"), "order": order.kind}
    told |= {"why": order.why, "meant": meant}
    return told | ({"reply": next(replies, "")} if meant.get("reply") else {})


def _sealed(pack: bytes | None) -> Iterator[tuple[str, bytes]]:
    """What a sealed pack holds of the customer."""
    for path, body in archive.read(pack or b"").files.items():
        if path == "commands.jsonl":
            told = [json.loads(line) for line in body.splitlines()]
            yield f"sealed/{path}", rows({key: one[key] for key in one if key != "who"} for one in told)
        elif path not in _OURS:
            yield f"sealed/{path}", body
