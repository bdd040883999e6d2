"""Opt-outs: addresses that want nothing more on a channel. Asked before every send."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Engine, Table, bindparam, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from domain.policy import Channel
from store.engine import reading, writing
from store.tables import OptOutRow

OPT_OUT: Table = OptOutRow.__table__  # type: ignore[attr-defined]
EVERY_MERCHANT = "*"
"""An opt-out that came without a send of ours counts for every merchant."""
_ADD = {
    "sqlite": sqlite_insert(OPT_OUT).on_conflict_do_nothing(),
    "postgresql": postgres_insert(OPT_OUT).on_conflict_do_nothing(),
}


_HAS = select(OPT_OUT.c.channel).where(
    OPT_OUT.c.channel == bindparam("channel"),
    OPT_OUT.c.address == bindparam("address"),
    OPT_OUT.c.merchant.in_([bindparam("merchant"), EVERY_MERCHANT]),
)


@dataclass(frozen=True, slots=True)
class OptOut:
    """Who wants nothing more, of whom, on what; ``who`` told us."""

    channel: Channel
    address: str
    merchant: str
    since: datetime
    who: str


class OptOuts:
    """The list."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def has(self, channel: Channel, merchant: str, address: str) -> bool:
        """Whether this address wants nothing of this merchant on this channel."""
        whose = {"channel": channel, "address": address.casefold(), "merchant": merchant}
        with reading(self.engine) as connection:
            return connection.execute(_HAS, whose).first() is not None

    def add(self, opt_out: OptOut) -> None:
        """Take an address down; once is enough."""
        with writing(self.engine) as connection:
            add_opt_out(connection, opt_out)

    def lift(self, channel: Channel, address: str, merchant: str | None = None) -> int:
        """Let an address be written to again, by one merchant or all; how many entries that ended."""
        with writing(self.engine) as connection:
            return lift_opt_out(connection, channel, address, merchant)

    def all(self) -> list[OptOut]:
        """Everybody on the list, the newest first."""
        with reading(self.engine) as connection:
            rows = connection.execute(select(OPT_OUT).order_by(OPT_OUT.c.since.desc())).all()
        return [OptOut(Channel(row.channel), row.address, row.merchant, row.since, row.who) for row in rows]


def add_opt_out(connection: Connection, opt_out: OptOut) -> None:
    """Take an address down within a transaction."""
    row = {
        "channel": opt_out.channel,
        "address": opt_out.address.casefold(),
        "merchant": opt_out.merchant,
        "since": opt_out.since,
        "who": opt_out.who,
    }
    connection.execute(_ADD[connection.dialect.name], row)


def lift_opt_out(connection: Connection, channel: Channel, address: str, merchant: str | None) -> int:
    """Let an address be written to again, within a transaction; how many entries that ended."""
    gone = delete(OPT_OUT).where(_is(channel, address))
    if merchant:
        gone = gone.where(OPT_OUT.c.merchant == merchant)
    return connection.execute(gone).rowcount


def _is(channel: Channel, address: str) -> ColumnElement[bool]:
    return (OPT_OUT.c.channel == channel) & (OPT_OUT.c.address == address.casefold())
