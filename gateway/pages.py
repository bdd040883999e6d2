"""Pages, and the few files that they load, each under an address that changes with its content."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from gateway.guard import Policy, with_policy
from templates.texts import HERE, environment
from templates.words import Words

_FOLDER = HERE / "page"
_FILES = {"style.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
_FOR_EVER = "public, max-age=31536000, immutable"


@dataclass(frozen=True, slots=True)
class Asset:
    """A file that pages load."""

    body: bytes
    media_type: str
    address: str


class Pages:
    """Makes pages. One per process."""

    def __init__(self) -> None:
        self._jinja = environment(_FOLDER)
        self.assets = {name: _asset(name, media_type) for name, media_type in _FILES.items()}
        self._addresses = {name.partition(".")[0]: asset.address for name, asset in self.assets.items()}

    def html(self, template: str, policy: Policy, status: int = 200, /, *, w: Words, **values: object) -> Response:
        """A page from its template, in one language and under its own content policy."""
        text = self._jinja.get_template(template).render(asset=self._addresses, w=w, language=w.language, **values)
        return with_policy(HTMLResponse(text, status), policy)

    def router(self) -> APIRouter:
        """The addresses of the files."""
        router = APIRouter()
        by_name = {asset.address.rpartition("/")[2]: asset for asset in self.assets.values()}

        @router.get("/assets/{name}")
        def asset(name: str) -> Response:
            found = by_name.get(name)
            if found is None:
                return Response(status_code=404)
            return Response(found.body, media_type=found.media_type, headers={"Cache-Control": _FOR_EVER})

        return router


def _asset(name: str, media_type: str) -> Asset:
    body = (_FOLDER / name).read_bytes()
    stem, _, ending = name.partition(".")
    return Asset(body, media_type, f"/assets/{stem}-{sha256(body).hexdigest()[:12]}.{ending}")
