"""The account on the invoice page: from what was invoiced to what is asked for, each change by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from domain.charge import ChargeKind
from domain.facts import Charge, ChargeState, Facts
from domain.postings import CHARGES, Entry
from domain.words import COLLECTION, Message
from gateway.standing import Standing
from store.cases import CaseFile
from templates.words import Words

TAKEN_OFF = {
    Entry.CREDITED: "credited",
    Entry.WRITTEN_OFF: "written_off",
    Entry.PAID: "paid",
    Entry.COLLECTED: "paid",
}
"""What lessens a debt, and what the page calls it."""


@dataclass(frozen=True, slots=True)
class Sum:
    """One row of the account; ``notes`` tell how it is worked out."""

    label: str
    amount: str
    notes: tuple[str, ...] = ()


def account(case: CaseFile, standing: Standing, words: Words) -> Iterator[Sum]:
    """The rows, from the invoice's amount on. Where all is disputed, nothing is taken off: nothing is asked for."""
    facts, formats = case.facts, words.formats
    yield Sum(words("account.amount"), formats.amount(facts.amount))
    for charge in facts.charges:
        if _is_told(facts, charge):
            yield from _charged(case, charge, words)
    for posting in facts.postings:
        if posting.what in TAKEN_OFF:
            day = formats.day(posting.dated) if posting.dated else _day(case, posting.at, words)
            yield Sum(words(f"account.{TAKEN_OFF[posting.what]}", day=day), formats.amount(posting.amount))
    if facts.disputed and standing is not Standing.DISPUTED:
        yield Sum(words("account.disputed"), formats.amount(-facts.disputed))


def fee_word(facts: Facts, step: str | None) -> str:
    """What a fee is called: a reminder's, a demand's, or the hand-over's."""
    if step == COLLECTION:
        return "hand_over_fee"
    is_demand = any(send.id.step == step and send.message is Message.DEMAND for send in facts.sends)
    return "demand_fee" if is_demand else ChargeKind.FEE


def _is_told(facts: Facts, charge: Charge) -> bool:
    """Whether the customer ever heard of it; a letter called back before it was printed told nobody."""
    if charge.state is ChargeState.REVERSED:
        return any(send.is_out for send in facts.of_step(charge.step))
    return charge.state is ChargeState.BOOKED


def _charged(case: CaseFile, charge: Charge, words: Words) -> Iterator[Sum]:
    """A charge as it was asked for, and what was taken back of it."""
    name = fee_word(case.facts, charge.step) if charge.kind is ChargeKind.FEE else charge.kind
    added, taken_back = CHARGES[charge.kind]
    for posting in case.facts.postings:
        if posting.step != charge.step:
            continue
        day, amount = _day(case, posting.at, words), words.formats.amount(posting.amount)
        if posting.what is added:
            yield Sum(words(f"account.{name}", day=day), amount, tuple(_periods(charge, words)))
        elif posting.what is taken_back:
            yield Sum(words("account.taken_back", day=day), amount)


def _periods(charge: Charge, words: Words) -> Iterator[str]:
    """For which days interest was added, on what, and at which rate."""
    formats = words.formats
    for period in charge.periods:
        yield words(
            "entries.period",
            rate=formats.percent(period.rate),
            base=formats.amount(period.base),
            since=formats.day(period.since),
            through=formats.day(period.through),
        )


def _day(case: CaseFile, at: datetime, words: Words) -> str:
    return words.formats.day(case.law.calendar.local(at).date())
