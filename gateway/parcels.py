"""A message that was sent, as its reader sees it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from markupsafe import Markup, escape

from domain.evidence import CLAIM, Checked, check
from domain.parcel import Parcel
from domain.policy import Channel
from store.cases import CaseFile
from store.sends import KeptSend

PACK = "application/zip"
"""A claim with its evidence."""
ENDINGS = {
    "message/rfc822": "eml",
    "text/plain": "txt",
    "application/pdf": "pdf",
    "application/json": "json",
    PACK: "zip",
}

_HEADERS = ("From", "Reply-To", "To", "Subject", "Date")
_LINK = re.compile(r"https?://[^\s<>\"']+[^\s<>\"'.,;:!?)]")
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mail:
    """An e-mail, taken apart."""

    headers: tuple[tuple[str, str], ...]
    text: str
    html: str


def is_out(case: CaseFile, send: KeptSend) -> bool:
    """Whether the customer got this, or should have: it went out, it has a body, and it was not for the agency."""
    if send.parcel is None or send.channel == Channel.COLLECTION:
        return False
    return any(state.id == send.send and state.out_at for state in case.facts.sends)


def mail_of(parcel: Parcel) -> Mail:
    """Take an e-mail apart."""
    message = message_from_bytes(parcel.body, policy=policy.default)
    headers = tuple((name, str(message[name])) for name in _HEADERS if name in message)
    return Mail(headers, _part(message, "plain"), _part(message, "html"))


def framed(html: str) -> str:
    """An e-mail's HTML for a frame: its links open outside of it, in a new tab."""
    base = '<base target="_blank">'
    opened, found = _HEAD.subn(lambda head: head[0] + base, html, count=1)
    return opened if found else base + html


def linked(text: str) -> Markup:
    """Plain text with its addresses as links, everything else escaped."""
    parts, at = [], 0
    for link in _LINK.finditer(text):
        parts += [escape(text[at : link.start()]), Markup('<a href="{0}">{0}</a>').format(link[0])]
        at = link.end()
    return Markup().join([*parts, escape(text[at:])])


def pretty(parcel: Parcel) -> str:
    """What the agency is told, as people read it: a notice, or the one within an evidence pack."""
    body = check(parcel.body).files[CLAIM] if parcel.media_type == PACK else parcel.body
    return json.dumps(json.loads(body), ensure_ascii=False, indent=2)


def pack_in(parcel: Parcel) -> Checked | None:
    """The evidence pack that went with a claim; None for what is none."""
    return check(parcel.body) if parcel.media_type == PACK else None


def words_in(parcel: Parcel) -> str:
    """A text message's text."""
    return parcel.body.decode(errors="replace")


def filename(send: KeptSend, parcel: Parcel) -> str:
    """What a download is called: the invoice and the message, nobody's name."""
    ending = ENDINGS.get(parcel.media_type.partition(";")[0], "bin")
    return f"{send.number}-{send.message}-{send.send.rung + 1}.{ending}"


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part else ""
