"""Cases: an invoice's facts, read and added to under one lock."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Engine, Row, Select, bindparam, exists, func, insert, select, update

from domain.announcements import ANNOUNCED
from domain.events import Act, Event, Moved, Reserved, Settled, Skipped, Viewed, learn
from domain.events import fold as fold_events
from domain.facts import Facts, Invoice
from domain.law import Law, law_of
from domain.merchant import Merchant
from domain.policy import Policy
from domain.simulation import Planned, plan
from domain.timeline import Entry, life
from domain.wire import InvoiceRef
from store.codec import KINDS, dump, load, load_event
from store.engine import reading, writing
from store.folds import Fold, Recent
from store.tables import AnnouncementRow, ContactRow, EndpointRow, EventRow, InvoiceRow, MerchantVersion, PolicyVersion

INVOICE, EVENT = InvoiceRow.__table__, EventRow.__table__  # type: ignore[attr-defined]
ANNOUNCEMENT, ENDPOINT = AnnouncementRow.__table__, EndpointRow.__table__  # type: ignore[attr-defined]
POLICY, MERCHANT = PolicyVersion.__table__, MerchantVersion.__table__  # type: ignore[attr-defined]

CONTACT = ContactRow.__table__  # type: ignore[attr-defined]

# These statements are made once, because making one costs more than SQLite takes to run it.
OF, AFTER = "of_invoice", "after"
"""The parameters that say which invoice, and after which event."""
LISTENS = (
    exists(ENDPOINT.c.id).where(ENDPOINT.c.merchant == INVOICE.c.merchant, ENDPOINT.c.closed_at.is_(None))
).label("listens")
"""Whether the invoice's merchant wants to be told of its events."""
_CONTACT = select(func.max(CONTACT.c.at)).where(
    CONTACT.c.customer == INVOICE.c.customer, CONTACT.c.invoice_id != INVOICE.c.id
)
_LAST_CONTACT = _CONTACT.scalar_subquery().label("last_contact")
"""When the customer last got a dunning SMS about another invoice."""
_CONTACT_UNTIL = _CONTACT.where(INVOICE.c.id == bindparam(OF), CONTACT.c.day <= bindparam("day"))
_FILE: Select[Any] = select(
    INVOICE.c.id,
    INVOICE.c.policy_version_id,
    INVOICE.c.began_by,
    INVOICE.c.reference,
    INVOICE.c.invoice,
    INVOICE.c.details,
    INVOICE.c.shift,
    INVOICE.c.looked_at,
    INVOICE.c.next_at,
    INVOICE.c.customer,
    _LAST_CONTACT,
    LISTENS,
).where(INVOICE.c.id == bindparam(OF))
_LOCKED_FILE = _FILE.with_for_update(of=INVOICE)
_JOURNAL: Select[Any] = (
    select(EVENT.c.kind, EVENT.c.key, EVENT.c.body)
    .where(EVENT.c.invoice_id == bindparam(OF), EVENT.c.seq > bindparam(AFTER))
    .order_by(EVENT.c.seq)
)
_ADD = insert(EVENT)
CHANGE_INVOICE = update(INVOICE).where(INVOICE.c.id == bindparam(OF))
"""Sets the columns that it is given."""

OVERDUE = timedelta(hours=1)
"""How long after its moment a case that got no look may have lost its loop."""


class UnknownInvoiceError(LookupError):
    """No such invoice in the books."""


