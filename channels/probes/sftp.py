"""Is a server ready that we share folders on? A file of no meaning is put there and taken away again at once."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import asyncssh

from channels.probes.finding import Finding, note, ok, trouble, wrong
from channels.probes.http import PATIENCE_S


@dataclass(frozen=True, slots=True)
class Whose:
    """Who shares folders with us, as people call it, and where its settings stand."""

    name: str
    variable: Callable[[str], str]

    @property
    def title(self) -> str:
        """The name at the beginning of a line."""
        return self.name[0].upper() + self.name[1:]


def print_house(host: str, port: int, user: str, key: Path, host_key: str, folder: str) -> list[Finding]:
    """The print house: is the server the one we know, does it take our key, are its folders there?"""
    whose = Whose("the print house", lambda setting: f"KVITT_PRINTHOUSE_{setting}".upper())
    return shared(whose, host, port, user, key, host_key, folder, moves=False)


def shared(
    whose: Whose, host: str, port: int, user: str, key: Path, host_key: str, folder: str, *, moves: bool
) -> list[Finding]:
    """A server with a folder ``in`` for us to write to and ``out`` to read from.

    Args:
        whose: who it belongs to.
        host: the server.
        port: its port.
        user: who we are there.
        key: the file with our private key.
        host_key: the server's public key.
        folder: what holds ``in`` and ``out``.
        moves: whether we put away what we have read in ``out``, too.
    """
    pair = _keys(whose, key, host_key)
    if isinstance(pair, Finding):
        return [pair]
    try:
        visit = _visit(whose, host, port, user, *pair, folder, moves=moves)
        return asyncio.run(asyncio.wait_for(visit, 2 * PATIENCE_S))
    except (OSError, asyncssh.Error, TimeoutError) as error:
        return [_refused(whose, error, f"{whose.title} {host}:{port}")]


def _keys(whose: Whose, key: Path, host_key: str) -> tuple[asyncssh.SSHKey, asyncssh.SSHKey] | Finding:
    what = f"Our key for {whose.name}"
    cure = f"{whose.variable('key')}: name a private key's file, without a passphrase, that this user may read"
    try:
        ours = asyncssh.read_private_key(key)
    except OSError as error:
        return wrong(what, f"{key}: {(error.strerror or 'cannot be read').lower()}", cure)
    except asyncssh.KeyImportError:
        return wrong(what, f"{key} is none, or wants a passphrase", cure)
    try:
        return ours, asyncssh.import_public_key(host_key)
    except asyncssh.KeyImportError:
        cure = f"{whose.variable('host_key')}: write it as in ssh-ed25519 AAAA…"
        return wrong(f"{whose.title}'s public key", "it cannot be read", cure)


async def _visit(
    whose: Whose,
    host: str,
    port: int,
    user: str,
    ours: asyncssh.SSHKey,
    theirs: asyncssh.SSHKey,
    folder: str,
    *,
    moves: bool,
) -> list[Finding]:
    connecting = asyncssh.connect(
        host,
        port,
        username=user,
        client_keys=[ours],
        known_hosts=([theirs], [], []),
        config=None,
        agent_path=None,
        connect_timeout=PATIENCE_S,
        login_timeout=PATIENCE_S,
    )
    async with connecting as connection, connection.start_sftp_client() as sftp:
        into, out_of = PurePosixPath(folder) / "in", PurePosixPath(folder) / "out"
        found = [ok(f"{whose.title} {host}:{port}"), await _into(whose, sftp, into), await _out_of(whose, sftp, out_of)]
        if moves and not found[-1].why and not await _is_writable(sftp, out_of):
            why = "we may only read there: reports stay where they are, and are read anew after each start"
            found[-1] = note(found[-1].what, why, f"ask {whose.name} to let {whose.variable('user')} move files there")
        return found


async def _into(whose: Whose, sftp: asyncssh.SFTPClient, folder: PurePosixPath) -> Finding:
    what = f"{whose.title}'s folder {folder}"
    if not await sftp.isdir(str(folder)):
        return wrong(what, "it is not there", f"{whose.variable('folder')}: name the folder that holds in and out")
    if not await _is_writable(sftp, folder):
        return wrong(
            what, "we may not write there", f"ask {whose.name} to let {whose.variable('user')} write and rename there"
        )
    return ok(what)


async def _is_writable(sftp: asyncssh.SFTPClient, folder: PurePosixPath) -> bool:
    """Whether a file can be put there whole: written under another name, and renamed at once."""
    trial = str(folder / f".kvitt-doctor-{secrets.token_hex(4)}")
    try:
        async with sftp.open(f"{trial}.part", "wb") as file:
            await file.write(b"")
    except asyncssh.SFTPError:
        return False
    try:
        await sftp.posix_rename(f"{trial}.part", trial)
    except asyncssh.SFTPError:
        await sftp.remove(f"{trial}.part")
        return False
    await sftp.remove(trial)
    return True


async def _out_of(whose: Whose, sftp: asyncssh.SFTPClient, folder: PurePosixPath) -> Finding:
    what = f"{whose.title}'s folder {folder}"
    try:
        await sftp.listdir(str(folder))
    except asyncssh.SFTPNoSuchFile:
        return wrong(what, "it is not there", f"{whose.variable('folder')}: name the folder that holds in and out")
    except asyncssh.SFTPError:
        return wrong(what, "we may not read there", f"ask {whose.name} to let {whose.variable('user')} read there")
    return ok(what)


def _refused(whose: Whose, error: Exception, what: str) -> Finding:
    match error:
        case asyncssh.HostKeyNotVerifiable() | asyncssh.KeyExchangeFailed():
            cure = f"ask {whose.name} for its key; if it has not changed, somebody is between"
            return wrong(what, "it shows another key than the one we know", f"{whose.variable('host_key')}: {cure}")
        case asyncssh.PermissionDenied():
            cure = f"{whose.variable('user')} and {whose.variable('key')}: does {whose.name} have our public key?"
            return wrong(what, "it does not take the user and the key", cure)
        case asyncssh.ChannelOpenError() | asyncssh.SFTPError():
            return wrong(what, "it lets us in, but not to files", f"ask {whose.name} for SFTP")
    return wrong(what, trouble(error), f"{whose.variable('host')} and {whose.variable('port')}: are they right?")
