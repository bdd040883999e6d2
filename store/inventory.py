"""What every column of the books holds of people, and so what goes when a customer is forgotten.

This table is the only list: what is emptied follows from it, and a test wants every column to be in it. A column that
may hold what a person wrote, or what a vendor said, holds personal data.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Any

from sqlalchemy import Column, Table

from store.tables import InvoiceRow


class Holds(StrEnum):
    """What a column holds."""

    NOBODY = "numbers, codes, moments and ids, which name nobody"
    CUSTOMER = "a customer's data: it is emptied when the customer is forgotten"
    ITS_ROW = "a customer's data: its row goes when the customer is forgotten"
    SEALED = "a customer's data, sealed: it is emptied when the books' time is over"
    OBJECTION = "an address that wants nothing more: it stays until it is lifted, or no longer wanted"
    STAFF = "who did what, and why: people who work here or at a merchant"
    MERCHANT = "a merchant's own words and secrets"


_KEPT: dict[str, dict[Holds, str]] = {
    "merchant_version": {
        Holds.NOBODY: "id merchant version sha256 published_at",
        Holds.MERCHANT: "source body",
        Holds.STAFF: "who why",
    },
    "policy_version": {Holds.NOBODY: "id merchant_version_id sha256 body"},
    "invoice": {
        Holds.NOBODY: "id merchant number policy_version_id began_by reference invoice shift opened_at stage balance "
        "currency due next_step next_at resting looked_at seen events wanted waits_for since bounced_at failed_with "
        "failed_since failed_looks",
        Holds.CUSTOMER: "details customer",
    },
    "event": {Holds.NOBODY: "invoice_id seq kind key at body"},
    "send": {
        Holds.NOBODY: "id invoice_id step rung attempt channel message token reserved_at kept_at country media_type "
        "sha256 vendor vendor_id ask_at",
        Holds.CUSTOMER: "recipient subject body vendor_said",
        Holds.MERCHANT: "sender",
    },
    "command": {
        Holds.NOBODY: "id merchant number kind at body taken",
        Holds.CUSTOMER: "why reply",
        Holds.STAFF: "who",
    },
    "batch": {
        Holds.NOBODY: "id kind merchant rate at_once acted state total created_at ended_at",
        Holds.STAFF: "who why name fields selection said",
    },
    "batch_item": {
        Holds.NOBODY: "batch_id place invoice_id number acts state",
        Holds.CUSTOMER: "source said",
        Holds.STAFF: "origin",
    },
    "contact": {Holds.NOBODY: "day invoice_id at", Holds.ITS_ROW: "customer"},
    "post": {Holds.NOBODY: "id vendor key received_at state", Holds.CUSTOMER: "about body"},
    "heard": {Holds.NOBODY: "id vendor key post_id send_id word at", Holds.CUSTOMER: "said"},
    "opt_out": {Holds.NOBODY: "channel merchant since", Holds.OBJECTION: "address", Holds.STAFF: "who"},
    "api_key": {Holds.NOBODY: "id merchant sha256 scopes created_at expires_at used_at", Holds.STAFF: "name"},
    "answered": {Holds.NOBODY: "merchant key request_sha256 status at", Holds.ITS_ROW: "body"},
    "endpoint": {Holds.NOBODY: "id merchant types created_at closed_at", Holds.MERCHANT: "url secrets"},
    "announcement": {Holds.NOBODY: "id invoice_id seq"},
    "delivery": {
        Holds.NOBODY: "id endpoint_id invoice_id seq type body state round attempts last_status created_at ended_at",
        Holds.CUSTOMER: "last_said",
    },
    "look": {Holds.NOBODY: "invoice_id run_id number at seen decision reason body"},
    "forgotten": {
        Holds.NOBODY: "invoice_id at keep_until head",
        Holds.SEALED: "sealed",
        Holds.STAFF: "who why",
    },
}

INVENTORY: dict[str, Holds] = {
    f"{table}.{column}": holds
    for table, kinds in _KEPT.items()
    for holds, columns in kinds.items()
    for column in columns.split()
}
"""What each column holds, by ``table.column``."""


def every_table() -> list[Table]:
    """The tables there are."""
    return list(InvoiceRow.metadata.sorted_tables)


def holding(table: Table, holds: Holds) -> Iterator[Column[Any]]:
    """The columns of a table that hold this."""
    return (column for column in table.columns if INVENTORY.get(f"{table.name}.{column.name}") is holds)


def emptied(table: Table) -> dict[str, Any]:
    """What stands in a table's columns when the customer is forgotten: nothing, as the column knows it."""
    return {column.name: _nothing(column) for column in holding(table, Holds.CUSTOMER)}


def _nothing(column: Column[Any]) -> Any:
    return None if column.nullable else column.type.python_type()
