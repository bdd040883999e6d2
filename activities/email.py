"""E-mail to the debtor."""

from __future__ import annotations

from dataclasses import dataclass
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr

from temporalio import activity

from activities.content import Packing
from activities.sending import Sending
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import ReconcileOrder, Report, SendOrder, reconcile_activity, send_activity
from templates.renderer import Renderer

QUOTED_PRINTABLE = Charset("utf-8")
QUOTED_PRINTABLE.body_encoding = QP


@dataclass(frozen=True, slots=True)
class EmailActivities:
    """What the e-mail queue does."""

    sending: Sending

    @activity.defn(name=send_activity(Channel.EMAIL))
    def send(self, order: SendOrder) -> Report:
        """Send an e-mail, once."""
        return self.sending.send(order)

    @activity.defn(name=reconcile_activity(Channel.EMAIL))
    def reconcile(self, order: ReconcileOrder) -> Report:
        """Look for an e-mail's traces."""
        return self.sending.reconcile(order)


@dataclass(frozen=True, slots=True)
class EmailPacker:
    """Makes the message as it goes over the wire (RFC 5322)."""

    renderer: Renderer
    public_url: str

    def __call__(self, packing: Packing) -> Parcel:
        """The parcel; ``Auto-Submitted`` keeps holiday answers away (RFC 3834)."""
        content = packing.content(self.public_url)
        rendered = self.renderer.email(content)
        sender = packing.merchant.senders.email
        if sender is None or content.customer.email is None:
            raise AssertionError(f"{packing.merchant.id} or its customer has no e-mail address")
        message = MIMEMultipart("alternative", policy=policy.compat32.clone(linesep="\r\n"))
        message["From"] = formataddr((sender.name, sender.address))
        message["To"] = formataddr((content.customer.name, content.customer.email))
        message["Subject"] = Header(rendered.subject).encode(maxlinelen=0)
        message["Date"] = format_datetime(packing.case.law.calendar.local(packing.now))
        message["Message-ID"] = f"<{packing.place.id}@{sender.address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.attach(_text(rendered.text, "plain"))
        message.attach(_text(rendered.html, "html"))
        return Parcel("message/rfc822", message.as_bytes(), content.customer.email, rendered.subject)


def _text(content: str, subtype: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=policy.compat32.clone(linesep="\r\n"))
    part.set_payload(content, QUOTED_PRINTABLE)
    return part
