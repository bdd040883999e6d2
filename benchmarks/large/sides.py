"""The two sides with very many open invoices: ours in its books, and the floor without any.

Either begins a life, arms it for a due day (its next message goes out at a given moment of the real clock), and tells
how far its lives have come.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select

from benchmarks.bare import DUE, Bare
from benchmarks.driver import Ground
from benchmarks.large.copies import copy_invoices
from benchmarks.lives import MERCHANTS, phone_of
from benchmarks.processes import FLOOR, OURS, WHOLE
from benchmarks.sides import FloorCase
from config.invoices import read_invoice
from config.merchants import find_merchant, load_merchant
from domain.calendar import ONE_DAY
from domain.law.bank_days import calendar_of
from domain.policy import NEXT_BANK_DAY
from domain.wire import InvoiceRef
from store.cases import INVOICE
from store.engine import reading
from store.looks import LOOK
from store.registry import Opening
from workflows.client import CaseClient
from workflows.opening import opening_of

MERCHANT = "nordljus"
CALENDAR = calendar_of("SE")
TO_PAY = timedelta(days=30)
TEN = time(10)
CUSTOMER = {
    "name": "Anna Lundberg",
    "kind": "consumer",
    "email": "anna@customer.example",
    "address": ["Storgatan 1", "111 22 Stockholm"],
}
TERMS = {"distribution": [{"channel": "email"}]}
"""Sent once; then nothing happens before the due day."""
WAITS_FOR_DUE_DAY, REMINDED = "due_reminder: email", "reminder-1: email"
"""What comes next for a case that was sent, and for one whose due reminder is out."""


MODEL = 1
"""The number of the invoice that others are copied from."""


class Side(Protocol):
    """What the stages ask of a side. Lives are numbered; the number is the invoice's."""

    name: str
    kind: str
    """Of its worker's process."""

    async def begin(self, number: int) -> None:
        """Begin a life."""
        ...

    async def arm(self, number: int, at: datetime) -> None:
        """Let its next message go out at this moment."""
        ...

    def mark(self) -> None:
        """Remember how far all lives have come."""
        ...

    def waiting(self, numbers: range) -> int:
        """How many of these lives have had their first message."""
        ...

    def armed(self, numbers: range) -> int:
        """How many of these lives wait for the moment of their due day."""
        ...

    def reminded(self, numbers: range) -> int:
        """How many of these lives have had their second message."""
        ...

    def told(self, at: datetime) -> Mapping[str, str]:
        """What its worker is told when lives are to be armed for this moment."""
        ...


