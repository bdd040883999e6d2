"""What an order, or the start of an invoice, would set going: seen before it is done, by the rules that will do it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from config.discreet import discreetly
from config.invoice_rows import read_json
from config.invoices import MerchantOf, read_invoice
from config.problems import ConfigError
from domain.events import learn
from domain.facts import Facts
from domain.foresight import Foreseen, Sends, at_once, because_of
from domain.law import law_of
from domain.policy import Policy
from domain.wire import InvoiceRef
from store.batch_items import Item
from store.batches import Batch
from store.books import Books
from store.cases import CaseFile
from store.engine import reading
from store.registry import UNPINNED, Opening
from workflows.client import CaseClient
from workflows.opening import opening_of
from workflows.ordering import Asked, Prepared, prepared
from workflows.orders import FOR_MANY
from workflows.published import policy_under

Seen = Callable[[int], None]
"""Is told how many more were seen."""

EXAMPLES = 5
"""Refused invoices that are told of one by one."""
FEW = 500
"""Invoices that are seen before others have their turn."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """An order as it would be given, and what would go out at once because of it."""

    ready: Prepared
    goes_out: Sends


@dataclass(slots=True)
class Outlook:
    """Of many invoices: what would go out at once, and which could not be used."""

    all: Foreseen = field(default_factory=Foreseen)
    late: Foreseen = field(default_factory=Foreseen)
    """Of invoices to be started, those whose due date has passed."""
    known: int = 0
    """Invoices to be started that are there already: they are left alone."""
    refused: int = 0
    examples: list[str] = field(default_factory=list)
    """The first of the refused, and why."""

    def to_confirm(self, *, starts: bool) -> int:
        """The count that a person must have seen: of the messages that go out at once, to old invoices that are started
        or because of an order; where an order sends none, of the invoices that get it.
        """
        return self.at_once(starts=starts) or (0 if starts else self.all.invoices)

    def at_once(self, *, starts: bool) -> int:
        """How many messages may go out at once, once a person has confirmed."""
        return (self.late if starts else self.all).messages

    def refuse(self, which: str, why: str) -> None:
        """One more that could not be used."""
        self.refused += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{which}: {why}")

    def add_start(self, opening: Opening, now: datetime) -> None:
        """One more invoice to be started."""
        sends = first_sends(opening, now)
        self.all.add(sends)
        if is_late(opening, now):
            self.late.add(sends)


async def outlook_of(
    client: CaseClient, merchant_of: MerchantOf, batch: Batch, seen: Seen | None = None, most: int | None = None
) -> Outlook:
    """What the invoices of a batch that wait would set going, those not counted that were counted before.

    ``most`` is how many are looked at, where not all of them can be.
    """
    outlook, items_of, after, looked_at = Outlook(), client.books.batch_items, 0, 0
    while items := await asyncio.to_thread(items_of.waiting, batch.id, min(FEW, (most or FEW) - looked_at), after):
        after, new = items[-1].place, [item for item in items if not item.acts]
        if batch.starts:
            await asyncio.to_thread(_add_starts, outlook, client.books, merchant_of, new)
        else:
            refs = [item.ref for item in new if item.ref]
            nows = [await client.clock.now(ref, client.books) for ref in refs]
            asked = Asked(FOR_MANY[batch.kind], batch.fields)
            await asyncio.to_thread(_add_orders, outlook, client.books, asked, list(zip(refs, nows, strict=True)))
        if seen:
            seen(len(items))
        looked_at += len(items) if most else 0
    return outlook


def foretold(
    books: Books, ref: InvoiceRef, asked: Asked, order_id: str, now: datetime, *, only_seen: bool = False
) -> Foretold:
    """An order as its case stands, and what would go out at once because of it. One that is only seen writes nothing.

    Raises:
        ConfigError: it cannot be given as the case stands.
        UnknownInvoiceError: there is no such invoice.
    """
    ready = prepared(books, ref, asked, order_id, now, only_seen=only_seen)
    if ready.known:
        return Foretold(ready, ())
    case = ready.case
    before = at_once(case.facts, case.policy, case.law, now, case.moving_to)
    facts = learn(case.facts, ready.event)
    after = at_once(facts, case.policy, case.law, now, _moving_to(books, case, facts))
    return Foretold(ready, because_of(before, after))


def first_sends(opening: Opening, now: datetime) -> Sends:
    """What goes out at once for an invoice that is started."""
    invoice = opening.invoice
    return at_once(Facts.at_start(invoice), opening.policy, law_of(invoice.country, invoice.kind), now)


def is_late(opening: Opening, now: datetime) -> bool:
    """Whether the due date had passed when an invoice came."""
    invoice = opening.invoice
    return invoice.due < law_of(invoice.country, invoice.kind).calendar.wall(now).date()


def _add_starts(outlook: Outlook, books: Books, merchant_of: MerchantOf, items: Sequence[Item]) -> None:
    """See what starting each of these would set going."""
    now, known = datetime.now(UTC), lru_cache(maxsize=None)(merchant_of)
    openings = []
    for item in items:
        try:
            openings.append(read_item(item, known))
        except ConfigError as error:
            outlook.refuse(str(item.place), discreetly(error.problems))
    there = books.selecting.known(map(named, openings))
    for opening in openings:
        if named(opening) in there:
            outlook.known += 1
        else:
            outlook.add_start(opening, now)


def named(opening: Opening) -> tuple[str, str]:
    """Whose invoice, and its number."""
    return opening.invoice.merchant, opening.invoice.number


def _add_orders(outlook: Outlook, books: Books, asked: Asked, refs: Sequence[tuple[InvoiceRef, datetime]]) -> None:
    """See what an order would set going for each of these, at its case's now."""
    for ref, now in refs:
        try:
            outlook.all.add(foretold(books, ref, asked, "", now, only_seen=True).goes_out)
        except ConfigError as error:
            outlook.refuse(f"{ref.merchant}/{ref.number}", discreetly(error.problems))


def read_item(item: Item, merchant_of: MerchantOf) -> Opening:
    """An invoice of a batch as it is entered, seen from its merchant's file as it is now.

    Raises:
        ConfigError: the merchant does not accept it any more.
    """
    invoice = read_invoice(read_json(item.source or ""), merchant_of)
    return opening_of(invoice, merchant_of(invoice.merchant))


def _moving_to(books: Books, case: CaseFile, facts: Facts) -> Policy | None:
    """The rules to which the facts say that a case is still to be moved."""
    if facts.moving is None or facts.moving == case.facts.moving:
        return case.moving_to
    rules = facts.moving.rules
    if rules.policy == UNPINNED:
        published = books.registry.version(case.invoice.merchant, rules.version)
        return policy_under(published.source, case) if published else None
    with reading(books.engine) as connection:
        return books.cases.policy(rules.policy, connection)
