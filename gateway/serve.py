"""The gateway on a port, inside a running loop."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from fastapi import FastAPI

from workflows.server import ServerError

_PATIENCE_S = 5
"""How long requests may finish when the gateway stops."""


class GatewayError(ServerError):
    """The gateway cannot listen; the message says where and why."""


class _Server(uvicorn.Server):
    """Leaves signals to the process that it runs in."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield


@asynccontextmanager
async def serving_gateway(app: FastAPI, host: str, port: int, name: str = "the gateway") -> AsyncIterator[int]:
    """Serve until the block ends; gives the port, which 0 leaves to the system.

    There is no access log of the server's own: it would hold link tokens. ``gateway/guard.py`` writes ours.

    Raises:
        GatewayError: somebody else has the port, or there is no such address.
    """
    listener = _listener(host, port, name)
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=_PATIENCE_S,
    )
    server = _Server(config)
    running = asyncio.create_task(server.serve([listener]))
    try:
        while not server.started and not running.done():
            await asyncio.sleep(0.01)
        yield int(listener.getsockname()[1])
    finally:
        server.should_exit = True
        await running


def _listener(host: str, port: int, name: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except OSError as error:
        raise GatewayError(f"{name} cannot listen on {host}, port {port}: {error.strerror}") from None
