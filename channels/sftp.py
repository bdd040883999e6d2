"""Servers that vendors share a folder with us on, over SFTP."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import asyncssh

NOT_THERE = (asyncssh.SFTPNoSuchFile, asyncssh.SFTPNoSuchPath)


@dataclass(frozen=True, slots=True)
class Door:
    """How to get in: our key, and the one that the server must show."""

    host: str
    port: int
    user: str
    key_path: Path
    host_key: str
    folder: str
    timeout: float

    @asynccontextmanager
    async def open(self) -> AsyncIterator[asyncssh.SFTPClient]:
        """A connection. It asks nobody's settings or agent but ours."""
        connecting = asyncssh.connect(
            self.host,
            self.port,
            username=self.user,
            client_keys=[asyncssh.read_private_key(self.key_path)],
            known_hosts=([asyncssh.import_public_key(self.host_key)], [], []),
            config=None,
            agent_path=None,
            connect_timeout=self.timeout,
            login_timeout=self.timeout,
        )
        connection = await connecting
        try:
            yield await connection.start_sftp_client()
            connection.close()
            await connection.wait_closed()
        finally:
            # At once where something went wrong: a server that has stopped answering holds nobody up.
            connection.abort()


def first_of(group: BaseExceptionGroup[Exception]) -> str:
    """The first of what went wrong, for the books: it may name files, which are called after our ids."""
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"[:300]
