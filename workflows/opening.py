"""From an invoice as it came in to what a life starts with."""

from __future__ import annotations

from config.invoice_input import InvoiceInput
from config.merchants import Loaded, policy_for
from store.registry import Opening


def opening_of(invoice: InvoiceInput, loaded: Loaded) -> Opening:
    """What to enter into the books for this merchant's invoice.

    Raises:
        ConfigError: the merchant does not accept it.
    """
    merchant = loaded.merchant
    return Opening(
        invoice=invoice.to_domain(merchant),
        reference=invoice.payment_reference(merchant),
        details=invoice.to_json(),
        merchant=merchant,
        source=loaded.text,
        policy=policy_for(loaded.text, invoice.debtor.group, invoice.terms, invoice.issued),
    )
