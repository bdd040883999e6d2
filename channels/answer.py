"""What a channel answers when it is asked to send, to look for evidence, or to call a letter back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from domain.words import Reason, Status


@dataclass(frozen=True, slots=True)
class Answer:
    """A vendor's answer in our words; ``said`` is the vendor's own, kept in the books and nowhere else.

    ``status`` is SENT, FAILED (refused for good), NOT_SENT (surely not sent, may be tried again) or UNKNOWN.
    Asked to call back, NOT_SENT means that it surely will not go out, SENT that it is too late, UNKNOWN: ask again.
    """

    status: Status
    vendor: str
    vendor_id: str | None = None
    why: Reason | None = None
    said: str = ""
    recall_until: datetime | None = None
    """Until when it can be called back, by the machine's clock; None: never."""
