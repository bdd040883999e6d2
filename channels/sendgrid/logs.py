"""What SendGrid's own books know of a message, found by our id in them.

They are asked about an address and a time, never about our id: that is no question they take, but it is in the answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.client import HTTPException
from typing import Any

from python_http_client import Client  # type: ignore[import-untyped]
from python_http_client.client import Response  # type: ignore[import-untyped]
from python_http_client.exceptions import HTTPError  # type: ignore[import-untyped]

from channels.answer import Answer
from channels.hearing import Heard, Word
from channels.sendgrid.events import NAME, OUR_ID, heard, plain, vendor_id, words
from channels.way import Item
from domain.words import Reason, Status

FINAL = {Word.BOUNCED: Reason.BOUNCED, Word.REFUSED: Reason.REFUSED, Word.OPTED_OUT: Reason.OPTED_OUT}
ENDS = frozenset({"bounce", "dropped", "cancel_drop"})

LAG = timedelta(minutes=60)
"""How far the logs may lag behind. Only later does an absence from them mean anything."""
KEPT_FOR = timedelta(days=2)
"""Older messages may be gone from the logs again; the smallest plan keeps them for three days."""
SLACK = timedelta(minutes=15)
"""How far SendGrid's clock and ours may be apart."""
PAGE = 20
"""More messages than this to one address in little more than an hour are not looked through."""


class SilenceError(Exception):
    """The logs did not answer; says what happened instead, for the books."""


@dataclass(frozen=True, slots=True)
class Logs:
    """The logs of one account; each question is asked by a client of its own."""

    client: Callable[[], Client]

    def find(self, item: Item) -> tuple[Mapping[str, Any] | None, bool]:
        """The message in the logs that carries our id, and whether all that could be it were looked at."""
        looked_at_all = True
        seen: set[str] = set()
        for address in dict.fromkeys((item.parcel.recipient, item.parcel.recipient.lower())):
            listed = self._listed(f"to_email = {_quoted(address)} AND {_around(item)}", PAGE)
            looked_at_all = looked_at_all and len(listed) < PAGE
            for name in _new(listed, seen, item.vendor_id):
                message = self._message(name)
                ids = [_arguments(each).get(OUR_ID) for each in (message, *_events(message))]
                if item.id in ids:
                    return message, True
                looked_at_all = looked_at_all and len(ids) > 1  # without events it is too new to tell
        return None, looked_at_all

    def show_anything(self, item: Item) -> bool:
        """Whether the logs show any message of those days, whoever's: some accounts see none, and are not told why."""
        since = f"sg_message_id_created_at >= {_moment(item.kept_at - timedelta(days=1))}"
        return bool(self._listed(since, 1))

    def _message(self, name: str) -> dict[str, Any]:
        return self._asked(lambda logs: logs._(name).get())

    def _listed(self, query: str, limit: int) -> list[Any]:
        found = self._asked(lambda logs: logs.post(request_body={"query": query, "limit": limit})).get("messages")
        if not isinstance(found, list):
            raise SilenceError("no list of messages")
        return found

    def _asked(self, ask: Callable[[Client], Response]) -> dict[str, Any]:
        """One question to the logs."""
        try:
            response = ask(self.client().logs)
            answer = json.loads(response.body)
        except HTTPError as error:
            raise SilenceError(f"{error.status_code} {words(error.body)}") from None
        except (OSError, HTTPException, ValueError, RecursionError) as error:
            raise SilenceError(plain(repr(error))) from None
        if response.status_code != 200 or not isinstance(answer, dict):
            raise SilenceError(f"{response.status_code}, and not what was asked for")
        return answer


def verdict(message: Mapping[str, Any]) -> Answer:
    """What the logs say of a message that they have."""
    name = vendor_id(message.get("sg_message_id"))
    for event in _events(message):
        if event.get("event") in ENDS and (why := FINAL.get(heard(event).word)):
            return Answer(Status.FAILED, NAME, name, why, heard(event).said)
    return Answer(Status.SENT, NAME, name, said=plain(message.get("status")))


def told(message: Mapping[str, Any]) -> tuple[Heard, ...]:
    """A message's events, as the webhook would have told them."""
    return tuple(heard({**event, **_arguments(message), **_arguments(event)}) for event in _events(message))


def _new(listed: Sequence[Any], seen: set[str], vendor: str | None) -> Iterator[str]:
    """The ids of listed messages that may be the one, each once; where SendGrid's own id is known, that one's alone."""
    for message in listed:
        name = message.get("sg_message_id") if isinstance(message, dict) else None
        if not isinstance(name, str) or not re.fullmatch(r"[\w.-]{1,200}", name, re.ASCII):
            raise SilenceError("a message without an id")
        if name not in seen and (vendor is None or vendor_id(name) == vendor):
            seen.add(name)
            yield name


def _events(message: Mapping[str, Any]) -> list[dict[str, Any]]:
    events = message.get("events")
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def _arguments(event: Mapping[str, Any]) -> dict[str, Any]:
    """Our words in a log's event, where they have a place of their own."""
    arguments = event.get("custom_args")
    return arguments if isinstance(arguments, dict) else {}


def _quoted(address: str) -> str:
    """An address in a query. How a quote in it would be written is not said anywhere, so it is not asked for."""
    if re.search(r"['\"\\]", address):
        raise SilenceError("the logs cannot be asked for this address")
    return f"'{address}'"


def _around(item: Item) -> str:
    """The time in which the vendor was asked."""
    since, until = _moment(item.kept_at - SLACK), _moment(item.kept_at + LAG)
    return f"sg_message_id_created_at >= {since} AND sg_message_id_created_at <= {until}"


def _moment(at: datetime) -> str:
    return f'TIMESTAMP "{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"'