@dataclass(slots=True)
class CaseFile:
    """All that the books hold of one invoice. Inside ``Cases.locked`` it can be added to."""

    id: int
    invoice: Invoice
    reference: str
    details: str
    policy: Policy
    policy_version_id: int
    merchant_version_id: int
    began_by: int
    """The version of the policy that it began with."""
    moving_to: Policy | None
    """The policy that it is still to be moved to."""
    shift: timedelta
    looked_at: datetime | None
    """When it was last looked at, in case time."""
    next_at: datetime | None
    """The moment that the last look waits for; None: no timer runs."""
    events: list[Event]
    facts: Facts
    keys: set[str]
    listens: bool
    """Whether the merchant wants to be told of events."""
    customer: str | None
    """By what the customer is known again on other invoices."""
    pinned: Callable[[Connection, int], tuple[Policy, int]]
    """A version of a policy, and the merchant's version that it comes from."""
    connection: Connection | None = None

    @property
    def law(self) -> Law:
        """The law of the debtor's country."""
        return law_of(self.invoice.country, self.invoice.kind)

    @property
    def life(self) -> tuple[Entry, ...]:
        """What we did so far, as people read it."""
        return life(self.invoice, self.law.calendar, self.events)

    def never_back(self, moment: datetime) -> None:
        """A workflow that starts anew shows an earlier clock: what its predecessor had skipped moves into the shift."""
        if self.connection is None:
            raise AssertionError("a case's clock is set under its lock only")
        if self.looked_at and moment + self.shift < self.looked_at:
            self.shift = self.looked_at - moment
            self.connection.execute(CHANGE_INVOICE, {OF: self.id, "shift": self.shift.total_seconds()})

    def add(self, event: Event, key: str | None = None) -> bool:
        """Write an event down; False if one with its key is there already."""
        if self.connection is None:
            raise AssertionError("a case is added to under its lock only")
        seq = len(self.events) + 1
        key = key or natural_key(event) or f"{KINDS[type(event)]}:{seq}"
        if key in self.keys:
            return False
        self.connection.execute(_ADD, event_row(self.id, seq, event, key))
        self.events.append(event)
        self.keys.add(key)
        self.facts = learn(self.facts, event)
        count = {"events": seq, "wanted": seq} if self.wants_look(event) else {"events": seq}
        self.connection.execute(CHANGE_INVOICE, {OF: self.id, **count})
        if isinstance(event, Moved):
            self._go_by(self.connection, event.rules.policy)
        if self.listens:
            announce(self.connection, self.id, seq, event)
        return True

    @property
    def earlier_rules(self) -> tuple[tuple[int, datetime], ...]:
        """The versions of the policy by which it went before it was moved, oldest first, each with until when."""
        moves = [event for event in self.events if isinstance(event, Moved)]
        began = [self.began_by, *(event.rules.policy for event in moves)]
        return tuple((rules, event.at) for rules, event in zip(began, moves, strict=False))

    def plan(self, now: datetime) -> tuple[Planned, ...]:
        """What will be done, and when, if nothing happens."""
        return plan(self.facts, self.policy, self.law, now, self.moving_to)

    def _go_by(self, connection: Connection, policy_version_id: int) -> None:
        """From here on other rules hold."""
        self.policy, self.merchant_version_id = self.pinned(connection, policy_version_id)
        self.policy_version_id, self.moving_to = policy_version_id, None
        moved = {"policy_version_id": policy_version_id, "began_by": self.began_by}
        connection.execute(CHANGE_INVOICE, {OF: self.id, **moved})

    def wants_look(self, event: Event) -> bool:
        """Whether an event must wake the loop."""
        return is_wanted(event, has_timer=self.next_at is not None, is_closed=self.facts.closed is not None)


def is_wanted(event: Event, *, has_timer: bool, is_closed: bool) -> bool:
    """Whether an event must wake the loop: if it can mean more work, or if no timer would ever look at it."""
    if isinstance(event, Act):
        return False
    return event.wakes or not (has_timer or is_closed)


def announce(connection: Connection, invoice_id: int, seq: int, event: Event) -> None:
    """Leave word that the merchant is to be told of an event."""
    if type(event) in ANNOUNCED:
        connection.execute(insert(ANNOUNCEMENT), {"invoice_id": invoice_id, "seq": seq})


def event_row(invoice_id: int, seq: int, event: Event, key: str) -> dict[str, Any]:
    """An event as its table keeps it."""
    kind = KINDS[type(event)]
    return {"invoice_id": invoice_id, "seq": seq, "kind": kind, "key": key, "at": event.at, "body": dump(event)}


