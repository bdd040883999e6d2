"""The API as an app of its own, so that all it answers, also where nothing is, is JSON and never a page."""

from __future__ import annotations

from functools import partial
from typing import Any

import psycopg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from temporalio.service import RPCError

from gateway.api import batches, documents, evidence, invoices, orders, versions, webhooks
from gateway.api.problems import LONGEST, MEDIA_TYPE, Kind, Refusal, as_text, of_status
from gateway.api.schemas import ABOUT, description
from gateway.api.service import Service
from gateway.desk import Desk

log = structlog.get_logger()

PREFIX = "/api/v1"
PARTS = (invoices, orders, batches, documents, evidence, versions, webhooks)
"""What the API is made of."""
AGAIN_S = "5"
"""Seconds after which to ask again when something of ours is down."""


def create_api(desk: Desk) -> FastAPI:
    """The API. It is mounted at ``PREFIX``; its description, which anybody may read, is at ``/openapi.json``."""
    api = FastAPI(
        title="Kvitt",
        version="1",
        description=ABOUT,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        exception_handlers=_HANDLERS,
    )
    api.state.service = Service.at(desk)
    routers = [part.router() for part in PARTS]
    for router in routers:
        api.include_router(router)
    api.state.routes = [route for router in routers for route in router.routes]
    api.add_middleware(Headers)
    api.openapi = partial(description, api)  # type: ignore[method-assign]
    return api


class Headers:
    """Puts the headers on an answer that were found out while it was made."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in scope.get("state", {}).get("headers", {}).items():
                    headers[name] = value
            await send(message)

        await self.app(scope, receive, with_headers)


def _answer(refusal: Refusal) -> Response:
    return Response(as_text(refusal.as_json()), refusal.status, dict(refusal.headers), MEDIA_TYPE)


def nowhere() -> Response:
    """The answer of an address that is none of the API's."""
    return _answer(Refusal(Kind.NOT_FOUND))


async def _refused(_request: Request, error: Any) -> Response:
    return _answer(error)


async def _not_there(request: Request, error: Any) -> Response:
    """What the framework refuses: no such address, or no such method."""
    headers = {"Allow": ", ".join(_methods(request))} if error.status_code == 405 else {}
    return _answer(Refusal(of_status(error.status_code), headers=headers))


def _methods(request: Request) -> list[str]:
    """What an address knows: several routes may share it."""
    here = [route for route in request.app.state.routes if route.matches(request.scope)[0] is not Match.NONE]
    return sorted({method for route in here if route.path == here[0].path for method in route.methods})


async def _invalid(_request: Request, error: Any) -> Response:
    """A parameter of the address, or a header."""
    errors = [
        {
            "parameter": str(fault["loc"][-1]),
            "problem": str(fault["msg"])[:LONGEST],
            "cure": "see /api/v1/openapi.json",
        }
        for fault in error.errors()
    ]
    return _answer(Refusal(Kind.INVALID, "Each error says where and what.", errors))


async def _unavailable(_request: Request, error: Any) -> Response:
    log.warning("the API could not reach what it needs", error=type(error).__name__)
    detail = "Something of ours does not answer. What was asked can be sent again, with the same id or Idempotency-Key."
    return _answer(Refusal(Kind.UNAVAILABLE, detail, headers={"Retry-After": AGAIN_S}))


async def _gone(_request: Request, _error: Any) -> Response:
    """Who asked hung up before all had arrived; nothing was done."""
    return _answer(Refusal(Kind.UNREADABLE, "It was cut off."))


async def _broken(_request: Request, _error: Any) -> Response:
    """Our fault; ``gateway/guard.py`` writes it down."""
    return _answer(Refusal(Kind.BROKEN, "It is written down. Send it again later, with the same Idempotency-Key."))


_HANDLERS: dict[int | type[Exception], Any] = {
    Refusal: _refused,
    HTTPException: _not_there,
    RequestValidationError: _invalid,
    OperationalError: _unavailable,
    psycopg.OperationalError: _unavailable,
    InterfaceError: _unavailable,
    PoolTimeoutError: _unavailable,
    RPCError: _unavailable,
    ClientDisconnect: _gone,
    Exception: _broken,
}
