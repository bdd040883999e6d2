"""The seal: what an invoice page must send back to count as viewed. Only who has loaded the page, a while ago, has it.

It is the page's time of issue under an HMAC over the link's token: nothing to keep, and a scanner that replays
addresses has none.
"""

from __future__ import annotations

import hmac
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from config.settings import Settings

YOUNGEST = timedelta(seconds=2)
"""Nobody has looked at a page that was issued a moment ago."""
IN_SIGHT = YOUNGEST + timedelta(milliseconds=250)
"""How long a page is in sight before it tells; the margin is for gateways whose clocks differ."""
OLDEST = timedelta(days=1)
"""A page left open longer than this is loaded anew before it counts."""

KEY_FILE = "gateway.key"
"""The home's own key."""


@dataclass(frozen=True, slots=True)
class Seal:
    """Makes and checks seals."""

    key: bytes

    def issue(self, token: str, now: datetime) -> str:
        """The seal of a page that is made now."""
        issued = int(now.timestamp() * 1000)
        return f"{issued}.{self._mac(token, issued)}"

    def holds(self, token: str, seal: str, now: datetime) -> bool:
        """Whether the seal is ours, of this page, and neither too young nor too old."""
        issued, _, mac = seal.partition(".")
        if not (issued.isascii() and issued.isdecimal() and len(issued) <= 15 and mac.isascii()):
            return False
        if not hmac.compare_digest(mac, self._mac(token, int(issued))):
            return False
        return YOUNGEST <= now - datetime.fromtimestamp(int(issued) / 1000, UTC) <= OLDEST

    def proof(self, question: str) -> str:
        """Shows who asks that we have the key, so that one system is told from another; it is no seal of a page."""
        return hmac.new(self.key, f"whose:{question}".encode(), "sha256").hexdigest()

    def _mac(self, token: str, issued: int) -> str:
        return hmac.new(self.key, f"viewed:{token}:{issued}".encode(), "sha256").hexdigest()


def read_key(settings: Settings) -> bytes:
    """The key from the settings, or the home's own, which is made when it is first needed."""
    secret = settings.gateway_secret.get_secret_value()
    return secret.encode() if secret else _key_of(settings.home / KEY_FILE)


def has_key(settings: Settings) -> bool:
    """Whether there is a key without making one."""
    return bool(settings.gateway_secret.get_secret_value()) or (settings.home / KEY_FILE).is_file()


def _key_of(path: Path) -> bytes:
    """Two gateways that start at once agree: the key is linked into its place whole, and the first one stays."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{secrets.token_hex(4)}")
        partial.touch(0o600)
        partial.write_bytes(secrets.token_bytes(32))
        try:
            os.link(partial, path)
        except FileExistsError:
            pass
        finally:
            partial.unlink()
    return path.read_bytes()
