"""Invoices from files and requests: read one by one, checked, the bad ones told and not in the way of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from re import fullmatch
from typing import Any

from pydantic import ValidationError

from config.invoice_file import NUMBER
from config.invoice_input import InvoiceInput, sound
from config.invoice_rows import Row, read_rows
from config.merchants import Loaded, policy_or_faults
from config.problems import ConfigError, Fault, Problem, explained, keys_of
from config.values import Reading
from domain.policy import Policy

MerchantOf = Callable[[str], Loaded]
"""Gives the merchant of a name, or raises ``ConfigError``."""


@dataclass(frozen=True, slots=True)
class RowError:
    """A row that could not be read, with everything that is wrong in it."""

    problems: tuple[Problem, ...]

    def __str__(self) -> str:
        return "\n".join(map(str, self.problems))


@dataclass(frozen=True, slots=True)
class Placed:
    """A row of a file: where it is, the invoice or everything that is wrong in it, and its number if it has one."""

    origin: str
    number: str
    invoice: InvoiceInput | None
    problems: tuple[Problem, ...] = ()


def read_placed(path: Path, merchant_of: MerchantOf | None = None) -> Iterator[Placed]:
    """Read a file row by row, each with its place. A bad row is told and does not stop the rest.

    Args:
        path: the file; its ending tells its kind.
        merchant_of: gives each row's merchant; with it a row is also checked against its merchant.

    Raises:
        ConfigError: the file cannot be read at all.
    """
    for row in read_rows(path):
        origin, number = f"{path.name}:{row.line}" if row.line else path.name, number_in(row.data)
        try:
            yield Placed(origin, number, _invoice(row, merchant_of))
        except ConfigError as error:
            yield Placed(origin, number, None, error.problems)


def number_in(data: object) -> str:
    """The invoice's number, if what was written can be one; anything else might be a name."""
    number = data.get("number") if isinstance(data, Mapping) else None
    return number if isinstance(number, str) and fullmatch(NUMBER, number) else ""


def read_invoices(path: Path, merchant_of: MerchantOf | None = None) -> Iterator[InvoiceInput | RowError]:
    """Read invoices from a ``.json``, ``.jsonl`` or ``.csv`` file, one by one.

    A bad row is told and does not stop the rest.

    Args:
        path: the file; its ending tells its kind.
        merchant_of: gives each row's merchant; with it a row is also checked against its merchant.

    Raises:
        ConfigError: the file cannot be read at all.
    """
    for row in read_placed(path, merchant_of):
        yield row.invoice or RowError(row.problems)


def read_invoice(data: Mapping[str, Any], merchant_of: MerchantOf | None = None) -> InvoiceInput:
    """Read one invoice that came as a mapping: from a web request or from inside another file.

    Raises:
        ConfigError: with everything that is wrong.
    """
    return _invoice(Row("", None, data), merchant_of)


def _invoice(row: Row, merchant_of: MerchantOf | None) -> InvoiceInput:
    if row.broken:
        raise ConfigError([row.broken])
    loaded, faults = _merchant_of_row(row.data, merchant_of)
    invoice, more = read_input(row.data, loaded)
    faults += more
    if invoice is not None and not faults:
        faults += sound(invoice) if loaded is None else accepted(invoice, loaded)
    if invoice is None or faults:
        raise ConfigError(row.problem(*fault) for fault in faults)
    return invoice


def read_input(data: object, loaded: Loaded | None) -> tuple[InvoiceInput | None, list[Fault]]:
    """Read an invoice's form, or tell its faults; nothing is checked against the merchant yet."""
    try:
        return InvoiceInput.model_validate(data, context=Reading("", _country(data, loaded))), []
    except ValidationError as error:
        return None, explained(error, keys_of(InvoiceInput))


def accepted(invoice: InvoiceInput, loaded: Loaded) -> list[Fault]:
    """Tell what is wrong with an invoice, seen from its merchant, its group and its own terms included."""
    faults = list(invoice.faults(loaded.merchant))
    if not any(where == ("customer", "group") for where, _, _ in faults):
        policy, found = policy_or_faults(loaded.text, invoice.debtor.group, invoice.terms, invoice.issued)
        faults += [
            ((("customer", *where) if where == ("group",) else where), problem, cure) for where, problem, cure in found
        ]
        faults += _strangers(invoice, policy) if policy else ()
    return faults


def _strangers(invoice: InvoiceInput, policy: Policy) -> Iterator[Fault]:
    kind = invoice.debtor.kind
    if kind not in policy.debtors:
        cure = f'name a group whose "debtors" have {kind} among them, or add {kind} to those of the policy'
        yield ("customer", "kind"), f"its rules are not for a {kind}", cure


def _merchant_of_row(data: object, merchant_of: MerchantOf | None) -> tuple[Loaded | None, list[Fault]]:
    name = data.get("merchant") if isinstance(data, Mapping) else None
    name = str(name) if type(name) is int else name  # as text itself is read
    if merchant_of is None or not isinstance(name, str) or not name.strip():
        return None, []
    try:
        return merchant_of(name.strip()), []
    except ConfigError as error:
        return None, [(("merchant",), _of_its_file(problem), problem.cure) for problem in error.problems]


def _of_its_file(problem: Problem) -> str:
    """What is wrong with the merchant, and where in its file."""
    place = f"{Path(problem.file).name}:{problem.line}: " if problem.file and problem.line else ""
    return f"{place}{problem.key}: {problem.problem}" if place else problem.problem


def _country(data: object, loaded: Loaded | None) -> str | None:
    """The country whose phone numbers need no country code."""
    customer = data.get("customer") if isinstance(data, Mapping) else None
    country = customer.get("country") if isinstance(customer, Mapping) else None
    if isinstance(country, str) and country.strip():
        return country.strip()
    return loaded.merchant.country if loaded else None


__all__ = [
    "InvoiceInput",
    "MerchantOf",
    "Placed",
    "RowError",
    "accepted",
    "number_in",
    "read_invoice",
    "read_invoices",
    "read_placed",
]
