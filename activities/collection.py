"""The agency: hand over a claim with its evidence, take it back, tell it of a dispute."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from temporalio import activity

from activities.content import Packing
from activities.sending import Sending
from config.invoice_input import InvoiceInput
from domain.facts import ChargeState
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import ReconcileOrder, Report, SendOrder, reconcile_activity, send_activity
from domain.words import Message
from store.books import Books


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
    """Makes the claim, or the notice about it, as JSON."""

    books: Books

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel. A claim says who owes what, why, and everything that was done about it."""
        case, send = packing.case, packing.send
        collection = case.policy.collection
        notice: dict[str, Any] = {
            "id": packing.place.id,
            "notice": send.message,
            "reason": send.reason,
            "at": case.law.calendar.local(packing.now).isoformat(timespec="minutes"),
            "creditor": {"id": packing.merchant.id, "name": packing.merchant.name},
            "invoice": {"number": case.invoice.number, "reference": case.reference},
            "balance": str(send.total),
            "currency": send.total.currency,
        }
        if send.message is Message.CLAIM:
            notice |= self._claim(packing)
        body = json.dumps(notice, ensure_ascii=False, indent=2).encode()
        agency = collection.agency if collection else "outbox"
        return Parcel("application/json", body, agency, f"{send.message} {case.invoice.number}")

    def _claim(self, packing: Packing) -> dict[str, Any]:
        """Principal and costs apart, the debtor, the history, and what each message hashed to."""
        case, facts = packing.case, packing.case.facts
        debtor = InvoiceInput.from_json(case.details).customer(packing.merchant)
        kept = self.books.sends.of_invoice(case.id)
        return {
            "debtor": {
                "name": debtor.name,
                "kind": case.invoice.kind,
                "country": debtor.country,
                "address": list(debtor.address),
                "email": debtor.email,
                "phone": debtor.phone,
            },
            "issued": case.invoice.issued.isoformat(),
            "due": facts.due.isoformat(),
            "principal": str(facts.amount),
            "credited": str(facts.credited),
            "paid": str(facts.paid),
            "fees": [
                {"step": charge.step, "amount": str(charge.amount), "law": charge.law}
                for charge in facts.charges
                if charge.state is ChargeState.BOOKED
            ],
            "history": [entry.as_json() for entry in case.life],
            "documents": [
                {"send": str(send.send), "channel": send.channel, "message": send.message, "sha256": send.parcel.sha256}
                for send in kept
                if send.parcel
            ],
        }
