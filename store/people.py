"""Finding a customer in the books, by an e-mail address or a phone number: also one that was written to before.

Nothing of this is indexed, so that nobody is looked up by the way. It goes through all invoices, some thousands at a
time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote

import phonenumbers
from sqlalchemy import ColumnElement, Connection, Engine, Table, func, select, true

from domain.policy import Channel
from store.cases import INVOICE
from store.engine import among, reading
from store.inbox import NEW, POST, KeptPost
from store.opt_outs import OPT_OUT
from store.sends import HEARD, SEND
from store.tables import BatchItemRow

ITEM: Table = BatchItemRow.__table__  # type: ignore[attr-defined]

AT_A_TIME = 20_000
"""Invoices that one statement goes through."""
_PERSONAL = (Channel.EMAIL, Channel.SMS, Channel.LETTER)
"""Channels on which the address alone says who it is: on an envelope it has the name, too."""


@dataclass(frozen=True, slots=True)
class Theirs:
    """An invoice of a customer."""

    id: int
    merchant: str
    number: str
    name: str
    stage: str
    currency: str
    balance: int


@dataclass(frozen=True, slots=True)
class Loose:
    """What speaks of an address and hangs on no invoice."""

    opt_outs: tuple[tuple[str, str, str], ...]
    """Channel, address and merchant."""
    heard: tuple[int, ...]
    """Words of vendors that nobody could assign."""
    posts: tuple[int, ...]
    """Posts that nobody has read, or could read, or that said nothing of anybody."""
    items: tuple[tuple[str, int], ...]
    """Invoices of batches that were not started: batch and place."""


def address_of(written: str) -> str:
    """An address as it is compared: e-mail in small letters, a phone number as it is dialled from abroad."""
    return written.strip().casefold()


class People:
    """Reads only."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def invoices(self, address: str, merchant: str | None = None) -> list[Theirs]:
        """The invoices that stand on an address, or of which something went there, oldest first."""
        found: list[Theirs] = []
        for after in range(0, self.newest(), AT_A_TIME):
            with reading(self.engine) as connection:
                found += _between(connection, address, after, merchant)
        return found

    def newest(self) -> int:
        """The last invoice there is."""
        with reading(self.engine) as connection:
            return connection.execute(select(func.max(INVOICE.c.id))).scalar() or 0

    def one(self, invoice_id: int) -> Theirs:
        """One invoice."""
        with reading(self.engine) as connection:
            return _theirs(connection.execute(select(INVOICE).where(INVOICE.c.id == invoice_id)).one())

    def addresses(self, ids: Sequence[int]) -> frozenset[str]:
        """The addresses of invoices, on every channel: those that stand there, and those written to."""
        found: set[str] = set()
        with reading(self.engine) as connection:
            details = select(INVOICE.c.details).where(among(INVOICE.c.id, list(ids), connection))
            for text in connection.execute(details).scalars():
                found |= _addresses_in(json.loads(text))
            sent = select(SEND.c.recipient).where(
                among(SEND.c.invoice_id, list(ids), connection), SEND.c.channel.in_(_PERSONAL)
            )
            found |= {address_of(to) for to in connection.execute(sent).scalars() if to}
        return frozenset(found)

    def loose(self, addresses: frozenset[str]) -> Loose:
        """What speaks of these addresses and hangs on no invoice."""
        with reading(self.engine) as connection:
            objections = select(OPT_OUT.c.channel, OPT_OUT.c.address, OPT_OUT.c.merchant)
            opt_outs = connection.execute(objections.where(OPT_OUT.c.address.in_(sorted(addresses)))).all()
            heard = select(HEARD.c.id, HEARD.c.said).where(HEARD.c.send_id.is_(None), HEARD.c.said != "")
            return Loose(
                tuple((row.channel, row.address, row.merchant) for row in opt_outs),
                tuple(row.id for row in connection.execute(heard) if speaks_of(row.said, addresses)),
                tuple(_posts(connection, addresses)),
                tuple(_items(connection, addresses)),
            )

    def said(self, heard: Sequence[int]) -> list[str]:
        """What these words were."""
        with reading(self.engine) as connection:
            mine = select(HEARD.c.said).where(among(HEARD.c.id, list(heard), connection)).order_by(HEARD.c.id)
            return list(connection.execute(mine).scalars())

    def posts(self, ids: Sequence[int], loose: Sequence[int]) -> list[KeptPost]:
        """The posts that speak of these invoices' messages, and these that speak of none."""
        with reading(self.engine) as connection:
            sends = select(SEND.c.id).where(among(SEND.c.invoice_id, list(ids), connection))
            heard = select(HEARD.c.post_id).where(HEARD.c.send_id.in_(sends), HEARD.c.post_id.is_not(None))
            mine = among(POST.c.id, [*loose, *connection.execute(heard).scalars()], connection)
            rows = connection.execute(select(POST).where(mine, func.length(POST.c.body) > 0).order_by(POST.c.id))
            return [KeptPost(row.id, row.vendor, row.about, row.body) for row in rows]

    def sources(self, places: Sequence[tuple[str, int]]) -> list[str]:
        """Invoices that were not started, as they were given to us."""
        with reading(self.engine) as connection:
            mine = [_item(connection, batch, place) for batch, place in places]
        return [source for source in mine if source]


