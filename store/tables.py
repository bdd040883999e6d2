"""The tables. Names, addresses and rendered messages live here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Text, UniqueConstraint, false, text
from sqlmodel import Field, SQLModel

from store.engine import Moment

_LARGE = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number above two thousand million, which SQLite's own has room for."""


def _moment(*, nullable: bool = False, index: bool = False) -> Column[datetime]:
    return Column(Moment(), nullable=nullable, index=index)


def _index_of(name: str, where: str, *columns: str) -> Index:
    """An index of the few rows of which this is true."""
    return Index(name, *columns, sqlite_where=text(where), postgresql_where=text(where))


class MerchantVersion(SQLModel, table=True):
    """A merchant's file as it was published; ``source`` is what the merchant wrote, ``body`` what we read in it."""

    __tablename__ = "merchant_version"
    __table_args__ = (UniqueConstraint("merchant", "version"),)

    id: int | None = Field(default=None, primary_key=True)
    merchant: str = Field(max_length=64, index=True)
    version: int
    sha256: str = Field(max_length=64)
    source: str = Field(sa_column=Column(Text, nullable=False))
    body: str = Field(sa_column=Column(Text, nullable=False))
    published_at: datetime = Field(sa_column=_moment())
    who: str = Field(default="", max_length=128, sa_column_kwargs={"server_default": ""})
    """Who published it; empty: it came with the merchant's first invoice."""
    why: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))


class PolicyVersion(SQLModel, table=True):
    """A complete policy: a merchant version's, or that with a group's and an invoice's own terms. Never changed."""

    __tablename__ = "policy_version"
    __table_args__ = (UniqueConstraint("merchant_version_id", "sha256"),)

    id: int | None = Field(default=None, primary_key=True)
    merchant_version_id: int = Field(foreign_key="merchant_version.id")
    sha256: str = Field(max_length=64)
    body: str = Field(sa_column=Column(Text, nullable=False))


class InvoiceRow(SQLModel, table=True):
    """An invoice. The columns from ``stage`` on repeat what the last look saw, for lists."""

    __tablename__ = "invoice"
    __table_args__ = (
        UniqueConstraint("merchant", "number"),
        _index_of("ix_invoice_waits_for", "waits_for IS NOT NULL", "waits_for", "since"),
        _index_of("ix_invoice_bounced_at", "bounced_at IS NOT NULL", "bounced_at"),
        _index_of("ix_invoice_failed_since", "failed_since IS NOT NULL", "failed_since"),
        _index_of("ix_invoice_acting", "NOT resting", "looked_at"),
        _index_of("ix_invoice_unseen", "wanted > seen", "id"),
        _index_of("ix_invoice_unlooked", "looked_at IS NULL", "opened_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    merchant: str = Field(max_length=64)
    number: str = Field(max_length=64)
    policy_version_id: int = Field(foreign_key="policy_version.id")
    """The rules that it goes by."""
    began_by: int | None = Field(default=None, foreign_key="policy_version.id")
    """The rules that it began with, if it was moved to others since."""
    reference: str = Field(max_length=64, index=True)
    invoice: str = Field(sa_column=Column(Text, nullable=False))
    """The domain's ``Invoice``."""
    details: str = Field(sa_column=Column(Text, nullable=False))
    """Who owes and for what: customer and lines, personal data included."""
    customer: str | None = Field(default=None, max_length=64)
    """What the merchant and the customer's phone number hash to; without a number nobody knows a customer again."""
    shift: float = 0.0
    """Seconds from the workflow's clock to the case's; 0 in production."""
    opened_at: datetime = Field(sa_column=_moment())
    stage: str = Field(default="opened", max_length=32, index=True)
    balance: int = Field(sa_column=Column(_LARGE, nullable=False))
    currency: str = Field(max_length=3)
    due: date
    next_step: str | None = Field(default=None, max_length=64)
    next_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True, index=True))
    resting: bool = False
    """Whether the last look left nothing to do but wait."""
    waits_for: str | None = Field(default=None, max_length=32)
    """Why it waits for something that no clock of ours brings about (``domain/waiting.py``)."""
    since: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """Since when."""
    bounced_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """When a message last failed for good."""
    failed_looks: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    """Looks that broke down since the last that did not."""
    failed_with: str | None = Field(default=None, max_length=128)
    """The kind of the last breakdown, and its place in the code; it quotes nothing."""
    failed_since: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """When the first of them broke down, by the machine's clock."""
    looked_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    seen: int = 0
    """Events the last look saw."""
    events: int = 0
    """Events written so far."""
    wanted: int = 0
    """The newest event that wants a look; a case that has seen fewer lies behind."""


