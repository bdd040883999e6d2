"""A message as a vendor gets it: these bytes and no others. Personal data: kept in the store, never in history."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Parcel:
    """What goes to a vendor.

    ``recipient`` is an e-mail address, a phone number (E.164) or the lines of a postal address; ``sender`` an e-mail
    address, an SMS sender or the envelope's window; ``country`` the recipient's, for letters.
    """

    media_type: str
    body: bytes
    recipient: str
    subject: str = ""
    sender: str = ""
    country: str = ""

    @property
    def sha256(self) -> str:
        """What the bytes hash to."""
        return sha256(self.body).hexdigest()
