"""A letter to the debtor."""

from __future__ import annotations

from dataclasses import dataclass

from temporalio import activity

from activities.content import Packing
from activities.sending import Sending
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import (
    RecallOrder,
    ReconcileOrder,
    Report,
    SendOrder,
    recall_activity,
    reconcile_activity,
    send_activity,
)
from templates.content import Content
from templates.errors import RenderError
from templates.inspection import inspect
from templates.letter import window_lines
from templates.renderer import Renderer
from templates.view import one_line
from templates.windows import WINDOWS


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

    @activity.defn(name=recall_activity(Channel.LETTER))
    def recall(self, order: RecallOrder) -> Report:
        """Call a letter back."""
        return self.sending.recall(order)


@dataclass(frozen=True, slots=True)
class LetterPacker:
    """Makes the PDF, and looks at it once more before it may go to print."""

    renderer: Renderer
    public_url: str

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel: its sender is the window of its envelope, its subject says how many pages it has.

        Raises:
            RenderError: the letter cannot be made, or must not be printed as it came out.

        """
        content = packing.content(self.public_url)
        rendered = self.renderer.letter(content)
        window = _window(content)
        inspect(rendered.pdf, WINDOWS[window], window_lines(content))
        recipient = "\n".join(one_line(line) for line in (content.customer.name, *content.customer.address))
        pages = f"{rendered.pages} page{'s' if rendered.pages != 1 else ''}"
        return Parcel("application/pdf", rendered.pdf, recipient, pages, window, content.customer.country)


def _window(content: Content) -> str:
    sender = content.merchant.senders.letter
    if sender is None:
        raise RenderError("letter", f"{content.merchant.id} has no letter sender")
    return sender.window
