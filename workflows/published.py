"""Merchants as new invoices get them: what was published last counts, and a file is a draft until it is published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from config.invoice_input import InvoiceInput
from config.merchants import Loaded, find_merchant, load_merchant, load_text, policy_or_faults, read_text
from config.problems import ConfigError, Problem, shown_key
from domain.facts import Rules
from domain.policy import Policy
from store.books import Books
from store.cases import CaseFile
from store.registry import Published


@dataclass(frozen=True, slots=True)
class Merchants:
    """Gives merchants by name. One that nobody has published yet is read from its file, by the law of today."""

    books: Books
    folder: Path
    _known: dict[int, Loaded] = field(default_factory=dict)
    """By the version's id: a version never changes."""
    _drafts: dict[str, tuple[object, Loaded]] = field(default_factory=dict)

    def __call__(self, name: str) -> Loaded:
        """A merchant by its short name.

        Raises:
            ConfigError: nothing of it was published, and its file is gone or cannot be used.
        """
        newest = self.books.registry.newest_id(name)
        if newest is not None:
            return self._published(newest)
        draft = self._draft(name)
        newest = self.books.registry.newest_id(draft.merchant.id)
        return draft if newest is None else self._published(newest)

    def differs(self, name: str) -> Path | None:
        """The merchant's file, if it does not say what was published last."""
        newest = self.books.registry.newest(name)
        try:
            path = find_merchant(name, self.folder)
            return path if newest and read_text(path) != newest.source else None
        except ConfigError:
            return None

    def _published(self, version_id: int) -> Loaded:
        if version_id not in self._known:
            source = self.books.registry.one(version_id).source
            self._known[version_id] = load_text(source, "what was published")
        return self._known[version_id]

    def _draft(self, name: str) -> Loaded:
        path, today = find_merchant(name, self.folder), datetime.now(UTC).date()
        stamp = (path, path.stat().st_mtime_ns, path.stat().st_size, today)
        known = self._drafts.get(name)
        if known is None or known[0] != stamp:
            known = self._drafts[name] = (stamp, load_merchant(path, today))
        return known[1]


def policy_under(source: str, case: CaseFile) -> Policy:
    """What a merchant's file means to an invoice that was started under another: with its group and its own terms.

    Raises:
        ConfigError: nothing: another currency, a group that is gone, terms that no longer fit.
    """
    details = InvoiceInput.from_json(case.details)
    policy, faults = policy_or_faults(source, details.debtor.group, details.terms, None)
    if policy is None:
        raise ConfigError(Problem("", None, shown_key(where), problem, cure) for where, problem, cure in faults)
    ours, theirs = case.invoice.amount.currency, policy.currency
    if ours != theirs:
        problem = f"the invoice is in {ours}, and these rules are in {theirs}"
        raise ConfigError([Problem("", None, "currency", problem, "leave the invoice with the rules that it has")])
    return policy


def rules_under(books: Books, case: CaseFile, published: Published, *, pin: bool = True) -> Rules:
    """The rules of a published version for an invoice; who only looks pins nothing.

    Raises:
        ConfigError: it means nothing to the invoice.
    """
    return books.registry.rules(published.id, published.version, policy_under(published.source, case), pin=pin)
