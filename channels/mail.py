"""A kept e-mail, taken apart again: what a vendor is told is what the kept bytes say, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.headerregistry import Address
from email.message import EmailMessage

from domain.parcel import Parcel


@dataclass(frozen=True, slots=True)
class Person:
    """A mailbox, with the name that is shown for it."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attached:
    """A file in an e-mail."""

    filename: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail in its parts; a part that it does not have is empty."""

    sender: Person
    to: Person
    reply_to: Person | None
    subject: str
    text: str
    html: str
    message_id: str
    auto_submitted: str
    attached: tuple[Attached, ...]


def read_mail(parcel: Parcel) -> Mail:
    """Take apart what ``activities/email.py`` packed.

    Raises:
        ValueError: the bytes are no e-mail of ours.
    """
    message = message_from_bytes(parcel.body, policy=policy.default)
    sender, to = _person(message, "From"), _person(message, "To")
    if sender is None or to is None:
        raise ValueError("an e-mail needs From and To")
    return Mail(
        sender=sender,
        to=to,
        reply_to=_person(message, "Reply-To"),
        subject=str(message.get("Subject", "")),
        text=_words(message, "plain"),
        html=_words(message, "html"),
        message_id=str(message.get("Message-ID", "")).strip(),
        auto_submitted=str(message.get("Auto-Submitted", "")).strip(),
        attached=tuple(_attached(message)),
    )


def _person(message: EmailMessage, header: str) -> Person | None:
    found: tuple[Address, ...] = getattr(message.get(header), "addresses", ())
    return Person(found[0].addr_spec, found[0].display_name) if found else None


def _words(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""


def _attached(message: EmailMessage) -> Iterator[Attached]:
    for part in message.iter_attachments():
        content = part.get_payload(decode=True)
        yield Attached(
            part.get_filename("file"), part.get_content_type(), content if isinstance(content, bytes) else b""
        )
