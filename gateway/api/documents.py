"""The messages of an invoice: which there are, and each as it was sent, byte for byte."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Path
from fastapi.responses import Response

from gateway.api.auth import Caller, ReadsDocuments
from gateway.api.invoices import InvoiceNumber, found
from gateway.api.models import DocumentList
from gateway.api.problems import Kind, Refusal
from gateway.api.schemas import answers, problems
from gateway.api.telling import document
from gateway.parcels import ENDINGS, filename

_BYTES: dict[str, Any] = {
    "description": "The bytes that were sent.",
    "content": {media_type: {"schema": {}} for media_type in ENDINGS},
}

SendId = Annotated[str, Path(pattern="^[0-9a-f]{32}$", description="The document's id, as the list tells it.")]


def router() -> APIRouter:
    """The addresses of documents."""
    routes = APIRouter(prefix="/invoices/{number}/documents", tags=["Documents"])

    @routes.get(
        "",
        operation_id="listDocuments",
        summary="List the messages of an invoice",
        response_model=DocumentList,
        response_model_exclude_none=True,
        responses=answers(DocumentList, {200: "Its messages."}, reads=True),
    )
    async def list_all(asks: ReadsDocuments, number: InvoiceNumber) -> DocumentList:
        """E-mails, SMS, letters, and what the agency got, oldest first."""
        ref = await found(asks, number)
        return await asyncio.to_thread(_list, asks, ref.id)

    @routes.get(
        "/{send_id}",
        operation_id="readDocument",
        summary="Download a message",
        response_class=Response,
        responses={**problems(reads=True), 200: _BYTES},
    )
    async def read(asks: ReadsDocuments, number: InvoiceNumber, send_id: SendId) -> Response:
        """Exactly the bytes that were sent: they hash to what the list says."""
        ref = await found(asks, number)
        return await asyncio.to_thread(_bytes, asks, ref.id, send_id)

    return routes


def _list(asks: Caller, invoice_id: int) -> DocumentList:
    books = asks.service.books
    case = books.cases.read(invoice_id)
    documents = (document(case, send) for send in books.sends.of_invoice(invoice_id))
    return DocumentList(documents=[one for one in documents if one])


def _bytes(asks: Caller, invoice_id: int, send_id: str) -> Response:
    send = asks.service.books.sends.by_id(send_id)
    if send is None or send.invoice_id != invoice_id or send.parcel is None:
        raise Refusal(Kind.NOT_FOUND, "This invoice has no such document.")
    headers = {
        "Content-Type": send.parcel.media_type,
        "Content-Disposition": f'attachment; filename="{filename(send, send.parcel)}"',
    }
    return Response(send.parcel.body, headers=headers)
