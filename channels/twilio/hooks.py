"""What Twilio says: its calls back, checked and understood, in our words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from urllib.parse import parse_qs, urlsplit

from twilio.request_validator import (  # type: ignore[import-untyped]
    HMAC_SHA1,
    HMAC_SHA256,
    RequestValidator,
    get_signature_algorithm,
)

from channels.hearing import Heard, Hook, ParseError, Post, Word, key_of
from domain.words import Reason

ALGORITHMS = frozenset({HMAC_SHA1, HMAC_SHA256})
"""What Twilio may sign with. Of any other its validator would write into the log what a stranger claims."""

CALL_BACK = "#rc=5&rp=all"
"""Asks Twilio to try a call back five times more, whatever went wrong; by default it is once, if it cannot connect."""

WORDS: Mapping[str, Word] = {
    "accepted": Word.ACCEPTED,
    "scheduled": Word.ACCEPTED,
    "queued": Word.ACCEPTED,
    "sending": Word.ACCEPTED,
    "sent": Word.ACCEPTED,
    "delivered": Word.DELIVERED,
    "read": Word.DELIVERED,
    "undelivered": Word.BOUNCED,
    "failed": Word.REFUSED,
    "canceled": Word.REFUSED,
}
"""Statuses of a message."""

AFTERWARDS: Mapping[str, Word] = {
    "21610": Word.OPTED_OUT,
    "30003": Word.BOUNCED,  # the phone cannot be reached
    "30005": Word.BOUNCED,  # nobody knows the number
    "30006": Word.BOUNCED,  # a landline, or a network that cannot be reached
    "30008": Word.BOUNCED,  # nobody knows why
    "30036": Word.BOUNCED,  # it was not delivered within its validity
    "30004": Word.REFUSED,  # blocked
    "30007": Word.REFUSED,  # filtered
    "30034": Word.REFUSED,  # the sender is not registered
}
"""Error codes of a message that failed after Twilio took it; others go by the status."""

FAILURES: Mapping[Word, Reason] = {
    Word.BOUNCED: Reason.BOUNCED,
    Word.REFUSED: Reason.REFUSED,
    Word.OPTED_OUT: Reason.OPTED_OUT,
}

OPT_OUT_TYPES: Mapping[str, Word] = {"STOP": Word.OPTED_OUT, "START": Word.OPTED_IN}
SPOKEN: Mapping[str, Word] = {
    **dict.fromkeys(("STOP", "STOPP", "STOPPA", "STOPALL", "AVSLUTA", "AVSLUTT", "SLUTA", "SLUTT"), Word.OPTED_OUT),
    **dict.fromkeys(("UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "AVREGISTRERA"), Word.OPTED_OUT),
    **dict.fromkeys(("START", "UNSTOP"), Word.OPTED_IN),
}
"""Answers of one word, where Twilio does not say itself what they are."""


class Form(dict[str, list[str]]):
    """A form, whose keys may repeat, as the validator reads it."""

    def getlist(self, key: str) -> list[str]:
        """All values of a key."""
        return self[key]


def verify(hook: Hook, secrets: Sequence[str], now: datetime) -> bool:  # noqa: ARG001  # what Twilio signs has no time
    """Whether Twilio signed the call, with any of the account's tokens.

    The address is tried as we gave it, too: with what it asks of the call itself.
    """
    signature = hook.headers.get("x-twilio-signature", "")
    algorithm = get_signature_algorithm(hook.headers.get("x-twilio-webhooks-signature-settings"))
    if algorithm.upper() not in ALGORITHMS:
        return False
    try:
        signed = hook.body.decode() if "bodySHA256" in parse_qs(urlsplit(hook.url).query) else _form(hook.body)
        return any(
            RequestValidator(secret).validate(url, signed, signature, algorithm)
            for secret in filter(None, secrets)
            for url in (hook.url, hook.url + CALL_BACK)
        )
    except ValueError:
        return False


def parse(post: Post) -> Sequence[Heard]:
    """What Twilio says of a message of ours, or what somebody answered.

    Raises:
        ParseError: it is about no message.
    """
    try:
        form = {key: values[0] for key, values in _form(post.body).items()}
        send_id = parse_qs(post.about).get("send", [None])[0]
    except ValueError:
        raise ParseError("not a form") from None
    sid = form.get("MessageSid") or form.get("SmsSid")
    if not sid:
        raise ParseError("a form without MessageSid")
    if status := form.get("MessageStatus"):
        return (heard(sid, status, form.get("ErrorCode", ""), send_id),)
    return (_answered(sid, form),)


def heard(sid: str, status: str, error: str, send_id: str | None, at: datetime | None = None) -> Heard:
    """Twilio's word on a message, the same whether it called back or was asked."""
    error = "" if error == "0" else error
    return Heard(key_of(sid, status, error), word_of(status, error), send_id, sid, at, said=f"{status} {error}".strip())


def word_of(status: str, error: str) -> Word:
    """Our word for a message's status and error code."""
    word = WORDS.get(status, Word.OTHER)
    return AFTERWARDS.get(error, word) if word in FAILURES else word


def _answered(sid: str, form: Mapping[str, str]) -> Heard:
    """What came back by SMS: only whether somebody wants no more, or more, concerns us."""
    body = form.get("Body", "").strip(" .!\r\n\t\"'").upper()
    word = OPT_OUT_TYPES.get(form.get("OptOutType", "").upper()) or SPOKEN.get(body, Word.OTHER)
    return Heard(key_of(sid, "received", ""), word, vendor_id=sid, address=form.get("From") or None, said="received")


def _form(body: bytes) -> Form:
    return Form(parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200))
