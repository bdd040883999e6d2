"""Journals already folded. A journal is only added to, so what was read of it stays true: only the rest is read."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

from domain.events import Event
from domain.facts import Facts, Invoice

MOST = 5_000
"""Cases kept; the one that was not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The first events of an invoice, their keys, and the facts they make."""

    invoice: Invoice
    events: tuple[Event, ...]
    keys: frozenset[str]
    facts: Facts


class Folds:
    """The folds of the cases looked at last, for all threads of a process."""

    def __init__(self) -> None:
        self._folds: OrderedDict[int, Fold] = OrderedDict()
        self._lock = Lock()

    def get(self, invoice_id: int) -> Fold | None:
        """What was folded so far."""
        with self._lock:
            fold = self._folds.get(invoice_id)
            if fold:
                self._folds.move_to_end(invoice_id)
            return fold

    def keep(self, invoice_id: int, fold: Fold) -> None:
        """Keep a fold of events that are in the books for good."""
        with self._lock:
            self._folds[invoice_id] = fold
            self._folds.move_to_end(invoice_id)
            if len(self._folds) > MOST:
                self._folds.popitem(last=False)
