"""E-mail to the debtor."""

from __future__ import annotations

from dataclasses import dataclass, replace
from email import policy
from email.charset import QP, Charset
from email.header import Header
from email.mime.application import MIMEApplication
from email.mime.base import MIMEBase
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.utils import format_datetime, formataddr

from temporalio import activity

from activities.content import Packing
from activities.sending import Sending
from domain.parcel import Parcel
from domain.policy import Channel
from domain.wire import ReconcileOrder, Report, SendOrder, reconcile_activity, send_activity
from domain.words import Message
from templates.content import Content
from templates.errors import RenderError
from templates.renderer import Renderer

WIRE = policy.compat32.clone(linesep="\r\n")
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
        """The parcel: the same bytes for the same content.

        ``Auto-Submitted`` keeps holiday answers away (RFC 3834). There is no ``List-Unsubscribe``: an invoice is not
        a newsletter, and a mail program's button must not put an end to reminders.
        """
        content = packing.content(self.public_url)
        rendered = self.renderer.email(content)
        sender = packing.merchant.senders.email
        if sender is None or content.customer.email is None:
            raise AssertionError(f"{packing.merchant.id} or its customer has no e-mail address")
        message: MIMEBase = _multipart("alternative", packing.place.id)
        message.attach(_text(rendered.text, "plain"))
        message.attach(_text(rendered.html, "html"))
        if sender.attach_pdf and content.message is not Message.RECEIPT:
            message = _with_file(message, self._pdf(content), f"{content.number}.pdf", packing.place.id)
        message["From"] = _mailbox(sender.name, sender.address)
        message["To"] = _mailbox(content.customer.name, content.customer.email)
        if sender.reply_to:
            message["Reply-To"] = sender.reply_to
        message["Subject"] = Header(rendered.subject).encode(maxlinelen=0)
        message["Date"] = format_datetime(packing.case.law.calendar.local(packing.now))
        message["Message-ID"] = f"<{packing.place.id}@{sender.address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        return Parcel("message/rfc822", message.as_bytes(), content.customer.email, rendered.subject, sender.address)

    def _pdf(self, content: Content) -> bytes:
        """The letter; its window shows the e-mail address of a customer of whom no other is known."""
        customer = content.customer
        address = customer.address or (customer.email or "",)
        return self.renderer.letter(replace(content, customer=replace(customer, address=address))).pdf


def _mailbox(name: str, address: str) -> str:
    try:
        return formataddr((name, address))
    except UnicodeEncodeError:
        raise RenderError("email", "an e-mail address has letters that mail servers do not know") from None


def _with_file(words: MIMEBase, content: bytes, name: str, send_id: str) -> MIMEBase:
    file = MIMEApplication(content, "pdf", policy=WIRE, name=name)
    file["Content-Disposition"] = f'attachment; filename="{name}"'
    mixed = _multipart("mixed", send_id)
    mixed.attach(words)
    mixed.attach(file)
    return mixed


def _multipart(kind: str, send_id: str) -> MIMEMultipart:
    """Its boundary is made of our id, which no text holds; the library would take another one each time."""
    return MIMEMultipart(kind, f"{kind}-{send_id}", policy=WIRE)


def _text(content: str, subtype: str) -> MIMENonMultipart:
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=WIRE)
    part.set_payload(content, QUOTED_PRINTABLE)
    return part
