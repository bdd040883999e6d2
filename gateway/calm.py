"""Answers for what is not there, did not work, or broke. They look like the rest and tell nothing."""

from __future__ import annotations

from collections.abc import Mapping

from fastapi.responses import JSONResponse, Response

from gateway.guard import Policy
from gateway.pages import Pages
from gateway.wording import preferred
from templates.words import Words


def missing(pages: Pages, headers: Mapping[str, str]) -> Response:
    """No such page: the same whether a link never was, or is somebody else's."""
    return _say(pages, headers, "missing", 404)


def gone(pages: Pages, headers: Mapping[str, str]) -> Response:
    """There was such a page, and there will be none again."""
    return _say(pages, headers, "gone", 410)


def refused(pages: Pages, headers: Mapping[str, str]) -> Response:
    """Not done."""
    return _say(pages, headers, "refused", 403)


def broken(pages: Pages, headers: Mapping[str, str]) -> Response:
    """Our fault."""
    return _say(pages, headers, "broken", 500)


def _say(pages: Pages, headers: Mapping[str, str], what: str, status: int) -> Response:
    words = Words(preferred(headers.get("accept-language", "")))
    if "text/html" not in headers.get("accept", "*/*") and "json" in headers.get("accept", ""):
        return JSONResponse({"error": words(f"{what}.title")}, status)
    return pages.html("calm.html", Policy.STILL, status, w=words, what=what)
