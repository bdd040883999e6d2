"""Letters through Pingen.

A letter is made unsent, and what was made before the day's cut-off is given to print when the hour has come. The other
way, letting Pingen send at once and cancelling while it prepares, would leave the time for calling back to the
vendor's load; an unsent letter can be deleted for sure. Which letters wait is asked of Pingen, so nothing of ours can
get lost: they are named after our ids. Somebody who mends in Pingen's own pages a letter that it would not print
should delete it there instead: our books have gone on, and it would be given to print with the next ones.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, ClassVar

import httpx

from channels.answer import Answer
from channels.hearing import Heard, Word
from channels.pingen.client import AnswerError, NoTokenError, PingenClient
from channels.pingen.hooks import WORDS, attributes, file_name, heard_of, moment, parse, send_id_of, verify
from channels.way import Item, MailboxError
from domain.words import Reason, Status

__all__ = ["PingenWay", "parse", "verify"]

NAME = "pingen"
POSITIONS: Mapping[str, str] = {"pingen-left": "left"}
"""Where Pingen looks for the address, by the window that a letter was made for. No other window will do."""
PRINT_MODE, PRINT_SPECTRUM = "duplex", "grayscale"
"""How all letters are printed."""

_WAITS = timedelta(days=7)
"""How long an unsent letter of ours is looked for, to be given to print after all."""
_LATECOMERS = timedelta(minutes=15)
"""How long after the cut-off the list may still show letters that were made before it."""
_CLOCKS_DIFFER = timedelta(hours=1)
_KEY_LASTS = timedelta(hours=12)
"""How long we trust Pingen to know an idempotency key; how long it does is not written anywhere."""
_UNSENT = {"validating", "fixing", "valid", "invalid", "action_required", "unprintable", "expired", "rejected"}
_TOO_LATE = {"printing", "transferring", "sent", "delivered", "undeliverable"}
_TRY_LATER = {401, 403, 404, 408, 425, 429}
"""Answers to a new letter that do not mean the letter: it was surely not made."""
_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, AnswerError, NoTokenError)


def machine_time() -> datetime:
    """What the clock on the wall says."""
    return datetime.now(UTC)


class PingenWay:
    """The way of letters, and the round that gives them to print. ``cut_off`` is UTC."""

    tells: ClassVar[bool] = True

    name = NAME

    def __init__(
        self,
        client: str,
        secret: str,
        organisation: str,
        host: str,
        identity: str,
        product: str,
        cut_off: time,
        timeout: float,
        clock: Callable[[], datetime] = machine_time,
    ) -> None:
        self._pingen = PingenClient(client, secret, organisation, host, identity, timeout)
        self._printing = {"delivery_product": product, "print_mode": PRINT_MODE, "print_spectrum": PRINT_SPECTRUM}
        self._cut_off = cut_off
        self._clock = clock
        self._given_until: datetime | None = None

    def send(self, item: Item) -> Answer:
        """Make the letter, unsent. Until Pingen was asked for just that, trouble means that it is surely not sent."""
        position = POSITIONS.get(item.parcel.sender)
        if position is None:
            return self._answer(Status.FAILED, why=Reason.REFUSED, said=f"no window of Pingen's: {item.parcel.sender}")
        try:
            wanted = self._hand_in(item, position)
        except _TROUBLE as error:
            return self._answer(Status.NOT_SENT, said=_said(error))
        try:
            return self._is_made(self._pingen.create(item.id, wanted))
        except NoTokenError as error:
            return self._answer(Status.NOT_SENT, said=_said(error))
        except httpx.HTTPStatusError as error:
            return self._turned_down(error)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL) as error:
            return self._answer(Status.NOT_SENT, said=_said(error))
        except _TROUBLE as error:
            return self._answer(Status.UNKNOWN, said=_said(error))

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Look for it in Pingen's list; if it is not there, ask once more under the same key, while that is known.

        When it no longer is, the list alone decides: by then it shows every letter that was made.
        """
        try:
            letter = self._find(item)
            if letter is not None:
                return self._stands(letter)
            if item.age(now) > _KEY_LASTS:
                return self._answer(Status.NOT_SENT, said="not in the list")
            wanted = self._hand_in(item, POSITIONS.get(item.parcel.sender, "left"))
            return self._is_made(self._pingen.create(item.id, wanted))
        except _TROUBLE as error:
            return self._answer(Status.UNKNOWN, said=_said(error))

    def status(self, item: Item) -> Sequence[Heard]:
        """How the letter stands; nothing if Pingen cannot be asked."""
        try:
            letter = self._pingen.letter(item.vendor_id) if item.vendor_id else self._find(item)
        except _TROUBLE:
            return []
        return [heard_of(letter)] if letter else []

    def recall(self, item: Item) -> Answer:
        """Delete it while it is unsent; afterwards ask for it to be cancelled, and see whether it was."""
        try:
            letter = self._pingen.letter(item.vendor_id) if item.vendor_id else self._find(item)
            if letter is None:
                return self._is_gone(item)
            letter_id = str(letter["id"])
            self._take_back(letter_id, _status(letter))
            letter = self._pingen.letter(letter_id)
        except _TROUBLE as error:
            return self._answer(Status.UNKNOWN, item.vendor_id, said=_said(error))
        if letter is None or _status(letter) == "cancelled":
            return self._answer(Status.NOT_SENT, letter_id)
        too_late = _status(letter) in _TOO_LATE
        return self._answer(Status.SENT if too_late else Status.UNKNOWN, letter_id, said=_status(letter))

    def tend(self, now: datetime) -> None:
        """Give to print what was made before the last cut-off.

        Raises:
            MailboxError: not all could be given.

        """
        last = self._last_cut_off(now)
        if self._given_until == last:
            return
        try:
            waiting = [
                letter
                for letter in self._pingen.since(last - _WAITS)
                if send_id_of(letter) and (moment(attributes(letter).get("created_at")) or now) <= last
            ]
        except _TROUBLE as error:
            raise MailboxError(f"Pingen: {_said(error)}") from None
        troubles = [trouble for letter in waiting if _status(letter) == "valid" for trouble in self._give(letter)]
        if troubles:
            raise MailboxError(f"Pingen: {len(troubles)} letters could not be given to print: {troubles[0]}")
        if now > last + _LATECOMERS and not any(_status(letter) in {"validating", "fixing"} for letter in waiting):
            self._given_until = last

    def _give(self, letter: Mapping[str, Any]) -> Sequence[str]:
        """Give one to print; trouble is none if another process was faster."""
        letter_id = str(letter["id"])
        try:
            self._pingen.submit(letter_id, self._printing)
        except _TROUBLE as error:
            try:
                now = self._pingen.letter(letter_id)
            except _TROUBLE:
                return [_said(error)]
            return [] if now is None or _status(now) != "valid" else [_said(error)]
        return []

    def _hand_in(self, item: Item, position: str) -> Mapping[str, Any]:
        url, signature = self._pingen.upload(item.parcel.body)
        return {
            "file_original_name": file_name(item.id),
            "file_url": url,
            "file_url_signature": signature,
            "address_position": position,
            **self._printing,
        }

    def _find(self, item: Item) -> Mapping[str, Any] | None:
        since = item.kept_at - _CLOCKS_DIFFER
        return next((letter for letter in self._pingen.since(since) if send_id_of(letter) == item.id), None)

    def _take_back(self, letter_id: str, status: str) -> None:
        """Delete or cancel. That it is refused is no trouble: how the letter stands afterwards is what counts."""
        if status in _TOO_LATE or status in {"cancelled", "cancelling"}:
            return
        try:
            if status in _UNSENT:
                self._pingen.delete(letter_id)
                return
        except httpx.HTTPStatusError as error:
            if error.response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise
        try:
            self._pingen.cancel(letter_id)
        except httpx.HTTPStatusError as error:
            if error.response.status_code >= httpx.codes.INTERNAL_SERVER_ERROR:
                raise

    def _is_gone(self, item: Item) -> Answer:
        """Nothing there: deleted, if it was there once and this is the right list; else perhaps still on its way."""
        if item.vendor_id and self._find(item) is None:
            return self._answer(Status.NOT_SENT, item.vendor_id)
        return self._answer(Status.UNKNOWN, item.vendor_id, said="not found")

    def _is_made(self, letter: Mapping[str, Any]) -> Answer:
        if not letter.get("id"):
            return self._answer(Status.UNKNOWN, said="an answer without a letter")
        return self._answer(Status.SENT, str(letter["id"]), said=_status(letter))

    def _stands(self, letter: Mapping[str, Any]) -> Answer:
        letter_id, status = str(letter["id"]), _status(letter)
        match WORDS.get(status, Word.OTHER):
            case Word.REFUSED:
                return self._answer(Status.FAILED, letter_id, Reason.REFUSED, status)
            case Word.RECALLED:
                return self._answer(Status.NOT_SENT, letter_id, said=status)
            case _:
                return self._answer(Status.SENT, letter_id, said=status)

    def _turned_down(self, error: httpx.HTTPStatusError) -> Answer:
        code = error.response.status_code
        said = f"{code} {error.response.text}"[:500]
        if code in _TRY_LATER:
            return self._answer(Status.NOT_SENT, said=said)
        # A conflict tells that the key is in use: then there may be a letter.
        if code >= httpx.codes.INTERNAL_SERVER_ERROR or code == httpx.codes.CONFLICT or code < httpx.codes.BAD_REQUEST:
            return self._answer(Status.UNKNOWN, said=said)
        return self._answer(Status.FAILED, why=Reason.REFUSED, said=said)

    def _answer(
        self, status: Status, letter_id: str | None = None, why: Reason | None = None, said: str = ""
    ) -> Answer:
        until = self._last_cut_off(self._clock()) + timedelta(days=1) if status is Status.SENT else None
        return Answer(status, self.name, letter_id, why, said, until)

    def _last_cut_off(self, now: datetime) -> datetime:
        today = datetime.combine(now.astimezone(UTC).date(), self._cut_off, UTC)
        return today if today <= now else today - timedelta(days=1)


def _status(letter: Mapping[str, Any]) -> str:
    return str(attributes(letter).get("status", ""))


def _said(error: Exception) -> str:
    """What went wrong, for the books; of an answer its status alone, of a connection its kind."""
    if isinstance(error, httpx.HTTPStatusError):
        return f"answered {error.response.status_code}"
    if isinstance(error, AnswerError | NoTokenError):
        return str(error)
    return type(error).__name__
