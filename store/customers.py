"""Who the same customer is across invoices: a merchant's debtor with the same phone number."""

from __future__ import annotations

import json
from hashlib import sha256


def customer_of(merchant: str, details: str) -> str | None:
    """What a customer is known by; None without a phone number."""
    phone = json.loads(details).get("customer", {}).get("phone")
    return sha256(f"{merchant}\0{phone}".encode()).hexdigest() if phone else None
