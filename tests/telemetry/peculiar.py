"""A customer whose name, addresses and words are found again wherever they turn up."""

from __future__ import annotations

import unicodedata

NAME, EMAIL, PHONE = "Ottoline Quibblewick-Ångström", "ottoline.quibblewick@peculiar.example", "+46701740695"
STREET, CITY = "Krokodilgränd 77", "981 07 Abisko"
WHY = "Ottoline says that the zeppelin was late"

CUSTOMER = {
    "name": NAME,
    "kind": "consumer",
    "email": EMAIL,
    "phone": PHONE,
    "address": [STREET, CITY],
    "language": "en",
}
WORDS = ("ottoline", "quibblewick", "ngstr", "peculiar.example", "701740695", "krokodil", "abisko", "zeppelin")
"""What of it would be found, in whatever spelling: as JSON, in an address of the web, without its marks."""


def found_in(text: str) -> list[str]:
    """Which of it a text holds."""
    plain = unicodedata.normalize("NFD", text).casefold()
    return [word for word in WORDS if word in plain or word in text.casefold()]