class EventRow(SQLModel, table=True):
    """What happened to an invoice, in order: the journal from which its facts are folded. Only ever added to."""

    __tablename__ = "event"
    __table_args__ = (UniqueConstraint("invoice_id", "key"),)

    invoice_id: int = Field(foreign_key="invoice.id", primary_key=True)
    seq: int = Field(primary_key=True)
    kind: str = Field(max_length=32)
    key: str = Field(max_length=128)
    at: datetime = Field(sa_column=_moment())
    body: str = Field(sa_column=Column(Text, nullable=False))


class SendRow(SQLModel, table=True):
    """A send's place, taken before the vendor is asked; then the bytes that were sent. Its fate is in the journal."""

    __tablename__ = "send"
    __table_args__ = (UniqueConstraint("invoice_id", "step", "rung", "attempt"),)

    id: str = Field(primary_key=True, max_length=32)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    step: str = Field(max_length=64)
    rung: int
    attempt: int
    channel: str = Field(max_length=16)
    message: str = Field(max_length=32)
    token: str = Field(max_length=64, unique=True)
    """Opens the invoice page; unguessable."""
    reserved_at: datetime = Field(sa_column=_moment())
    kept_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """When the parcel was packed, by the machine's clock. Without it the vendor was never asked."""
    recipient: str | None = Field(default=None, sa_column=Column(Text))
    country: str | None = Field(default=None, max_length=2)
    sender: str | None = Field(default=None, sa_column=Column(Text))
    subject: str | None = Field(default=None, sa_column=Column(Text))
    media_type: str | None = Field(default=None, max_length=64)
    body: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    sha256: str | None = Field(default=None, max_length=64)
    vendor: str | None = Field(default=None, max_length=32)
    """Who was asked to send it, from before it is asked; or who settled it, where no vendor did."""
    vendor_id: str | None = Field(default=None, max_length=128, index=True)
    vendor_said: str | None = Field(default=None, sa_column=Column(Text))
    ask_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True, index=True))
    """When to ask the vendor what became of it, by the machine's clock; None: nothing more is to be heard."""


class CommandRow(SQLModel, table=True):
    """What a person or a system ordered: who, why, when. Orders for an invoice not yet known wait here for it."""

    __tablename__ = "command"

    id: str = Field(primary_key=True, max_length=64)
    merchant: str = Field(max_length=64)
    number: str = Field(max_length=64, index=True)
    kind: str = Field(max_length=32)
    who: str = Field(max_length=128)
    why: str = Field(sa_column=Column(Text, nullable=False))
    reply: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """What the order has us write to the customer."""
    at: datetime = Field(sa_column=_moment())
    body: str = Field(sa_column=Column(Text, nullable=False))
    taken: bool = False
    """Whether the invoice knows of it."""


