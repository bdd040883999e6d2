"""Claims to an agency over HTTP: the bytes as they are kept, signed, under our id.

    POST <url>              a claim or a notice; the same id again is the same claim
    GET  <url>/<send id>    what became of it: known or not, and every report about it

The address is the operator's own setting, not a merchant's wish: it may lie in a network. It leads nowhere else.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

import httpx

from channels.agency.reports import NAME, heard
from channels.agency.signing import signed
from channels.answer import Answer
from channels.hearing import Heard, ParseError
from channels.way import Item
from domain.words import Reason, Status

KNOWN = "kvitt-known"
"""The header of an answer that says whether the agency knows an id: ``true`` or ``false``."""
MOST_READ = 1024 * 1024
"""Bytes of an answer that are read."""
SLOWEST = timedelta(minutes=5)
"""So long a claim may be on its way within the agency: before, not to know it yet proves nothing."""

_SAID = 500
TRY_LATER = {307, 308, 401, 403, 404, 405, 407, 408, 421, 425, 429}
"""Answers that do not mean the claim: it was surely not taken."""
_TROUBLE = (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError)


def machine_time() -> datetime:
    """What the clock on the wall says."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, as much of it as is read."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __str__(self) -> str:
        return f"{self.status} {self.body.decode(errors='replace')}"[:_SAID]

    @property
    def json(self) -> Mapping[str, Any]:
        """What it says as JSON; nothing if it is no object."""
        try:
            found = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def knows(self) -> bool | None:
        """Whether the agency says that it knows an id; None: it does not say."""
        told = self.json.get("known", {"true": True, "false": False}.get(self.headers.get(KNOWN, "").lower()))
        return told if isinstance(told, bool) else None


def answer_of(response: httpx.Response) -> Said:
    """An answer that was read whole."""
    return Said(response.status_code, response.headers, response.content)


class HttpWay:
    """The way to an agency's address. Nothing is tried twice, no redirect is followed."""

    tells: ClassVar[bool] = True

    name = NAME

    def __init__(
        self,
        agency: str,
        url: str,
        secrets: Sequence[str],
        timeout: float,
        clock: Callable[[], datetime] = machine_time,
    ) -> None:
        self.agency, self._url, self._secrets, self._timeout = agency, url.rstrip("/"), secrets, timeout
        self._clock = clock
        agent = {"user-agent": "kvitt", "accept-encoding": "identity"}
        once = httpx.Limits(max_keepalive_connections=0)  # a connection that has gone stale would leave a doubt
        self._client = httpx.Client(
            timeout=timeout, limits=once, headers=agent, follow_redirects=False, trust_env=False
        )

    def send(self, item: Item) -> Answer:
        """Post it once."""
        try:
            said = self._ask("POST", self._url, item, item.parcel.body, item.parcel.media_type)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
            return self._answer(Status.NOT_SENT, said=type(error).__name__)
        except _TROUBLE as error:
            return self._answer(Status.UNKNOWN, said=type(error).__name__)
        if 200 <= said.status < 300:
            return self._answer(Status.SENT, item.id, said=str(said))
        if said.status in TRY_LATER:
            return self._answer(Status.NOT_SENT, said=str(said))
        if 400 <= said.status < 500 and said.status != httpx.codes.CONFLICT:
            return self._answer(Status.FAILED, why=Reason.REFUSED, said=str(said))
        return self._answer(Status.UNKNOWN, said=str(said))

    def evidence(self, item: Item, now: datetime) -> Answer:
        """Ask whether it is known. That it is not must be said in so many words, and not too early."""
        try:
            said = self._ask("GET", f"{self._url}/{item.id}", item)
        except _TROUBLE as error:
            return self._answer(Status.UNKNOWN, said=type(error).__name__)
        if said.status == httpx.codes.OK and said.knows is not False:
            return self._answer(Status.SENT, item.id, said=str(said))
        is_absent = said.status in (httpx.codes.OK, httpx.codes.NOT_FOUND) and said.knows is False
        is_proven = is_absent and item.age(now) > SLOWEST
        return self._answer(Status.NOT_SENT if is_proven else Status.UNKNOWN, said=str(said))

    def status(self, item: Item) -> Sequence[Heard]:
        """Every report about it, those that got lost among them; one that cannot be read is left out."""
        try:
            said = self._ask("GET", f"{self._url}/{item.id}", item)
        except _TROUBLE:
            return []
        reports = said.json.get("reports") if said.status == httpx.codes.OK else None
        return [one for report in (reports if isinstance(reports, list) else ()) for one in self._heard(report)]

    def recall(self, item: Item) -> Answer:
        """What the agency has comes back by a withdrawal only."""
        return self._answer(Status.SENT, item.id)

    def _heard(self, report: object) -> Sequence[Heard]:
        try:
            return heard(report, self.agency)
        except ParseError:
            return ()

    def _ask(self, method: str, url: str, item: Item, body: bytes = b"", media_type: str = "") -> Said:
        """One request within the time limit, signed at this moment."""
        headers = signed(self._secrets, item.id, body, self._clock())
        headers |= {"content-type": media_type} if media_type else {}
        until = time.monotonic() + self._timeout
        with self._client.stream(method, url, headers=headers, content=body) as response:
            read = b""
            for chunk in response.iter_raw():
                read += chunk
                if len(read) >= MOST_READ or time.monotonic() > until:
                    break
            return Said(response.status_code, dict(response.headers), read[:MOST_READ])

    def _answer(
        self, status: Status, vendor_id: str | None = None, why: Reason | None = None, said: str = ""
    ) -> Answer:
        return Answer(status, self.name, vendor_id, why, said)
