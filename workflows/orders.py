"""The command table: every order that can be given to a case, what it needs, and the event it means.

The command line and whatever else takes orders are made from this table, so there is one list and one way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from pydantic_core import PydanticCustomError

from config.invoice_input import InvoiceInput
from config.invoices import read_invoice
from config.problems import ConfigError, Problem, wrong
from config.values import parse_date, parse_money
from domain.events import (
    Amended,
    Answered,
    BookedThrough,
    Collected,
    Credited,
    Disputed,
    Event,
    Paid,
    Paused,
    Released,
    Respited,
    Stopped,
    Waived,
    WithdrawalAsked,
    WrittenOff,
)
from domain.facts import Invoice
from domain.policy import Channel, Policy
from domain.words import DisputeOutcome, reminder_step


class Kind(StrEnum):
    """What a field of an order is."""

    MONEY = "amount"
    DAY = "day"
    LAST_DAY = "last day"
    STEP = "step"
    OUTCOME = "outcome"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that an order needs or may have."""

    name: str
    kind: Kind
    help: str
    needed: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """An order's values, checked, at a case's now."""

    at: datetime
    today: date
    values: Mapping[str, Any]

    def __getitem__(self, name: str) -> Any:
        return self.values.get(name)


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
CONTACT = ("email", "phone", "address")

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
                Field("reply", Kind.TEXT, "What we write to the customer; without it you have answered in writing."),
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
            "Waive the fee of a step.",
            "kvitt waive 10001 reminder-1",
            lambda given: Waived(at=given.at, step=given["step"]),
            (Field("step", Kind.STEP, "Which reminder's fee, as in reminder-1.", needed=True),),
        ),
        OrderKind("stop", "Stop the case for good.", "kvitt stop 10001", lambda given: Stopped(at=given.at)),
        OrderKind(
            "withdraw",
            "Take the claim back from collection, or keep it from going there.",
            "kvitt withdraw 10001",
            lambda given: WithdrawalAsked(at=given.at),
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


def checked(
    kind: OrderKind, given: Mapping[str, str | None], invoice: Invoice, policy: Policy, today: date
) -> dict[str, Any]:
    """The values of an order, read and checked. ``today`` is the debtor's.

    Raises:
        ConfigError: naming each field that is wrong, and the cure.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for field in kind.fields:
        text = given.get(field.name)
        if text is None:
            continue
        try:
            values[field.name] = _read(field, text, invoice, policy, today)
        except PydanticCustomError as error:
            context = error.context or {}
            problems.append(Problem("", None, field.name, context["problem"], context["cure"]))
    if kind.name == "amend" and not values and not problems:
        problems.append(Problem("", None, "amend", "changes nothing", "give an amount, a due date or an address"))
    if kind.name == "answer" and not problems:
        problems += _answer_problems(values)
    if problems:
        raise ConfigError(problems)
    return values


def _answer_problems(values: Mapping[str, Any]) -> list[Problem]:
    """An amount belongs to the outcome credited, and to no other."""
    is_credited = values.get("outcome") is DisputeOutcome.CREDITED
    if is_credited and "amount" not in values:
        return [Problem("", None, "amount", "is missing", "say how much is credited: --amount 49.00")]
    if not is_credited and "amount" in values:
        return [Problem("", None, "amount", "belongs to the outcome credited only", "leave it out")]
    return []


def contact_changes(details: str, values: dict[str, Any]) -> str | None:
    """The invoice's details with a new address, which also goes into ``values`` as ``renewed``; None without one.

    Raises:
        ConfigError: the address cannot be one.
    """
    changes = {name: values[name] for name in CONTACT if name in values}
    if not changes:
        return None
    before = InvoiceInput.from_json(details)
    data = before.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if "address" in changes:
        changes["address"] = [line.strip() for line in changes["address"].split("|")]
    data["customer"] = {**data["customer"], **changes}
    after = read_invoice(data)
    channels = {"email": Channel.EMAIL, "phone": Channel.SMS, "address": Channel.LETTER}
    values["renewed"] = tuple(channels[name] for name in changes if channels[name] in after.ways())
    return after.to_json()


def _read(field: Field, text: str, invoice: Invoice, policy: Policy, today: date) -> object:
    match field.kind:
        case Kind.MONEY:
            money = parse_money(text, invoice.amount.currency)
            if not money or (money.minor < 0 and field is not PAID):
                raise wrong(f"{money} is not above zero", "write an amount above zero")
            return money
        case Kind.DAY:
            day = parse_date(text)
            if field.name == "due" and day < invoice.issued:
                raise wrong(f"{day} is before the invoice was issued", f"write a day from {invoice.issued} on")
            return day
        case Kind.LAST_DAY:
            day = parse_date(text)
            if day < today:
                raise wrong(f"{day} is past", f"write a day from {today} on")
            return day
        case Kind.OUTCOME:
            if text not in list(DisputeOutcome):
                raise wrong(f'"{text}" is no outcome', f"write one of {', '.join(DisputeOutcome)}")
            return DisputeOutcome(text)
        case Kind.STEP:
            steps = [reminder_step(index) for index in range(len(policy.reminders))]
            if text not in steps:
                raise wrong(f'"{text}" is not a step with a fee', f"write one of {', '.join(steps)}")
            return text
        case Kind.TEXT:
            return text
