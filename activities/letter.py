"""A letter to the debtor."""

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
class LetterActivities:
    """What the letter queue does."""

    sending: Sending

    @activity.defn(name=send_activity(Channel.LETTER))
    def send(self, order: SendOrder) -> Report:
        """Send a letter, once."""
        return self.sending.send(order)

    @activity.defn(name=reconcile_activity(Channel.LETTER))
    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for a letter's traces."""
        return self.sending.reconcile(order)


@dataclass(frozen=True, slots=True)
class LetterPacker:
    """Makes the PDF."""

    renderer: Renderer
    public_url: str

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel; its subject says how many pages it has."""
        content = packing.content(self.public_url)
        rendered = self.renderer.letter(content)
        recipient = "\n".join((content.customer.name, *content.customer.address))
        pages = f"{rendered.pages} page{'s' if rendered.pages != 1 else ''}"
        return Parcel("application/pdf", rendered.pdf, recipient, pages)
