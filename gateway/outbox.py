"""The outbox as people look at it: every message that went out, as its reader sees it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from domain.parcel import Parcel
from domain.policy import Channel
from domain.telling import MESSAGES
from domain.words import Message
from gateway.calm import missing
from gateway.desk import Desk
from gateway.guard import Policy
from gateway.parcels import filename, linked, mail_of, pack_in, pretty, words_in
from gateway.reading import body_of
from gateway.staff import own_host
from store.sends import KeptSend
from templates.words import Words

_MOST = 200

_TABS = {
    "": "All",
    Channel.EMAIL: "E-mail",
    Channel.SMS: "SMS",
    Channel.LETTER: "Letters",
    Channel.COLLECTION: "Collection",
}


def router(desk: Desk) -> APIRouter:
    """The list, each message, and its bytes."""
    routes = APIRouter(prefix="/outbox", dependencies=[Depends(own_host(desk.settings))])

    @routes.get("")
    def messages(channel: Annotated[str, Query()] = "") -> Response:
        known = channel if channel in _TABS else ""
        sends = desk.books.sends.newest(_MOST, known or None)
        rows = [_row(desk, send, send.parcel) for send in sends if send.parcel]
        values = {"rows": rows, "tabs": _TABS, "channel": known}
        return desk.pages.html("outbox_list.html", Policy.STILL, w=Words("en"), **values)

    @routes.get("/{send_id}")
    def message(request: Request, send_id: str) -> Response:
        send = desk.books.sends.by_id(send_id)
        if send is None or send.parcel is None:
            return missing(desk.pages, request.headers)
        values = {**_row(desk, send, send.parcel), **_shown(send, send.parcel)}
        return desk.pages.html("outbox_message.html", Policy.STILL, **values, w=Words("en"))

    @routes.get("/{send_id}/body")
    def body(request: Request, send_id: str) -> Response:
        send = desk.books.sends.by_id(send_id)
        answer = body_of(send, send.parcel) if send and send.parcel else None
        return answer or missing(desk.pages, request.headers)

    @routes.get("/{send_id}/raw")
    def raw(request: Request, send_id: str) -> Response:
        send = desk.books.sends.by_id(send_id)
        if send is None or send.parcel is None:
            return missing(desk.pages, request.headers)
        headers = {"Content-Disposition": f'attachment; filename="{filename(send, send.parcel)}"'}
        return Response(send.parcel.body, media_type=send.parcel.media_type, headers=headers)

    return routes


def _row(desk: Desk, send: KeptSend, parcel: Parcel) -> dict[str, object]:
    """A message in the list; its parcel's ``subject`` says what it is about, or what it costs."""
    text = words_in(parcel) if send.channel == Channel.SMS else ""
    return {
        "send": send,
        "what": MESSAGES[Message(send.message)],
        "to": parcel.recipient.replace("\n", ", "),
        "subject": parcel.subject,
        "text": text,
        "at": desk.calendars.tell(send.invoice_id, send.reserved_at),
    }


def _shown(send: KeptSend, parcel: Parcel) -> dict[str, object]:
    return {
        "body": f"/outbox/{send.id}/body",
        "mail": mail_of(parcel) if send.channel == Channel.EMAIL else None,
        "sms": linked(words_in(parcel)) if send.channel == Channel.SMS else None,
        "claim": pretty(parcel) if send.channel == Channel.COLLECTION else None,
        "pack": pack_in(parcel),
    }
