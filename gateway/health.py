"""Is it well? For load balancers and people on call; says nothing of anybody."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from fastapi import APIRouter
from fastapi.responses import JSONResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.service import RPCError

from gateway.desk import Desk
from store.books import Books
from store.engine import reading

_PATIENCE = timedelta(seconds=2)
_LONGEST = 64
"""Characters of a question by which somebody finds out whether we are the system that they mean."""


def router(desk: Desk) -> APIRouter:
    """The one address."""
    routes = APIRouter()

    @routes.get("/health")
    async def health(whose: str = "") -> JSONResponse:
        books, temporal = await asyncio.gather(_books(desk.books), _temporal(desk))
        checks = {"books": _word(well=books), "temporal": _word(well=temporal)}
        well = books and temporal
        proof = {"proof": desk.seal.proof(whose[:_LONGEST])} if whose else {}
        return JSONResponse({"status": _word(well=well), "checks": checks} | proof, 200 if well else 503)

    return routes


def _word(*, well: bool) -> str:
    return "ok" if well else "failing"


async def _books(books: Books) -> bool:
    try:
        async with asyncio.timeout(_PATIENCE.total_seconds()):
            await asyncio.to_thread(_ask, books)
    except (SQLAlchemyError, TimeoutError):
        return False
    return True


def _ask(books: Books) -> None:
    with reading(books.engine) as connection:
        connection.execute(text("SELECT 1 FROM invoice LIMIT 1"))


async def _temporal(desk: Desk) -> bool:
    try:
        return await desk.client.client.service_client.check_health(timeout=_PATIENCE)
    except RPCError:
        return False
