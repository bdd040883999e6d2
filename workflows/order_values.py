"""The values of an order: read, checked, and whether they make sense as the case stands."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from pydantic_core import PydanticCustomError

from config.invoice_input import InvoiceInput
from config.invoices import read_invoice
from config.problems import ConfigError, Problem, wrong
from config.values import parse_date, parse_money
from domain.case import WRITTEN
from domain.facts import Facts, Invoice
from domain.money import Money
from domain.policy import Channel, Policy
from domain.words import COLLECTION, DisputeOutcome, When, reminder_step
from workflows.orders import PAID, Field, Kind, OrderKind

T = TypeVar("T", bound=StrEnum)

CONTACT = ("email", "phone", "address")
LONGEST, MOST_LINES = 5_000, 100
"""Letters and lines of what we write to a customer in a merchant's name: it must go into an envelope."""

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What no letter has in it; some of it would turn the text around for its reader."""


def checked(
    kind: OrderKind, given: Mapping[str, str | None], facts: Facts, policy: Policy, today: date
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
            values[field.name] = _read(field, text, facts, policy, today)
        except PydanticCustomError as error:
            context = error.context or {}
            problems.append(_problem(field.name, context["problem"], context["cure"]))
    if kind.name == "amend" and not values and not problems:
        problems.append(_problem("amend", "changes nothing", "give an amount, a due date or an address"))
    if kind.name == "answer" and not problems:
        problems += _answer_problems(values)
    if problems:
        raise ConfigError(problems)
    return values


def fitting(kind: OrderKind, values: Mapping[str, Any], facts: Facts) -> None:
    """Refuse an order that can mean nothing as the case stands. One that was given before is not asked this again.

    Raises:
        ConfigError: saying why, and the cure.
    """
    problem = _FITS[kind.name](values, facts) if kind.name in _FITS else None
    if problem:
        raise ConfigError([problem])


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


# --- one value -------------------------------------------------------------------------------------------------------


def _read(field: Field, text: str, facts: Facts, policy: Policy, today: date) -> object:
    invoice = facts.invoice
    match field.kind:
        case Kind.MONEY:
            return _money(field, text, invoice)
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
            return _one_of(DisputeOutcome, text, "an outcome")
        case Kind.STEP:
            return _step(text, policy, facts)
        case Kind.VERSION:
            return _version(text)
        case Kind.WHEN:
            return _one_of(When, text, "a moment")
        case Kind.WORDS:
            return _words(text)
        case Kind.TEXT:
            return text


def _money(field: Field, text: str, invoice: Invoice) -> Money:
    money = parse_money(text, invoice.amount.currency)
    if not money or (money.minor < 0 and field is not PAID):
        raise wrong(f"{money} is not above zero", "write an amount above zero")
    return money


def _one_of(words: type[T], text: str, what: str) -> T:
    if text not in list(words):
        raise wrong(f'"{text}" is not {what} that is known here', f"write one of {', '.join(words)}")
    return words(text)


def _step(text: str, policy: Policy, facts: Facts) -> str:
    """A step that costs by the rules, or that has cost by those of before."""
    steps = [*map(reminder_step, range(len(policy.reminders))), *([COLLECTION] if policy.collection else [])]
    steps = list(dict.fromkeys((*steps, *(charge.step for charge in facts.charges), *sorted(facts.waived))))
    if text not in steps:
        raise wrong(f'"{text}" is not a step that costs', f"write one of {', '.join(steps)}")
    return text


def _version(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,5}", text, re.ASCII):
        raise wrong(f'"{text}" is not a version', "write its number, as in 2")
    return int(text)


def _words(text: str) -> str:
    """What people read: its lines end alike, and nothing in it is not to be seen."""
    words = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip()
    if not words:
        raise wrong("is empty", "write what the customer is to read, or leave it out")
    if len(words) > LONGEST:
        raise wrong(f"has {len(words)} letters", f"write at most {LONGEST}")
    lines = words.count("\n") + 1
    if lines > MOST_LINES:
        raise wrong(f"has {lines} lines", f"write at most {MOST_LINES}, empty ones counted")
    if _CONTROL.search(words):
        raise wrong("has a control character in it", "write letters, spaces and line breaks only")
    return words


def _answer_problems(values: Mapping[str, Any]) -> list[Problem]:
    """An amount belongs to the outcome credited, and to no other."""
    is_credited = values.get("outcome") is DisputeOutcome.CREDITED
    if is_credited and "amount" not in values:
        return [_problem("amount", "is missing", "say how much is credited, as in 49.00")]
    if not is_credited and "amount" in values:
        return [_problem("amount", "belongs to the outcome credited only", "leave it out")]
    return []


# --- as the case stands ----------------------------------------------------------------------------------------------


def _dispute_fits(values: Mapping[str, Any], facts: Facts) -> Problem | None:
    over = _over(values, facts)
    if over:
        return over
    amount, left = values.get("amount"), facts.principal_left - facts.disputed
    if not left:
        what = "all of it is disputed already" if facts.disputed else "nothing of the invoice itself is owed"
        cure = (
            "answer the dispute first" if facts.disputed else "take a fee off with waive, give money back with credit"
        )
        return _problem("dispute", what, cure)
    if amount and amount > left:
        disputed = " and not disputed" if facts.disputed else ""
        cure = f"write at most {left}, or no amount: then all is disputed"
        return _problem("amount", f"{amount} is more than the {left} of the invoice that is owed{disputed}", cure)
    return None


def _answer_fits(values: Mapping[str, Any], facts: Facts) -> Problem | None:
    if not facts.disputes:
        return _problem("answer", "nothing is disputed", "see what was ordered with: kvitt status NUMBER")
    if values.get("reply") and not facts.ways & WRITTEN:
        cure = "write yourself and leave it out, or give an address first with amend"
        return _problem("reply", "the customer has neither an e-mail nor a postal address", cure)
    amount, left = values.get("amount"), facts.amount - facts.credited
    if amount and amount > left:
        return _problem("amount", f"{amount} is more than the {left} that was invoiced", f"write at most {left}")
    return None


def _write_off_fits(values: Mapping[str, Any], facts: Facts) -> Problem | None:
    amount, owed = values["amount"], facts.balance
    if owed.minor <= 0:
        return _problem("write-off", "nothing is owed", "there is nothing to give up")
    if amount > owed:
        return _problem("amount", f"{amount} is more than the {owed} that is owed", f"write at most {owed}")
    return None


def _over(_values: Mapping[str, Any], facts: Facts) -> Problem | None:
    """Nothing is left to hold when the life is over."""
    if facts.closed is None:
        return None
    what = f"it is closed as {facts.closed.replace('_', ' ')}: nothing is left to hold"
    return _problem("invoice", what, "to open it again, change its amount with amend, or take a payment back")


def _move_fits(values: Mapping[str, Any], facts: Facts) -> Problem | None:
    """A life that is over is not moved; nor is a case to the rules by which it goes already."""
    if facts.closed is not None:
        what = f"it is closed as {facts.closed.replace('_', ' ')}: no rule holds for it any more"
        return _problem("invoice", what, "to open it again, change its amount with amend, or take a payment back")
    is_there = facts.moving is None and facts.rules is not None and facts.rules.version == values["version"]
    return _problem("version", f"it goes by version {values['version']} already", "name another") if is_there else None


_FITS: dict[str, Callable[[Mapping[str, Any], Facts], Problem | None]] = {
    "dispute": _dispute_fits,
    "answer": _answer_fits,
    "write-off": _write_off_fits,
    "respite": _over,
    "pause": _over,
    "move": _move_fits,
}
"""What an order must find to mean anything."""


def _problem(key: str, problem: str, cure: str) -> Problem:
    return Problem("", None, key, problem, cure)
