"""An SMS, an account, and what the emulator keeps of it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx

from channels.twilio.way import GRACE, TwilioWay
from channels.way import Item
from domain.parcel import Parcel

ACCOUNT, TOKEN = "AC" + "0" * 32, "twilio_test_auth_token"
"""The emulator's own; any does for the specification."""
NUMBER, NUMBER_SID = "+15551234567", "PN" + "0" * 32
"""What the emulator's account can send from."""
SERVICE = "MG" + "0" * 32
SID = "SM" + "a" * 32
"""The message of the specification's examples."""

NOW = datetime.now(UTC)
LATER = NOW + GRACE
TEXT = "Nordljus Energi: påminnelse om faktura 10001, 1 249,00 kr senast 1 apr. https://pay.example/i/Qk3x"
ITEM = Item("d0b9c1", Parcel("text/plain; charset=utf-8", TEXT.encode(), "+46701740605", sender=NUMBER), NOW)


def way_to(host: str, callback_url: str = "https://pay.example/hooks/twilio") -> TwilioWay:
    """Twilio at an address."""
    return TwilioWay(ACCOUNT, TOKEN, host, 10, "", callback_url, 240)


def ask(method: str, url: str, **form: str) -> dict[str, Any]:
    """Ask the emulator with the account's rights."""
    fields = {"params": form} if method == "GET" else {"data": form}
    answer = httpx.request(method, url, auth=(ACCOUNT, TOKEN), **fields)  # type: ignore[arg-type]
    shown: dict[str, Any] = answer.raise_for_status().json()
    return shown


def messages(emulator: str, to: str) -> list[dict[str, Any]]:
    """All that the emulator took for a number."""
    shown = ask("GET", f"{emulator}/2010-04-01/Accounts/{ACCOUNT}/Messages.json", To=to, PageSize="1000")
    found: list[dict[str, Any]] = shown["messages"]
    return found