class Ours:
    """Real cases in real books, begun as any other program begins them."""

    name, kind = OURS, WHOLE

    def __init__(self, here: Ground) -> None:
        self.books, self.cases = here.books, CaseClient(here.client, here.books, OURS)
        self._loaded = load_merchant(find_merchant(MERCHANT, MERCHANTS))
        self._issued = CALENDAR.add(datetime.now(UTC).date(), NEXT_BANK_DAY)

    async def begin(self, number: int) -> None:
        """Read, check and start an invoice that is issued now: at ten on a bank day of its own clock."""
        await self.cases.start(self._opening(number))

    async def wake(self, number: int) -> None:
        """Let it look."""
        await self.cases.wake(self.ref(number))

    def copy(self, numbers: range) -> None:
        """Enter these invoices as already sent, as the first one was."""
        copy_invoices(self.books, self.ref(MODEL).id, [self._opening(number) for number in numbers])

    async def heal(self, number: int) -> None:
        """Begin the loop of an invoice that is in the books."""
        await self.cases.heal(self.ref(number))

    async def arm(self, number: int, at: datetime) -> None:
        """Move the case's clock to just before its due day, and let it look."""
        ref = self.ref(number)
        case = await asyncio.to_thread(self.books.cases.read, ref.id)
        if case.next_at is None:
            raise AssertionError(f"{ref.number} waits for nothing")
        await asyncio.to_thread(self.books.cases.shift, ref.id, case.next_at - at - case.shift)
        await self.cases.wake(ref)

    def ref(self, number: int) -> InvoiceRef:
        """The invoice of this number."""
        return self.cases.find(MERCHANT, name_of(number))

    def waiting(self, numbers: range) -> int:
        """As its books say."""
        return self._count(numbers, INVOICE.c.next_step == WAITS_FOR_DUE_DAY)

    def armed(self, numbers: range) -> int:
        """As its books say: the last look was close before the due day."""
        due = self.books.cases.read(self.ref(numbers[0]).id).facts.due
        close = INVOICE.c.looked_at > datetime.combine(due - ONE_DAY, time.min, UTC)
        return self._count(numbers, (INVOICE.c.next_step == WAITS_FOR_DUE_DAY) & close)

    def looks(self, numbers: Sequence[int]) -> int:
        """How often these have been looked at."""
        ids = select(INVOICE.c.id).where(INVOICE.c.merchant == MERCHANT, INVOICE.c.number.in_(map(name_of, numbers)))
        with reading(self.books.engine) as connection:
            return int(connection.execute(select(func.count()).where(LOOK.c.invoice_id.in_(ids))).scalar_one())

    def reminded(self, numbers: range) -> int:
        """As its books say."""
        return self._count(numbers, INVOICE.c.next_step == REMINDED)

    def mark(self) -> None:
        """Nothing: the books tell one life from another."""

    def told(self, at: datetime) -> Mapping[str, str]:
        """Nothing: it is in the books."""
        return {}

    def _opening(self, number: int) -> Opening:
        """An invoice of that number, and of a customer of its own."""
        name = name_of(number)
        customer = CUSTOMER | {"phone": phone_of(name)}
        given = {"merchant": MERCHANT, "number": name, "amount": "249.00", "terms": TERMS, "customer": customer}
        given |= {"issued": f"{self._issued}", "due": f"{self._issued + TO_PAY}"}
        opening = opening_of(read_invoice(given, lambda _: self._loaded), self._loaded)
        begins = CALENDAR.moment(datetime.combine(self._issued, TEN))
        return replace(opening, shift=begins - datetime.now(UTC))

    def _count(self, numbers: range, where: Any) -> int:
        between = INVOICE.c.number.between(name_of(numbers[0]), name_of(numbers[-1]))
        query = select(func.count()).where((INVOICE.c.merchant == MERCHANT) & between & where)
        with reading(self.books.engine) as connection:
            return int(connection.execute(query).scalar_one())


class Floor:
    """The bare workflow. How often it has looked stands in a file that its worker writes.

    Lives are begun and armed one group after the other, so that counting tells how far a group has come: a message goes
    out between two looks.
    """

    name = kind = FLOOR

    def __init__(self, here: Ground) -> None:
        self.client, self._bare = here.client, Bare(here.home)
        self._before = self.looked

    @property
    def looked(self) -> int:
        """Looks, ever."""
        path = self._bare.looks
        return path.stat().st_size if path.exists() else 0

    async def begin(self, number: int) -> None:
        """Start the workflow."""
        await self._case(number).wake()

    async def arm(self, number: int, at: datetime) -> None:
        """Wake it; its worker knows the moment."""
        await self._case(number).wake()

    def mark(self) -> None:
        """Count from here on."""
        self._before = self.looked

    def waiting(self, numbers: range) -> int:
        """Half of the looks since the mark."""
        return (self.looked - self._before) // 2

    def armed(self, numbers: range) -> int:
        """The looks since the mark."""
        return self.looked - self._before

    def reminded(self, numbers: range) -> int:
        """Half of the looks since the mark."""
        return self.waiting(numbers)

    def told(self, at: datetime) -> Mapping[str, str]:
        """The moment."""
        return {DUE: at.isoformat()}

    def _case(self, number: int) -> FloorCase:
        return FloorCase(self.client, InvoiceRef(0, MERCHANT, name_of(number)))


def name_of(number: int) -> str:
    """A number as it stands on an invoice; they sort as numbers do."""
    return f"{number:07}"