def speaks_of(text: str, addresses: frozenset[str]) -> bool:
    """Whether a text has one of these addresses, plain or as in a form."""
    plain = text.casefold()
    return any(address in plain or quote(address, safe="").casefold() in plain for address in addresses)


def _between(connection: Connection, address: str, after: int, merchant: str | None) -> Iterator[Theirs]:
    """Those of the next some thousand invoices."""
    part = (INVOICE.c.id > after) & (INVOICE.c.id <= after + AT_A_TIME)
    part = part & (INVOICE.c.merchant == merchant) if merchant else part
    likely = connection.execute(select(INVOICE.c.id, INVOICE.c.details).where(part & _may_say(address))).all()
    ids = {row.id for row in likely if address in _addresses_in(json.loads(row.details))}
    sends = (SEND.c.invoice_id > after) & (SEND.c.invoice_id <= after + AT_A_TIME) & SEND.c.channel.in_(_PERSONAL)
    sent = select(SEND.c.invoice_id, SEND.c.recipient).where(sends & SEND.c.recipient.is_not(None))
    ids |= {row.invoice_id for row in connection.execute(sent) if address_of(row.recipient) == address}
    mine = select(INVOICE).where(part & among(INVOICE.c.id, sorted(ids), connection)).order_by(INVOICE.c.id)
    return (_theirs(row) for row in connection.execute(mine).all())


def _may_say(address: str) -> ColumnElement[bool]:
    """Whether details may have the address, or its first line. Databases know no other small letters than ours."""
    line = address.partition("\n")[0]
    if not line.isascii() or '"' in line or "\\" in line:  # in JSON they are written otherwise
        return true()
    likely: Any = func.lower(INVOICE.c.details).contains(line, autoescape=True)
    return cast(ColumnElement[bool], likely)


def _addresses_in(details: dict[str, Any]) -> set[str]:
    """A customer's addresses on every channel, as they are compared; what is no invoice has none."""
    customer = details.get("customer")
    if not isinstance(customer, dict):
        return set()
    email, phone, country, name = (str(customer.get(key) or "") for key in ("email", "phone", "country", "name"))
    lines = customer.get("address")
    envelope = "\n".join(str(line).strip() for line in (name, *lines)) if lines and isinstance(lines, list) else ""
    return {address for address in (address_of(email), _dialled(phone, country), address_of(envelope)) if address}


def _dialled(phone: str, country: str) -> str:
    """A phone number as it is dialled from abroad. One that is not started yet may be written in any way."""
    try:
        number = phonenumbers.parse(phone, country or None)
    except phonenumbers.NumberParseException:
        return address_of(phone)
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _posts(connection: Connection, addresses: frozenset[str]) -> Iterator[int]:
    """Posts of which nothing was understood that speak of these addresses."""
    unread = select(POST.c.id).where(func.length(POST.c.body) > 0)
    understood = select(HEARD.c.post_id).where(HEARD.c.send_id.is_not(None), HEARD.c.post_id.is_not(None))
    for post_id in sorted(connection.execute(unread.except_(understood)).scalars()):
        row = connection.execute(select(POST.c.state, POST.c.about, POST.c.body).where(POST.c.id == post_id)).one()
        if row.state != NEW and speaks_of(f"{row.about}\n{row.body.decode(errors='replace')}", addresses):
            yield post_id


def _items(connection: Connection, addresses: frozenset[str]) -> Iterator[tuple[str, int]]:
    """Invoices of batches that were not started and are these addresses'."""
    waiting = select(ITEM.c.batch_id, ITEM.c.place, ITEM.c.source).where(ITEM.c.source.is_not(None))
    for row in connection.execute(waiting):
        if not addresses.isdisjoint(_addresses_in(_read(row.source))) or speaks_of(row.source, addresses):
            yield row.batch_id, row.place


def _item(connection: Connection, batch_id: str, place: int) -> str | None:
    mine = select(ITEM.c.source).where(ITEM.c.batch_id == batch_id, ITEM.c.place == place)
    found: str | None = connection.execute(mine).scalar()
    return found


def _read(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _theirs(row: Any) -> Theirs:
    name = str(_read(row.details).get("customer", {}).get("name", ""))
    return Theirs(row.id, row.merchant, row.number, name, row.stage, row.currency, row.balance)
