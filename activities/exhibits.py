"""What was sent and what was heard, as files of an evidence pack: each message's own bytes, and all we know of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.calendar import Calendar
from domain.events import Viewed
from domain.evidence import Piece, indented
from domain.facts import SendState
from domain.parcel import Parcel
from domain.policy import Channel
from domain.telling import CHANNELS, MESSAGES
from domain.words import Message
from store.cases import CaseFile
from store.evidence import HeardWord
from store.sends import KeptSend

NAMES = {
    "message/rfc822": "message.eml",
    "text/plain": "message.txt",
    "application/pdf": "letter.pdf",
    "application/json": "notice.json",
    "application/zip": "claim.zip",
}
"""What the file of a message is called, by what its bytes are."""


def messages(case: CaseFile, sends: Sequence[KeptSend]) -> Iterator[Piece]:
    """Two files a message: its bytes, and what is known of it. One that was never made has the second only."""
    states = {state.id: state for state in case.facts.sends}
    for number, send in enumerate(sends, start=1):
        folder = f"messages/{number:02}-{send.send.step}-{send.channel}"
        at = case.law.calendar.local(send.reserved_at)
        what = in_words(Message(send.message), Channel(send.channel))
        if send.parcel:
            yield Piece(f"{folder}/{_name(send.parcel)}", send.parcel.body, f"{what}, as it was sent", at)
        about = _about(send, states.get(send.send), case.law.calendar)
        yield Piece(f"{folder}/about.json", indented(about), f"about the {what}", at)


def in_words(message: Message, channel: Channel) -> str:
    """A message and its way: ``reminder by letter``."""
    by = "" if channel is Channel.COLLECTION else f" by {CHANNELS[channel]}"
    return f"{MESSAGES[message]}{by}"


def deliveries(case: CaseFile, sends: Sequence[KeptSend], heard: Sequence[HeardWord]) -> list[dict[str, Any]]:
    """What was heard of these messages, word by word, and when the invoice page was viewed, in the order of time."""
    ours = {send.id: str(send.send) for send in sends}
    places = {send.send: send.id for send in sends}
    local = case.law.calendar.local
    told = [(word.at or word.received_at, _word(word, ours[word.send_id])) for word in heard if word.send_id in ours]
    for event in case.events:
        if isinstance(event, Viewed) and event.send in places:
            seen = {"send": places[event.send], "place": str(event.send), "word": "viewed", "at": _iso(local(event.at))}
            told.append((event.at, seen))
    return [entry for _, entry in sorted(told, key=lambda pair: pair[0] or datetime.min.replace(tzinfo=UTC))]


def _name(parcel: Parcel) -> str:
    return NAMES.get(parcel.media_type.partition(";")[0], "message.bin")


def _about(send: KeptSend, state: SendState | None, calendar: Calendar) -> dict[str, Any]:
    """All that is known of a message. The vendor's words are the vendor's own."""
    told: dict[str, Any] = {
        "send": send.id,
        "step": send.send.step,
        "rung": send.send.rung + 1,
        "attempt": send.send.attempt,
        "channel": send.channel,
        "message": send.message,
        "place_taken": _iso(calendar.local(send.reserved_at)),
        "made": _iso(send.kept_at),
        "vendor": send.vendor,
        "vendor_id": send.vendor_id,
        "vendor_said": send.vendor_said or None,
    }
    return {
        name: value for name, value in {**told, **_sent(send), **_fate(state, calendar)}.items() if value is not None
    }


def _sent(send: KeptSend) -> Mapping[str, Any]:
    """What was sent, and to whom."""
    parcel = send.parcel
    if parcel is None:
        return {}
    return {
        "recipient": parcel.recipient,
        "sender": parcel.sender or None,
        "subject": parcel.subject or None,
        "media_type": parcel.media_type,
        "file": _name(parcel),
        "size": len(parcel.body),
        "sha256": parcel.sha256,
    }


def _fate(state: SendState | None, calendar: Calendar) -> Mapping[str, Any]:
    """What became of it, and what it asked for."""
    if state is None:
        return {}
    return {
        "status": state.status,
        "why": state.why,
        "went_out": _iso(calendar.local(state.out_at)) if state.out_at else None,
        "viewed": _iso(calendar.local(state.viewed_at)) if state.viewed_at else None,
        "pay_by": state.pay_by.isoformat() if state.pay_by else None,
        "charges": [{"kind": a.kind, "amount": str(a.amount), "law": a.law} for a in state.charges] or None,
    }


def _word(word: HeardWord, place: str) -> dict[str, Any]:
    told = {
        "send": word.send_id,
        "place": place,
        "vendor": word.vendor,
        "word": word.word,
        "at": _iso(word.at),
        "heard": _iso(word.received_at),
        "said": word.said or None,
    }
    return {name: value for name, value in told.items() if value is not None}


def _iso(at: datetime | None) -> str | None:
    return at.isoformat(timespec="seconds") if at else None
