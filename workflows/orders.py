"""The command table: every order that can be given to a case, what it needs, and the event it means.

The command line and whatever else takes orders are made from this table, so there is one list and one way. What an
order's values must be is read in ``workflows/order_values.py``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from config.problems import ConfigError, Problem
from domain.events import (
    Amended,
    Answered,
    BookedThrough,
    Collected,
    Credited,
    Disputed,
    Event,
    MoveAsked,
    Paid,
    Paused,
    Released,
    Respited,
    Stopped,
    Waived,
    WithdrawalAsked,
    WrittenOff,
)
from domain.facts import Rules
from domain.words import When
from store.books import Books
from store.cases import CaseFile
from workflows.published import rules_under


class Kind(StrEnum):
    """What a field of an order is."""

    MONEY = "amount"
    DAY = "day"
    LAST_DAY = "last day"
    STEP = "step"
    OUTCOME = "outcome"
    TEXT = "text"
    VERSION = "version"
    WHEN = "when"
    WORDS = "words"
    """What people read: it may have paragraphs."""


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an order needs or may have."""

    name: str
    kind: Kind
    help: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An order's values, checked, at a case's now; with the case and the books, for what follows from those."""

    at: datetime
    today: date
    values: Mapping[str, Any]
    case: CaseFile
    books: Books
    only_seen: bool = False
    """Whether it is only looked at what the order would do: then nothing is written."""

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)

    def rules(self) -> Rules:
        """What the version of the merchant's file that is given means to the case.

        Raises:
            ConfigError: there is no such version, or it means nothing to this case.
        """
        merchant, number = self.case.invoice.merchant, self["version"]
        published = self.books.registry.version(merchant, number)
        if published is None:
            cure = f"see them all with: kvitt policy versions {merchant}"
            raise ConfigError([Problem("", None, "version", f"{merchant} has published no version {number}", cure)])
        return rules_under(self.books, self.case, published, pin=not self.only_seen)


@dataclass(frozen=True, slots=True)
class OrderKind:
    """A line of the table."""

    name: str
    help: str
    example: str
    event: Callable[[Given], Event]
    fields: tuple[Field, ...] = ()


PAID = Field("amount", Kind.MONEY, "How much, as in 249.00. Money taken back: after --, as in -- -249.00.", needed=True)
CREDITED = Field("amount", Kind.MONEY, "How much, as in 49.00.", needed=True)
DATED = Field("dated", Kind.DAY, "The day of the payer's bank; default: today.")

ORDERS: dict[str, OrderKind] = {
    kind.name: kind
    for kind in (
        OrderKind(
            "pay",
            "Book a payment.",
            "kvitt pay 10001 249.00 --dated 2026-04-01",
            lambda given: Paid(at=given.at, amount=given["amount"], dated=given["dated"] or given.today),
            (PAID, DATED),
        ),
        OrderKind(
            "collected",
            "Book money that the agency collected.",
            "kvitt collected 10001 309.00",
            lambda given: Collected(at=given.at, amount=given["amount"], dated=given["dated"] or given.today),
            (PAID, DATED),
        ),
        OrderKind(
            "credit",
            "Credit a part of an invoice, or all of it.",
            "kvitt credit 10001 49.00",
            lambda given: Credited(at=given.at, amount=given["amount"]),
            (CREDITED,),
        ),
        OrderKind(
            "amend",
            "Change the amount, the due date, or how the customer is reached.",
            "kvitt amend 10001 --due 2026-05-15 --email anna@customer.example",
            lambda given: Amended(
                at=given.at, amount=given["amount"], due=given["due"], renewed=given["renewed"] or ()
            ),
            (
                Field("amount", Kind.MONEY, "The new amount, VAT included."),
                Field("due", Kind.DAY, "The new due date."),
                Field("email", Kind.TEXT, "A new e-mail address; e-mail is tried again."),
                Field("phone", Kind.TEXT, "A new phone number; SMS is tried again."),
                Field("address", Kind.TEXT, "A new postal address, its lines parted by |; a letter is tried again."),
            ),
        ),
        OrderKind(
            "write-off",
            "Give up a part of the claim, or all of it, without saying that it was wrong.",
            "kvitt write-off 10001 49.00",
            lambda given: WrittenOff(at=given.at, amount=given["amount"]),
            (CREDITED,),
        ),
        OrderKind(
            "dispute",
            "The customer disputes the claim, or a part of it.",
            "kvitt dispute 10001 --amount 49.00 --why 'one was broken'",
            lambda given: Disputed(at=given.at, amount=given["amount"]),
            (Field("amount", Kind.MONEY, "How much is disputed; without it: all."),),
        ),
        OrderKind(
            "answer",
            "Answer a dispute: rejected (it stands), upheld (it is credited), credited (an amount is).",
            "kvitt answer 10001 rejected --reply 'The meter was read on 3 March.'",
            lambda given: Answered(
                at=given.at, outcome=given["outcome"], amount=given["amount"], reply=bool(given["reply"])
            ),
            (
                Field("outcome", Kind.OUTCOME, "rejected, upheld or credited.", needed=True),
                Field("amount", Kind.MONEY, "How much is credited, where the outcome is credited."),
                Field("reply", Kind.WORDS, "What we write to the customer; without it you have answered in writing."),
            ),
        ),
        OrderKind(
            "respite",
            "Give the customer time, through a day.",
            "kvitt respite 10001 2026-05-01",
            lambda given: Respited(at=given.at, until=given["until"]),
            (Field("until", Kind.LAST_DAY, "The last day of the respite.", needed=True),),
        ),
        OrderKind(
            "pause",
            "Do nothing, through a day or until released.",
            "kvitt pause 10001 --until 2026-05-01 --why 'moved house'",
            lambda given: Paused(at=given.at, until=given["until"]),
            (Field("until", Kind.LAST_DAY, "The last day of the pause; without it: until released."),),
        ),
        OrderKind(
            "release",
            "Let the case go on: ends pauses and respites, answers open questions.",
            "kvitt release 10001",
            lambda given: Released(at=given.at),
        ),
        OrderKind(
            "waive",
            "Waive what a step costs: its fee, its interest, its compensation.",
            "kvitt waive 10001 reminder-1",
            lambda given: Waived(at=given.at, step=given["step"]),
            (Field("step", Kind.STEP, "Which step, as in reminder-1; or collection.", needed=True),),
        ),
        OrderKind("stop", "Stop the case for good.", "kvitt stop 10001", lambda given: Stopped(at=given.at)),
        OrderKind(
            "withdraw",
            "Take the claim back from collection, or keep it from going there.",
            "kvitt withdraw 10001",
            lambda given: WithdrawalAsked(at=given.at),
        ),
        OrderKind(
            "move",
            "Have the case go by another published version of its merchant's file.",
            "kvitt move 10001 2 --when next_step",
            lambda given: MoveAsked(at=given.at, rules=given.rules(), when=given["when"] or When.NOW),
            (
                Field("version", Kind.VERSION, "Which; kvitt policy versions MERCHANT shows them.", needed=True),
                Field("when", Kind.WHEN, "now, or next_step: when the step that it is in is over; default: now."),
            ),
        ),
        OrderKind(
            "booked",
            "All payments up to a bank day are in the books.",
            "kvitt booked 10001 2026-04-01",
            lambda given: BookedThrough(at=given.at, day=given["day"]),
            (Field("day", Kind.DAY, "The last bank day that is booked.", needed=True),),
        ),
    )
}

_OF_ONE = frozenset({"amount", "email", "phone", "address"})
"""What can be said of one invoice only."""

FOR_MANY: dict[str, OrderKind] = {
    kind.name: replace(kind, fields=tuple(field for field in kind.fields if field.name not in _OF_ONE))
    for kind in ORDERS.values()
    if not any(field.needed and field.name in _OF_ONE for field in kind.fields)
}
"""The orders that many invoices can be given at once, with what can be said of all of them."""
