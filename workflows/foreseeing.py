"""What an order, or the start of an invoice, would set going: seen before it is done, by the rules that will do it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from config.discreet import discreetly
from config.problems import ConfigError
from domain.decisions import Send
from domain.events import learn
from domain.facts import Facts
from domain.foresight import Foreseen, at_once, because_of
from domain.law import law_of
from domain.policy import Policy
from domain.wire import InvoiceRef
from store.books import Books
from store.cases import CaseFile
from store.engine import reading
from store.registry import Opening
from workflows.ordering import Asked, Prepared, prepared

EXAMPLES = 5
"""Refused invoices that are told of by name."""


@dataclass(frozen=True, slots=True)
class Foretold:
    """An order as it would be given, and what would go out at once because of it."""

    ready: Prepared
    goes_out: Send | None


@dataclass(slots=True)
class Outlook:
    """Of many invoices: what would go out at once, and which could not be used."""

    all: Foreseen = field(default_factory=Foreseen)
    late: Foreseen = field(default_factory=Foreseen)
    """Of invoices to be started, those whose due date has passed."""
    refused: int = 0
    examples: list[str] = field(default_factory=list)
    """The first of the refused, and why."""

    def refuse(self, which: str, why: str) -> None:
        """One more that could not be used."""
        self.refused += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append(f"{which}: {why}")

    def add_start(self, opening: Opening, now: datetime) -> None:
        """One more invoice to be started."""
        send = first_send(opening, now)
        self.all.add(send)
        if is_late(opening, now):
            self.late.add(send)


def foretold(books: Books, ref: InvoiceRef, asked: Asked, order_id: str, now: datetime) -> Foretold:
    """An order as its case stands, and what would go out at once because of it.

    Raises:
        ConfigError: it cannot be given as the case stands.
        UnknownInvoiceError: there is no such invoice.
    """
    ready = prepared(books, ref, asked, order_id, now)
    if ready.known:
        return Foretold(ready, None)
    case = ready.case
    before = at_once(case.facts, case.policy, case.law, now, case.moving_to)
    facts = learn(case.facts, ready.event)
    after = at_once(facts, case.policy, case.law, now, _moving_to(books, case, facts))
    return Foretold(ready, because_of(before, after))


def add_orders(
    outlook: Outlook, books: Books, asked: Asked, refs: Sequence[tuple[InvoiceRef, datetime]], order_id: str
) -> None:
    """See what an order would set going for each of these, at its case's now."""
    for ref, now in refs:
        try:
            outlook.all.add(foretold(books, ref, asked, order_id, now).goes_out)
        except ConfigError as error:
            outlook.refuse(f"{ref.merchant}/{ref.number}", discreetly(error.problems))


def first_send(opening: Opening, now: datetime) -> Send | None:
    """What goes out at once for an invoice that is started."""
    invoice = opening.invoice
    return at_once(Facts.at_start(invoice), opening.policy, law_of(invoice.country, invoice.kind), now)


def is_late(opening: Opening, now: datetime) -> bool:
    """Whether the due date had passed when an invoice came."""
    invoice = opening.invoice
    return invoice.due < law_of(invoice.country, invoice.kind).calendar.wall(now).date()


def _moving_to(books: Books, case: CaseFile, facts: Facts) -> Policy | None:
    """The rules to which the facts say that a case is still to be moved."""
    if facts.moving is None or facts.moving == case.facts.moving:
        return case.moving_to
    with reading(books.engine) as connection:
        return books.cases.policy(facts.moving.rules.policy, connection)
