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
from store.books import Books
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


@dataclass(frozen=True, slots=True)
class CollectionPacker:
    """Makes the claim, which is the evidence pack with its notice, or a notice about the claim, as JSON."""

    books: Books

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel.

        Raises:
            RenderError: the pack is larger than one that can be read again.
        """
        case, message = packing.case, packing.send.message
        agency = case.policy.collection.agency if case.policy.collection else "outbox"
        notice, media_type = self._notice(packing), "application/json"
        body = indented(notice)
        if message is Message.CLAIM:
            try:
                body = claim_of(self.books, case, packing.now, notice | self._claim(packing))
            except ArchiveError as error:
                raise RenderError("evidence", str(error)) from None
            media_type = "application/zip"
        elif claim := self._handed_over(case):
            agency = claim.parcel.recipient if claim.parcel else agency
            body = indented(notice | {"claim": claim.id})
        return Parcel(media_type, body, agency, f"{message} {case.invoice.number}")

    def _notice(self, packing: Packing) -> dict[str, Any]:
        """What it is about."""
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

    def _handed_over(self, case: CaseFile) -> KeptSend | None:
        """The claim that the agency has: whom a notice goes to, and what it is about."""
        claims = [one for one in self.books.sends.of_invoice(case.id) if one.message == Message.CLAIM]
        return next((one for one in reversed(claims) if case.facts.send(one.send).is_out), None)

    def _claim(self, packing: Packing) -> dict[str, Any]:
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
                for kept in self.books.sends.of_invoice(case.id)
                if kept.parcel and kept.channel != Channel.COLLECTION
            ],
        }
