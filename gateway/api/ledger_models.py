"""The ledger as the API tells it. Amounts are decimal strings, moments are local to the debtor."""

from __future__ import annotations

from datetime import date

from domain.postings import Entry
from gateway.api.models import Currency, Decimal, Document, Moment


class LedgerEntry(Document):
    """One change of what is owed. Amounts above zero add to it."""

    day: date
    """Its value day: for money, the day of the payer's bank."""
    booked: Moment
    """When it was booked."""
    what: Entry
    """What was posted."""
    amount: Decimal
    """How much."""
    principal: Decimal
    """What it changed of the principal."""
    interest: Decimal
    """What it changed of the interest."""
    costs: Decimal
    """What it changed of fees and compensation."""
    in_favour: Decimal
    """What it changed of the money beyond the debt."""
    balance: Decimal
    """What is owed after it."""
    step: str | None = None
    """Which step of the plan a charge belongs to."""
    law: str | None = None
    """The statute that allows a charge."""


class OpenParts(Document):
    """What is owed, by its parts."""

    principal: Decimal
    """Of the invoice."""
    interest: Decimal
    """Late interest."""
    costs: Decimal
    """Fees and compensation."""
    in_favour: Decimal
    """Money beyond the debt."""
    balance: Decimal
    """All of it; below zero when too much was paid."""


class LedgerDocument(Document):
    """Every change of what is owed, and how the balance of a day comes about."""

    currency: Currency
    """Of all amounts."""
    at: date
    """The day whose balance it is."""
    lines: list[LedgerEntry]
    """Oldest value day first."""
    open: OpenParts
    """What is owed on that day."""
    explained: list[str]
    """The same in sentences."""
