"""The agency: hand over a claim with its evidence, take it back, tell it of a dispute."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from temporalio import activity

from activities.content import Packing
from activities.evidence import claim_of, debtor_as_json
from activities.grounds import charge_as_json, claimed
from activities.sending import Sending
from domain.archive import ArchiveError
from domain.charge import ChargeKind
from domain.evidence import indented
from domain.ledger import ledger
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import ReconcileOrder, Report, SendOrder, reconcile_activity, send_activity
from domain.words import Message
from store.cases import CaseFile
from store.sends import KeptSend
from templates.errors import RenderError


@dataclass(frozen=True, slots=True)
class CollectionActivities:
    """What the collection queue does."""

    sending: Sending

    @activity.defn(name=send_activity(Channel.COLLECTION))
    def send(self, order: SendOrder) -> Report:
        """Tell the agency, once."""
        return self.sending.send(order)

    @activity.defn(name=reconcile_activity(Channel.COLLECTION))
    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for traces of what the agency was told."""
        return self.sending.reconcile(order)


def pack_for_agency(packing: Packing) -> Parcel:
    """The claim, which is the evidence pack with its notice, or a notice about the claim, to whoever has it.

    Raises:
        RenderError: the pack is larger than one that can be read again.
    """
    case, message = packing.case, packing.send.message
    agency = case.policy.collection.agency if case.policy.collection else "outbox"
    subject = f"{message} {case.invoice.number}"
    if message is not Message.CLAIM:
        claim = _handed_over(packing)
        body = indented(_notice(packing) | _about_the_claim(case, claim))
        return Parcel("application/json", body, claim.parcel.recipient if claim and claim.parcel else agency, subject)
    try:
        body = claim_of(packing.books, case, packing.now, _notice(packing) | _claim(packing))
    except ArchiveError as error:
        raise RenderError("evidence", str(error)) from None
    return Parcel("application/zip", body, agency, subject)


def _notice(packing: Packing) -> dict[str, Any]:
    """What it is, and about which invoice."""
    case, send = packing.case, packing.send
    return {
        "id": packing.place.id,
        "notice": send.message,
        "reason": send.reason,
        "at": case.law.calendar.local(packing.now).isoformat(timespec="minutes"),
        "creditor": {"id": packing.merchant.id, "name": packing.merchant.name},
        "invoice": {"number": case.invoice.number, "reference": case.reference},
        "balance": str(send.total),
        "currency": send.total.currency,
    }


def _handed_over(packing: Packing) -> KeptSend | None:
    """The claim that the agency has: whom a notice goes to, and what it is about."""
    claims = [one for one in packing.books.sends.of_invoice(packing.case.id) if one.message == Message.CLAIM]
    return next((one for one in reversed(claims) if packing.case.facts.send(one.send).is_out), None)


def _about_the_claim(case: CaseFile, claim: KeptSend | None) -> dict[str, Any]:
    """Which claim it is, by our id and by the agency's own number; and how much of it is disputed."""
    told = {
        "claim": claim.id if claim else None,
        "case": case.facts.agency.case,
        "disputed": str(case.facts.disputed) if case.facts.disputed else None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _claim(packing: Packing) -> dict[str, Any]:
    """Who owes what and why: principal, interest and costs apart, each charge with its law."""
    case, facts, send = packing.case, packing.case.facts, packing.send
    owed = ledger(facts, case.law).open
    interest = [added.amount for added in send.charges if added.kind is ChargeKind.INTEREST]
    costs = [added.amount for added in send.charges if added.kind is not ChargeKind.INTEREST]
    return {
        "principal": str(owed.principal),
        "interest": str(sum(interest, owed.interest)),
        "costs": str(sum(costs, owed.costs)),
        "charges": [charge_as_json(case, charge) for charge in claimed(case, send.id)],
        "debtor": debtor_as_json(case, packing.merchant),
        "issued": case.invoice.issued.isoformat(),
        "due": facts.due.isoformat(),
        "invoiced": str(facts.amount),
        "credited": str(facts.credited),
        "written_off": str(facts.written_off),
        "paid": str(facts.paid),
        "documents": [
            {"send": str(kept.send), "channel": kept.channel, "message": kept.message, "sha256": kept.parcel.sha256}
            for kept in packing.books.sends.of_invoice(case.id)
            if kept.parcel and kept.channel != Channel.COLLECTION
        ],
    }
