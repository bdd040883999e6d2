"""Is an agency ready that takes claims over HTTP? It is asked for a claim that never was; nothing is posted."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime

import httpx

from channels.agency.http import answer_of
from channels.agency.signing import signed
from channels.probes.finding import Finding, note, ok, trouble, unchecked, wrong
from channels.probes.http import PATIENCE_S
from channels.probes.sftp import Whose


def agency(whose: Whose, url: str, signing: Sequence[str]) -> list[Finding]:
    """An agency: does it take our signature, and does it say so where it does not know a claim?

    Args:
        whose: which agency.
        url: where claims are posted to.
        signing: the secrets that we sign with.
    """
    what, never = f"{whose.title} at {url}", f"doctor{secrets.token_hex(12)}"
    headers = signed(signing, never, b"", datetime.now(UTC))
    try:
        with httpx.Client(timeout=PATIENCE_S, follow_redirects=False, trust_env=False) as client:
            said = answer_of(client.get(f"{url.rstrip('/')}/{never}", headers=headers))
    except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
        return [wrong(what, trouble(error), f"{whose.variable('url')}: is it right, and may this machine reach it?")]
    if said.status in (401, 403):
        cure = f"{whose.variable('secrets')}: does the agency have the same?"
        return [wrong(what, f"it does not take our signature ({said.status})", cure)]
    if 300 <= said.status < 400:
        return [wrong(what, "it sends us on to another address", f"{whose.variable('url')}: write that one")]
    if said.status >= 500 or said.status == 429:
        return [unchecked(what, f"it has trouble of its own ({said.status})", "ask again in a while")]
    if said.knows is False:
        return [ok(what)]
    if said.status == 404:
        why = "it does not say that it does not know a claim: where a line breaks a person must ask it"
        return [note(what, why, "let it answer 404 with known: false, as docs/agencies.md says")]
    why = f"it claims to know a claim that never was ({said.status})"
    return [wrong(what, why, f"{whose.variable('url')}: does it lead to the agency's service for claims?")]
