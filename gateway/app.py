"""The gateway process: everything it needs is put together here."""

from __future__ import annotations

from functools import partial

from fastapi import FastAPI, Request
from fastapi.responses import RedirectResponse, Response
from starlette.exceptions import HTTPException

from activities.hearing import Hearing
from activities.vendors import PARSERS, ears
from config.settings import Settings
from gateway import health, hooks, outbox, page, staff, viewed
from gateway.api.app import PREFIX, create_api, nowhere
from gateway.calm import broken, missing
from gateway.desk import Desk
from gateway.guard import Guard
from gateway.local import Calendars
from gateway.pages import Pages
from gateway.seal import Seal, read_key
from telemetry.process import OFF, Telemetry
from templates.renderer import Renderer
from workflows.client import CaseClient


def create_app(client: CaseClient, settings: Settings, telemetry: Telemetry = OFF) -> FastAPI:
    """The app. The staff's pages and the outbox ask nobody who they are: they are there only where that is safe."""
    pages = Pages()
    desk = Desk(client, settings, Renderer(), pages, Seal(read_key(settings)), Calendars(client.books), telemetry)
    app = FastAPI(title="Kvitt", openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    for router in (pages.router(), health.router(desk), page.router(desk), viewed.router(desk)):
        app.include_router(router)
    hearing = Hearing(client, PARSERS, figures=telemetry.figures)
    app.include_router(hooks.router(hearing, ears(settings), settings.address))
    app.mount(PREFIX, create_api(desk))
    if settings.shows_staff_pages:
        app.include_router(staff.router(desk))
        app.include_router(outbox.router(desk))
        app.add_api_route("/", _to_staff, methods=["GET"])

    async def not_there(request: Request, error: Exception) -> Response:
        if f"{request.scope['path']}/".startswith(f"{PREFIX}/"):  # bare, or with a line break: no route takes it there
            return nowhere()
        answer = missing(pages, request.headers)
        answer.status_code = error.status_code if isinstance(error, HTTPException) else answer.status_code
        return answer

    app.add_exception_handler(HTTPException, not_there)
    app.add_middleware(Guard, broken=partial(broken, pages), telemetry=telemetry)
    return app


def _to_staff() -> Response:
    return RedirectResponse("/staff")