class BatchRow(SQLModel, table=True):
    """Something to be done with many invoices: started, or given one order. Carried by a workflow of its own."""

    __tablename__ = "batch"

    id: str = Field(primary_key=True, max_length=64)
    kind: str = Field(max_length=16)
    """``start``, or the name of an order."""
    name: str = Field(default="", max_length=255, sa_column_kwargs={"server_default": ""})
    """What people know it by, as its file; empty: its selection says it."""
    merchant: str = Field(default="", max_length=64, index=True)
    """Whose invoices; empty: several merchants'."""
    who: str = Field(max_length=128)
    why: str = Field(default="", sa_column=Column(Text, nullable=False))
    fields: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    """What the order needs, as JSON."""
    selection: str = Field(default="{}", sa_column=Column(Text, nullable=False))
    """Which invoices were meant, as JSON."""
    rate: float
    """How many a second at most."""
    at_once: int | None = None
    """How many messages may go out at once because of it, as a person has confirmed; None: no limit was asked for."""
    acted: int = 0
    """How many did."""
    state: str = Field(default="filling", max_length=16, index=True)
    """``filling``, ``running``, ``paused``, ``done`` or ``stopped``."""
    said: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """Why it paused of its own accord."""
    total: int = 0
    created_at: datetime = Field(sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class BatchItemRow(SQLModel, table=True):
    """One invoice of a batch."""

    __tablename__ = "batch_item"
    __table_args__ = (Index("ix_batch_item_state", "batch_id", "state", "place"),)

    batch_id: str = Field(foreign_key="batch.id", primary_key=True, max_length=64)
    place: int = Field(primary_key=True)
    """Its place in the file, or in the selection, from 1 on."""
    invoice_id: int | None = Field(default=None, foreign_key="invoice.id", index=True)
    source: str | None = Field(default=None, sa_column=Column(Text))
    """An invoice to be started, as JSON; it goes as soon as nobody waits for it."""
    number: str = Field(default="", max_length=64, sa_column_kwargs={"server_default": ""})
    """The number of an invoice to be started, if it could be read."""
    origin: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """Where it was written, as ``march.csv:17``."""
    acts: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Whether the messages that go out at once for it were counted."""
    state: str = Field(default="waiting", max_length=16)
    """``waiting``, ``done``, ``unchanged`` or ``refused``."""
    said: str = Field(default="", sa_column=Column(Text, nullable=False, server_default=""))
    """What was wrong with it, and the cure; it names nobody."""


class ContactRow(SQLModel, table=True):
    """A day on which a customer gets a dunning SMS, about one invoice only. Taken with the send's place."""

    __tablename__ = "contact"

    customer: str = Field(primary_key=True, max_length=64)
    day: date = Field(primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    at: datetime = Field(sa_column=_moment())


class PostRow(SQLModel, table=True):
    """The inbox: what a vendor sent, as it came. Kept before anybody reads it."""

    __tablename__ = "post"
    __table_args__ = (UniqueConstraint("vendor", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    vendor: str = Field(max_length=32)
    key: str = Field(max_length=64)
    about: str = Field(default="", sa_column=Column(Text, nullable=False))
    body: bytes = Field(sa_column=Column(LargeBinary, nullable=False))
    received_at: datetime = Field(sa_column=_moment())
    state: str = Field(default="new", max_length=16, index=True)
    """``new``, ``read``, or ``unreadable``: then a person must look."""


class HeardRow(SQLModel, table=True):
    """One thing that a vendor said, once; ``said`` is in its own words."""

    __tablename__ = "heard"
    __table_args__ = (UniqueConstraint("vendor", "key"),)

    id: int | None = Field(default=None, primary_key=True)
    vendor: str = Field(max_length=32)
    key: str = Field(max_length=64)
    post_id: int | None = Field(default=None, foreign_key="post.id", index=True)
    """Where it stood; without it we asked."""
    send_id: str | None = Field(default=None, foreign_key="send.id", max_length=32, index=True)
    """Without it nobody knows which send it is about."""
    word: str = Field(max_length=16)
    at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    said: str = Field(default="", sa_column=Column(Text, nullable=False))


class OptOutRow(SQLModel, table=True):
    """An address that wants nothing more on a channel, from one merchant or (``*``) from all."""

    __tablename__ = "opt_out"

    channel: str = Field(primary_key=True, max_length=16)
    address: str = Field(primary_key=True, max_length=320)
    merchant: str = Field(primary_key=True, max_length=64)
    since: datetime = Field(sa_column=_moment())
    who: str = Field(max_length=128)


class ApiKeyRow(SQLModel, table=True):
    """A merchant's key to the API. The key itself is nowhere; only what it hashes to."""

    __tablename__ = "api_key"

    id: str = Field(primary_key=True, max_length=32)
    merchant: str = Field(max_length=64, index=True)
    name: str = Field(max_length=64)
    sha256: str = Field(max_length=64)
    scopes: str = Field(max_length=255)
    """Words, parted by spaces."""
    created_at: datetime = Field(sa_column=_moment())
    expires_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))
    """When it stops opening; None: never."""
    used_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class AnsweredRow(SQLModel, table=True):
    """An API request with an ``Idempotency-Key``, and the answer that the same request gets again."""

    __tablename__ = "answered"

    merchant: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=255)
    request_sha256: str = Field(max_length=64)
    status: int | None = None
    """None while the first request is being answered."""
    body: str | None = Field(default=None, sa_column=Column(Text))
    at: datetime = Field(sa_column=_moment(index=True))


class EndpointRow(SQLModel, table=True):
    """Where a merchant wants to hear what happens to its invoices."""

    __tablename__ = "endpoint"

    id: str = Field(primary_key=True, max_length=32)
    merchant: str = Field(max_length=64, index=True)
    url: str = Field(sa_column=Column(Text, nullable=False))
    secrets: str = Field(sa_column=Column(Text, nullable=False))
    """Words, parted by spaces, the newest first: each message is signed with all."""
    types: str = Field(default="", sa_column=Column(Text, nullable=False))
    """The types it wants, parted by spaces; none: all."""
    created_at: datetime = Field(sa_column=_moment())
    closed_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True))