def natural_key(event: Event) -> str | None:
    """What makes an event unique by its nature; None for those that may happen again."""
    match event:
        case Reserved() | Skipped():
            return f"place:{event.send}"
        case Settled():
            return f"settled:{event.send}:{event.status}"
        case Viewed():
            return f"viewed:{event.send}"
        case _:
            return None


class Cases:
    """The journal of every invoice."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._folds = Recent[Fold]()
        self._policies = Recent[tuple[Policy, int]]()
        self._versions: dict[int, int] = {}
        self.merchant = lru_cache(maxsize=1024)(self._read_merchant)

    @contextmanager
    def locked(self, invoice_id: int, *, light: bool = False) -> Iterator[CaseFile]:
        """The case under its lock: nobody else reads it to change it until this ends, all or nothing.

        Raises:
            UnknownInvoiceError: there is no such invoice.
        """
        with writing(self.engine, light=light) as connection:
            case = self._open(connection, _LOCKED_FILE, invoice_id)
            case.connection = connection
            try:
                yield case
            finally:
                case.connection = None

    def read(self, invoice_id: int, at_hand: Connection | None = None) -> CaseFile:
        """The case as it stands, not to be added to; who holds a connection gives it.

        Raises:
            UnknownInvoiceError: there is no such invoice.
        """
        with nullcontext(at_hand) if at_hand else reading(self.engine) as connection:
            return self._open(connection, _FILE, invoice_id)

    def version(self, case: CaseFile) -> int:
        """Which version of the merchant's file a case goes by, asked under its lock."""
        if case.connection is None:
            raise AssertionError("a case's version is asked under its lock only")
        known = self._versions.get(case.merchant_version_id)
        if known is None:
            query = select(MERCHANT.c.version).where(MERCHANT.c.id == case.merchant_version_id)
            known = self._versions[case.merchant_version_id] = int(case.connection.execute(query).scalar_one())
        return known

    def policy(self, policy_version_id: int, at_hand: Connection) -> Policy:
        """A version of a policy."""
        return self._pinned(at_hand, policy_version_id)[0]

    def find(self, merchant: str, number: str) -> int:
        """The id of an invoice.

        Raises:
            UnknownInvoiceError: there is no such invoice.
        """
        with reading(self.engine) as connection:
            query = select(INVOICE.c.id).where(INVOICE.c.merchant == merchant, INVOICE.c.number == number)
            found = connection.execute(query).scalar()
        if found is None:
            raise UnknownInvoiceError(f"merchant {merchant!r} has no invoice {number!r}")
        return int(found)

    def has(self, merchant: str, number: str) -> bool:
        """Whether an invoice is in the books."""
        return merchant in self.merchants_of(number)

    def merchants_of(self, number: str) -> list[str]:
        """The merchants that have an invoice of this number."""
        with reading(self.engine) as connection:
            return list(connection.execute(select(INVOICE.c.merchant).where(INVOICE.c.number == number)).scalars())

    def shift(self, invoice_id: int, by: timedelta) -> None:
        """Move the case's clock against its workflow's."""
        with writing(self.engine) as connection:
            moved = update(INVOICE).where(INVOICE.c.id == invoice_id)
            connection.execute(moved.values(shift=INVOICE.c.shift + by.total_seconds()))

    def behind(self) -> list[InvoiceRef]:
        """Cases with an event that wants a look and got none."""
        return self._which(INVOICE.c.wanted > INVOICE.c.seen)

    def adrift(self, now: datetime) -> list[InvoiceRef]:
        """Cases that may have no loop: never looked at, or long overdue by the machine's clock."""
        overdue = INVOICE.c.resting & (INVOICE.c.next_at < now - OVERDUE) & (INVOICE.c.shift == 0)
        return [*self._which(overdue), *self._which(INVOICE.c.looked_at.is_(None))]  # with OR, SQLite reads all

    def _which(self, where: Any) -> list[InvoiceRef]:
        query = select(INVOICE.c.id, INVOICE.c.merchant, INVOICE.c.number).where(where)
        with reading(self.engine) as connection:
            return [InvoiceRef(row.id, row.merchant, row.number) for row in connection.execute(query)]

    def _open(self, connection: Connection, query: Select[Any], invoice_id: int) -> CaseFile:
        which = {OF: invoice_id}
        row = connection.execute(query, which).one_or_none()
        if row is None:
            raise UnknownInvoiceError("no such invoice")
        fold = self._fold(connection, row)
        policy, merchant_version_id = self._pinned(connection, row.policy_version_id)
        moving = fold.facts.moving
        shift = timedelta(seconds=row.shift)
        last_contact = self._last_contact(connection, row, fold.invoice) if row.last_contact else None
        return CaseFile(
            row.id,
            fold.invoice,
            row.reference,
            row.details,
            policy,
            row.policy_version_id,
            merchant_version_id,
            row.began_by or row.policy_version_id,
            self._pinned(connection, moving.rules.policy)[0] if moving else None,
            shift,
            row.looked_at,
            row.next_at,
            list(fold.events),
            replace(fold.facts, last_contact=last_contact) if last_contact else fold.facts,
            set(fold.keys),
            row.listens,
            row.customer,
            self._pinned,
        )

    def _last_contact(self, connection: Connection, row: Row[Any], invoice: Invoice) -> datetime | None:
        """The last contact up to the day that the case has come to: another's test clock may be ahead of its own."""
        calendar, now = law_of(invoice.country, invoice.kind).calendar, datetime.now(UTC) + timedelta(seconds=row.shift)
        today = calendar.wall(max(now, row.looked_at or now)).date()
        if calendar.wall(row.last_contact).date() <= today:
            return row.last_contact  # type: ignore[no-any-return]
        return connection.execute(_CONTACT_UNTIL, {OF: row.id, "day": today}).scalar()

    def _fold(self, connection: Connection, row: Row[Any]) -> Fold:
        """The case's journal, folded; what was folded before is not read again.

        But for its last event: a power cut may have taken it from books that were written to lightly.
        """
        known = self._folds.get(row.id)
        if known and known.written == row.invoice:
            since = connection.execute(_JOURNAL, {OF: row.id, AFTER: len(known.events) - 1}).all()
            if since and (since[0].key, since[0].body) == known.last:
                return self._with(row.id, known, since[1:]) if since[1:] else known
        invoice = load(Invoice, row.invoice)
        start = Fold(row.invoice, invoice, (), frozenset(), Facts.at_start(invoice), None)
        rows = connection.execute(_JOURNAL, {OF: row.id, AFTER: 0}).all()
        return self._with(row.id, start, rows) if rows else start

    def _with(self, invoice_id: int, known: Fold, rows: Sequence[Row[Any]]) -> Fold:
        """What is known, with the events that follow."""
        new = tuple(load_event(kept.kind, kept.body) for kept in rows)
        keys, last = known.keys.union(kept.key for kept in rows), (rows[-1].key, rows[-1].body)
        fold = Fold(known.written, known.invoice, known.events + new, keys, fold_events(known.facts, new), last)
        self._folds.keep(invoice_id, fold)
        return fold

    def _pinned(self, connection: Connection, policy_version_id: int) -> tuple[Policy, int]:
        """A policy and the merchant's version it comes from, read on the connection at hand: nobody who holds one may
        wait for another, or all might wait for each other.
        """
        known = self._policies.get(policy_version_id)
        if known is None:
            query = select(POLICY.c.body, POLICY.c.merchant_version_id).where(POLICY.c.id == policy_version_id)
            row = connection.execute(query).one()
            known = load(Policy, row.body), row.merchant_version_id
            self._policies.keep(policy_version_id, known)
        return known

    def _read_merchant(self, merchant_version_id: int) -> Merchant:
        with reading(self.engine) as connection:
            body = connection.execute(select(MERCHANT.c.body).where(MERCHANT.c.id == merchant_version_id)).scalar_one()
        return load(Merchant, body)
