"""Are the vendors that are asked over the web ready? Each probe looks, changes nothing, and sends no message."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from channels.probes.finding import Finding, note, ok, trouble, unchecked, wrong

T = TypeVar("T")

PATIENCE_S = 8.0
"""How long a vendor may think before it counts as silent."""

WANTED = ("delivered", "bounce", "dropped")
"""The events without which an e-mail's fate stays unknown."""


class _Silence(Exception):  # noqa: N818  (what the vendor answers with)
    """No answer that can be read; the text says why."""


class _Web:
    """A vendor's API, asked for JSON only."""

    def __init__(self, host: str, **options: Any) -> None:
        self._client = httpx.Client(base_url=host, timeout=PATIENCE_S, follow_redirects=False, **options)

    def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any]:
        """The status, and what a good answer holds."""
        try:
            answer = self._client.request(method, path, **options)
            return answer.status_code, answer.json() if answer.is_success else None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _Silence(trouble(error)) from None
        except (json.JSONDecodeError, UnicodeDecodeError):
            raise _Silence("what answers there is not the vendor") from None

    def close(self) -> None:
        """Hang up."""
        self._client.close()


def sendgrid(key: str, host: str, webhook_keys: Sequence[str], hook_url: str, domains: Sequence[str]) -> list[Finding]:
    """SendGrid: does the key send, do its events come to us signed, may it write in the merchants' names?

    Args:
        key: the API key.
        host: where the API is.
        webhook_keys: the public keys that its events are checked with.
        hook_url: where its events are to arrive.
        domains: of the merchants' senders.
    """
    web = _Web(host, headers={"Authorization": f"Bearer {key}"})
    try:
        return _asked("SendGrid", "KVITT_SENDGRID_HOST", host, lambda: _sendgrid(web, webhook_keys, hook_url, domains))
    finally:
        web.close()


def _sendgrid(web: _Web, keys: Sequence[str], hook_url: str, domains: Sequence[str]) -> list[Finding]:
    status, body = web.ask("GET", "/v3/scopes")
    if status in (401, 403):
        return [wrong("SendGrid's key", f"SendGrid does not take it ({status})", "KVITT_SENDGRID_KEY: make a new key")]
    if status != 200:
        return [_odd("SendGrid's key", status)]
    if "mail.send" not in _list(body, "scopes"):
        return [wrong("SendGrid's key", "it may not send", "KVITT_SENDGRID_KEY: give the key Mail Send")]
    return [ok("SendGrid's key"), _events(web, keys, hook_url), *_domains(web, domains)]


def _events(web: _Web, keys: Sequence[str], hook_url: str) -> Finding:
    what = "SendGrid's event webhook"
    if not keys:
        cure = "KVITT_SENDGRID_WEBHOOK_KEYS: turn on the signed event webhook, and copy its verification key"
        return note(what, "no key is set, so nothing that SendGrid says back is heard", cure)
    status, body = web.ask("GET", "/v3/user/webhooks/event/settings/all")
    if status != 200:
        cure = "give KVITT_SENDGRID_KEY the right to read Event Notification, or compare by hand"
        return unchecked(what, f"the key may not read it ({status})", cure)
    ours = [hook for hook in _objects(body, "webhooks") if hook.get("url") == hook_url]
    if not ours:
        return wrong(what, "none leads to us", f"add one in SendGrid that posts to {hook_url}")
    hook = next((one for one in ours if one.get("enabled")), None)
    if hook is None:
        return wrong(what, "it is switched off", "enable it in SendGrid")
    if hook.get("public_key") not in keys:
        return wrong(
            what,
            "it is signed with another key, or not at all",
            "KVITT_SENDGRID_WEBHOOK_KEYS: copy the key shown there",
        )
    if lacking := [event for event in WANTED if not hook.get(event)]:
        return wrong(what, f"it does not tell of {', '.join(lacking)}", "tick these events in SendGrid")
    return ok(what)


def _domains(web: _Web, domains: Sequence[str]) -> list[Finding]:
    status, body = web.ask("GET", "/v3/whitelabel/domains", params={"limit": 200})
    if status != 200 and domains:
        cure = "give KVITT_SENDGRID_KEY the right to read Sender Authentication, or compare by hand"
        return [unchecked("Merchants' domains at SendGrid", f"the key may not read them ({status})", cure)]
    known = {str(one.get("domain")).lower() for one in _objects({"": body}, "") if one.get("valid")}
    return [
        ok(f"The domain {domain} at SendGrid")
        if _is_within(domain, known)
        else wrong(
            f"The domain {domain} at SendGrid",
            "it is not authenticated there, so its e-mails are taken for spam",
            "authenticate it in SendGrid, or change senders.email.from in the merchant's file",
        )
        for domain in domains
    ]


def twilio(account: str, token: str, host: str, service: str, numbers: Sequence[str]) -> list[Finding]:
    """Twilio: is the account active, is there a sender?

    Args:
        account: its SID.
        token: the newest of its auth tokens.
        host: where the API is.
        service: the messaging service, if one is used.
        numbers: the merchants' own senders that are phone numbers.
    """
    web = _Web(host, auth=(account, token))
    messaging = _Web(host.replace("//api.", "//messaging."), auth=(account, token))
    try:
        return _asked("Twilio", "KVITT_TWILIO_HOST", host, lambda: _twilio(web, messaging, account, service, numbers))
    finally:
        web.close()
        messaging.close()


