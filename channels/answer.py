"""What a channel answers when it is asked to send."""

from __future__ import annotations

from dataclasses import dataclass

from domain.words import Reason, Status


@dataclass(frozen=True, slots=True)
class Answer:
    """A vendor's answer in our words; ``said`` is the vendor's own, kept in the books and nowhere else.

    ``status`` is SENT, FAILED (refused for good), NOT_SENT (surely not sent, may be tried again) or UNKNOWN.
    """

    status: Status
    vendor: str
    vendor_id: str | None = None
    why: Reason | None = None
    said: str = ""
