"""Is it well? For load balancers, probes and people on call; says nothing of anybody."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse, PlainTextResponse
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from temporalio.client import Client
from temporalio.service import RPCError

from gateway.desk import Desk
from store.books import Books
from store.engine import reading
from workflows.client import CaseClient

_PATIENCE = timedelta(seconds=2)
_LONGEST = 64
"""Characters of a question by which somebody finds out whether we are the system that they mean."""


def router(desk: Desk) -> APIRouter:
    """A gateway's addresses. It is ready without Temporal: pages and vendors' calls need the books only."""
    routes = APIRouter()
    routes.include_router(_probes(lambda: _books(desk.books)))

    @routes.get("/health")
    async def health(whose: str = "") -> JSONResponse:
        books, temporal = await asyncio.gather(_books(desk.books), _temporal(desk.client.client))
        checks = {"books": _word(well=books), "temporal": _word(well=temporal)}
        well = books and temporal
        proof = {"proof": desk.seal.proof(whose[:_LONGEST])} if whose else {}
        return JSONResponse({"status": _word(well=well), "checks": checks} | proof, 200 if well else 503)

    return routes


def create_probes(client: CaseClient) -> FastAPI:
    """A worker's addresses: its work needs books and Temporal."""

    async def is_ready() -> bool:
        return all(await asyncio.gather(_books(client.books), _temporal(client.client)))

    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(_probes(is_ready))
    return app


def _probes(is_ready: Callable[[], Awaitable[bool]]) -> APIRouter:
    routes = APIRouter()

    @routes.get("/live")
    async def live() -> PlainTextResponse:
        return PlainTextResponse("ok")

    @routes.get("/ready")
    async def ready() -> PlainTextResponse:
        well = await is_ready()
        return PlainTextResponse(_word(well=well), 200 if well else 503)

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


async def _temporal(client: Client) -> bool:
    try:
        return await client.service_client.check_health(timeout=_PATIENCE)
    except RPCError:
        return False
