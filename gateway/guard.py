"""What stands around every answer: safe headers, a calm page when something breaks, logs without people in them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from enum import StrEnum

import structlog
from fastapi.responses import Response
from opentelemetry.trace import Span, SpanKind
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from telemetry.figures import REQUEST
from telemetry.logs import frames
from telemetry.process import OFF, Telemetry

log = structlog.get_logger()

_BARE = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
_PAGE = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; object-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_FRAME = "default-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'self'"


class Policy(StrEnum):
    """What a document may load, and who may frame it."""

    BARE = _BARE
    """Nothing: JSON, files to download."""
    STILL = _PAGE
    """A page without script."""
    LIVE = f"{_PAGE}; script-src 'self'; connect-src 'self'"
    """A page with our own script."""
    FRAMED = _FRAME
    """A file shown within a page of ours."""
    MAIL = (
        f"{_FRAME}; style-src 'unsafe-inline'; img-src data:; "
        "sandbox allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"
    )
    """An e-mail's HTML: its own styles, never a script; its links lead out of the frame."""


_HEADERS = {
    "Content-Security-Policy": str(Policy.BARE),
    "Referrer-Policy": "no-referrer",
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
"""On every answer that does not say otherwise."""


def with_policy(response: Response, policy: Policy) -> Response:
    """The answer under a content policy."""
    response.headers["Content-Security-Policy"] = str(policy)
    if policy in (Policy.FRAMED, Policy.MAIL):
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response


_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Guard:
    """The outermost layer of the app."""

    def __init__(
        self, app: ASGIApp, broken: Callable[[Mapping[str, str]], Response], telemetry: Telemetry = OFF
    ) -> None:
        self.app, self.broken, self.telemetry = app, broken, telemetry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        with self.telemetry.tracer.start_as_current_span(_method(scope), kind=SpanKind.SERVER) as span:
            await self._answer(scope, receive, send, span)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, span: Span) -> None:
        began, status, took = time.perf_counter(), 0, 0.0

        async def guarded(message: Message) -> None:
            nonlocal status, took
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)
            took = time.perf_counter() - began

        try:
            await self.app(scope, receive, guarded)
        except Exception as error:  # noqa: BLE001 - an entry point: nobody above could answer
            log.error("request failed", error=type(error).__name__, path=_template(scope), at=frames(error))
            if not status:
                await self.broken(_asked(scope))(scope, receive, guarded)
        self._tell(scope, status, took, span)

    def _tell(self, scope: Scope, status: int, took: float, span: Span) -> None:
        """What was answered to what, and how fast; what a vendor's call leads to afterwards is not waited for."""
        method, path = _method(scope), _template(scope)
        log.info("request", method=method, path=path, status=status, ms=round(took * 1000))
        self.telemetry.figures.took(REQUEST, took, method, path, str(status))
        span.update_name(f"{method} {path}")
        span.set_attributes({"http.request.method": method, "http.route": path, "http.response.status_code": status})


def _method(scope: Scope) -> str:
    """The method, as long as it is one: strangers send anything."""
    return scope["method"] if scope["method"] in _METHODS else "other"


def _template(scope: Scope) -> str:
    """The address as its route writes it: ``/i/{token}``. What was really asked for may be somebody's secret."""
    path = getattr(scope.get("route"), "path", None)
    return f"{scope.get('root_path', '')}{path}" if path else "unknown"


def _asked(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
