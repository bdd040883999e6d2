"""The few calls of Pingen's API that we need, over httpx; the vendor's own package cannot send idempotency keys.

Nothing is tried twice. What goes wrong comes out as httpx's own errors.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import httpx

from channels.pingen.hooks import attributes, moment

_JSON = "application/vnd.api+json"
_SCOPE = "letter"
_EARLY = 60
"""Seconds before a token runs out that a new one is fetched."""
_PER_PAGE = 100
_PAGES = 200


class AnswerError(Exception):
    """An answer that makes no sense; the message quotes nothing of it."""


class PingenClient:
    """One organisation's letters. To be used from any thread."""

    def __init__(self, client: str, secret: str, organisation: str, host: str, identity: str, timeout: float) -> None:
        self._client, self._secret = client, secret
        self._host, self._identity = host.rstrip("/"), identity.rstrip("/")
        self._letters = f"{self._host}/organisations/{organisation}/deliveries/letters"
        self._http = httpx.Client(timeout=timeout, follow_redirects=False)
        self._lock = threading.Lock()
        self._token, self._good_until = "", 0.0

    def upload(self, pdf: bytes) -> tuple[str, str]:
        """Hand in a file; gives its address and the address's signature, which a letter is made of."""
        found = attributes(self._call("GET", f"{self._host}/file-upload"))
        url, signature = str(found.get("url", "")), str(found.get("url_signature", ""))
        if httpx.URL(url).scheme not in {"https", httpx.URL(self._host).scheme}:
            raise AnswerError("no safe place to hand in a file")
        # The storage is another's: it gets no token of ours.
        self._http.put(url, content=pdf).raise_for_status()
        return url, signature

    def create(self, key: str, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        """Make a letter. The same key again gives the letter that was made first."""
        payload = {"data": {"type": "letters", "attributes": {**wanted, "auto_send": False}}}
        return self._call("POST", self._letters, payload, {"Idempotency-Key": key})

    def letter(self, letter_id: str) -> Mapping[str, Any] | None:
        """A letter as it stands; None: there is none."""
        try:
            return self._call("GET", self._of(letter_id))
        except httpx.HTTPStatusError as error:
            if error.response.status_code == httpx.codes.NOT_FOUND:
                return None
            raise

    def submit(self, letter_id: str, wanted: Mapping[str, Any]) -> None:
        """Give a letter to print."""
        payload = {"data": {"id": letter_id, "type": "letters", "attributes": dict(wanted)}}
        self._call("PATCH", f"{self._of(letter_id)}/send", payload, {"Idempotency-Key": f"send-{letter_id}"})

    def cancel(self, letter_id: str) -> None:
        """Ask for a letter that was given to print not to be printed."""
        self._call("PATCH", f"{self._of(letter_id)}/cancel")

    def delete(self, letter_id: str) -> None:
        """Take away a letter that was not given to print."""
        self._call("DELETE", self._of(letter_id))

    def since(self, moment_: datetime) -> Iterator[Mapping[str, Any]]:
        """Letters made since a moment, newest first.

        Raises:
            AnswerError: there are too many to see them all.

        """
        for page in range(1, _PAGES + 1):
            query = f"?page[number]={page}&page[limit]={_PER_PAGE}&sort=-created_at"
            letters = self._listed(self._letters + query)
            for letter in letters:
                made = moment(attributes(letter).get("created_at"))
                if made is None or made >= moment_:
                    yield letter
            if not letters:
                return
            oldest = moment(attributes(letters[-1]).get("created_at"))
            if oldest is not None and oldest < moment_:
                return
        raise AnswerError("too many letters to see them all")

    def _of(self, letter_id: str) -> str:
        return f"{self._letters}/{letter_id}"

    def _call(
        self, method: str, url: str, payload: Any = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        found = self._ask(method, url, payload, headers)
        data = found.get("data")
        return data if isinstance(data, dict) else {}

    def _listed(self, url: str) -> list[Mapping[str, Any]]:
        data = self._ask("GET", url).get("data")
        if not isinstance(data, list):
            raise AnswerError("a list of letters that is none")
        return [letter for letter in data if isinstance(letter, dict)]

    def _ask(
        self, method: str, url: str, payload: Any = None, headers: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        sent = {"Authorization": f"Bearer {self._fresh_token()}", "Accept": _JSON, **(headers or {})}
        if payload is not None:
            sent["Content-Type"] = _JSON
        response = self._http.request(method, url, headers=sent, **({"json": payload} if payload is not None else {}))
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._forget_token()
        response.raise_for_status()
        if not response.content:
            return {}
        try:
            found = response.json()
        except ValueError:
            raise AnswerError("an answer that is no JSON") from None
        return found if isinstance(found, dict) else {}

    def _fresh_token(self) -> str:
        with self._lock:
            if time.monotonic() >= self._good_until:
                self._token, lasts = self._fetch_token()
                self._good_until = time.monotonic() + max(lasts - _EARLY, 1)
            return self._token

    def _forget_token(self) -> None:
        with self._lock:
            self._good_until = 0.0

    def _fetch_token(self) -> tuple[str, float]:
        form = {
            "grant_type": "client_credentials",
            "client_id": self._client,
            "client_secret": self._secret,
            "scope": _SCOPE,
        }
        try:
            response = self._http.post(f"{self._identity}/auth/access-tokens", data=form)
            response.raise_for_status()
            found = response.json()
            return str(found["access_token"]), float(found.get("expires_in", 0))
        except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
            raise NoTokenError(f"no access token: {type(error).__name__}") from None


class NoTokenError(Exception):
    """Pingen did not let us in, so it was asked for nothing; the message quotes nothing of its answer."""
