"""What changes how much is owed: one posting for each, from which the ledger is made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from domain.charge import ChargeKind
from domain.money import Money


class Entry(StrEnum):
    """What was posted."""

    INVOICED = "invoiced"
    AMENDED = "amended"
    CREDITED = "credited"
    WRITTEN_OFF = "written_off"
    PAID = "paid"
    COLLECTED = "collected"
    FEE = "fee"
    INTEREST = "interest"
    COMPENSATION = "compensation"
    FEE_REVERSED = "fee_reversed"
    INTEREST_REVERSED = "interest_reversed"
    COMPENSATION_REVERSED = "compensation_reversed"


MONEY = frozenset({Entry.PAID, Entry.COLLECTED})
"""The entries that are money which arrived."""

CHARGES = {
    ChargeKind.FEE: (Entry.FEE, Entry.FEE_REVERSED),
    ChargeKind.INTEREST: (Entry.INTEREST, Entry.INTEREST_REVERSED),
    ChargeKind.COMPENSATION: (Entry.COMPENSATION, Entry.COMPENSATION_REVERSED),
}
"""How each kind of charge is posted, and how it is taken back."""


ADDING = frozenset(added for added, _ in CHARGES.values())
"""The entries of what was added."""
CHARGING = ADDING | {taken_back for _, taken_back in CHARGES.values()}
"""The entries of charges: what was added, and what of it was taken back."""


@dataclass(frozen=True, slots=True)
class Posting:
    """A change of what is owed: above zero more, below zero less. ``at`` is when it was booked."""

    what: Entry
    at: datetime
    amount: Money
    dated: date | None = None
    """The payer's bank's day, for money that arrived."""
    step: str | None = None
    law: str | None = None
