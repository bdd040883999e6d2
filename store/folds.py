"""What was read already and stays true. A journal is only added to: what was folded of it is not read again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

from domain.events import Event
from domain.facts import Facts, Invoice

T = TypeVar("T")

MOST = 5_000
"""Values kept; the one that was not asked for longest goes first."""


@dataclass(frozen=True, slots=True)
class Fold:
    """The first events of an invoice, their keys, and the facts they make."""

    written: str
    """The invoice as it stood there. It changes once: when its customer is forgotten, and no way leads to anybody."""
    invoice: Invoice
    events: tuple[Event, ...]
    keys: frozenset[str]
    facts: Facts
    last: tuple[str, str] | None
    """The key and the body of the last event."""


class Recent(Generic[T]):
    """The values that were asked for last, by their rows' ids, for all threads of a process."""

    def __init__(self) -> None:
        self._values: OrderedDict[int, T] = OrderedDict()
        self._lock = Lock()

    def get(self, of: int) -> T | None:
        """What is known so far."""
        with self._lock:
            value = self._values.get(of)
            if value is not None:
                self._values.move_to_end(of)
            return value

    def keep(self, of: int, value: T) -> None:
        """Keep what is in the books for good."""
        with self._lock:
            self._values[of] = value
            self._values.move_to_end(of)
            if len(self._values) > MOST:
                self._values.popitem(last=False)