class AnnouncementRow(SQLModel, table=True):
    """An event of an invoice whose merchant listens. It is gone once each endpoint's delivery is written down."""

    __tablename__ = "announcement"

    id: int | None = Field(default=None, primary_key=True)
    invoice_id: int = Field(foreign_key="invoice.id")
    seq: int


class DeliveryRow(SQLModel, table=True):
    """A message to one endpoint, and how far its delivery has come."""

    __tablename__ = "delivery"
    __table_args__ = (UniqueConstraint("endpoint_id", "invoice_id", "seq", "type"),)

    id: str = Field(primary_key=True, max_length=64)
    """The ``webhook-id`` under which the receiver knows it."""
    endpoint_id: str = Field(foreign_key="endpoint.id", index=True)
    invoice_id: int = Field(foreign_key="invoice.id", index=True)
    seq: int
    type: str = Field(max_length=64)
    body: str = Field(sa_column=Column(Text, nullable=False))
    state: str = Field(default="pending", max_length=16, index=True)
    """``pending``, ``delivered`` or ``dead``."""
    round: int = 0
    """How often a person had it sent anew."""
    attempts: int = 0
    last_status: int | None = None
    last_said: str = Field(default="", sa_column=Column(Text, nullable=False))
    created_at: datetime = Field(sa_column=_moment())
    ended_at: datetime | None = Field(default=None, sa_column=_moment(nullable=True, index=True))
    """When it arrived, or was given up."""


class LookRow(SQLModel, table=True):
    """The audit: what each look decided and why. A look may run twice and is then written once."""

    __tablename__ = "look"

    invoice_id: int = Field(foreign_key="invoice.id", primary_key=True)
    run_id: str = Field(primary_key=True, max_length=64)
    number: int = Field(primary_key=True)
    at: datetime = Field(sa_column=_moment())
    seen: int
    decision: str = Field(max_length=16)
    reason: str | None = Field(default=None, max_length=32)
    body: str = Field(sa_column=Column(Text, nullable=False))


class ForgottenRow(SQLModel, table=True):
    """An invoice whose customer was forgotten: who did it and when, naming nobody. See ``store/forgetting.py``."""

    __tablename__ = "forgotten"
    __table_args__ = (_index_of("ix_forgotten_keep_until", "sealed IS NOT NULL", "keep_until"),)

    invoice_id: int = Field(foreign_key="invoice.id", primary_key=True)
    at: datetime = Field(sa_column=_moment())
    who: str = Field(max_length=128)
    why: str = Field(sa_column=Column(Text, nullable=False))
    keep_until: date
    """The last day on which the books want its voucher."""
    head: str = Field(default="", max_length=64)
    """The head of the sealed pack's log."""
    sealed: bytes | None = Field(default=None, sa_column=Column(LargeBinary))
    """The evidence pack as it was; None: the books' time is over."""
