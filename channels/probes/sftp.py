"""Is the print house ready? A file of no meaning is put into its folder and taken away again at once."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path, PurePosixPath

import asyncssh

from channels.probes.finding import Finding, ok, trouble, wrong
from channels.probes.http import PATIENCE_S


def print_house(host: str, port: int, user: str, key: Path, host_key: str, folder: str) -> list[Finding]:
    """The print house: is the server the one we know, does it take our key, are its folders there?"""
    pair = _keys(key, host_key)
    if isinstance(pair, Finding):
        return [pair]
    try:
        return asyncio.run(asyncio.wait_for(_visit(host, port, user, *pair, folder), 2 * PATIENCE_S))
    except (OSError, asyncssh.Error, TimeoutError) as error:
        return [_refused(error, f"The print house {host}:{port}")]


def _keys(key: Path, host_key: str) -> tuple[asyncssh.SSHKey, asyncssh.SSHKey] | Finding:
    cure = "KVITT_PRINTHOUSE_KEY: name a private key's file, without a passphrase, that this user may read"
    try:
        ours = asyncssh.read_private_key(key)
    except OSError as error:
        return wrong("Our key for the print house", f"{key}: {(error.strerror or 'cannot be read').lower()}", cure)
    except asyncssh.KeyImportError:
        return wrong("Our key for the print house", f"{key} is none, or wants a passphrase", cure)
    try:
        return ours, asyncssh.import_public_key(host_key)
    except asyncssh.KeyImportError:
        cure = "KVITT_PRINTHOUSE_HOST_KEY: write it as in ssh-ed25519 AAAA…"
        return wrong("The print house's public key", "it cannot be read", cure)


async def _visit(
    host: str, port: int, user: str, ours: asyncssh.SSHKey, theirs: asyncssh.SSHKey, folder: str
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
        what = f"The print house {host}:{port}"
        return [
            ok(what),
            await _into(sftp, PurePosixPath(folder) / "in"),
            await _out_of(sftp, PurePosixPath(folder) / "out"),
        ]


async def _into(sftp: asyncssh.SFTPClient, folder: PurePosixPath) -> Finding:
    what = f"The print house's folder {folder}"
    if not await sftp.isdir(str(folder)):
        return wrong(what, "it is not there", "KVITT_PRINTHOUSE_FOLDER: name the folder that holds in and out")
    trial = str(folder / f".kvitt-doctor-{secrets.token_hex(4)}.part")
    try:
        async with sftp.open(trial, "wb") as file:
            await file.write(b"")
        await sftp.remove(trial)
    except asyncssh.SFTPError:
        return wrong(what, "we may not write there", "ask the print house to let KVITT_PRINTHOUSE_USER write there")
    return ok(what)


async def _out_of(sftp: asyncssh.SFTPClient, folder: PurePosixPath) -> Finding:
    what = f"The print house's folder {folder}"
    try:
        await sftp.listdir(str(folder))
    except asyncssh.SFTPNoSuchFile:
        return wrong(what, "it is not there", "KVITT_PRINTHOUSE_FOLDER: name the folder that holds in and out")
    except asyncssh.SFTPError:
        return wrong(what, "we may not read there", "ask the print house to let KVITT_PRINTHOUSE_USER read there")
    return ok(what)


def _refused(error: Exception, what: str) -> Finding:
    match error:
        case asyncssh.HostKeyNotVerifiable() | asyncssh.KeyExchangeFailed():
            cure = (
                "KVITT_PRINTHOUSE_HOST_KEY: ask the print house for its key; if it has not changed, somebody is between"
            )
            return wrong(what, "it shows another key than the one we know", cure)
        case asyncssh.PermissionDenied():
            cure = "KVITT_PRINTHOUSE_USER and KVITT_PRINTHOUSE_KEY: does the print house have our public key?"
            return wrong(what, "it does not take the user and the key", cure)
        case asyncssh.ChannelOpenError() | asyncssh.SFTPError():
            return wrong(what, "it lets us in, but not to files", "ask the print house for SFTP")
    return wrong(what, trouble(error), "KVITT_PRINTHOUSE_HOST and KVITT_PRINTHOUSE_PORT: are they right?")
