"""What people read of one invoice: its page, its PDF, its messages. Shared by the customer's pages and the preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi.responses import Response

from domain.merchant import Merchant
from domain.parcel import Parcel
from domain.policy import Channel
from gateway.desk import Desk
from gateway.guard import Policy, with_policy
from gateway.invoice import content_as_it_stands, invoice_page, printable
from gateway.parcels import filename, framed, is_out, linked, mail_of, words_in
from gateway.seal import IN_SIGHT
from store.cases import CaseFile
from store.sends import KeptSend
from templates.content import Content, language_of
from templates.words import Words


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody in front of an invoice. ``base`` is where its pages lie; ``token`` is there for a customer only."""

    desk: Desk
    case: CaseFile
    merchant: Merchant
    sends: list[KeptSend]
    now: datetime
    base: str
    language: str | None
    token: str | None = None

    @property
    def content(self) -> Content:
        """The invoice as it stands."""
        link = f"{self.desk.settings.address}{self.base}"
        return content_as_it_stands(self.case, self.merchant, self.now, self.language, link)

    def page(self) -> Response:
        """The invoice page. Only a customer's has a script and a seal, and only until this link was viewed."""
        page = invoice_page(self.case, self.content, self.sends, self.now)
        seal = self.desk.seal.issue(self.token, datetime.now(UTC)) if self.token and not self._is_viewed() else None
        today = page.words.formats.day(self.case.law.calendar.wall(self.now).date())
        values = {"p": page, "base": self.base, "seal": seal, "staff": self.token is None}
        ms = int(IN_SIGHT.total_seconds() * 1000)
        return self.desk.pages.html("invoice.html", self._policy, w=page.words, today=today, ms=ms, **values)

    def pdf(self) -> Response:
        """The invoice as a letter."""
        letter = self.desk.renderer.letter(printable(self.content))
        return _pdf(letter.pdf, f"{self.case.invoice.number}.pdf")

    def message(self, send_id: str) -> Response | None:
        """A message that went out, as its reader saw it; None if it is not one of this invoice."""
        send = self._sent(send_id)
        if send is None or send.parcel is None:
            return None
        words = Words(language_of(self.content))
        values = {
            "base": self.base,
            "staff": self.token is None,
            "send": send,
            "mail": mail_of(send.parcel) if send.channel == Channel.EMAIL else None,
            "sms": linked(words_in(send.parcel)) if send.channel == Channel.SMS else None,
            "day": words.formats.day(self.case.law.calendar.local(send.reserved_at).date()),
        }
        return self.desk.pages.html("message.html", self._policy, w=words, **values)

    def body(self, send_id: str) -> Response | None:
        """What a frame shows of a message: an e-mail's HTML, or a letter."""
        send = self._sent(send_id)
        return body_of(send, send.parcel) if send and send.parcel else None

    @property
    def _policy(self) -> Policy:
        return Policy.LIVE if self.token else Policy.STILL

    def _sent(self, send_id: str) -> KeptSend | None:
        return next((send for send in self.sends if send.id == send_id and is_out(self.case, send)), None)

    def _is_viewed(self) -> bool:
        own = next(send.send for send in self.sends if send.token == self.token)
        return any(state.id == own and state.viewed_at for state in self.case.facts.sends)


def body_of(send: KeptSend, parcel: Parcel) -> Response | None:
    """An e-mail's HTML or a letter's PDF, to be framed by a page of ours; None for what needs no frame."""
    match send.channel:
        case Channel.EMAIL:
            return with_policy(Response(framed(mail_of(parcel).html), media_type="text/html"), Policy.MAIL)
        case Channel.LETTER:
            return _pdf(parcel.body, filename(send, parcel))
        case _:
            return None


def _pdf(body: bytes, name: str) -> Response:
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return with_policy(Response(body, media_type="application/pdf", headers=headers), Policy.FRAMED)
