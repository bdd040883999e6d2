"""Stories: an invoice and what the world does to it, as people write them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from config.happenings import read_happenings
from config.invoice_input import InvoiceInput
from config.invoices import accepted, read_input
from config.merchants import Loaded, find_merchant, load_merchant, policy_for, policy_or_faults, read_text
from config.problems import ConfigError, Fault, nearest, shape
from config.values import parse_date
from config.yaml_tree import Tree, read_tree
from domain.merchant import Merchant
from domain.policy import Policy
from domain.stories import Happening

_KEYS = {"title": False, "merchant": True, "invoice": True, "happens": False}


@dataclass(frozen=True, slots=True)
class Story:
    """One story, checked: everything that a simulation or a run needs."""

    name: str
    """The file's name without its ending."""
    title: str
    merchant_text: str
    merchant: Merchant
    invoice: InvoiceInput
    happens: tuple[Happening, ...]
    policy: Policy

    @property
    def loaded(self) -> Loaded:
        """Its merchant as a file that was read."""
        return Loaded(self.merchant, self.merchant_text, ())


def read_story(path: Path, merchants: Path) -> Story:
    """Read a story.

    Args:
        path: its file.
        merchants: the folder in which its merchant is found by name.

    Raises:
        ConfigError: with everything that is wrong in it, or in its merchant's file.
    """
    tree = read_tree(read_text(path), str(path))
    problems = [*tree.problems, *(tree.problem(*fault) for fault in _shape_faults(tree.data))]
    if problems:
        raise ConfigError(problems)
    data: dict[str, Any] = tree.data
    loaded = _merchant(tree, data["merchant"], merchants, path)
    invoice, faults = _invoice(data, loaded)
    policy = loaded.merchant.policy
    if invoice is not None and not faults:
        policy = policy_for(loaded.text, invoice.debtor.group, invoice.terms)

    def ruled(keys: dict[str, Any]) -> tuple[Policy | None, tuple[Fault, ...]]:
        group, terms = (invoice.debtor.group, invoice.terms or {}) if invoice else (None, {})
        return policy_or_faults(loaded.text, group, {**terms, **keys}, None)

    happens, more = read_happenings(data.get("happens", []), loaded.merchant.currency, policy, ruled)
    if invoice is None or faults or more:
        raise ConfigError(tree.problem(*fault) for fault in (*faults, *more))
    title = data.get("title", path.stem)
    return Story(path.stem, title, loaded.text, loaded.merchant, invoice, happens, policy)


def _shape_faults(data: object) -> Iterator[Fault]:
    if not isinstance(data, dict):
        yield (), f"is {shape(data)}; it must be a mapping", "write merchant, invoice and happens"
        return
    for key in data:
        if key not in _KEYS:
            yield (key,), "unknown key", nearest(key, _KEYS)
    for key, needed in _KEYS.items():
        if needed and key not in data:
            yield (key,), "is missing", f'add "{key}:"'
    for key, kind, right in (("merchant", str, "a name"), ("title", str, "text"), ("invoice", dict, "a mapping")):
        if key in data and not isinstance(data[key], kind):
            yield (key,), f"is {shape(data[key])}; it must be {right}", "see docs/merchants.md"


def _merchant(tree: Tree, name: str, merchants: Path, path: Path) -> Loaded:
    try:
        return load_merchant(find_merchant(name, merchants, path.parent), _issued(tree.data))
    except ConfigError as error:
        if all(problem.line is None for problem in error.problems):
            found = (tree.problem(("merchant",), problem.problem, problem.cure) for problem in error.problems)
            raise ConfigError(found) from None
        raise


def _issued(data: dict[str, Any]) -> date | None:
    """The day whose law the merchant's file must keep; a wrong one is told with the invoice."""
    try:
        return parse_date(data["invoice"].get("issued", ""))
    except PydanticCustomError:
        return None


def _invoice(data: dict[str, Any], loaded: Loaded) -> tuple[InvoiceInput | None, list[Fault]]:
    invoice, faults = read_input({"merchant": loaded.merchant.id, **data["invoice"]}, loaded)
    if invoice is not None:
        faults += accepted(invoice, loaded)
    return invoice, [(("invoice", *where), problem, cure) for where, problem, cure in faults]
