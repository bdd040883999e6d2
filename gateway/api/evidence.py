"""What proves a claim: the ledger, line by line, and the evidence pack."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import Response

from activities.evidence import evidence_of
from domain.archive import ArchiveError
from domain.explaining import explained, line_as_json, open_as_json
from domain.ledger import ledger
from gateway.api.auth import Caller, ReadsDocuments, ReadsInvoices
from gateway.api.invoices import InvoiceNumber, found
from gateway.api.ledger_models import LedgerDocument, LedgerEntry, OpenParts
from gateway.api.problems import Kind, Refusal
from gateway.api.schemas import answers, problems
from gateway.parcels import PACK

Day = Annotated[
    str | None,
    Query(
        pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
        json_schema_extra={"format": "date"},
        description="As it stood at the end of this day, by value days.",
        examples=["2026-05-01"],
    ),
]

_ZIP: dict[str, Any] = {
    "description": "The pack, a ZIP; `kvitt verify` checks it.",
    "content": {PACK: {"schema": {}}},
}


def router() -> APIRouter:
    """The addresses of the ledger and the pack."""
    routes = APIRouter(prefix="/invoices/{number}")

    @routes.get(
        "/ledger",
        tags=["Invoices"],
        operation_id="readLedger",
        summary="Read the ledger of an invoice",
        response_model=LedgerDocument,
        response_model_exclude_none=True,
        responses=answers(LedgerDocument, {200: "Its lines, and what is open."}, reads=True),
    )
    async def read(asks: ReadsInvoices, number: InvoiceNumber, at: Day = None) -> LedgerDocument:
        """Every change of what is owed, what it was counted towards, and how the balance comes about."""
        day = _day(at) if at else None
        ref = await found(asks, number)
        return await asyncio.to_thread(_ledger, asks, ref.id, day)

    @routes.get(
        "/evidence",
        tags=["Documents"],
        operation_id="readEvidence",
        summary="Download the evidence pack of an invoice",
        response_class=Response,
        responses={**problems(reads=True), 200: _ZIP},
    )
    async def download(asks: ReadsDocuments, number: InvoiceNumber) -> Response:
        """What proves the claim: messages, deliveries, ledger, law, orders. The same books give the same bytes."""
        ref = await found(asks, number)
        body = await asyncio.to_thread(_pack, asks, ref.id)
        headers = {"Content-Disposition": f'attachment; filename="{number}-evidence.zip"'}
        return Response(body, media_type=PACK, headers=headers)

    return routes


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        error = {"parameter": "at", "problem": f"there is no day {text}", "cure": "write a day as in 2026-05-01"}
        raise Refusal(Kind.INVALID, "Each error says where and what.", [error]) from None


def _ledger(asks: Caller, invoice_id: int, day: date | None) -> LedgerDocument:
    case = asks.service.books.cases.read(invoice_id)
    whole = ledger(case.facts, case.law)
    book = whole.at(day) if day else whole
    last = day or max((line.day for line in book.lines), default=case.invoice.issued)
    return LedgerDocument(
        currency=case.facts.amount.currency,
        at=last,
        lines=[LedgerEntry.model_validate(line_as_json(line, case.law.calendar)) for line in book.lines],
        open=OpenParts.model_validate(open_as_json(book.open)),
        explained=list(explained(book, case.law, last)),
    )


def _pack(asks: Caller, invoice_id: int) -> bytes:
    books = asks.service.books
    try:
        return evidence_of(books, books.cases.read(invoice_id))
    except ArchiveError as error:
        raise Refusal(Kind.NOT_FOUND, f"There is no pack: {error}.") from None