def _twilio(web: _Web, messaging: _Web, account: str, service: str, numbers: Sequence[str]) -> list[Finding]:
    what, place = "Twilio's account", f"/2010-04-01/Accounts/{account}"
    status, body = web.ask("GET", f"{place}.json")
    if status in (401, 403, 404):
        cure = "KVITT_TWILIO_ACCOUNT and the first of KVITT_TWILIO_TOKENS: copy both from the Twilio console"
        return [wrong(what, f"Twilio does not take the account and its token ({status})", cure)]
    if status != 200:
        return [_odd(what, status)]
    if _text(body, "status") != "active":
        return [
            wrong(what, f"it is {_text(body, 'status') or 'in no known state'}", "open it again in the Twilio console")
        ]
    found = [ok(what)]
    if _text(body, "type") == "Trial":
        found = [note(what, "it is a trial account: it only writes to numbers that you have verified", "upgrade it")]
    return [*found, *([_service(messaging, service)] if service else _numbers(web, place, numbers))]


def _service(messaging: _Web, service: str) -> Finding:
    what = "Twilio's messaging service"
    status, _ = messaging.ask("GET", f"/v1/Services/{service}")
    if status == 404:
        return wrong(what, "there is none of that id", "KVITT_TWILIO_MESSAGING_SERVICE: copy its SID, or unset it")
    if status != 200:
        return unchecked(what, f"Twilio answered {status}")
    for kind, listed in (
        ("PhoneNumbers", "phone_numbers"),
        ("AlphaSenders", "alpha_senders"),
        ("ShortCodes", "short_codes"),
    ):
        status, body = messaging.ask("GET", f"/v1/Services/{service}/{kind}", params={"PageSize": 1})
        if status == 200 and _list(body, listed):
            return ok(what)
    return wrong(what, "it has no sender", "add a number or an alpha sender to it in the Twilio console")


def _numbers(web: _Web, place: str, numbers: Sequence[str]) -> list[Finding]:
    found = []
    for number in numbers:
        what = "A merchant's number at Twilio"
        status, body = web.ask("GET", f"{place}/IncomingPhoneNumbers.json", params={"PhoneNumber": number})
        if status != 200:
            found.append(unchecked(what, f"Twilio answered {status}"))
        elif any(one.get("phone_number") == number for one in _objects(body, "incoming_phone_numbers")):
            found.append(ok(what))
        else:
            cure = "change senders.sms.from in the merchant's file, or buy the number"
            found.append(wrong(what, "it is not the account's", cure))
    return found


def pingen(client: str, secret: str, organisation: str, host: str, identity: str) -> list[Finding]:
    """Pingen: do we get a token, and is the organisation ours?"""
    door, web = _Web(identity), _Web(host)
    try:
        token = _asked("Pingen", "KVITT_PINGEN_IDENTITY", identity, lambda: _token(door, client, secret))
        if isinstance(token, list):
            return token
        return _asked("Pingen", "KVITT_PINGEN_HOST", host, lambda: _organisation(web, organisation, token))
    finally:
        door.close()
        web.close()


def _token(door: _Web, client: str, secret: str) -> str | list[Finding]:
    form = {"grant_type": "client_credentials", "client_id": client, "client_secret": secret}
    form["scope"] = "letter organisation_read"
    status, body = door.ask("POST", "/auth/access-tokens", data=form)
    if status in (400, 401, 403):
        cure = "KVITT_PINGEN_CLIENT and KVITT_PINGEN_SECRET: make a new client in Pingen"
        return [wrong("Pingen's client", f"Pingen does not take its id and secret ({status})", cure)]
    token = _text(body, "access_token")
    return token or [_odd("Pingen's client", status)]


def _organisation(web: _Web, organisation: str, token: str) -> list[Finding]:
    what = "Pingen's organisation"
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/vnd.api+json"}
    status, body = web.ask("GET", f"/organisations/{organisation}", headers=headers)
    if status in (400, 401, 403, 404, 422):
        cure = "KVITT_PINGEN_ORGANISATION: copy the organisation's id from Pingen"
        return [ok("Pingen's client"), wrong(what, f"the client does not reach it ({status})", cure)]
    if status != 200:
        return [ok("Pingen's client"), _odd(what, status)]
    standing = _text(_object(_object(body, "data"), "attributes"), "status")
    if standing not in ("active", ""):
        return [ok("Pingen's client"), wrong(what, f"it is {standing}", "ask Pingen why")]
    return [ok("Pingen's client"), ok(what)]


def _asked(vendor: str, variable: str, host: str, ask: Callable[[], T]) -> T | list[Finding]:
    """What the vendor answers, or why there is no answer."""
    try:
        return ask()
    except _Silence as silence:
        cure = f"{variable}: is the address right, and may this machine reach it?"
        return [wrong(f"{vendor} at {host}", str(silence), cure)]


def _odd(what: str, status: int) -> Finding:
    if status == 429:
        return unchecked(what, "the vendor wants fewer questions (429)", "ask again in a minute")
    if status >= 500:
        return unchecked(what, f"the vendor has trouble of its own ({status})", "ask again in a while")
    return wrong(what, f"an unexpected answer ({status})", "is the vendor's host right? unset it for the usual one")


def _is_within(domain: str, known: set[str]) -> bool:
    """Whether a domain, or one above it, is known."""
    parts = domain.lower().split(".")
    return any(".".join(parts[start:]) in known for start in range(len(parts) - 1))


def _list(body: object, key: str) -> list[Any]:
    value = _object(body, key)
    return value if isinstance(value, list) else []


def _objects(body: object, key: str) -> list[Mapping[str, Any]]:
    return [one for one in _list(body, key) if isinstance(one, Mapping)]


def _object(body: object, key: str) -> object:
    return body.get(key) if isinstance(body, Mapping) else None


def _text(body: object, key: str) -> str:
    value = _object(body, key)
    return value if isinstance(value, str) else ""
