"""SMS to the debtor."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.content import Packing
from activities.sending import Sending
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import ReconcileOrder, Report, SendOrder, reconcile_activity, send_activity
from templates.renderer import Renderer


@dataclass(frozen=True, slots=True)
class SmsActivities:
    """What the SMS queue does."""

    sending: Sending

    @activity.defn(name=send_activity(Channel.SMS))
    def send(self, order: SendOrder) -> Report:
        """Send an SMS, once."""
        return self.sending.send(order)

    @activity.defn(name=reconcile_activity(Channel.SMS))
    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for an SMS's traces."""
        return self.sending.reconcile(order)


@dataclass(frozen=True, slots=True)
class SmsPacker:
    """Makes the text."""

    renderer: Renderer
    public_url: str

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel; its subject says what it costs, in segments."""
        content = packing.content(self.public_url)
        if content.customer.phone is None:
            raise AssertionError(f"the customer of {content.number} has no phone number")
        rendered = self.renderer.sms(content)
        cost = f"{rendered.segments} × {rendered.alphabet}"
        return Parcel(
            media_type="text/plain; charset=utf-8",
            body=rendered.text.encode(),
            recipient=content.customer.phone,
            subject=cost,
            sender=packing.merchant.senders.sms or "",
            country=content.customer.country,
        )
